/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path MTU by real packets that may not be fragmented, who sets it, and black holes: large packets that
 * vanish while nobody says so (RFC 2923 2.1).
 *
 * 1. A packet as large as the first link takes goes to the target. An ICMP "too big" with an MTU makes the next
 *    one that large (one without, of routers before RFC 1191, takes the next of the usual sizes), and so on.
 * 2. Silence, though small packets are answered: sizes are searched between what passed and what did not, several
 *    in flight at once, each tried more than once.
 * 3. A packet too large for the path is sent with every hop limit: the last hop that answers "time exceeded"
 *    for it is the last that passed it; the link behind that one is where they vanish.
 *
 * Loss must not look like a black hole: a size fails only when all its tries were lost while as many small ones,
 * sent among them, came through. A hop that does not answer errors at all cannot be named: then the nearest
 * before it is, and told so.
 *
 * A target that answers small packets only looks like a black hole on the link before it: then .next_hops is
 * the target's own hop limit, and whoever tells of it should say that it may be either.
 *
 * Pure. Source: RFC 1191, 8201, 4821, 8899 (searching without ICMP).
 */
#pragma once

#include "probe/trace.h"

struct path_mtu_conf {
	struct ip_addr dst;
	uint8_t kind; /* ASK_ECHO or ASK_UDP; TCP SYN carries no octets */
	uint16_t port;
	uint16_t flow;
	uint8_t hops; /* of the target, or of who says that it cannot be reached; 0: neither: what can be found is as far as packets get */
	uint8_t answering
		[32];    /* bit h: the hop of limit h answers time exceeded (from the trace) */
	uint16_t most;   /* octets: the first link's MTU */
	unsigned tries;  /* of one size before it is believed to vanish */
	uint64_t rtt_ns; /* seen by the trace; 0: unknown */
	uint64_t spacing_ns, timeout_ns;
	uint16_t first_number; /* numbers below belong to the trace before */
};

enum path_mtu_end {
	PATH_MTU_GOING,
	PATH_MTU_FOUND,      /* .mtu is the path's */
	PATH_MTU_BLACK_HOLE, /* .mtu passes, larger packets vanish unannounced */
	PATH_MTU_UNKNOWN,    /* the target answers nothing, small packets included */
};

struct path_mtu_result {
	enum path_mtu_end end;
	uint16_t mtu;     /* largest packet that passed; 0: none did */
	bool exact;       /* .mtu + 1 was seen to fail, or .mtu is the first link's own */
	uint8_t set_hops; /* hop limit at which .set_by answers; 0: nobody said too big, or unknown */
	struct ip_addr set_by; /* who announced the least MTU; family 0: nobody */
	uint16_t said;         /* the MTU it announced; 0: none */
	bool lied;             /* packets of what it announced do not pass (or larger ones do) */
	uint8_t last_hops; /* BLACK_HOLE: the last hop limit that answered large packets; 0: unknown */
	uint8_t next_hops; /* BLACK_HOLE: the first one behind that answers small and not large ones; 0: none */
};

struct path_mtu;

/** As trace_size() and the others of probe/trace.h. */
size_t path_mtu_size(const struct path_mtu_conf *conf);
struct path_mtu *path_mtu_init(void *mem, const struct path_mtu_conf *conf, uint64_t now_ns);
void path_mtu_next(const struct path_mtu *p, uint64_t now_ns, struct trace_step *ret);
void path_mtu_sent(struct path_mtu *p, const struct trace_step *step, uint64_t now_ns);
/** -EMSGSIZE from the kernel (this host knows a smaller path MTU already): @error and step tell; the size is taken as too big for the first link. */
void path_mtu_send_failed(struct path_mtu *p, const struct trace_step *step, int error,
			  uint64_t now_ns);
void path_mtu_send_later(struct path_mtu *p, uint64_t later_ns);
enum trace_verdict path_mtu_match(struct path_mtu *p, const struct hop_reply *r, uint8_t *ret_hops);
void path_mtu_stop(struct path_mtu *p);
/** What is known. Returns whether it is all. */
bool path_mtu_result(const struct path_mtu *p, struct path_mtu_result *ret);
