/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that tools around nmap read: normal (-oN), XML (-oX), grepable (-oG). Written from
 * the facts as they are told; nothing is kept but one host's ports, which the caller holds.
 *
 * States map: unresolved -> "open|filtered" with reason "rate-limited" for UDP (nmap has no such
 * word), "unknown" for TCP; unreachable -> "filtered". Times are UTC.
 *
 * Pure. Source: nmap's published DTD (element and attribute names).
 */
#pragma once

#include "fact/host.h"
#include "fact/port.h"
#include "out/sink.h"

struct nmap_run {
	const char *args;        /* the command line */
	uint64_t start_s, end_s; /* since 1970 */
	uint64_t elapsed_ns;
	const char *tcp_kind;              /* "syn", "connect", "ack"; NULL: no TCP */
	const char *tcp_ports, *udp_ports; /* as ranges; NULL: none */
	unsigned tcp_n, udp_n;
	int64_t up, down;
	bool open_only;    /* --open */
	bool reason;       /* --reason */
	const char *error; /* how it ended; NULL: well */
};

struct nmap_ops {
	const char *name; /* normal, xml, grepable */
	void (*begin)(struct out_sink *to, const struct nmap_run *run);
	/* @port may be of 0 items; else in order, TCP before UDP. */
	void (*host)(struct out_sink *to, const struct nmap_run *run, const struct fact_host *host,
		     const struct fact_port *port, size_t n);
	void (*end)(struct out_sink *to, const struct nmap_run *run);
};

extern const struct nmap_ops nmap_normal, nmap_xml, nmap_grepable;
