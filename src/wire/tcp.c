/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/tcp.h"

#include <errno.h>

#include "wire/checksum.h"
#include "wire/ip4.h" /* enum ip_proto */

#define SUM_AT 16 /* octet of the header where the checksum stands */

enum option { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2 };

int tcp_parse(struct span octets, struct tcp_seg *ret_seg)
{
	struct rcur c = rcur(octets);
	struct tcp_seg s;
	uint8_t offset;

	s.sport = get_u16(&c);
	s.dport = get_u16(&c);
	s.seq = get_u32(&c);
	s.ack = get_u32(&c);
	offset = get_u8(&c);
	s.reserved = offset & 0x0f;
	s.flags = get_u8(&c);
	s.window = get_u16(&c);
	s.sum = get_u16(&c);
	s.urgent = get_u16(&c);
	if (c.bad)
		return -EMSGSIZE;
	if (offset >> 4 < TCP_MIN_LEN / 4)
		return -EBADMSG;
	s.options = get_span(&c, (offset >> 4) * 4u - TCP_MIN_LEN);
	s.payload = rcur_rest(&c);
	if (c.bad)
		return -EMSGSIZE;

	*ret_seg = s;
	return 0;
}

int tcp_build(const struct tcp_seg *seg, const struct ip_addr *src, const struct ip_addr *dst,
	      struct wcur *out)
{
	uint8_t *start = out->p;
	uint16_t sum;

	if (src->family != dst->family || !ip_len(src->family) || seg->reserved > 0x0f ||
	    seg->options.len > TCP_OPTIONS_MAX || seg->options.len % 4)
		return -EINVAL;

	put_u16(out, seg->sport);
	put_u16(out, seg->dport);
	put_u32(out, seg->seq);
	put_u32(out, seg->ack);
	put_u8(out, (uint8_t)((TCP_MIN_LEN + seg->options.len) / 4 << 4 | seg->reserved));
	put_u8(out, seg->flags);
	put_u16(out, seg->window);
	put_u16(out, 0);
	put_u16(out, seg->urgent);
	put_bytes(out, seg->options.p, seg->options.len);
	put_bytes(out, seg->payload.p, seg->payload.len);
	if (out->bad)
		return -ENOSPC;

	sum = checksum_pseudo(src, dst, IP_PROTO_TCP,
			      (struct span){ start, (size_t)(out->p - start) });
	start[SUM_AT] = (uint8_t)(sum >> 8);
	start[SUM_AT + 1] = (uint8_t)sum;
	return 0;
}

uint16_t tcp_mss(struct span options)
{
	struct rcur c = rcur(options);

	while (rcur_left(&c) > 0) {
		uint8_t kind = get_u8(&c), len;

		if (kind == OPTION_END)
			break;
		if (kind == OPTION_NOP)
			continue;
		len = get_u8(&c);
		if (kind == OPTION_MSS)
			return len == TCP_MSS_LEN ? get_u16(&c) : 0;
		if (len < 2)
			break;
		get_span(&c, len - 2u);
	}
	return 0;
}

void tcp_mss_put(uint8_t ret_option[static TCP_MSS_LEN], uint16_t mss)
{
	ret_option[0] = OPTION_MSS;
	ret_option[1] = TCP_MSS_LEN;
	ret_option[2] = (uint8_t)(mss >> 8);
	ret_option[3] = (uint8_t)mss;
}
