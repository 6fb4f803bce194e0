/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/sight.h"

#include "wire/checksum.h"

#define ID_AT 4 /* octet of an ICMP header */

enum sight_kind sight_read(struct sight *s, struct span frame)
{
	const struct span *m = &s->pkt.l4;

	s->kind = SIGHT_NOTHING;
	if (packet_parse(s->link, frame, &s->pkt) < 0)
		return SIGHT_NOTHING;
	if (!s->pkt.icmp) {
		s->kind = SIGHT_OTHER;
		return SIGHT_OTHER;
	}
	s->kind = SIGHT_ICMP;
	s->type = m->len > 0 ? s->pkt.icmp_type : SIGHT_CUT;
	s->code = m->len > 1 ? s->pkt.icmp_code : SIGHT_CUT;
	s->id = m->len >= ID_AT + 4 ? (uint16_t)(m->p[ID_AT] << 8 | m->p[ID_AT + 1]) : 0;
	s->seq = m->len >= ID_AT + 4 ? (uint16_t)(m->p[ID_AT + 2] << 8 | m->p[ID_AT + 3]) : 0;
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
