/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/shot.h"

#include <stdio.h>
#include <string.h>

#include "probe/shot_own.h"

void shot_init(struct shot_codec *c, const struct hash_key *key, uint16_t port_first,
	       uint16_t port_n)
{
	const struct payload *p;

	memset(c, 0, sizeof(*c));
	c->key = *key;
	c->port_first = port_first;
	c->port_n = MAX(port_n, 1);
	for (size_t i = 0; (p = payload_at(i)); i++) {
		for (const uint16_t *port = p->port; *port; port++)
			portset_add(&c->spoken, *port);
	}
}

uint64_t shot_cookie(const struct shot_codec *c, enum ask_kind kind, const struct ip_addr *dst,
		     const struct ip_addr *src, uint16_t port)
{
	uint8_t in[2 * 16 + 3];
	size_t len = dst->family == 4 ? 4 : 16;

	memcpy(in, dst->octet, len);
	memcpy(in + len, src->octet, len);
	in[2 * len] = (uint8_t)(port >> 8);
	in[2 * len + 1] = (uint8_t)port;
	in[2 * len + 2] = (uint8_t)kind;
	return hash(&c->key, (struct span){ in, 2 * len + 3 });
}

uint16_t shot_ethertype(const struct shot *shot)
{
	if (shot->ask.kind == ASK_ARP)
		return ETH_TYPE_ARP;
	return shot->dst.family == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6;
}

/*
 * "icmp6" and "tcp" of the filter language look at the first header only. What comes behind an
 * extension header (6, at octet 6: hop-by-hop, routing, fragment, AH, destination options) is
 * rare enough to let through as a whole; MLD reports come so.
 */
size_t shot_filter(const struct shot_codec *c, char *buf, size_t len)
{
	unsigned last = c->port_first + c->port_n - 1u;
	int n = snprintf(buf, len,
			 "arp or (icmp and icmp[0] != 8) or icmp6 or "
			 "((tcp or udp) and dst portrange %u-%u) or "
			 "(ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 51 "
			 "or ip6[6] = 60))",
			 (unsigned)c->port_first, last);

	return n < 0 ? 0 : (size_t)n;
}
