/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact counts of ICMP on live interfaces, at any rate: a program in the kernel (bpf/counter.bpf.c) sees every
 * packet at arrival and departure and adds it up where it is. Nothing is copied, dropped or changed.
 *
 * Counted is the outermost ICMP header of what the kernel hands the hook: IPv4, and IPv6 behind extension
 * headers, in Ethernet with up to four VLAN tags or on links without link headers. Later fragments count as
 * such. Tunnels stay closed: what comes out of one here is seen on its interface. MPLS, PPPoE and LLC on
 * Ethernet are "nothing"; so is what cannot be read.
 *
 * Of the loopback interface, which shows each packet twice, arrivals are counted.
 *
 * Not seen: what an XDP program or (at departure) another tc program takes away, and departures that bypass
 * the queueing discipline (AF_PACKET with PACKET_QDISC_BYPASS, AF_XDP, what XDP sends back).
 */
#pragma once

#include "base/err.h"
#include "watch/counts.h"

enum counter_hook {
	COUNTER_AUTO, /* the first of the next two that the kernel has */
	COUNTER_TCX,  /* Linux 6.6: gone with the process, however it ends */
	COUNTER_CLSACT, /* tc filters: of a process that was killed they stay until the next one starts there */
	COUNTER_XDP, /* arrivals as early as can be; departures as COUNTER_AUTO */
};

struct counter_conf {
	const char *const *iface; /* names, in the calling thread's network namespace */
	size_t iface_n;           /* at least 1 */
	enum counter_hook hook;
	bool arrivals_only; /* departures cost nothing then */
};

struct counter;

/**
 * Begin to count on all of @conf's interfaces, which need not be up. Other programs and filters there stay as
 * they are, other counters too.
 *
 * Returns 0 with *@ret owned by the caller; -EPERM (@err names the capabilities); -ENODEV: no such interface;
 * -EBUSY: COUNTER_XDP where another XDP program is; -EOPNOTSUPP: this program, the kernel or the link cannot, and
 * @err says in one line why: count in another way; -ENOMEM.
 */
int counter_open(const struct counter_conf *conf, struct counter **ret, struct err *err);
void counter_close(struct counter *c); /* NULL is fine */
void counter_closep(struct counter **c);

/**
 * Add to @into what was counted since the last call (the first one: since counter_open()), as if counts_add() had
 * been called for each packet: way SIGHT_IN for arrivals, SIGHT_OUT for departures, SIGHT_PASSING for arrivals
 * that are for another host (XDP cannot tell: SIGHT_IN).
 *
 * Returns 0, or -errno, @into then untouched or added to in part.
 */
int counter_read(struct counter *c, struct counts *into);

/**
 * Look after interfaces that vanished and came back by their names: call it now and then. What was counted
 * stays. Needs CAP_NET_ADMIN still when one came back.
 *
 * Returns on how many interfaces it counts now; -errno when it cannot on one that is back.
 */
int counter_follow(struct counter *c);

/** The hook in words, for a person: "tcx", "clsact", "xdp". */
const char *counter_hook_name(const struct counter *c);
