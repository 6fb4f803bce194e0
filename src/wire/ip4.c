/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/ip4.h"

#include <errno.h>

#include "wire/checksum.h"
#include "wire/ipcur.h"

#define FLAG_EVIL 0x8000
#define FLAG_DF   0x4000
#define FLAG_MF   0x2000
#define FRAG_MASK 0x1fff /* in units of 8 octets */

#define SUM_AT 10 /* octet of the header where its checksum stands */

/* Cut @pkt->payload to the packet's own length, or say how much of it is not there. */
static int bound(struct span octets, size_t hdr_len, struct ip4_pkt *pkt)
{
	size_t len = pkt->total_len ? pkt->total_len : octets.len;

	if (len < hdr_len)
		return -EBADMSG;
	pkt->missing = len > octets.len ? (uint32_t)(len - octets.len) : 0;
	pkt->payload = (struct span){ octets.p + hdr_len, MIN(len, octets.len) - hdr_len };
	return 0;
}

int ip4_parse(struct span octets, struct ip4_pkt *ret_pkt)
{
	struct rcur c = rcur(octets);
	uint8_t version = get_u8(&c);
	size_t hdr_len = (version & 0x0f) * 4u;
	struct ip4_pkt pkt;
	uint16_t frag;

	pkt.tos = get_u8(&c);
	pkt.total_len = get_u16(&c);
	pkt.id = get_u16(&c);
	frag = get_u16(&c);
	pkt.ttl = get_u8(&c);
	pkt.proto = get_u8(&c);
	get_u16(&c); /* checksum: verified over the whole header below */
	pkt.src = get_ip(&c, 4);
	pkt.dst = get_ip(&c, 4);
	if (c.bad)
		return -EMSGSIZE;
	if (version >> 4 != 4 || hdr_len < IP4_MIN_LEN)
		return -EBADMSG;
	pkt.options = get_span(&c, hdr_len - IP4_MIN_LEN);
	if (c.bad)
		return -EMSGSIZE;
	if (bound(octets, hdr_len, &pkt) < 0)
		return -EBADMSG;

	pkt.evil = frag & FLAG_EVIL;
	pkt.df = frag & FLAG_DF;
	pkt.mf = frag & FLAG_MF;
	pkt.frag_off = (uint16_t)((frag & FRAG_MASK) * 8);
	pkt.sum_ok = checksum((struct span){ octets.p, hdr_len }) == 0;
	*ret_pkt = pkt;
	return 0;
}

int ip4_build(const struct ip4_pkt *pkt, struct wcur *out)
{
	size_t hdr_len = IP4_MIN_LEN + pkt->options.len;
	uint8_t *start = out->p;
	uint16_t sum;

	if (pkt->options.len > IP4_OPTIONS_MAX || pkt->options.len % 4 || pkt->frag_off % 8 ||
	    pkt->src.family != 4 || pkt->dst.family != 4 ||
	    pkt->payload.len > IP4_MAX_LEN - hdr_len)
		return -EINVAL;

	put_u8(out, (uint8_t)(0x40 | hdr_len / 4));
	put_u8(out, pkt->tos);
	put_u16(out, (uint16_t)(hdr_len + pkt->payload.len));
	put_u16(out, pkt->id);
	put_u16(out, (uint16_t)((pkt->evil ? FLAG_EVIL : 0) | (pkt->df ? FLAG_DF : 0) |
				(pkt->mf ? FLAG_MF : 0) | pkt->frag_off / 8));
	put_u8(out, pkt->ttl);
	put_u8(out, pkt->proto);
	put_u16(out, 0);
	put_ip(out, &pkt->src);
	put_ip(out, &pkt->dst);
	put_bytes(out, pkt->options.p, pkt->options.len);
	put_bytes(out, pkt->payload.p, pkt->payload.len);
	if (out->bad)
		return -ENOSPC;

	sum = checksum((struct span){ start, hdr_len });
	start[SUM_AT] = (uint8_t)(sum >> 8);
	start[SUM_AT + 1] = (uint8_t)sum;
	return 0;
}
