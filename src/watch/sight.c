/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/sight.h"

#include <string.h>

#include "watch/plain.h"
#include "wire/checksum.h"

#define ID_AT 4 /* octet of an ICMP header */

/* What wire/packet.c's walk says of the same frame, without walking. */
static void fill_plain(const struct plain *p, struct packet *ret)
{
	const uint8_t *ip = p->ip, *m = ip + p->hdr;
	bool v4 = p->family == 4;

	*ret = (struct packet){
		.family = p->family,
		.proto = v4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6,
		.ttl = v4 ? ip[8] : ip[7],
		.tos = v4 ? ip[1] : (uint8_t)(ip[0] << 4 | ip[1] >> 4),
		.depth = 1,
		.truncated = p->cut,
		.df = v4 && ip[6] & 0x40,
		.icmp = true,
		.icmp_type = m[0],
		.icmp_code = m[1],
		.ip_id = v4 ? plain_u16(ip + 4) : 0,
		.flow = v4 ? 0 : (uint32_t)((ip[1] & 0x0f) << 16 | plain_u16(ip + 2)),
		.l3 = { ip, p->hdr + p->len },
		.l4 = { m, p->len },
	};
	ret->sum_ok = !v4 || checksum((struct span){ ip, IP4_MIN_LEN }) == 0;
	ret->src.family = ret->dst.family = p->family;
	memcpy(ret->src.octet, ip + (v4 ? 12 : 8), v4 ? 4 : 16);
	memcpy(ret->dst.octet, ip + (v4 ? 16 : 24), v4 ? 4 : 16);
	ret->last_dst = ret->dst;
}

static void read_message(struct sight *s)
{
	const struct span *m = &s->pkt.l4;

	s->kind = SIGHT_ICMP;
	s->type = m->len > 0 ? s->pkt.icmp_type : SIGHT_CUT;
	s->code = m->len > 1 ? s->pkt.icmp_code : SIGHT_CUT;
	s->id = m->len >= ID_AT + 4 ? plain_u16(m->p + ID_AT) : 0;
	s->seq = m->len >= ID_AT + 4 ? plain_u16(m->p + ID_AT + 2) : 0;
}

enum sight_kind sight_read_slowly(struct sight *s, struct span frame)
{
	s->kind = SIGHT_NOTHING;
	if (packet_parse(s->link, frame, &s->pkt) < 0)
		return SIGHT_NOTHING;
	if (s->pkt.icmp)
		read_message(s);
	else
		s->kind = SIGHT_OTHER;
	return s->kind;
}

enum sight_kind sight_read(struct sight *s, struct span frame)
{
	struct plain p;

	if (!plain_find(s->link, frame, &p))
		return sight_read_slowly(s, frame);
	fill_plain(&p, &s->pkt);
	read_message(s);
	return SIGHT_ICMP;
}

enum sight_sum sight_sum(const struct sight *s)
{
	const struct packet *p = &s->pkt;
	uint16_t sum;

	if (s->kind != SIGHT_ICMP || p->truncated || p->frag != PACKET_WHOLE || p->l4.len < ID_AT)
		return SIGHT_SUM_UNTOLD;
	if (p->family == 4)
		sum = checksum(p->l4);
	else
		sum = checksum_pseudo(&p->src, &p->last_dst, p->proto, p->l4);
	if (sum == 0)
		return SIGHT_SUM_OK;
	/* This host's own messages may leave the sum to hardware. */
	return s->way == SIGHT_OUT ? SIGHT_SUM_UNTOLD : SIGHT_SUM_BAD;
}

bool sight_error(const struct sight *s, struct icmperr *ret)
{
	return s->kind == SIGHT_ICMP && s->code != SIGHT_CUT &&
	       icmperr_is(s->pkt.family, (uint8_t)s->type) &&
	       icmperr_parse(s->pkt.family, s->pkt.l4, ret) == 0;
}
