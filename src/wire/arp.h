/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARP for IPv4 over Ethernet: octets <-> struct arp_msg.
 *
 * Pure. Source: RFC 826; RFC 5227 (probe: sender address 0; announcement: sender = target).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"
#include "wire/eth.h"

#define ARP_LEN 28 /* octets for Ethernet and IPv4 */

enum arp_op { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp_msg {
	uint16_t op;              /* any value; see enum arp_op */
	struct eth_addr sha, tha; /* sender's and target's hardware address */
	struct ip_addr spa, tpa;  /* sender's and target's IPv4 address */
};

/**
 * Parse the payload of an ETH_TYPE_ARP frame; what follows (padding) is ignored.
 *
 * Returns 0; -EMSGSIZE when shorter than its lengths say; -ENOMSG when it is ARP
 * for other than Ethernet and IPv4. @ret_msg is written on success only.
 */
int arp_parse(struct span octets, struct arp_msg *ret_msg);

/** Append the message. Returns 0; -EINVAL when an address is not IPv4; -ENOSPC. */
int arp_build(const struct arp_msg *msg, struct wcur *out);
