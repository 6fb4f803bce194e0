/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sweeping: which of the targets are there, by whose word. */
#pragma once

#include "flow/survey.h"

#define SWEEP_ASKS_MAX 64

struct sweep_conf {
	struct survey_conf survey;
	const struct ask
		*ask; /* NULL: ARP or ND on link, else echo, timestamp, TCP SYN 443, TCP ACK 80 */
	size_t ask_n; /* ..SWEEP_ASKS_MAX */
	bool all;     /* tell of targets that are down as well */
	bool neighbours; /* IPv6: also ask the known neighbours and whoever answers ff02::1, on .survey.iface or every link */
	bool no_arp; /* on link, ask as if it were not (the link address is resolved all the same) */
};

/** Check before anything is opened or sent. 0; -EINVAL, -ENODEV, -EADDRNOTAVAIL, -EPERM with @err. */
int sweep_check(const struct sweep_conf *conf, struct err *err);

/**
 * Run it. Hosts are told group by group, in the order of their addresses within one.
 *
 * Returns 0 with @ret_sum; -EPERM, -EBADMSG (the file to resume from is no such file, or of another survey), -errno with @err.
 */
int sweep_run(const struct sweep_conf *conf, const struct survey_tell *tell,
	      struct survey_sum *ret_sum, struct err *err);
