/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Echo, both families (RFC 792, RFC 4443 4.1). The body carries a tag when it has room
 * for one: an answerer must return it unchanged, so that an answer from another address
 * of the target is known, and a forged one is seen to be.
 */
#include "probe/probe.h"

#include "icmp/number.h"

static int echo_body(const struct probe_ask *ask, struct wcur *out)
{
	uint64_t cookie = probe_cookie(ask);
	size_t len = 0;

	if (ask->size >= PROBE_TAG_LEN) {
		put_u32(out, ask->index);
		put_u32(out, ask->seq);
		put_u32(out, (uint32_t)(cookie >> 32));
		put_u32(out, (uint32_t)cookie);
		len = PROBE_TAG_LEN;
	}
	for (; len < ask->size; len++)
		put_u8(out, (uint8_t)len);
	return 0;
}

/* A body of the wrong length is no echo of ours; one with a tag must hold the right cookie. */
static bool echo_check(const struct probe_ask *ask, uint32_t rest UNUSED, struct span body,
		       struct probe_answer *ret_answer UNUSED)
{
	struct probe_tag tag;

	if (body.len != ask->size)
		return false;
	if (!probe_tag_parse(body, &tag))
		return true;
	return tag.index == ask->index && tag.seq == ask->seq && tag.cookie == probe_cookie(ask);
}

const struct probe_ops probe_echo = {
	.name = "echo",
	.summary = "echo request, what ping sends (RFC 792, RFC 4443)",
	.v4 = { ICMP4_ECHO, ICMP4_ECHO_REPLY },
	.v6 = { ICMP6_ECHO, ICMP6_ECHO_REPLY },
	.seq_bits = 16,
	.sized = true,
	.unprivileged = true,
	.body = echo_body,
	.check = echo_check,
};
