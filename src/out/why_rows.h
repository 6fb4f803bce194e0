/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of why_words.h as tables. In every text stand for themselves but: $h the host, $p the
 * port, $s " (http)" where the port has a name, $o who said so, $i the ICMP message by name, $n "3 times",
 * $r the time it took, $u port unreachable as numbers ("3/3"), $x prohibited as numbers.
 *
 * Source: RFC 9293 3.10.7 (TCP's reset), 1122 4.1.3.1 (UDP's port unreachable), 1812 5.2.7.1,
 * 4443 3.1 (prohibitions), and what Linux and its firewalls do.
 */
#pragma once

#include "out/why_words.h"

/* NULL: nothing to say. */
struct why_row {
	const char *answer;  /* its half of the answer in one sentence */
	const char *heard;   /* what came back */
	const char *meaning; /* what that says */
	const char *risk;
	const char *advice;
};

extern const struct why_row why_rows_tcp[WHY_STATES], why_rows_udp[WHY_STATES];

/* Silence of a host that said nothing to anything else. */
extern const struct why_row why_rows_tcp_nobody, why_rows_udp_nobody;

/* Of what could not even be sent: why is told as what came back. */
extern const struct why_row why_rows_tcp_unsent, why_rows_udp_unsent;

/* What both together mean. */
struct why_pair {
	uint8_t tcp, udp; /* enum why_state */
	const char *meaning;
	const char *advice; /* in place of either row's; NULL: theirs */
};

/** NULL: they have nothing to do with one another. */
const struct why_pair *why_rows_pair(enum why_state tcp, enum why_state udp);

/** What is bad about anyone being able to ask UDP @port; NULL: no more than about others. */
const char *why_rows_abuse(int64_t port);
