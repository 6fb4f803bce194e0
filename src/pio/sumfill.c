/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/sumfill.h"

#include "wire/checksum.h"
#include "wire/packet.h"

struct place {
	uint8_t proto;
	size_t at, min; /* of the checksum; octets of the shortest header */
};

static const struct place places[] = {
	{ IP_PROTO_TCP, 16, 20 },
	{ IP_PROTO_UDP, 6, 8 },
	{ IP_PROTO_ICMP6, 2, 4 },
};

static void fill(uint8_t *l4, const struct place *at, const struct packet *p)
{
	uint16_t sum;

	l4[at->at] = l4[at->at + 1] = 0;
	sum = checksum_pseudo(&p->src, &p->last_dst, p->proto, p->l4);
	if (sum == 0 && p->proto == IP_PROTO_UDP)
		sum = 0xffff; /* 0 says that there is none (RFC 768) */
	l4[at->at] = (uint8_t)(sum >> 8);
	l4[at->at + 1] = (uint8_t)sum;
}

/* Where the message of @packet that has a checksum to fill in has it; NULL: none to fill. */
static const struct place *open_packet(const uint8_t *p, size_t len, struct packet *ret_packet)
{
	if (packet_parse_outer(LINK_RAW, (struct span){ p, len }, ret_packet) < 0)
		return NULL;
	if (ret_packet->frag != PACKET_WHOLE || ret_packet->truncated)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (places[i].proto == ret_packet->proto && ret_packet->l4.len >= places[i].min)
			return &places[i];
	}
	return NULL;
}

void sumfill(uint8_t *p, size_t len)
{
	struct packet packet;
	const struct place *at = open_packet(p, len, &packet);

	if (at)
		fill(p + (packet.l4.p - p), at, &packet);
}

void sumfill_seen(uint8_t *p, size_t len)
{
	struct packet packet;
	const struct place *at = open_packet(p, len, &packet);
	uint64_t pseudo;
	uint8_t *sum;

	if (!at || at->proto == IP_PROTO_ICMP6)
		return;
	sum = p + (packet.l4.p - p) + at->at;
	pseudo = checksum_pseudo_add(0, &packet.src, &packet.last_dst, packet.proto, packet.l4.len);
	if ((sum[0] << 8 | sum[1]) == (uint16_t)~checksum_end(pseudo))
		fill(p + (packet.l4.p - p), at, &packet);
}
