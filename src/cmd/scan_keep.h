/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ports of one host, kept until the last one is known. */
#pragma once

#include "fact/port.h"

struct scan_keep {
	struct fact_port *port; /* texts in them are owned below */
	size_t n, room;
	char **text;
	size_t text_n, text_room;
	bool failed; /* a port was not kept: no memory */
};

/** A copy of @p with its texts; .failed tells where there is no memory. */
void scan_keep_add(struct scan_keep *k, const struct fact_port *p);
void scan_keep_clear(struct scan_keep *k); /* forget the ports, not the memory for as many */
void scan_keep_done(struct scan_keep *k);
