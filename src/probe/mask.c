/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address mask (RFC 950 appendix I; deprecated by RFC 6918): the target's subnet mask. */
#include "probe/probe.h"

#include "icmp/number.h"

static int mask_body(const struct probe_ask *ask UNUSED, struct wcur *out)
{
	put_u32(out, 0);
	return 0;
}

static bool mask_check(const struct probe_ask *ask UNUSED, uint32_t rest UNUSED, struct span body,
		       struct probe_answer *ret_answer)
{
	struct rcur c = rcur(body);
	uint32_t mask = get_u32(&c);

	if (c.bad)
		return false;
	ret_answer->mask = mask;
	return true;
}

const struct probe_ops probe_mask = {
	.name = "mask",
	.summary = "the target's subnet mask (RFC 950, IPv4 only)",
	.v4 = { ICMP4_MASK, ICMP4_MASK_REPLY },
	.v6 = { PROBE_NONE, PROBE_NONE },
	.seq_bits = 16,
	.body = mask_body,
	.check = mask_check,
};
