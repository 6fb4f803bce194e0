/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person may ask the registry of: "3", "3/13", "echo-request", "unreach",
 * "redirect/host", "port 3", or nothing for everything.
 *
 * Not here: printing what was found (cmd/). Pure, and total: any octets are read
 * or refused.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "icmp/registry.h"

#define ICMP_QUERY_LEN 128 /* octets of a part, terminated; longer than any name in the registry */

enum icmp_query_kind {
	ICMP_QUERY_ALL,    /* the part was not given */
	ICMP_QUERY_NUMBER, /* .number */
	ICMP_QUERY_NAME,   /* .text is exactly the name of a type or code */
	ICMP_QUERY_TEXT,   /* .text stands somewhere in a name */
};

struct icmp_query_part {
	enum icmp_query_kind kind;
	uint8_t number;
	char text[ICMP_QUERY_LEN]; /* printable ASCII, in lower case, words one blank apart */
};

struct icmp_query {
	uint8_t family;          /* 4, 6, or 0: both */
	enum icmp_risk min_risk; /* rows below it do not match */
	bool says_port;          /* the person said "port 3": ICMP has types, not ports */
	struct icmp_query_part type;
	struct icmp_query_part code; /* never ICMP_QUERY_NAME */
};

/**
 * Read what a person asks for.
 *
 * TYPE is a number (0-255) or a name or part of one; so is CODE behind a '/' or
 * the word "code". Names are IANA's, Sonde's, nftables' and iptables'; case is
 * ignored, and '-', '_' and a blank are the same. The words "icmp" ("icmpv4",
 * "icmpv6", "icmp6") and "type" may stand in front, and "port" in front of a number.
 * When the text is exactly a name, it stands for that type or code alone; else
 * for all whose names hold it.
 *
 * @text      NULL or blank: everything
 * @family    4, 6, or 0 for both
 * @ret       written on success only
 *
 * Returns 0; -EINVAL with @err naming the part, what is wrong and what would be right.
 */
int icmp_query_parse(const char *text, unsigned family, enum icmp_risk min_risk,
		     struct icmp_query *ret, struct err *err);

/**
 * Does the row answer the query? A type matches its own row and those of its
 * codes, or the row of the range it lies in; TYPE/CODE with a number as code
 * matches the row that speaks for that code, its own or the type's.
 */
bool icmp_query_match(const struct icmp_query *q, const struct icmp_entry *e);

/**
 * A name close to what was asked for by name: the least typing errors away.
 *
 * @ret_entry  the row that has it; written when there is one; NULL allowed. It may
 *             be of the other family or below the risk asked for.
 *
 * Returns a static text; NULL when nothing is near or the query has no name.
 */
const char *icmp_query_nearest(const struct icmp_query *q, const struct icmp_entry **ret_entry);
