/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How `sonde scan` shows a host to people: as nmap does, with who says so. */
#pragma once

#include "fact/host.h"
#include "fact/port.h"
#include "out/text.h"

#define SCAN_TEXT_MANY 25 /* ports of one state; of more only the number is told */

struct scan_text {
	const struct text_out *t;
	bool reason, open, verbose; /* --reason, --open, -v */
};

/** A paragraph with a table; nothing where --open leaves nothing to show. @port in order. */
void scan_text_host(const struct scan_text *s, const struct fact_host *h,
		    const struct fact_port *port, size_t n);

#define SCAN_TEXT_LEN 160

/** Why a port is so: "prohibited by 10.0.0.1", "no answer". Returns @buf. */
const char *scan_text_why(const struct fact_port *p, char buf[static SCAN_TEXT_LEN]);
