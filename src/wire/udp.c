/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/udp.h"

#include <errno.h>

#include "wire/checksum.h"
#include "wire/ip4.h" /* enum ip_proto */

#define PAYLOAD_MAX (65535 - UDP_HDR_LEN)
#define SUM_AT      6 /* octet of the header where the checksum stands */

int udp_parse(struct span octets, struct udp_dgram *ret_dgram)
{
	struct rcur c = rcur(octets);
	struct udp_dgram d;
	size_t len;

	d.sport = get_u16(&c);
	d.dport = get_u16(&c);
	d.len = get_u16(&c);
	d.sum = get_u16(&c);
	d.payload = rcur_rest(&c);
	if (c.bad)
		return -EMSGSIZE;
	if (d.len > 0 && d.len < UDP_HDR_LEN)
		return -EBADMSG;

	len = d.len ? d.len - (size_t)UDP_HDR_LEN : d.payload.len;
	d.missing = len > d.payload.len ? (uint32_t)(len - d.payload.len) : 0;
	d.payload.len = MIN(len, d.payload.len);
	*ret_dgram = d;
	return 0;
}

bool udp_sum_ok(const struct ip_addr *src, const struct ip_addr *dst, struct span octets)
{
	if (octets.len < UDP_HDR_LEN)
		return false;
	if (src->family == 4 && octets.p[SUM_AT] == 0 && octets.p[SUM_AT + 1] == 0)
		return true;
	return checksum_pseudo(src, dst, IP_PROTO_UDP, octets) == 0;
}

int udp_build(const struct udp_dgram *dgram, const struct ip_addr *src, const struct ip_addr *dst,
	      struct wcur *out)
{
	uint8_t *start = out->p;
	uint16_t sum;

	if (src->family != dst->family || !ip_len(src->family) || dgram->payload.len > PAYLOAD_MAX)
		return -EINVAL;

	put_u16(out, dgram->sport);
	put_u16(out, dgram->dport);
	put_u16(out, (uint16_t)(UDP_HDR_LEN + dgram->payload.len));
	put_u16(out, 0);
	put_bytes(out, dgram->payload.p, dgram->payload.len);
	if (out->bad)
		return -ENOSPC;

	sum = checksum_pseudo(src, dst, IP_PROTO_UDP,
			      (struct span){ start, UDP_HDR_LEN + dgram->payload.len });
	if (sum == 0)
		sum = 0xffff; /* RFC 768: 0 would say that none was computed */
	start[SUM_AT] = (uint8_t)(sum >> 8);
	start[SUM_AT + 1] = (uint8_t)sum;
	return 0;
}
