/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timestamp (RFC 792 p. 16): what time has the target? The originate timestamp comes
 * back, which tells the answer from a forged one.
 */
#include "probe/probe.h"

#include "icmp/number.h"

static int timestamp_body(const struct probe_ask *ask, struct wcur *out)
{
	put_u32(out, ask->token);
	put_u32(out, 0);
	put_u32(out, 0);
	return 0;
}

static bool timestamp_check(const struct probe_ask *ask, uint32_t rest UNUSED, struct span body,
			    struct probe_answer *ret_answer)
{
	struct rcur c = rcur(body);
	uint32_t originate = get_u32(&c), receive = get_u32(&c), transmit = get_u32(&c);

	if (c.bad || originate != ask->token)
		return false;
	ret_answer->originate = originate;
	ret_answer->receive = receive;
	ret_answer->transmit = transmit;
	return true;
}

const struct probe_ops probe_timestamp = {
	.name = "timestamp",
	.summary = "what time it is at the target (RFC 792, IPv4 only)",
	.v4 = { ICMP4_TIMESTAMP, ICMP4_TIMESTAMP_REPLY },
	.v6 = { PROBE_NONE, PROBE_NONE },
	.seq_bits = 16,
	.body = timestamp_body,
	.check = timestamp_check,
};
