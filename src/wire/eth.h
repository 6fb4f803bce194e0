/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ethernet II frames with their VLAN tags: octets <-> struct eth_frame.
 *
 * Pure. Not here: 802.3 length frames with LLC/SNAP (link.h opens those).
 * Source: IEEE 802.3 clause 3, 802.1Q clause 9 (tags), the IANA EtherType registry.
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"

#define ETH_ADDR_LEN 6  /* octets */
#define ETH_HDR_LEN  14 /* octets, without tags */
#define ETH_TAG_LEN  4  /* octets a tag */
#define ETH_TAGS_MAX 4  /* tags kept; a frame with more is refused */

enum eth_type {
	ETH_TYPE_IP4 = 0x0800,
	ETH_TYPE_ARP = 0x0806,
	ETH_TYPE_TEB = 0x6558, /* transparent Ethernet bridging: a frame within */
	ETH_TYPE_VLAN = 0x8100,
	ETH_TYPE_IP6 = 0x86dd,
	ETH_TYPE_PPP = 0x880b,
	ETH_TYPE_MPLS = 0x8847,
	ETH_TYPE_MPLS_UP = 0x8848, /* upstream-assigned labels (RFC 5332) */
	ETH_TYPE_PPPOE = 0x8864,   /* session stage */
	ETH_TYPE_QINQ = 0x88a8,
	ETH_TYPE_CMD = 0x8909, /* Cisco MetaData */
	ETH_TYPE_NSH = 0x894f,
	ETH_TYPE_QINQ_OLD = 0x9100,
};

struct eth_addr {
	uint8_t octet[ETH_ADDR_LEN];
};

struct eth_tag {
	uint16_t tpid; /* ETH_TYPE_VLAN, ETH_TYPE_QINQ or ETH_TYPE_QINQ_OLD */
	uint16_t tci;  /* priority (3 bits), DEI (1), VLAN id (12) */
};

struct eth_frame {
	struct eth_addr dst, src;
	uint8_t tags_n; /* 0..ETH_TAGS_MAX, outermost first */
	struct eth_tag tag[ETH_TAGS_MAX];
	uint16_t type;       /* behind the tags; below 0x600 it is an 802.3 length */
	struct span payload; /* borrowed; padding included */
};

/** Whether @type starts a VLAN tag. */
static inline bool eth_is_tag(uint16_t type)
{
	return type == ETH_TYPE_VLAN || type == ETH_TYPE_QINQ || type == ETH_TYPE_QINQ_OLD;
}

/**
 * Parse a frame, from its destination address on, without FCS.
 *
 * Returns 0; -EMSGSIZE when it ends within the header or a tag; -EBADMSG when it has
 * more than ETH_TAGS_MAX tags. @ret_frame borrows from @octets, written on success only.
 */
int eth_parse(struct span octets, struct eth_frame *ret_frame);

/**
 * Append header, tags and payload; no padding, no FCS.
 *
 * Returns 0; -EINVAL for too many tags or a tpid that is none; -ENOSPC, @out then unusable.
 */
int eth_build(const struct eth_frame *frame, struct wcur *out);
