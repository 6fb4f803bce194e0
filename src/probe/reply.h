/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What came back for a probe, whichever back end saw it. Pure: data only.
 */
#pragma once

#include "base/ip.h"
#include "probe/ask.h"
#include "wire/eth.h"

enum reply_kind {
	REPLY_NONE,
	REPLY_ANSWER, /* of the ask's own kind: echo reply, UDP data, ARP reply, advertisement … */
	REPLY_SYNACK,
	REPLY_RST,
	REPLY_ERROR, /* an ICMP error that quotes the probe */
};

struct reply {
	struct ip_addr target; /* whom the probe went to; ASK_MLD: ff02::1 */
	struct ip_addr from;   /* who sent this: the target, or the offender of an error */
	struct ip_addr local;  /* our address that the probe came from; ASK_MLD: family 0 */
	struct ask ask;
	uint8_t kind;       /* enum reply_kind */
	uint8_t type, code; /* REPLY_ERROR, and answers of ICMP asks */
	int8_t try;         /* which try of the ask this answers, from 0; -1: cannot be told */
	int16_t ttl;        /* or hop limit, as it arrived; -1: not told */
	uint16_t window;    /* SYN-ACK, RST */
	uint32_t mtu;       /* of 3/4 and packet-too-big; 0: none */
	bool spoke;         /* ASK_UDP: .data is what the payload's service would say to it */
	bool weak; /* ASK_UDP: nothing but ports says that it is for us: whoever guesses may say it */
	bool has_mac;
	struct eth_addr mac; /* ASK_ARP, ASK_ND: the target's */
	struct span data;    /* UDP payload, borrowed; else empty */
	uint64_t t_ns;       /* when it arrived, monotonic */
};
