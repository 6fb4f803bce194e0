/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde why` says of one port: evidence, and what it means. Pure. */
#pragma once

#include "fact/audit.h"
#include "fact/host.h"
#include "fact/port.h"

/* One sentence or two of the explanation, in order. */
struct fact_why_line {
	const char *about; /* sent, answer, meaning, risk, advice, local, rule */
	const char *text;
};

struct fact_why {
	struct ip_addr addr;
	const char *name; /* as the user gave it; NULL: an address */
	int64_t port;
	const char *service;
	struct fact_list ports;       /* struct fact_port: TCP and UDP */
	const struct fact_host *host; /* what ICMP said; NULL: not asked */
	bool local;                   /* the host is this one */
	struct fact_list sockets;     /* struct fact_socket: who holds the port here */
	struct fact_list
		exposures; /* struct fact_exposure from the twin, one a protocol and view; empty: no twin */
	struct fact_list lines; /* struct fact_why_line */
	const char *answer;     /* the whole in one sentence */
};

extern const struct fact_type fact_why_line, fact_why;
