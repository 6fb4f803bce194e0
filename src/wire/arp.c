/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/arp.h"

#include <errno.h>

#include "wire/ipcur.h"

#define HW_ETHERNET 1

int arp_parse(struct span octets, struct arp_msg *ret_msg)
{
	struct rcur c = rcur(octets);
	struct arp_msg msg;
	uint16_t hw = get_u16(&c), proto = get_u16(&c);
	uint8_t hw_len = get_u8(&c), proto_len = get_u8(&c);

	msg.op = get_u16(&c);
	if (c.bad || octets.len < 8 + 2u * (hw_len + proto_len))
		return -EMSGSIZE;
	if (hw != HW_ETHERNET || proto != ETH_TYPE_IP4 || hw_len != ETH_ADDR_LEN || proto_len != 4)
		return -ENOMSG;

	get_bytes(&c, msg.sha.octet, ETH_ADDR_LEN);
	msg.spa = get_ip(&c, 4);
	get_bytes(&c, msg.tha.octet, ETH_ADDR_LEN);
	msg.tpa = get_ip(&c, 4);
	*ret_msg = msg;
	return 0;
}

int arp_build(const struct arp_msg *msg, struct wcur *out)
{
	if (msg->spa.family != 4 || msg->tpa.family != 4)
		return -EINVAL;

	put_u16(out, HW_ETHERNET);
	put_u16(out, ETH_TYPE_IP4);
	put_u8(out, ETH_ADDR_LEN);
	put_u8(out, 4);
	put_u16(out, msg->op);
	put_bytes(out, msg->sha.octet, ETH_ADDR_LEN);
	put_ip(out, &msg->spa);
	put_bytes(out, msg->tha.octet, ETH_ADDR_LEN);
	put_ip(out, &msg->tpa);
	return out->bad ? -ENOSPC : 0;
}
