/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routers in a row as a function for the memory back end: every target has .routers of them in front, each of
 * which answers as told. Target 127.x.y.z has routers 10.x.y.1, 10.x.y.2 …, ::1 has fd00::1, fd00::2 …
 */
#pragma once

#include "base/hash.h"
#include "pio/packet.h"

#define TRACE_NET_HOPS 40

struct trace_net {
	struct pio_packet_mem mem;
	uint64_t hop_ns;    /* there and back over one link */
	unsigned routers;   /* before the target */
	bool dead;          /* the target answers nothing */
	uint64_t silent;    /* bit h: the router at hop h answers nothing */
	uint64_t limits;    /* bit h: it answers every fifth probe only */
	unsigned labelled;  /* hop: it sends an MPLS label and tells of an interface; 0: none */
	unsigned nat;       /* from this hop on the source is another, 0: nowhere */
	unsigned remarks;   /* from this hop on the TOS is 0x20 */
	unsigned prohibits; /* the router at this hop says that it is prohibited to go on */
	unsigned loop;      /* from this hop on packets go between two routers */
	unsigned lossy;     /* every second packet that passes this hop is lost */
	unsigned narrow;    /* the router at this hop passes only .mtu octets … */
	uint16_t mtu;
	bool announces; /* … and says so */
	unsigned slow;  /* the router at this hop answers twice */
	bool forges;    /* each answer is preceded by one that quotes another number */
	bool stops;     /* after 100 packets nothing is answered any more */

	/* Counted. */
	uint64_t packets, per_hop[TRACE_NET_HOPS + 1];
	uint64_t first_ns, last_ns;
	uint16_t sport; /* of the first packet, by UDP */
};

void trace_net_init(struct trace_net *net);
