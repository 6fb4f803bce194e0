/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a captured frame begins with, and how to get from there to its network layer:
 * one layer at a time, each reduced to "an EtherType and what follows".
 *
 * Pure. Which number a capture file or a socket uses for a link type is pio's business.
 * Source: the LINKTYPE_ pages of libpcap (layouts), IEEE 802.3 and 802.1Q, RFC 1661 and 1662
 * (PPP), RFC 2516 (PPPoE), RFC 2427 (frame relay), RFC 1201 (ARCNET), RFC 4391 (IPoIB),
 * RFC 3032 and 4385 (MPLS, pseudowires), RFC 8300 (NSH).
 */
#pragma once

#include "base/base.h"

enum link_type {
	LINK_ETHERNET,
	LINK_RAW,          /* an IP packet; its version says which */
	LINK_NULL,         /* BSD loopback: the address family, in either byte order */
	LINK_SLL,          /* Linux "any", first form */
	LINK_SLL2,         /* Linux "any", second form */
	LINK_PPP,          /* with or without address and control octets */
	LINK_PPP_ETHER,    /* PPPoE without its Ethernet header */
	LINK_CHDLC,        /* Cisco HDLC */
	LINK_FRELAY,       /* frame relay, RFC 2427 or Cisco's encapsulation */
	LINK_ARCNET,       /* BSD's: no exception frames */
	LINK_ARCNET_LINUX, /* Linux': with an offset word */
	LINK_IPOIB,        /* IP over InfiniBand: 40 octets of routing header, then an EtherType */
	LINK_SLIP,         /* serial line IP: 16 octets of direction and compression state */
	LINK_BRCM_TAG,     /* Ethernet with a Broadcom switch's 4-octet tag behind the addresses */
	LINK_TYPES,        /* how many there are */
};

struct link_next {
	uint16_t type;       /* enum eth_type; 0 when what follows is nothing we know */
	struct span payload; /* borrowed */
};

/** ETH_TYPE_IP4 or ETH_TYPE_IP6 by the version of the packet in @payload; 0 for anything else. */
uint16_t link_ip_type(struct span payload);

/**
 * Take the link header off.
 *
 * Returns 0; -EMSGSIZE when @frame ends within it; -EINVAL for a @link that is none.
 * @ret_next borrows from @frame, written on success only.
 */
int link_open(enum link_type link, struct span frame, struct link_next *ret_next);

/**
 * Take off one more layer below IP: a VLAN tag, an MPLS label stack with what it carries,
 * PPPoE, PPP, an Ethernet frame within, NSH, Cisco MetaData.
 *
 * Returns 1 when one was taken off; 0, @next unchanged, when it is none of these; -EMSGSIZE.
 */
int link_step(struct link_next *next);
