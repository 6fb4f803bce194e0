/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One packet as an observer saw it: what counters, failures, pings and detectors are all fed with. Read
 * once per frame; everything in it borrows from the frame.
 *
 * Pure.
 */
#pragma once

#include "wire/icmperr.h"
#include "wire/packet.h"

enum sight_way {
	SIGHT_PASSING, /* neither of the others, or not known: a file without directions, a mirror port */
	SIGHT_IN,  /* to this host */
	SIGHT_OUT, /* from this host */
	SIGHT_WAYS
};

enum sight_sum {
	SIGHT_SUM_UNTOLD, /* cut short, a fragment, or left to hardware */
	SIGHT_SUM_OK,
	SIGHT_SUM_BAD,
};

enum sight_kind {
	SIGHT_NOTHING, /* no IP, or damaged below it */
	SIGHT_OTHER,   /* an IP packet with something else in it */
	SIGHT_ICMP,
};

#define SIGHT_CUT 256 /* in place of a type or code that the capture cut off */

struct sight {
	uint64_t t_ns;     /* since 1970 */
	uint64_t number;   /* of the frame in its source, from 1 */
	uint32_t source;   /* which file or interface: the capture's number */
	uint32_t wire_len; /* octets of the frame on the wire */
	uint8_t way;       /* enum sight_way */
	enum link_type link;

	/* Set by sight_read(). */
	uint8_t kind; /* enum sight_kind */
	struct packet pkt;

	/* Of ICMP; a later fragment has no header to read: .type and .code are SIGHT_CUT then. */
	uint16_t type, code; /* 0..255 or SIGHT_CUT */
	uint16_t id, seq;    /* octets 4..7 as queries use them; 0 when cut */
};

/**
 * Read the layers of @frame into @s, whose fields above .kind the caller has set.
 *
 * Returns .kind. What lies below is valid for SIGHT_OTHER (.pkt) and SIGHT_ICMP only.
 */
enum sight_kind sight_read(struct sight *s, struct span frame);

/** The same without the short cut for plain frames: what a test holds sight_read() to. */
enum sight_kind sight_read_slowly(struct sight *s, struct span frame);

/** Whether the ICMP checksum verifies. Looks at every octet: only for who needs it. */
enum sight_sum sight_sum(const struct sight *s);

/** The error that @s is, with what it quotes. False: it is none, or too short to tell. */
bool sight_error(const struct sight *s, struct icmperr *ret);
