/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What building and matching hop probes agree on. Private to hop_*.c. */
#pragma once

#include "probe/hop_shot.h"

#define HOP_HDR_LEN   8  /* octets of an ICMP echo's or a UDP header, where the tag follows */
#define HOP_NUMBER_AT 8  /* in the tag */
#define HOP_EVEN_AT   12 /* in the tag: what makes the checksum come out */
#define HOP_TARGET_AT 16 /* in the tag */

/* What the fields that routers look at are in one flow, whatever the number. */
struct hop_constants {
	uint16_t id;    /* echo: identifier */
	uint16_t sum;   /* echo: checksum; neither 0 nor 0xffff */
	uint32_t label; /* IPv6: flow label, 20 bits, not 0 */
};

/**
 * The keyed hash that says a probe is ours. Zones do not count.
 *
 * @src  family 0: sent by a socket, whose address is the kernel's business
 */
uint64_t hop_mark(const struct hop_codec *c, enum ask_kind kind, const struct ip_addr *dst,
		  const struct ip_addr *src, uint16_t port, uint16_t flow, uint16_t number);

/** The parts of a mark that fit into 16 bits: TCP's sequence number; a UDP checksum. */
static inline uint16_t hop_mark_seq(uint64_t mark)
{
	return (uint16_t)(mark >> 16);
}
static inline uint16_t hop_mark_sum(uint64_t mark)
{
	return (uint16_t)(1 + (mark >> 32) % 0xfffe); /* 0: none; 0xffff: the same as 0 */
}

struct hop_constants hop_constants(const struct hop_codec *c, enum ask_kind kind,
				   const struct ip_addr *dst, const struct ip_addr *src,
				   uint16_t port, uint16_t flow);

/** Write the tag, HOP_EVEN_AT left 0. @s->src as hop_mark() takes it. */
void hop_tag_put(const struct hop_codec *c, const struct hop_shot *s,
		 uint8_t ret_tag[static HOP_TAG_LEN]);

/** A tag read back. */
struct hop_tag {
	uint64_t mark;
	uint16_t number, flow, port;
	struct ip_addr target;
};

/** Whether all of one for a target of @family is in @body. @ret is written if so. */
bool hop_tag_get(struct span body, int family, struct hop_tag *ret);

/** Whether @tag was made under this key. */
bool hop_tag_ours(const struct hop_codec *c, enum ask_kind kind, const struct hop_tag *tag,
		  const struct ip_addr *src);

/** Whether what there is of @body, a tag that was cut perhaps, is the one of @s. */
bool hop_tag_begins(const struct hop_codec *c, const struct hop_shot *s, struct span body);
