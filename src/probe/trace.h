/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine under `sonde trace`: one target, one flow, every hop limit in flight at once. It says what
 * to send and when, and what an arriving reply means. It never sees a socket or a clock.
 *
 * A round asks each hop limit once, in ascending order: the target's own answer comes first from the
 * least limit that reaches it, so that later ones may be refused by its limiter without harm. Rounds
 * begin by the clock and wait for no answers.
 *
 * The end of the path is the least limit at which the target itself answered (by what its kind of probe
 * earns, or by any error that says the probe died at its address: RFC 1122 3.2.2.1), failing that the
 * least at which anybody said so and beyond which no router was heard of in that round or the one before.
 * Limits beyond the end are asked no more, and what they answered is not counted: they read as never
 * asked. The end is in doubt, and all limits are asked again, when its limit earned three "time exceeded"
 * in a row (the path grew), or in an endless trace twelve probes in a row were lost there; it moves when
 * the path is then seen to end elsewhere.
 *
 * The trace ends when all rounds were asked and nothing more can be expected. A silent hop waits with all
 * others, not after them, and the time a probe is waited for is
 *
 *	at or before the farthest limit that answered: one and a half times the longest round-trip time seen,
 *	or three times it as far as that is no more than 300 ms, and 100 ms at least: a hop is not much slower
 *	than the path beyond it
 *	beyond it, where nothing seen says how long an answer may take: .timeout_ns
 *
 * and never more than .timeout_ns. An answer that comes later is late, and counts as received. Hop limits that
 * were answered late are waited for at the end as long as that took and half of it.
 *
 * Pure. All memory is the caller's. Times are nanoseconds of any monotonic clock.
 */
#pragma once

#include "probe/asked.h"
#include "probe/hop_shot.h"
#include "probe/hop_verdict.h"
#include "probe/stats.h"

#define TRACE_HOPS_MAX 64 /* hop limits of one trace */
#define TRACE_HOPS     30 /* by default, as everybody's */
#define TRACE_WHO_MAX  16 /* addresses remembered of one hop limit; further ones are counted */
#define TRACE_EXT_LEN \
	128 /* octets of extensions remembered of one address; longer ones are cut between objects */
#define TRACE_NEVER UINT64_MAX
#define TRACE_WINDOW_MAX \
	16384 /* probes remembered; what answers an older one is not known any more */
#define TRACE_RECENT_MAX 4096
#define TRACE_TIME_MAX   (1ull << 56) /* of each time in trace_conf: two years */

struct trace_conf {
	struct ip_addr dst;
	uint8_t kind; /* ASK_ECHO, ASK_UDP, ASK_TCP_SYN */
	uint16_t port;
	uint16_t flow;
	uint8_t first, last; /* hop limits, 1 <= first <= last <= TRACE_HOPS_MAX */
	uint32_t rounds;     /* 0: without end, until trace_stop() (live) */
	uint64_t round_ns;   /* from one round's begin to the next */
	uint64_t spacing_ns; /* between two probes of one round */
	uint64_t timeout_ns; /* no probe is waited for longer; answers after it are late */
	uint16_t len;        /* as in struct hop_shot */
	uint8_t tos;
	bool df;
	/* Round-trip times kept of each address for percentiles; never more than .rounds or STATS_ROOM_FULL. */
	uint32_t samples;
	uint32_t recent; /* latest results kept of each hop limit (live view); 0: none */
};

/* One who answered at one hop limit. */
struct trace_who {
	struct ip_addr addr;
	uint32_t received;
	uint32_t jitter_n;
	uint64_t
		jitter_sum_ns; /* |difference| of round-trip times of successive answers, @jitter_n of them */
	uint64_t last_rtt_ns;
	struct stats rtt;
	uint8_t kind, type, code; /* of its latest reply: as in struct hop_reply */
	int16_t ttl;              /* of its latest reply */
	uint32_t mtu;
	struct hop_quote quote; /* of its latest error */
	struct span ext; /* of its latest reply; lives as long as the trace, until its next reply */
};

/* What ended the path where it ends: later answers there may be others. */
struct trace_ender {
	struct ip_addr from;
	uint8_t kind, type, code; /* as in struct hop_reply */
};

enum trace_recent { TRACE_RECENT_LOST = -1, TRACE_RECENT_WAITING = -2, TRACE_RECENT_NONE = -3 };

struct trace_hop {
	uint32_t sent; /* probes that left, those still waited for included */
	uint32_t waiting;
	uint32_t received, duplicates,
		late;      /* .received counts each probe once, .late among them */
	uint32_t failed;   /* could not be sent */
	uint32_t who_more; /* answers of addresses that there was no room for */
	uint8_t who_n;
};

