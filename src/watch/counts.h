/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many packets of which type and code went which way: a place for every type and every code, so that no
 * message is "other". About 6 MiB.
 *
 * Pure. All memory is the caller's; zeroed, it is empty.
 */
#pragma once

#include "watch/sight.h"

#define COUNTS_N (SIGHT_CUT + 1) /* types, codes */

struct count {
	uint64_t packets, bytes; /* octets on the wire */
};

struct counts {
	uint64_t frames;    /* all that were fed */
	uint64_t nothing;   /* without IP, or not to be read */
	uint64_t other;     /* IP packets with something else in them */
	uint64_t fragments; /* later fragments of ICMP: no header to tell the type by */
	uint64_t cut;       /* ICMP messages the capture holds only a part of */
	struct count at[2][COUNTS_N][COUNTS_N][SIGHT_WAYS]; /* [is IPv6][type][code][way] */
};

struct counts_row {
	uint8_t family;
	uint16_t type, code; /* SIGHT_CUT: cut off */
	uint8_t way;
	struct count count;
};

void counts_add(struct counts *c, const struct sight *s);

/**
 * Read and count @frame at once, several times as fast as sight_read() and counts_add() where it is plain
 * (watch/plain.h): for who wants nothing but counts. The fields of @s above .kind are the caller's, the others are
 * undefined afterwards.
 */
void counts_frame(struct counts *c, struct sight *s, struct span frame);

/** All ICMP messages counted. */
struct count counts_icmp(const struct counts *c);

/**
 * The next row that has packets, in order of family, type, code and way. *@at is 0 at first and the
 * function's own afterwards. False: no more.
 */
bool counts_next(const struct counts *c, uint32_t *at, struct counts_row *ret);
