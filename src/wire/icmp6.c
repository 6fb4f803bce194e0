/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmp6.h"

#include <errno.h>

#include "wire/checksum.h"
#include "wire/ip4.h" /* enum ip_proto */

int icmp6_peek(struct span octets, struct icmp6_msg *ret_msg)
{
	struct rcur c = rcur(octets);
	struct icmp6_msg msg;

	msg.type = get_u8(&c);
	msg.code = get_u8(&c);
	get_u16(&c); /* checksum: covers the addresses too, the caller has those */
	msg.rest = get_u32(&c);
	msg.body = rcur_rest(&c);
	if (c.bad)
		return -EMSGSIZE;

	*ret_msg = msg;
	return 0;
}

int icmp6_parse(const struct ip_addr *src, const struct ip_addr *dst, struct span octets,
		struct icmp6_msg *ret_msg)
{
	if (octets.len < ICMP6_MIN_LEN)
		return -EMSGSIZE;
	if (checksum_pseudo(src, dst, IP_PROTO_ICMP6, octets) != 0)
		return -EBADMSG;
	return icmp6_peek(octets, ret_msg);
}

int icmp6_build(const struct icmp6_msg *msg, const struct ip_addr *src, const struct ip_addr *dst,
		struct wcur *out)
{
	uint8_t *start = out->p;
	uint16_t sum;

	if (src->family != 6 || dst->family != 6)
		return -EINVAL;

	put_u8(out, msg->type);
	put_u8(out, msg->code);
	put_u16(out, 0);
	put_u32(out, msg->rest);
	put_bytes(out, msg->body.p, msg->body.len);
	if (out->bad)
		return -ENOSPC;

	sum = checksum_pseudo(src, dst, IP_PROTO_ICMP6,
			      (struct span){ start, (size_t)(out->p - start) });
	start[2] = (uint8_t)(sum >> 8);
	start[3] = (uint8_t)sum;
	return 0;
}
