/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is scanning, flooding, forging. One detector per file, one line in detectors.def; all are fed with the same
 * sights and share one state (source.h, dark.h), which detect_feed() reckons once per packet. All memory is
 * taken at start; whatever arrives, nothing grows.
 *
 * An alert is told once per thing, again when it has grown tenfold or its severity rises, and once more when it
 * has ended (nothing for DETECT_QUIET_NS, or detect_end()). Severity follows from how many independent
 * reasons agree; every figure and threshold that played a part is in the alert.
 *
 * Pure. All memory is the caller's. Rules, their sources and what was measured: doc/detection.md.
 */
#pragma once

#include "base/err.h"
#include "base/hash.h"
#include "base/ip.h"
#include "watch/sight.h"

#define DETECT_MEMORY       (25u << 20) /* octets by default */
#define DETECT_MEMORY_MIN   (4u << 20)
#define DETECT_REASONS_MAX  8
#define DETECT_ALERTS_MAX   4096 /* things under way at once; the oldest quiet one makes room */
#define DETECT_PREFIXES_MAX 256  /* monitored prefixes; dark ones; ignored ones */
#define DETECT_QUIET_NS     (600 * NS_PER_S)

enum detect_severity { DETECT_LOW, DETECT_MEDIUM, DETECT_HIGH };
enum detect_state { DETECT_NEW, DETECT_UPDATE, DETECT_ENDED };

/* Why an alert was raised: "run" 18 >= 12. Texts are static. */
struct detect_reason {
	const char *what; /* a threshold's name, or a phrase */
	double seen, bound;
};

struct detect_alert {
	const char *kind; /* "sweep.sequential"; static */
	uint8_t severity, state;
	uint64_t id;              /* of the thing, the same in its updates and its end; from 1 */
	struct ip_addr src, dst;  /* family 0: there is no single one */
	struct ip_prefix targets; /* what was touched; addr.family 0: does not apply */
	uint64_t first_ns, last_ns;
	uint64_t quiet_ns; /* it has ended when so long nothing came; 0: DETECT_QUIET_NS */
	uint64_t packet;   /* number of the frame that raised it */
	uint64_t contact;  /* which first contact of its source that was; 0: does not apply */
	uint64_t packets;  /* that belong to it so far; of sweeps: contacts */
	double distinct,
		distinct_error; /* destinations (or sources), one standard deviation; negative: n/a */
	double alive;           /* share of contacts that answered; negative: not known */
	uint64_t dark, run;
	bool reversed;       /* the run is in byte-reversed order, as nmap's over a /24 … */
	int64_t stride;      /* median step of the run; 0: n/a */
	uint64_t suppressed; /* packets since the telling before, that were not told */
	struct detect_reason reason[DETECT_REASONS_MAX];
	unsigned reasons;
};

#define THRESHOLD(name, value, least, most, help) DETECT_##name,
enum detect_threshold {
#include "detect/thresholds.def"
	DETECT_THRESHOLDS
};
#undef THRESHOLD

struct detect_conf {
	size_t memory; /* octets; DETECT_MEMORY_MIN at least */
	struct hash_key key;
	double threshold[DETECT_THRESHOLDS];
	struct ip_prefix
		monitored[DETECT_PREFIXES_MAX]; /* this network: what dark space is learned in */
	size_t monitored_n;
	struct ip_prefix dark[DETECT_PREFIXES_MAX]; /* unused for sure */
	size_t dark_n;
	struct ip_prefix ignored[DETECT_PREFIXES_MAX]; /* sources never reported, still counted */
	size_t ignored_n;
	struct ip_addr router[64]; /* known first-hop routers */
	size_t router_n;
	bool other_packets; /* sights that are not ICMP come too */
};

/** Defaults: thresholds as in the table, no prefixes. */
void detect_defaults(struct detect_conf *conf);

/** 0; -EINVAL with @err naming the threshold and its bounds; -ENOENT: no such threshold. */
int detect_set(struct detect_conf *conf, const char *name, const char *value, struct err *err);

/* A row of the table of thresholds. */
struct detect_threshold_info {
	const char *name, *help;
	double value, least, most;
};

/** Threshold @i, in order; NULL: no more. */
const struct detect_threshold_info *detect_threshold_at(size_t i);

struct detect;

/**
 * Octets needed, at most conf->memory; 0: that does not suffice (under DETECT_MEMORY_MIN, or monitored
 * prefixes whose addresses take more than a fifth of it).
 */
size_t detect_size(const struct detect_conf *conf);

/** Begin in @mem of detect_size() octets aligned as malloc's; @alert hears of everything. The result is @mem. */
struct detect *detect_init(void *mem, const struct detect_conf *conf,
			   void (*alert)(void *to, const struct detect_alert *a), void *to);

/**
 * A packet, in order of time. One that is late by less than ten seconds is taken for now; more is a clock
 * that was set, and time goes on from where it was.
 */
void detect_feed(struct detect *d, const struct sight *s);

/** Time has come to @now_ns though nothing arrived. */
void detect_tick(struct detect *d, uint64_t now_ns);

/** The end: what is under way is told as ended. */
void detect_end(struct detect *d);

struct detect_sums {
	uint64_t fed, contacts, sources, forgotten, raised[3], suppressed;
	uint64_t ignored; /* alerts about sources that conf->ignored names */
	/*
	 * Share of sources that ever got an answer, of those that asked three hosts or more; negative: there are
	 * none. Under 0.2 silence is no evidence: one way is not seen.
	 */
	double pairing;
};
struct detect_sums detect_sums(const struct detect *d);
