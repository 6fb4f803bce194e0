/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes as octets, and replies told from everything else, without a table of what was sent:
 * every probe carries a keyed hash of its target, ask and try in whatever its kind gives back.
 *
 * | kind            | where the cookie is                                    | the try       |
 * |-----------------|--------------------------------------------------------|---------------|
 * | ICMP queries    | identifier, sequence number, echo's payload as well    | sequence no.  |
 * | TCP             | source port, sequence number (SYN) or ack number (ACK) | source port   |
 * | UDP             | source port; the payload's own id where it has one     | source port   |
 * | ARP, ND, MLD    | nothing has room for one                               | cannot be told |
 *
 * Echo requests carry their target's address too, so that who answers for it with another address
 * (multicast, broadcast, a router's other side) is known. ARP and ND answers must be about the
 * address that a reply says is the sender's; the caller knows whether it asked for that.
 *
 * What has nothing but ports to show is told as such (.weak of struct reply): an answer to UDP
 * without our id, or an error about UDP without its probe's tag, which translators may rewrite.
 *
 * An ICMP error counts when the packet it quotes is one this run may have sent: source and
 * destination, ports, and whatever part of the cookie was quoted. What looks like an answer to
 * this run but carries the wrong cookie is -EBADMSG, which callers count as forged.
 *
 * Building is the hot path of every fast scan: packets come from templates, and only the fields
 * that change are written, checksums updated (RFC 1624).
 *
 * Pure. Source: RFC 792, 4443 (queries), 9293 3.5.2 (which resets answer), 768, 826, 4861, 3810.
 */
#pragma once

#include "base/cur.h"
#include "base/hash.h"
#include "probe/payload.h"
#include "probe/reply.h"

#define SHOT_LEN_MAX      1500 /* octets of a packet from the IP header on */
#define SHOT_TEMPLATES    8    /* echo, TCP SYN, TCP ACK and empty UDP over both families */
#define SHOT_TEMPLATE_LEN 96   /* octets; the longest is an IPv6 echo request's 88 */

/* One probe. */
struct shot {
	struct ip_addr dst, src; /* of one family */
	struct ask ask;
	uint8_t try;         /* 0..ASK_TRIES_MAX-1 */
	uint8_t hops;        /* TTL or hop limit; 0: 64 */
	struct eth_addr mac; /* ARP, ND, MLD: our own link address */
};

/* A packet of one family and kind; only addresses, ports and cookies are put in. */
struct shot_template {
	uint8_t hops; /* it was made for; 0: not made yet */
	uint8_t len;
	uint64_t sum_ip, sum_l4; /* checksum_add() over what never changes */
	uint8_t octet[SHOT_TEMPLATE_LEN];
};

struct shot_codec {
	struct hash_key key;
	uint16_t port_first; /* of the source ports that are ours */
	uint16_t port_n;
	struct portset spoken; /* UDP ports that have payloads of their own */
	struct shot_template template[SHOT_TEMPLATES];
};

/**
 * @key         secret of this run
 * @port_first  source ports from here on, @port_n (1..65535-@port_first) of them, belong to this
 *              run: no socket of this host uses them. Thousands, so that guessing one is hard; with
 *              fewer than 256 a UDP answer may not tell the payload it is for, with fewer than
 *              ASK_TRIES_MAX no TCP or UDP reply tells its try
 */
void shot_init(struct shot_codec *c, const struct hash_key *key, uint16_t port_first,
	       uint16_t port_n);

/**
 * Append the packet from its IP header on (ARP: from the ARP header on).
 *
 * Returns 0; -EINVAL when families differ, the family has no such ask, or the try is out of
 * range; -ENOENT when the ask names a payload that its port does not have; -ENOSPC, @out then
 * unusable.
 */
int shot_build(struct shot_codec *c, const struct shot *shot, struct wcur *out);

/** EtherType of the packet that @shot becomes: ETH_TYPE_IP4, ETH_TYPE_IP6, ETH_TYPE_ARP. */
uint16_t shot_ethertype(const struct shot *shot);

/**
 * Read what arrived: is it the answer to a probe of this run?
 *
 * @type     its EtherType
 * @octets   from the IP (ARP) header on; padding behind is passed over
 * @zone     interface it came in by, for link-local addresses
 *
 * Returns 0 with @ret_reply (.t_ns is left to the caller; .data borrows from @octets);
 * -ENOENT: nothing to do with this run; -EBADMSG: forged, damaged or of another run, though it
 * wants to be ours. @ret_reply is written on success only.
 *
 * Redirects and source quenches are -ENOENT: the probe they quote went on.
 *
 * TCP and UDP checksums are not looked at: a kernel that answers over a virtual link leaves them to
 * hardware that is not there, and the cookie says more than they do. All others must verify.
 */
int shot_match(const struct shot_codec *c, uint16_t type, struct span octets, uint32_t zone,
	       struct reply *ret_reply);

/**
 * A packet filter that passes all shot_match() could accept and as little else as can be told
 * cheaply: for programs that must not see a busy host's whole traffic. As the filter
 * language of libpcap; local addresses are not named, so that it holds for all sources.
 *
 * Returns the text's length as snprintf does.
 */
size_t shot_filter(const struct shot_codec *c, char *buf, size_t len);
