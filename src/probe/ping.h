/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine under `sonde ping`: many targets, one question, asked again at a steady pace.
 * It says what to send and when, and what an arriving message means. It never sees a
 * socket or a clock: flow/ping.h owns those and tells the time.
 *
 * An answer is believed when it fits a question in every field the question had: type,
 * identifier, sequence number, address or cookie. An ICMP error is believed when the packet
 * it quotes does. What fits in part is counted as forged, the rest as somebody else's.
 *
 * Pure. All memory is the caller's. Times are nanoseconds of any monotonic clock.
 */
#pragma once

#include "probe/probe.h"
#include "probe/stats.h"

#define PING_TARGETS_MAX 65536 /* more belong to a sweep; ping_size() refuses */
#define PING_WINDOW_MAX  16384 /* questions remembered per target; see ping_sent() */
#define PING_COUNT_MAX   UINT32_MAX
#define PING_ID_FREE     (-1)       /* the engine chooses identifiers */
#define PING_NEVER       UINT64_MAX /* a time that does not come */

struct ping_conf {
	const struct probe_ops *probe;
	const struct probe_about *about; /* of extended echo; else NULL */
	const struct ip_addr *addr; /* @targets of them, no two equal; borrowed for ping_init() */
	size_t targets;             /* 1..PING_TARGETS_MAX */
	struct hash_key key;        /* random, fresh per run */
	uint32_t count;             /* questions per target; 0: without end */
	uint16_t size;              /* octets of body, for sized probes */
	uint64_t interval_ns;       /* between two questions to one target */
	uint64_t spacing_ns;        /* between any two questions */
	uint64_t timeout_ns;        /* to wait for the last answer; answers after it are late */
	uint64_t stop_ns;           /* when to end in any case; PING_NEVER */
	int32_t id4, id6;           /* identifier the kernel chose, or PING_ID_FREE */
};

/* One target, as the engine knows it; read it through ping_target(). */
struct ping_target {
	struct ip_addr addr;
	uint64_t sent, received, duplicates, late, errors, failed;
	struct stats rtt;  /* of the first answer to each question, late ones included */
	uint64_t due_ns;   /* when the next question may go */
	uint32_t next_seq; /* from 1 */
	uint16_t id;
};

/* What belongs to no target. */
struct ping_strays {
	uint64_t foreign; /* messages about questions that are not this run's */
	uint64_t forged;  /* messages about this run's, with something that does not fit */
};

struct ping;

enum ping_what { PING_SEND, PING_WAIT, PING_DONE };

struct ping_step {
	enum ping_what what;
	size_t target;     /* SEND: index into conf.addr */
	uint32_t seq;      /* SEND */
	uint32_t token;    /* SEND: ping_build() fills it in */
	uint64_t until_ns; /* WAIT: ask again then, or when something arrived */
};

enum ping_verdict {
	PING_NOT_OURS,  /* counted in strays; no event */
	PING_FORGED,    /* likewise */
	PING_REPLY,     /* the first answer to a question, in time */
	PING_LATE,      /* the first answer, after the timeout; counts as received */
	PING_DUPLICATE, /* a further answer to the same question */
	PING_ERROR,     /* an ICMP error about a question */
};

enum ping_kind {
	PING_MESSAGE, /* an ICMP message as it arrived */
	PING_QUOTE,   /* the kernel's account of an ICMP error, with our message as quoted */
};

struct ping_arrival {
	enum ping_kind kind;
	bool verified;       /* the kernel has checked the checksum */
	uint8_t type, code;  /* QUOTE: of the error */
	uint32_t mtu;        /* QUOTE: next-hop MTU, 0 without one */
	int16_t ttl;         /* -1: not told */
	uint64_t t_ns;       /* when it arrived */
	struct ip_addr from; /* who sent it */
	struct ip_addr to;   /* our address it came to; family 0: not told */
	struct ip_addr dst;  /* QUOTE: where the question went */
	struct span octets;  /* from the ICMP type on; borrowed for the call */
};

struct ping_event {
	enum ping_verdict verdict;
	size_t target;
	uint32_t seq;
	uint8_t type, code;
	int64_t mtu; /* ERROR: FACT_NONE without one */
	int64_t ttl; /* FACT_NONE: not told */
	uint64_t rtt_ns;
	size_t bytes; /* ICMP octets that arrived */
	struct ip_addr from;
	struct probe_answer answer; /* REPLY, LATE, DUPLICATE */
};

/**
 * Octets of memory that a run of @conf needs.
 *
 * Returns 0 when @conf is out of its bounds or has a family without such a question.
 */
size_t ping_size(const struct ping_conf *conf);

/**
 * Begin at @now_ns in @mem, ping_size(conf) octets aligned as malloc's. The result is
 * @mem; it lives as long as @mem does and needs no end.
 */
struct ping *ping_init(void *mem, const struct ping_conf *conf, uint64_t now_ns);

/**
 * What is to be done at @now_ns? Changes nothing: only ping_sent() and the like do.
 */
void ping_next(const struct ping *p, uint64_t now_ns, struct ping_step *ret_step);

/**
 * Append the message of a SEND step and note its token in @step.
 *
 * @wall_ns  time since 1970, for timestamps
 *
 * Returns 0, or what probe_build() returns.
 */
int ping_build(const struct ping *p, struct ping_step *step, uint64_t wall_ns, struct wcur *out);

/**
 * The question of @step left at @now_ns. A window of questions is remembered per target;
 * where a run is so fast that an unanswered one falls out, its answer is not known any more.
 */
void ping_sent(struct ping *p, const struct ping_step *step, uint64_t now_ns);

/** It could not be sent, and never will be: it counts as failed. */
void ping_send_failed(struct ping *p, const struct ping_step *step, uint64_t now_ns);

/** It could not be sent now (buffers are full): the same step comes again after @later_ns. */
void ping_send_later(struct ping *p, uint64_t later_ns);

/** End as soon as asked: the next ping_next() is DONE. */
void ping_stop(struct ping *p);

/**
 * Something arrived. Total: any octets are judged, none are believed without a fitting
 * question. @ret_event is written except for NOT_OURS and FORGED.
 */
enum ping_verdict ping_match(struct ping *p, const struct ping_arrival *in,
			     struct ping_event *ret_event);

/** Target @i < conf.targets; borrowed from @p. Percentiles: stats_rtt(&t->rtt, …). */
struct ping_target *ping_target(struct ping *p, size_t i);

struct ping_strays ping_strays(const struct ping *p);
