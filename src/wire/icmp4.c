/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmp4.h"

#include <errno.h>

#include "wire/checksum.h"

int icmp4_peek(struct span octets, struct icmp4_msg *ret_msg)
{
	struct rcur c = rcur(octets);
	struct icmp4_msg msg;

	msg.type = get_u8(&c);
	msg.code = get_u8(&c);
	get_u16(&c); /* checksum: covers the whole message, the caller has that */
	msg.rest = get_u32(&c);
	msg.body = rcur_rest(&c);
	if (c.bad)
		return -EMSGSIZE;

	*ret_msg = msg;
	return 0;
}

int icmp4_parse(struct span octets, struct icmp4_msg *ret_msg)
{
	if (octets.len < ICMP4_MIN_LEN)
		return -EMSGSIZE;
	if (checksum(octets) != 0)
		return -EBADMSG;
	return icmp4_peek(octets, ret_msg);
}

int icmp4_build(const struct icmp4_msg *msg, struct wcur *out)
{
	uint8_t *start = out->p;
	uint16_t sum;

	put_u8(out, msg->type);
	put_u8(out, msg->code);
	put_u16(out, 0);
	put_u32(out, msg->rest);
	put_bytes(out, msg->body.p, msg->body.len);
	if (out->bad)
		return -ENOSPC;

	sum = checksum((struct span){ start, (size_t)(out->p - start) });
	start[2] = (uint8_t)(sum >> 8);
	start[3] = (uint8_t)sum;
	return 0;
}
