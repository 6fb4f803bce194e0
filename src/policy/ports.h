/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folds exposures by port: what was seen of a service from all places at once,
 * in time linear in the exposures, whatever their number.
 *
 * Pure. One struct ports is 64 KiB: one protocol at a time, on the stack.
 */
#pragma once

#include "policy/note.h"

struct ports {
	uint8_t mark[65536]; /* what was seen of each port: bits of the caller's own */
};

/** For each exposure of @proto, add the bits that @bits gives it to its port's mark. */
void ports_mark(struct ports *p, const struct fact_audit *a, uint8_t proto,
		uint8_t (*bits)(const struct fact_audit *a, const struct fact_exposure *e));

/** The first exposure of @proto and @port to which @bits gives any of @want; NULL: none. */
const struct fact_exposure *ports_find(const struct fact_audit *a, uint8_t proto, int64_t port,
				       uint8_t (*bits)(const struct fact_audit *a,
						       const struct fact_exposure *e),
				       uint8_t want);

/** Why a port should never be open to strangers: "has no password by default"; NULL: no reason known. */
const char *ports_risk(uint8_t proto, int64_t port);

/** Append ", tcp/8080", at most 12 of them, then "…"; @n counts those given so far. */
void ports_list(struct note_text *t, uint8_t proto, int64_t port, size_t n);
