/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/eth.h"

#include <errno.h>

int eth_parse(struct span octets, struct eth_frame *ret_frame)
{
	struct rcur c = rcur(octets);
	struct eth_frame f = { 0 };

	get_bytes(&c, f.dst.octet, ETH_ADDR_LEN);
	get_bytes(&c, f.src.octet, ETH_ADDR_LEN);
	f.type = get_u16(&c);
	while (eth_is_tag(f.type)) {
		if (f.tags_n == ETH_TAGS_MAX)
			return -EBADMSG;
		f.tag[f.tags_n++] = (struct eth_tag){ f.type, get_u16(&c) };
		f.type = get_u16(&c);
	}
	f.payload = rcur_rest(&c);
	if (c.bad)
		return -EMSGSIZE;

	*ret_frame = f;
	return 0;
}

int eth_build(const struct eth_frame *frame, struct wcur *out)
{
	if (frame->tags_n > ETH_TAGS_MAX || eth_is_tag(frame->type))
		return -EINVAL;
	for (size_t i = 0; i < frame->tags_n; i++)
		if (!eth_is_tag(frame->tag[i].tpid))
			return -EINVAL;

	put_bytes(out, frame->dst.octet, ETH_ADDR_LEN);
	put_bytes(out, frame->src.octet, ETH_ADDR_LEN);
	for (size_t i = 0; i < frame->tags_n; i++) {
		put_u16(out, frame->tag[i].tpid);
		put_u16(out, frame->tag[i].tci);
	}
	put_u16(out, frame->type);
	put_bytes(out, frame->payload.p, frame->payload.len);
	return out->bad ? -ENOSPC : 0;
}
