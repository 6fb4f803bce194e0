/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What detectors are made of and share. Only files of this room include it. Pure. */
#pragma once

#include "base/sketch.h"
#include "detect/detect.h"

#define DETECT_HLL   6 /* bits of a source's sketch of destinations */
#define DETECT_STEPS 8 /* of a run that are kept */
#define DETECT_EXACT 8 /* contacts known exactly */

/* What a packet is, a bit each; detectors name those they want to see. */
enum detect_on {
	DETECT_ON_FIRST = 1 << 0,   /* the first request from this source to this destination */
	DETECT_ON_REQUEST = 1 << 1, /* any request */
	DETECT_ON_ANSWER = 1 << 2,
	DETECT_ON_ERROR = 1 << 3,
	DETECT_ON_ND = 1 << 4,   /* 133..137 of ICMPv6, router discovery of IPv4 */
	DETECT_ON_ODD = 1 << 5,  /* of a type that is deprecated, reserved or unassigned */
	DETECT_ON_DARK = 1 << 6, /* to an unused address, whatever it is */
	DETECT_ON_ICMP = 1 << 7,
	DETECT_ON_FRAGMENT = 1 << 8, /* of ICMP */
	DETECT_ON_TCP = 1 << 9,
	DETECT_ON_ALL = (1 << 10) - 1,
};

/* A run over first contacts in one order. */
struct detect_order {
	uint64_t last;
	uint32_t step[DETECT_STEPS]; /* the latest ones of the run; they saturate */
	uint32_t ascents;            /* a bit a contact, the latest lowest */
	uint16_t up, down;           /* addresses in a row */
};

/* What every detector may know of a source; one record per address that was admitted. */
struct detect_source {
	struct ip_addr addr;
	struct ip_addr lowest, highest; /* of what it touched */
	uint64_t id;                    /* never the same for two records */
	uint64_t first_ns, last_ns;     /* of its first contacts */
	uint64_t contacts;
	uint64_t window_ns; /* since when .in_window counts */
	uint32_t in_window; /* first contacts within fanout_time: all different ones */
	uint32_t again;     /* contacts that came again after the filter had turned */
	uint32_t answered, failed, silent;
	uint32_t dark;    /* unused addresses touched */
	int32_t cusum;    /* one-sided, thousandths of a nat */
	uint64_t told_ns; /* when an alert was last about it */
	uint8_t exact_n;
	bool pinned;                  /* an alert is about it */
	bool counted;                 /* in the pairing */
	struct detect_order order[2]; /* order.c: natural, byte-reversed */
	uint64_t exact[DETECT_EXACT]; /* pairs, the latest ones */
	uint8_t hll[1 << DETECT_HLL]; /* destinations */
};

/* What detect_feed() found out about a packet before detectors see it. */
struct detect_contact {
	unsigned on;                  /* enum detect_on */
	uint64_t pair;                /* hash of who asks and who is asked; requests and answers */
	struct detect_source *source; /* of a first contact; NULL: not admitted (yet) */
	const struct icmperr *err;    /* DETECT_ON_ERROR: the error */
	bool unasked;                 /* an answer nobody was seen to ask for */
	bool unasked_first;           /* the first such one between the two */
	int dark;                     /* which unused range; under 0: none */
};

struct detector_ops {
	const char *name, *summary;
	unsigned on; /* which packets it wants */
	/* Octets of its own state, aligned to 16; NULL: none. */
	size_t (*size)(const struct detect_conf *conf);
	void (*init)(void *self,
		     const struct detect_conf *conf); /* of zeroed memory; may be NULL */
	void (*packet)(void *self, struct detect *d, const struct sight *s,
		       const struct detect_contact *c);
	/* A contact was answered, or was not (error, time-out); may be NULL. */
	void (*outcome)(void *self, struct detect *d, struct detect_source *src, bool answered);
	/* Once a second of the packets' time, not more often; may be NULL. */
	void (*tick)(void *self, struct detect *d, uint64_t now_ns);
};

/**
 * Tell @a, whose .kind, .severity, .reason and what else it knows the detector has set; the rest is set here.
 * .packets: all so far, or 0: one more than last time. @thing is a hash of what it is about: a new one is
 * raised, a known one updated when due.
 */
void detect_raise(struct detect *d, uint64_t thing, struct detect_alert *a);

/** An alert with nothing known: what is "not known" is no 0. */
struct detect_alert detect_alert_of(const char *kind, enum detect_severity severity,
				    const struct ip_addr *src, const struct ip_addr *dst);
void detect_because(struct detect_alert *a, const char *what, double seen, double bound);

/** Add threshold @t as a reason, with what was seen. */
void detect_because_of(const struct detect *d, struct detect_alert *a, enum detect_threshold t,
		       double seen);

/** The hash of what an alert is about; @a, @b may be NULL. */
uint64_t detect_thing(const struct detect *d, const char *kind, const struct ip_addr *a,
		      const struct ip_addr *b);
uint64_t detect_hash(const struct detect *d, const struct ip_addr *a); /* keyed */
uint64_t detect_pair(const struct detect *d, const struct ip_addr *a, const struct ip_addr *b);

/** Whether an estimate (of a sketch) reaches the threshold, its error for small counts allowed for. */
bool detect_reaches(const struct detect *d, enum detect_threshold t, double estimate);

double detect_bound(const struct detect *d, enum detect_threshold t);
uint64_t detect_bound_ns(const struct detect *d, enum detect_threshold t); /* of one in seconds */
const struct detect_conf *detect_conf_of(const struct detect *d);
uint64_t detect_now(const struct detect *d);
bool detect_is_dark(const struct detect *d, const struct ip_addr *a);
bool detect_is_router(const struct detect *d, const struct ip_addr *a);
bool detect_two_way(const struct detect *d); /* answers are seen as well as requests */
bool detect_warm(const struct detect *d);    /* the warm-up is over */

/** Unused ranges and which it is; DETECT_PREFIXES_MAX * 2 at most. */
size_t detect_dark_ranges(const struct detect_conf *conf);
struct ip_prefix detect_dark_range(const struct detect *d, int i);

/** Places of a table that has @most at DETECT_MEMORY, for this memory; 16 at least. */
uint32_t detect_places(const struct detect_conf *conf, uint32_t most);

/** Say what is known of a source that sweeps, with all reasons there are; severity by their number. */
void detect_sweep(struct detect *d, const char *kind, struct detect_source *src);

/** Whether it is worth the time to look at @src again: a fast sweep is not judged at each contact. */
bool detect_sweep_due(const struct detect *d, const struct detect_source *src);

/** Whether one reason holds. */
bool detect_in_order(const struct detect *d, const struct detect_source *src);
bool detect_failing(const struct detect *d, const struct detect_source *src);
bool detect_is_monitor(const struct detect *d, const struct detect_source *src);
double detect_alive(const struct detect_source *src); /* negative: not known */

#define DETECTOR(name) extern const struct detector_ops detect_##name;
#include "detect/detectors.def"
#undef DETECTOR
