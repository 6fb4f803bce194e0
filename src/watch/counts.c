/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/counts.h"

#include "watch/plain.h"

void counts_add(struct counts *c, const struct sight *s)
{
	struct count *at;

	c->frames++;
	if (s->kind != SIGHT_ICMP) {
		const struct packet *p = &s->pkt;

		if (s->kind == SIGHT_NOTHING)
			c->nothing++;
		else if (p->frag == PACKET_FRAG_LATER &&
			 p->proto == (p->family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6))
			c->fragments++;
		else
			c->other++;
		return;
	}
	c->cut += s->pkt.truncated;
	at = &c->at[s->pkt.family == 6][s->type][s->code][s->way];
	at->packets++;
	at->bytes += s->wire_len;
}

void counts_frame(struct counts *c, struct sight *s, struct span frame)
{
	struct plain p;
	struct count *at;

	if (!plain_find(s->link, frame, &p)) {
		sight_read_slowly(s, frame);
		counts_add(c, s);
		return;
	}
	c->frames++;
	c->cut += p.cut;
	at = &c->at[p.family == 6][p.ip[p.hdr]][p.ip[p.hdr + 1]][s->way];
	at->packets++;
	at->bytes += s->wire_len;
}

struct count counts_icmp(const struct counts *c)
{
	struct count sum = { 0, 0 };
	struct counts_row row;

	for (uint32_t at = 0; counts_next(c, &at, &row);) {
		sum.packets += row.count.packets;
		sum.bytes += row.count.bytes;
	}
	return sum;
}

bool counts_next(const struct counts *c, uint32_t *at, struct counts_row *ret)
{
	const struct count *all = &c->at[0][0][0][0];

	for (; *at < sizeof(c->at) / sizeof(*all); ++*at) {
		uint32_t i = *at;

		if (all[i].packets == 0)
			continue;
		++*at;
		*ret = (struct counts_row){ .count = all[i] };
		ret->way = (uint8_t)(i % SIGHT_WAYS);
		i /= SIGHT_WAYS;
		ret->code = (uint16_t)(i % COUNTS_N);
		i /= COUNTS_N;
		ret->type = (uint16_t)(i % COUNTS_N);
		ret->family = i / COUNTS_N == 0 ? 4 : 6;
		return true;
	}
	return false;
}
