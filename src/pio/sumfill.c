/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/sumfill.h"

#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/ip6.h"

struct place {
	uint8_t proto;
	size_t at, min; /* of the checksum; octets of the shortest header */
};

static const struct place places[] = {
	{ IP_PROTO_TCP, 16, 20 },
	{ IP_PROTO_UDP, 6, 8 },
	{ IP_PROTO_ICMP6, 2, 4 },
};

static void fill(uint8_t *l4, size_t len, uint8_t proto, const struct ip_addr *src,
		 const struct ip_addr *dst)
{
	uint16_t sum;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (places[i].proto != proto || len < places[i].min)
			continue;
		l4[places[i].at] = l4[places[i].at + 1] = 0;
		sum = checksum_pseudo(src, dst, proto, (struct span){ l4, len });
		if (sum == 0 && proto == IP_PROTO_UDP)
			sum = 0xffff; /* 0 says that there is none (RFC 768) */
		l4[places[i].at] = (uint8_t)(sum >> 8);
		l4[places[i].at + 1] = (uint8_t)sum;
	}
}

static void fill4(uint8_t *p, size_t len)
{
	struct ip4_pkt ip;

	if (ip4_parse((struct span){ p, len }, &ip) < 0 || ip.mf || ip.frag_off || ip.missing)
		return;
	if (ip.payload.len == 0)
		return;
	fill(p + (ip.payload.p - p), ip.payload.len, ip.proto, &ip.src, &ip.dst);
}

static void fill6(uint8_t *p, size_t len)
{
	struct ip6_chain chain;
	struct ip6_pkt ip;

	if (ip6_parse((struct span){ p, len }, &ip) < 0 || ip.missing)
		return;
	if (ip6_walk(ip.next, ip.payload, &chain) < 0 || chain.fragment || chain.cut)
		return;
	if (chain.l4.len == 0)
		return;
	fill(p + (chain.l4.p - p), chain.l4.len, chain.proto, &ip.src,
	     chain.last.family ? &chain.last : &ip.dst);
}

void sumfill(uint8_t *p, size_t len, uint16_t type)
{
	if (type == ETH_TYPE_IP4)
		fill4(p, len);
	else if (type == ETH_TYPE_IP6)
		fill6(p, len);
}