enum trace_end {
	TRACE_GOING,
	TRACE_REACHED,     /* the target answered */
	TRACE_UNREACHABLE, /* somebody said that it cannot be reached: net, host, prohibited … */
	TRACE_SILENT,      /* neither, up to the last hop limit */
	TRACE_UNSENT,      /* nothing could be sent */
};

struct trace;

enum trace_what { TRACE_SEND, TRACE_WAIT, TRACE_DONE };

struct trace_step {
	enum trace_what what;
	struct hop_shot shot; /* SEND; .src is left to the caller */
	uint64_t until_ns;    /* WAIT */
};

enum trace_verdict { TRACE_NOT_OURS, TRACE_FIRST, TRACE_LATE, TRACE_DUPLICATE };

/** Octets a trace of @conf needs, at most 12 KiB with 30 hops, 3 rounds, no .recent; 0: @conf is out of its bounds. */
size_t trace_size(const struct trace_conf *conf);

/** Begin in @mem, trace_size() octets aligned as malloc's. The result is @mem. */
struct trace *trace_init(void *mem, const struct trace_conf *conf, uint64_t now_ns);

/**
 * What is to be done at @now_ns? Asked again it says the same: all it changes is what time alone has
 * decided, that some probes are lost and that the trace is over.
 */
void trace_next(struct trace *t, uint64_t now_ns, struct trace_step *ret);

/** The probe of @step left. Steps are given back in the order they came, each once. */
void trace_sent(struct trace *t, const struct trace_step *step, uint64_t now_ns);

/**
 * It could not be sent and never will be: @error as errno. A trace with an end whose whole first round fails
 * goes on no further.
 */
void trace_send_failed(struct trace *t, const struct trace_step *step, int error, uint64_t now_ns);

/** Not now (buffers full, link address being found out): the same step comes again after @later_ns. */
void trace_send_later(struct trace *t, uint64_t later_ns);

/**
 * A reply for this trace's target (the caller has found the trace by @r->dst). @ret_hops gets the hop limit
 * it is for; 0 with NOT_OURS (a number that was never asked, another target or kind of probe, an ICMP
 * message that says nothing of the probe's end: redirect, source quench). What answers a probe
 * that was forgotten (trace_reset()) is a DUPLICATE that nobody counts, and @ret_hops may be beyond the end.
 *
 * Number 0 (not told): an answer of the target is taken for the least limit, beyond the last router
 * that answered, that waits; an error is taken only when a single probe waits that could be meant.
 */
enum trace_verdict trace_match(struct trace *t, const struct hop_reply *r, uint8_t *ret_hops);

/** End as soon as asked: the next trace_next() is DONE. What is still waited for is not lost. */
void trace_stop(struct trace *t);

/** Forget all results, go on asking with the next round (live view). */
void trace_reset(struct trace *t, uint64_t now_ns);

/** How it ended, or TRACE_GOING; @ret_hops as trace_so_far()'s. */
enum trace_end trace_end(const struct trace *t, uint8_t *ret_hops);

/**
 * How it would have ended were it over now (never GOING); @ret_hops: the hop limit of the end (REACHED,
 * UNREACHABLE), else of the last who answered, 0: nobody.
 */
enum trace_end trace_so_far(const struct trace *t, uint8_t *ret_hops);

/** Who ended the path, and by what; NULL: nobody has. Borrowed. */
const struct trace_ender *trace_ender(const struct trace *t);

/** The errno of the last probe that could not be sent; 0: there is none. */
int trace_error(const struct trace *t);

/** Hop limit @hops, conf.first..conf.last; beyond the end, and for any other number, all zero. Borrowed. */
const struct trace_hop *trace_hop(const struct trace *t, uint8_t hops);

/** Address @i < who_n of hop limit @hops, the most frequent first; else NULL. Borrowed; stats_rtt() sorts its samples. */
struct trace_who *trace_who(struct trace *t, uint8_t hops, unsigned i);

/** The last @n results of @hops, oldest first: round-trip time in ns or enum trace_recent. Returns how many. */
unsigned trace_recent(const struct trace *t, uint8_t hops, int64_t *ret, unsigned n);

/** Whether probe of round @round (from 0, of the last 64) at @hops was answered: 1 yes, 0 no, -1 not asked or still waiting. */
int trace_outcome(const struct trace *t, uint8_t hops, uint64_t round);

/** What hop_judge() wants of @hops; .end by trace_so_far(). Beyond the end all zero. */
void trace_tally(const struct trace *t, uint8_t hops, struct hop_tally *ret);

/** Rounds begun, since trace_reset() if that was called. */
uint64_t trace_rounds(const struct trace *t);
