/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Information (RFC 792 p. 18; deprecated by RFC 6918): nothing but the header, both ways. */
#include "probe/probe.h"

#include "icmp/number.h"

const struct probe_ops probe_info = {
	.name = "info",
	.summary = "information request, which nothing new answers (RFC 792, IPv4 only)",
	.v4 = { ICMP4_INFO, ICMP4_INFO_REPLY },
	.v6 = { PROBE_NONE, PROBE_NONE },
	.seq_bits = 16,
};
