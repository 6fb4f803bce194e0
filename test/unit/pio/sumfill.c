/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "base/ip.h"
#include "pio/sumfill.h"
#include "wire/checksum.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define L4_AT4 20
#define L4_AT6 40

/* A packet of @family around the finished @l4. */
static size_t packet_of(int family, uint8_t proto, struct span l4, uint8_t *buf, size_t len)
{
	struct ip_addr src4 = ip4_make(192, 0, 2, 1), dst4 = ip4_make(192, 0, 2, 2);
	uint8_t a[16] = { 0x20, 1, 0xd, 0xb8 };
	struct ip_addr six = ip_from(6, a);
	struct packet_spec spec = { .src = family == 4 ? &src4 : &six,
				    .dst = family == 4 ? &dst4 : &six,
				    .proto = proto,
				    .ttl = 9,
				    .payload = l4 };
	struct wcur out = wcur(buf, len);

	CHECK_EQ(packet_build(&spec, &out), 0);
	return wcur_len(&out);
}

static void check_filled(int family, uint8_t proto, struct span l4, size_t sum_at)
{
	size_t at = (family == 4 ? L4_AT4 : L4_AT6) + sum_at;
	uint8_t want[128], got[128];
	size_t len = packet_of(family, proto, l4, want, sizeof(want));

	memcpy(got, want, len);
	got[at] ^= 0x5a; /* what the kernel leaves there is the pseudo-header's part */
	got[at + 1] ^= 0xa5;
	sumfill(got, len);
	CHECK_MEM(got, want, len);
}

TEST(sumfill_fills_tcp_udp_and_icmp6)
{
	struct ip_addr src = ip4_make(192, 0, 2, 1), dst = ip4_make(192, 0, 2, 2);
	uint8_t a[16] = { 0x20, 1, 0xd, 0xb8 };
	struct ip_addr six = ip_from(6, a);
	struct tcp_seg seg = { .sport = 1, .dport = 2, .flags = TCP_RST };
	struct udp_dgram d = { .sport = 1, .dport = 2, .payload = { a, 5 } };
	uint8_t buf[64];
	struct wcur c = wcur(buf, sizeof(buf));

	tcp_build(&seg, &src, &dst, &c);
	check_filled(4, IP_PROTO_TCP, (struct span){ buf, wcur_len(&c) }, 16);
	c = wcur(buf, sizeof(buf));
	tcp_build(&seg, &six, &six, &c);
	check_filled(6, IP_PROTO_TCP, (struct span){ buf, wcur_len(&c) }, 16);
	c = wcur(buf, sizeof(buf));
	udp_build(&d, &src, &dst, &c);
	check_filled(4, IP_PROTO_UDP, (struct span){ buf, wcur_len(&c) }, 6);
	c = wcur(buf, sizeof(buf));
	udp_build(&d, &six, &six, &c);
	check_filled(6, IP_PROTO_UDP, (struct span){ buf, wcur_len(&c) }, 6);
}

static void check_left_alone(uint8_t *p, size_t len)
{
	uint8_t was[128];

	memcpy(was, p, len);
	sumfill(p, len);
	CHECK_MEM(p, was, len);
}

TEST(sumfill_leaves_all_else_alone)
{
	uint8_t l4[24] = { 1, 2, 3, 4 }, buf[128];
	size_t len = packet_of(4, IP_PROTO_TCP, (struct span){ l4, 24 }, buf, sizeof(buf));

	check_left_alone(buf, len - 1); /* cut */
	check_left_alone(buf, 0);
	buf[6] |= 0x20; /* a fragment */
	check_left_alone(buf, len);
	len = packet_of(4, IP_PROTO_ICMP4, (struct span){ l4, 24 }, buf, sizeof(buf));
	check_left_alone(buf, len);
	len = packet_of(4, IP_PROTO_UDP, (struct span){ l4, 7 }, buf, sizeof(buf));
	check_left_alone(buf, len); /* no whole header */
	memset(buf, 0xff, sizeof(buf));
	check_left_alone(buf, sizeof(buf));
}

TEST(sumfill_seen_fills_only_what_was_left_out)
{
	struct ip_addr src = ip4_make(192, 0, 2, 1), dst = ip4_make(192, 0, 2, 2);
	struct udp_dgram d = { .sport = 1, .dport = 2 };
	uint8_t l4[16], want[64], got[64];
	struct wcur c = wcur(l4, sizeof(l4));
	uint16_t pseudo =
		(uint16_t)~checksum_end(checksum_pseudo_add(0, &src, &dst, IP_PROTO_UDP, 8));
	size_t len;

	udp_build(&d, &src, &dst, &c);
	len = packet_of(4, IP_PROTO_UDP, (struct span){ l4, wcur_len(&c) }, want, sizeof(want));
	memcpy(got, want, len);
	sumfill_seen(got, len);
	CHECK_MEM(got, want, len); /* it is there */
	got[L4_AT4 + 6] = (uint8_t)(pseudo >> 8);
	got[L4_AT4 + 7] = (uint8_t)pseudo;
	sumfill_seen(got, len);
	CHECK_MEM(got, want, len); /* it was not */
	got[L4_AT4 + 7] ^= 1;
	memcpy(want, got, len);
	sumfill_seen(got, len);
	CHECK_MEM(got, want, len); /* a wrong one stays wrong */
}
