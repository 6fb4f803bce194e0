/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/probe.h"

#include <errno.h>

#include "wire/checksum.h"
#include "wire/ip4.h"

#define MODULE(name) &probe_##name,
static const struct probe_ops *const modules[] = {
#include "probe/modules.def"
};
#undef MODULE

#define HEADER_LEN 8 /* octets of an ICMP message in front of its body, both families */

const struct probe_ops *probe_at(size_t i)
{
	return i < ARRAY_LEN(modules) ? modules[i] : NULL;
}

const struct probe_ops *probe_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(modules); i++) {
		if (strcmp(modules[i]->name, name) == 0)
			return modules[i];
	}
	return NULL;
}

/* All digits, and no more than fit: an index, which no interface's name is by custom. */
static bool scan_index(const char *text, uint32_t *ret_index)
{
	uint64_t v = 0;

	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || v > UINT32_MAX)
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	*ret_index = (uint32_t)v;
	return v > 0 && v <= UINT32_MAX;
}

int probe_about_scan(const char *text, struct probe_about *ret_about, struct err *err)
{
	struct probe_about about = { .kind = PROBE_ABOUT_NAME };
	size_t len = strlen(text);

	if (ip_scan(text, &about.addr) == 0)
		about.kind = PROBE_ABOUT_ADDR;
	else if (scan_index(text, &about.index))
		about.kind = PROBE_ABOUT_INDEX;
	else if (len == 0 || len >= PROBE_NAME_LEN)
		return err_set(err, -EINVAL,
			       "'%.70s' is no interface: a name of 1 to %d octets, a number or an "
			       "address",
			       text, PROBE_NAME_LEN - 1);
	else
		memcpy(about.name, text, len + 1);
	*ret_about = about;
	return 0;
}

struct probe_pair probe_types(const struct probe_ops *ops, int family)
{
	if (family == 4)
		return ops->v4;
	if (family == 6)
		return ops->v6;
	return (struct probe_pair){ PROBE_NONE, PROBE_NONE };
}

uint32_t probe_cut_seq(const struct probe_ops *ops, uint32_t seq)
{
	return seq & ((1u << ops->seq_bits) - 1);
}

uint32_t probe_wire_seq(const struct probe_ops *ops, uint32_t rest)
{
	return probe_cut_seq(ops, (rest & 0xffff) >> ops->seq_shift);
}

static uint32_t rest_of(const struct probe_ops *ops, const struct probe_ask *ask)
{
	return (uint32_t)ask->id << 16 | probe_cut_seq(ops, ask->seq) << ops->seq_shift | ops->rest;
}

static void put_sum(uint8_t *message, uint16_t sum)
{
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
}

int probe_build(const struct probe_ops *ops, const struct probe_ask *ask, const struct ip_addr *src,
		struct wcur *out)
{
	struct probe_pair types = probe_types(ops, ask->dst.family);
	uint8_t *start = out->p;
	struct span made;
	int r;

	if (types.ask == PROBE_NONE)
		return -EOPNOTSUPP;
	put_u8(out, (uint8_t)types.ask);
	put_u8(out, 0);
	put_u16(out, 0); /* the checksum, below */
	put_u32(out, rest_of(ops, ask));
	r = ops->body ? ops->body(ask, out) : 0;
	if (r < 0)
		return r;
	if (out->bad)
		return -ENOSPC;

	made = (struct span){ start, (size_t)(out->p - start) };
	if (ask->dst.family == 4)
		put_sum(start, checksum(made));
	else if (src)
		put_sum(start, checksum_pseudo(src, &ask->dst, IP_PROTO_ICMP6, made));
	return 0;
}

size_t probe_len(const struct probe_ops *ops, const struct probe_about *about, uint16_t size)
{
	static const struct hash_key none;
	uint8_t buf[HEADER_LEN + PROBE_NAME_LEN + 16];
	struct wcur out = wcur(buf, sizeof(buf));
	struct probe_ask ask = { .key = &none, .about = about };

	if (ops->sized)
		return HEADER_LEN + (size_t)size;
	if (ops->body)
		ops->body(&ask, &out);
	return HEADER_LEN + wcur_len(&out);
}

uint64_t probe_cookie(const struct probe_ask *ask)
{
	uint8_t buf[32];
	struct wcur c = wcur(buf, sizeof(buf));

	put_u8(&c, ask->dst.family);
	put_bytes(&c, ask->dst.octet, sizeof(ask->dst.octet));
	put_u32(&c, ask->index);
	put_u32(&c, ask->seq);
	return hash(ask->key, (struct span){ buf, wcur_len(&c) });
}

bool probe_tag_parse(struct span body, struct probe_tag *ret_tag)
{
	struct rcur c = rcur(body);
	struct probe_tag tag;

	tag.index = get_u32(&c);
	tag.seq = get_u32(&c);
	tag.cookie = (uint64_t)get_u32(&c) << 32;
	tag.cookie |= get_u32(&c);
	if (c.bad)
		return false;
	*ret_tag = tag;
	return true;
}
