/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What responder.bpf.c (in the kernel) and responder.c (which loads it) agree on. Only <linux/types.h>
 * is needed: one of the two has no C library.
 */
#pragma once

#include <linux/types.h>

struct responder_conf {
	__u32 live;     /* share of the addresses that exist, of 2^32 - 1 */
	__u32 open;     /* share of the TCP ports that are open, the others are closed */
	__u32 loss;     /* share of the answers that are lost by chance */
	__u32 seed;     /* of which address exists and which port is open */
	__u32 gateway;  /* address that exists in any case, as it stands in a packet; 0: none */
	__u16 port[8];  /* TCP ports that are open besides, host order; 0: none */
	__u32 first, n; /* TCP ports that are open besides: n from the first on */
};

enum responder_count {
	RESPONDER_SEEN, /* frames */
	RESPONDER_ARP,  /* answers, by kind */
	RESPONDER_ECHO,
	RESPONDER_SYN_ACK,
	RESPONDER_RST,
	RESPONDER_UNREACHABLE,
	RESPONDER_LOST,  /* answers that chance took */
	RESPONDER_DEAD,  /* questions to an address that does not exist */
	RESPONDER_FIRST, /* when the first echo request or SYN came, ns; not a count */
	RESPONDER_LAST,
	RESPONDER_COUNTS,
};

/* Whether something is in a share of what there is: a hash decides, so the truth is known. */
static inline int responder_in(__u32 what, __u32 seed, __u32 share)
{
	__u32 h = what ^ seed * 0x9e3779b9u;

	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	h ^= h >> 16;
	return share == 0xffffffffu || h < share;
}

/* @addr and @port in host order. */
static inline int responder_open(const struct responder_conf *c, __u32 addr, __u16 port)
{
	for (int i = 0; i < 8; i++)
		if (c->port[i] != 0 && c->port[i] == port)
			return 1;
	return (__u32)port - c->first < c->n || responder_in(addr ^ port, c->seed + 1, c->open);
}
