/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the three files for nmap's readers have in common: its words, and which ports to list. Pure. */
#pragma once

#include "out/nmap.h"

enum nmap_state {
	NMAP_OPEN,
	NMAP_CLOSED,
	NMAP_FILTERED,
	NMAP_OPEN_FILTERED,
	NMAP_UNFILTERED,
	NMAP_UNKNOWN,
	NMAP_STATES
};

extern const char *const nmap_state_words[];

#define NMAP_MANY     25 /* ports of one state; of more only the number is told, as nmap does */
#define NMAP_MORE_MAX 64 /* kinds of ports not listed; what goes beyond joins the last */

/* Ports that are told by their number alone. */
struct nmap_more {
	uint8_t state, proto; /* enum nmap_state, enum fact_proto */
	const char *reason;
	unsigned n;
};

struct nmap_split {
	unsigned n[NMAP_STATES];
	bool hidden[NMAP_STATES];
	struct nmap_more more[NMAP_MORE_MAX]; /* most first */
	size_t more_n;
	unsigned shown; /* ports to list */
	bool wanted;    /* false: --open, and nothing here may be open */
};

enum nmap_state nmap_state_of(const struct fact_port *p);

/** nmap's word for why a port is so: "reset", "no-response". Static. */
const char *nmap_reason(const struct fact_port *p);

/** nmap's word for why a host is up or down; *@ret_by the answer that says so, NULL: none. */
const char *nmap_host_reason(const struct fact_host *h, const struct fact_by **ret_by);

/** Which ports are listed, and what becomes of the others. */
void nmap_split(const struct nmap_run *run, const struct fact_port *port, size_t n,
		struct nmap_split *ret);

/** @a without its zone: an index of this host's says nothing to whoever reads the file. Returns @buf. */
const char *nmap_addr(const struct ip_addr *a, char buf[static IP_TEXT_LEN]);

/** "Sat Nov 21 12:00:00 2026", UTC. */
#define NMAP_TIME_LEN 32
const char *nmap_time(uint64_t s, char buf[static NMAP_TIME_LEN]);

/** "1 IP address (1 host up) scanned in 0.03 seconds" */
void nmap_sum(struct out_sink *to, const struct nmap_run *run);

/** The last lines of the files that are text: how it ended, when, and the sum. */
void nmap_end(struct out_sink *to, const struct nmap_run *run);

/** Whether @who is somebody else than the host: then it is named. */
bool nmap_other(const struct ip_addr *who, const struct ip_addr *host);

/** @text with what XML, a line or a terminal would take for something else replaced. */
void nmap_clean(struct out_sink *to, const char *text, bool xml);
