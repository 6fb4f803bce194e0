/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of every link type (the first octet picks it). What is found must lie within the
 * frame and within the bounds; headers that parse whole must build back to the same octets.
 */
#include <stdlib.h>
#include <string.h>

#include "wire/arp.h"
#include "wire/ip6.h"
#include "wire/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t built[1 << 17];

static void must(bool held)
{
	if (!held)
		abort();
}

static bool within(struct span part, struct span whole)
{
	return part.p >= whole.p && part.len <= whole.len &&
	       (size_t)(part.p - whole.p) <= whole.len - part.len;
}

static void check_packet(enum link_type link, struct span frame, bool outer)
{
	struct packet p, untouched;
	int r;

	memset(&p, 0xa5, sizeof(p));
	untouched = p;
	r = outer ? packet_parse_outer(link, frame, &p) : packet_parse(link, frame, &p);
	if (r < 0) {
		must(memcmp(&p, &untouched, sizeof(p)) == 0);
		return;
	}
	must(p.family == 4 || p.family == 6);
	must(p.depth >= 1 && p.depth <= (outer ? 1 : PACKET_DEPTH_MAX));
	must(within(p.l3, frame) && within(p.l4, p.l3));
	must(!p.icmp || p.frag != PACKET_FRAG_LATER);
	must(!p.icmp || p.proto == (p.family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6));
	must(p.src.family == p.family && p.dst.family == p.family && p.last_dst.family == p.family);
}

static void check_eth(struct span frame)
{
	struct wcur out = wcur(built, sizeof(built));
	struct eth_frame f;
	struct arp_msg arp;

	if (eth_parse(frame, &f) < 0)
		return;
	must(eth_build(&f, &out) == 0);
	must(wcur_len(&out) == frame.len && memcmp(built, frame.p, frame.len) == 0);
	if (arp_parse(f.payload, &arp) < 0)
		return;
	out = wcur(built, sizeof(built));
	must(arp_build(&arp, &out) == 0 && memcmp(built, f.payload.p, ARP_LEN) == 0);
}

static void check_ip(struct span octets)
{
	struct wcur out = wcur(built, sizeof(built));
	struct ip4_pkt v4;
	struct ip6_pkt v6;

	/* A header whose checksum is wrong, or whose length was not told, is built right instead. */
	if (ip4_parse(octets, &v4) == 0 && v4.sum_ok && v4.missing == 0 && v4.total_len) {
		must(ip4_build(&v4, &out) == 0);
		must(memcmp(built + 12, octets.p + 12, wcur_len(&out) - 12) == 0);
		must(memcmp(built, octets.p, 10) == 0);
	}
	out = wcur(built, sizeof(built));
	if (ip6_parse(octets, &v6) == 0 && v6.missing == 0 && v6.payload.len == v6.payload_len) {
		must(ip6_build(&v6, &out) == 0);
		must(memcmp(built, octets.p, wcur_len(&out)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span frame = { data + 1, len - 1 };

	if (len == 0 || len > 65536)
		return 0;
	check_packet(data[0] % LINK_TYPES, frame, true);
	check_packet(data[0] % LINK_TYPES, frame, false);
	check_eth(frame);
	check_ip(frame);
	return 0;
}
