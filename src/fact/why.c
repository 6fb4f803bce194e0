/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/why.h"

static const struct fact_field line_fields[] = {
	FACT_FIELD(struct fact_why_line, about, FACT_TEXT,
		   "sent, answer, meaning, risk, advice, local or rule"),
	FACT_FIELD(struct fact_why_line, text, FACT_TEXT, "a sentence or two"),
};

const struct fact_type fact_why_line =
	FACT_TYPE(struct fact_why_line, "why_line", "a part of an explanation", line_fields);

static const struct fact_field why_fields[] = {
	FACT_FIELD(struct fact_why, addr, FACT_IP, "the host's address"),
	FACT_FIELD(struct fact_why, name, FACT_TEXT, "as the user named it; null: by address"),
	FACT_FIELD(struct fact_why, port, FACT_INT, "port"),
	FACT_FIELD(struct fact_why, service, FACT_TEXT, "IANA's name of the port's service"),
	FACT_FIELD(struct fact_why, answer, FACT_TEXT, "the whole in one sentence"),
	FACT_FIELD_SUB(struct fact_why, lines, FACT_LIST, &fact_why_line, "the explanation"),
	FACT_FIELD_SUB(struct fact_why, ports, FACT_LIST, &fact_port, "the port over TCP and UDP"),
	FACT_FIELD_SUB(struct fact_why, host, FACT_REF, &fact_host,
		       "what the host said over ICMP; null: not asked"),
	FACT_FIELD(struct fact_why, local, FACT_BOOL, "the host is this one"),
	FACT_FIELD_SUB(struct fact_why, sockets, FACT_LIST, &fact_socket,
		       "this host: who holds the port"),
	FACT_FIELD_SUB(struct fact_why, exposures, FACT_LIST, &fact_exposure,
		       "this host: who can reach the port and which rule decides, by its copy"),
};

const struct fact_type fact_why =
	FACT_TYPE(struct fact_why, "why", "why a port looks the way it does", why_fields);
