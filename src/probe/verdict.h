/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what is known of (target, ask) cells to what is said of hosts and ports: state, who says
 * so, and how sure that is.
 *
 * Pure. Source: RFC 792, 1812 5.2.7.1, 4443 3.1 (what ICMP errors mean), 9293 3.10.7 (TCP).
 */
#pragma once

#include "fact/host.h"
#include "fact/port.h"
#include "probe/cell.h"

#define VERDICT_TEXT_LEN 160 /* octets of verdict_text()'s text, terminator included */

/* What an ICMP error means to whoever asked. */
enum verdict_error {
	VERDICT_PORT,       /* nobody listens there, or a filter pretends so: 3/3; 1/4 */
	VERDICT_PROHIBITED, /* a filter says no: 3/9, 3/10, 3/13; 1/1, 1/5, 1/6 */
	VERDICT_NO_WAY,     /* a router cannot deliver: 3/0, 3/1 …, 11/0; 1/0, 1/3, 3/0 */
};

enum verdict_error verdict_of_error(int family, uint8_t type, uint8_t code);

struct verdict_host {
	uint8_t state; /* enum fact_host_state */
	uint16_t who;  /* PROHIBITED, UNREACHABLE: index of the offender; 0: nobody */
	int error;     /* errno that kept it from being asked; 0: none */
};

/**
 * One host by its cells. Any answer of its own means it is up, errors of its own included: who
 * says "no such port" is there. A cell that is CELL_UNSENT for EPROTONOSUPPORT did not apply.
 *
 * @on_link  the target itself is the next hop: EHOSTUNREACH then means nobody has its address
 */
struct verdict_host verdict_host(const struct probe_cell *cell, size_t n, int family, bool on_link);

/** Whether the cell holds a word of the target's own. */
bool verdict_is_there(const struct probe_cell *cell);

struct verdict_about {
	uint8_t kind;    /* enum ask_kind: TCP_SYN, TCP_ACK or UDP */
	uint8_t family;  /* 4, 6 */
	bool answers;    /* something has come from this target, to whatever probe */
	bool by_sockets; /* the kernel's TCP asked, by connect() */
	bool middlebox;  /* something else seems to answer in its place */
	bool refuses;    /* ICMP errors of its own came for others of these ports */
};

struct verdict_port {
	uint8_t state;      /* enum fact_verdict */
	uint8_t confidence; /* enum fact_confidence */
	const char *kind;   /* of struct fact_reason */
	bool icmp;          /* type and code of the cell belong to the reason */
};

struct verdict_port verdict_port(const struct probe_cell *cell, const struct verdict_about *about);

/**
 * What kept this host from asking, by the errno of a cell that is CELL_UNSENT, as a phrase; EINVAL is
 * what the kernel says of a blackhole route. NULL: the system's own words must do.
 */
const char *verdict_errno(int error);

/**
 * The reason as a phrase: "prohibited by 10.0.0.1".
 *
 * @from  who said so; family 0: nobody
 *
 * Returns @buf.
 */
const char *verdict_text(const struct probe_cell *cell, const struct verdict_about *about,
			 const struct ip_addr *from, char buf[static VERDICT_TEXT_LEN]);
