/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state that detect.c, contact.c, dark.c and raise.c hold together. Only they include it. Pure. */
#pragma once

#include "base/slotmap.h"
#include "detect/detector.h"

#define DETECTORS_MAX 32

/* contact.c: who asked whom, and what came of it. */
struct contact {
	struct bloom filter[2]; /* first contacts: the one that fills, the one before */
	uint64_t turned_ns, in_filter, filter_full;
	struct countmin admit;
	uint64_t admits;
	struct slotmap known; /* sources */
	struct detect_source *source;
	struct slotmap waiting; /* contacts, in order of time */
	struct contact_waiting *wait;
	uint64_t ids, contacts, forgotten;
	uint64_t askers, served; /* sources with three outcomes; of those: answered at least once */
};

/* A contact that may still be answered. */
struct contact_waiting {
	uint64_t source_id, sent_ns;
	uint32_t place; /* of the source */
};

size_t contact_size(const struct detect_conf *conf);
void contact_init(struct contact *c, void *mem, const struct detect_conf *conf);

/** What @s is: the bits of enum detect_on, and what belongs to them in @ret. @err has room for an error. */
void contact_look(struct detect *d, const struct sight *s, struct icmperr *err,
		  struct detect_contact *ret);
void contact_tick(struct detect *d);

/* dark.c: unused addresses, given or learned. */
struct dark_range {
	struct ip_prefix prefix;
	uint8_t *lit
		[2]; /* learned: a bit a unit that spoke, this and the last generation; NULL: given */
	unsigned bits; /* units: 1 << bits */
};

struct dark {
	struct dark_range range[2 * DETECT_PREFIXES_MAX];
	size_t n;
	uint64_t turned_ns;
	unsigned young; /* which generation is written */
	bool learned;   /* a whole period has gone by */
};

size_t dark_size(const struct detect_conf *conf); /* SIZE_MAX: too many addresses */
void dark_init(struct dark *k, void *mem, const struct detect_conf *conf);

/** Learn from @s; the unused range it goes to, or -1. */
int dark_look(struct detect *d, const struct sight *s);
void dark_tick(struct detect *d);

/* raise.c: what is under way. */
struct raise_thing {
	struct detect_alert alert;
	uint64_t told_packets;
	uint8_t told_severity;
};

struct raise {
	struct slotmap map;
	struct raise_thing *thing;
	uint64_t ids, looked_ns;
};

size_t raise_size(const struct detect_conf *conf);
void raise_init(struct raise *r, void *mem, const struct detect_conf *conf);
void raise_tick(struct detect *d);
void raise_end(struct detect *d);

struct detect {
	struct detect_conf conf;
	void (*alert)(void *to, const struct detect_alert *a);
	void *to;
	uint64_t start_ns, now_ns, tick_ns,
		shift_ns;                   /* .shift_ns: what a clock that was set went back */
	uint64_t number;                    /* of the frame at hand */
	uint64_t contact;                   /* of its source, or 0 */
	uint16_t class[2][256];             /* [is IPv6][type]: enum detect_on */
	uint32_t called[DETECT_ON_ALL + 1]; /* which detectors want a packet with these bits */
	const struct detector_ops *ops[DETECTORS_MAX];
	void *self[DETECTORS_MAX];
	size_t n;
	struct contact contacts;
	struct dark dark;
	struct raise raise;
	struct detect_sums sums;
};

void detect_outcome(struct detect *d, struct detect_source *src, bool answered);
