/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probe modules: how one kind of question is put into octets, and how its answer is
 * told from everything else. The engine (ping.h) owns order, time and counts; flow/
 * owns sockets. One module = one file here + one line in modules.def.
 *
 * Every ICMP query has the same frame, an identifier and a sequence number in octets
 * 4..7, so most of a module is data; what differs is the body.
 *
 * Pure. Source: RFC 792, 950, 4443, 8335.
 */
#pragma once

#include "base/cur.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/ip.h"
#include "fact/field.h"

#define PROBE_NONE     (-1)
#define PROBE_TAG_LEN  16 /* octets at the front of a tagged body: index, sequence, cookie */
#define PROBE_NAME_LEN 64 /* octets of an interface's name, terminator included */

enum probe_about_kind {
	PROBE_ABOUT_NOTHING,
	PROBE_ABOUT_NAME,
	PROBE_ABOUT_INDEX,
	PROBE_ABOUT_ADDR
};

/* The interface an extended echo asks about (RFC 8335 2.1). */
struct probe_about {
	enum probe_about_kind kind;
	char name[PROBE_NAME_LEN]; /* terminated */
	uint32_t index;
	struct ip_addr addr;
};

/* One question: all that its octets follow from. */
struct probe_ask {
	const struct hash_key *key;      /* secret of this run */
	const struct probe_about *about; /* extended echo only; else NULL */
	struct ip_addr dst;
	uint32_t index; /* of the target, in the engine's list */
	uint32_t seq;   /* from 1; the message carries as many low bits as it has room for */
	uint16_t id;
	uint16_t size;  /* octets of body asked for; modules without .sized ignore it */
	uint32_t token; /* what the answer must bring back: timestamp's originate; else 0 */
};

/* What an answer says besides "here I am"; FACT_NONE where the module has no such thing. */
struct probe_answer {
	int64_t originate, receive, transmit; /* timestamp: ms since midnight UT, as sent */
	int64_t mask;                         /* mask: host order */
	int64_t state;                        /* extended echo: octet 7 (RFC 8335 3) */
};

struct probe_pair {
	int16_t ask, answer; /* ICMP types; PROBE_NONE: the family has no such question */
};

struct probe_ops {
	const char *name;    /* what the user types after --query */
	const char *summary; /* one line, no full stop */
	struct probe_pair v4, v6;
	uint8_t seq_bits;  /* of the sequence number in the message: 8 or 16 */
	uint8_t seq_shift; /* where they begin in octets 4..7, from the right */
	uint32_t rest;     /* further bits set in octets 4..7 */
	bool sized;    /* the body is as long as the user asks, with a tag in front if it fits */
	bool any_code; /* the answer's code says something; else it must be 0 */
	bool unprivileged; /* Linux lets users ask it through ping sockets */

	/* Append the body. 0; -ENOSPC, -EINVAL (no .about). NULL: there is none. */
	int (*body)(const struct probe_ask *ask, struct wcur *out);

	/* Does this body answer @ask? Fills @ret_answer's own fields if so. NULL: any body does. */
	bool (*check)(const struct probe_ask *ask, uint32_t rest, struct span body,
		      struct probe_answer *ret_answer);
};

#define MODULE(name) extern const struct probe_ops probe_##name;
#include "probe/modules.def"
#undef MODULE

/**
 * Read which interface is meant: "eth0", "3", "192.0.2.1".
 *
 * Returns 0; -EINVAL, @ret_about untouched, @err naming what is wrong.
 */
int probe_about_scan(const char *text, struct probe_about *ret_about, struct err *err);

/** Module @i of the table, NULL behind the last. */
const struct probe_ops *probe_at(size_t i);

/** The module called @name, or NULL. */
const struct probe_ops *probe_find(const char *name);

/** The types of @ops for @family 4 or 6; PROBE_NONE both for any other. */
struct probe_pair probe_types(const struct probe_ops *ops, int family);

/**
 * Append the whole ICMP message of @ask.
 *
 * @src  own address, for ICMPv6's checksum; NULL where the kernel fills that in
 *
 * Returns 0; -EOPNOTSUPP when the destination's family has no such question; -EINVAL when
 * an extended echo has no .about; -ENOSPC, @out then unusable.
 */
int probe_build(const struct probe_ops *ops, const struct probe_ask *ask, const struct ip_addr *src,
		struct wcur *out);

/** Octets of the ICMP message that probe_build() makes of an ask with @size, both families. */
size_t probe_len(const struct probe_ops *ops, const struct probe_about *about, uint16_t size);

/** The sequence number's bits in octets 4..7 of a message. */
uint32_t probe_wire_seq(const struct probe_ops *ops, uint32_t rest);

/** @seq as far as a message of @ops can carry it. */
uint32_t probe_cut_seq(const struct probe_ops *ops, uint32_t seq);

/* Tag at the front of a sized body: it survives where answers come from other addresses. */
struct probe_tag {
	uint32_t index, seq;
	uint64_t cookie;
};

/** 64 bits that only this run can know for the target and sequence of @ask. */
uint64_t probe_cookie(const struct probe_ask *ask);

/** Read the tag. Returns whether @body is long enough; @ret_tag is written only then. */
bool probe_tag_parse(struct span body, struct probe_tag *ret_tag);
