/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP segments: octets <-> struct tcp_seg. No state machine lives here.
 *
 * Pure. Source: RFC 9293 3.1 (header), 3.2 (MSS option), RFC 3168 (ECN flags).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"

#define TCP_MIN_LEN     20 /* octets of a header without options */
#define TCP_OPTIONS_MAX 40 /* octets */
#define TCP_MSS_LEN     4  /* octets of the MSS option */

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

struct tcp_seg {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t reserved; /* 4 bits between data offset and flags */
	uint8_t flags;    /* enum tcp_flag, or'ed */
	uint16_t window;  /* as sent, unscaled */
	uint16_t sum;     /* parse: the field as it stood; build: ignored */
	uint16_t urgent;
	struct span options; /* borrowed; 0..40 octets, a multiple of 4 */
	struct span payload; /* borrowed */
};

/**
 * Parse a segment; the checksum is not looked at (checksum_pseudo(src, dst, 6, octets) == 0).
 *
 * Returns 0; -EMSGSIZE when @octets ends within the header; -EBADMSG when the data offset is
 * below 5. @ret_seg borrows from @octets, written on success only.
 */
int tcp_parse(struct span octets, struct tcp_seg *ret_seg);

/**
 * Append the segment with data offset and checksum.
 *
 * Returns 0; -EINVAL when the addresses are not of one family, options are no multiple of 4 or
 * too long, or reserved is over 4 bits; -ENOSPC.
 */
int tcp_build(const struct tcp_seg *seg, const struct ip_addr *src, const struct ip_addr *dst,
	      struct wcur *out);

/** The MSS option's value in octets; 0 when there is none that can be read. */
uint16_t tcp_mss(struct span options);

/** Write an MSS option, ready to be a segment's options. */
void tcp_mss_put(uint8_t ret_option[static TCP_MSS_LEN], uint16_t mss);
