/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scanning: the state of TCP and UDP ports, each with the reason. */
#pragma once

#include "base/portset.h"
#include "flow/survey.h"
#include "flow/sweep.h"

enum scan_tcp { SCAN_TCP_NONE, SCAN_TCP_SYN, SCAN_TCP_CONNECT, SCAN_TCP_ACK };

struct scan_conf {
	struct survey_conf survey;
	uint8_t tcp;                     /* enum scan_tcp */
	const struct portset *tcp_ports; /* of .tcp; may be empty */
	const struct portset *udp_ports; /* NULL or empty: no UDP */
	bool udp;
	bool no_discovery;     /* -Pn: every target is taken to be up */
	bool impatient;        /* UDP: do not wait for limiters; what they hide is unresolved */
	const struct ask *ask; /* discovery; NULL: sweep's default */
	size_t ask_n;
	bool numeric; /* no reverse DNS */
};

int scan_check(const struct scan_conf *conf, struct err *err); /* as sweep_check() */

/** Run it. A host and its ports are told when the last of its group is decided. As sweep_run(). */
int scan_run(const struct scan_conf *conf, const struct survey_tell *tell,
	     struct survey_sum *ret_sum, struct err *err);
