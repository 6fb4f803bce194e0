/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng: sections of blocks. Integers are in the order of the machine that wrote the section.
 * Source: draft-ietf-opsawg-pcapng; the obsolete packet block: its appendix.
 */
#include <errno.h>

#include "capture/link.h"
#include "capture/reader.h"
#include "watch/sight.h"

#define BLOCK_MIN        12 /* type, length, length again */
#define BLOCK_HEAD       8
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_MOST \
	(CAPTURE_FRAME_MAX + 65536) /* octets of a block that is read; others are passed over */

__extension__ typedef unsigned __int128 wide;

enum block_type {
	BLOCK_IFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
};

enum option_code { OPTION_END = 0, OPTION_FLAGS = 2, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14 };

#define FLAGS_WAY 3 /* 1: inbound, 2: outbound */

/* The option @code among @n octets; NULL: not there, or shorter than @least. */
static const uint8_t *find_option(const struct reader *r, const uint8_t *p, size_t n, unsigned code,
				  size_t least)
{
	while (n >= 4) {
		unsigned is = reader_u16(r, p), len = reader_u16(r, p + 2);
		size_t step = 4 + ((size_t)len + 3) / 4 * 4;

		if (is == OPTION_END || len > n - 4)
			return NULL;
		if (is == code)
			return len >= least ? p + 4 : NULL;
		if (step > n)
			return NULL;
		p += step;
		n -= step;
	}
	return NULL;
}

/* Units a second; 0: none that 64 bits can hold. */
static uint64_t resolution(uint8_t tsresol)
{
	uint64_t per_s = 1;

	if (tsresol & 0x80)
		return (tsresol & 0x7f) < 63 ? 1ull << (tsresol & 0x7f) : 0;
	if (tsresol > 18)
		return 0;
	while (tsresol-- > 0)
		per_s *= 10;
	return per_s;
}

static uint64_t time_of(const struct reader_iface *f, uint32_t high, uint32_t low)
{
	uint64_t units = (uint64_t)high << 32 | low;
	uint64_t whole = units / f->per_s, part = units % f->per_s;
	uint64_t ns;

	if (f->per_s == 1000000)
		part *= 1000;
	else if (f->per_s != NS_PER_S)
		part = (uint64_t)((wide)part * NS_PER_S / f->per_s);
	/* Nonsense wraps: it is a time like any other, and nothing is indexed by it. */
	if (__builtin_mul_overflow(whole + (uint64_t)f->offset_s, NS_PER_S, &ns))
		return part;
	return ns + part;
}

static int section(struct reader *r, const uint8_t *p)
{
	r->swap = false;
	if (reader_u32(r, p + BLOCK_HEAD) != BYTE_ORDER_MAGIC) {
		r->swap = true;
		if (reader_u32(r, p + BLOCK_HEAD) != BYTE_ORDER_MAGIC)
			return reader_damaged(r, "a section of neither byte order");
	}
	r->section = true;
	r->iface_n = 0;
	return 0;
}

static int iface(struct reader *r, const uint8_t *body, size_t n)
{
	struct reader_iface f = { .per_s = 1000000 };
	const uint8_t *option;
	int e;

	if (n < 8)
		return reader_damaged(r, "an interface block too short");
	f.link = capture_link(reader_u16(r, body));
	f.snaplen = reader_u32(r, body + 4);
	option = find_option(r, body + 8, n - 8, OPTION_TSRESOL, 1);
	if (option)
		f.per_s = resolution(*option);
	if (f.per_s == 0)
		return reader_damaged(r, "a time resolution out of bounds");
	option = find_option(r, body + 8, n - 8, OPTION_TSOFFSET, 8);
	if (option)
		f.offset_s = (int64_t)reader_u64(r, option);
	e = reader_iface_add(r, &f);
	return e == -E2BIG ? reader_damaged(r, "more interfaces than any host has") : e;
}

/* @len octets of the frame begin at @at of the body; options stand behind them. */
static int frame(struct reader *r, uint32_t number, const uint8_t *body, size_t n, size_t at,
		 uint32_t len, uint32_t wire, struct capture_frame *ret)
{
	size_t options = at + ((size_t)len + 3) / 4 * 4;
	const uint8_t *flags = NULL;

	if (len > CAPTURE_FRAME_MAX || len > n - at)
		return reader_damaged(r, "a frame longer than its block");
	if (options < n)
		flags = find_option(r, body + options, n - options, OPTION_FLAGS, 4);
	ret->octets = (struct span){ body + at, len };
	ret->wire_len = MAX(wire, len);
	ret->link = r->iface[number].link;
	ret->source = number;
	ret->number = ++r->number;
	ret->way = SIGHT_PASSING;
	ret->again = false;
	if (flags) {
		uint32_t way = reader_u32(r, flags) & FLAGS_WAY;

		ret->way = way == 1 ? SIGHT_IN : way == 2 ? SIGHT_OUT : SIGHT_PASSING;
	}
	r->last_ns = ret->t_ns;
	return 1;
}

static int packet(struct reader *r, uint32_t type, const uint8_t *body, size_t n,
		  struct capture_frame *ret)
{
	uint32_t number;

	if (n < 20)
		return reader_damaged(r, "a packet block too short");
	number = type == BLOCK_ENHANCED ? reader_u32(r, body) : reader_u16(r, body);
	if (number >= r->iface_n)
		return reader_damaged(r, "a packet of an interface that was not described");
	ret->t_ns = time_of(&r->iface[number], reader_u32(r, body + 4), reader_u32(r, body + 8));
	return frame(r, number, body, n, 20, reader_u32(r, body + 12), reader_u32(r, body + 16),
		     ret);
}

static int simple(struct reader *r, const uint8_t *body, size_t n, struct capture_frame *ret)
{
	uint32_t wire, len;

	if (n < 4)
		return reader_damaged(r, "a packet block too short");
	if (r->iface_n == 0)
		return reader_damaged(r, "a packet of an interface that was not described");
	wire = reader_u32(r, body);
	len = MIN(wire, (uint32_t)(n - 4));
	if (r->iface[0].snaplen > 0)
		len = MIN(len, r->iface[0].snaplen);
	ret->t_ns = r->last_ns;
	return frame(r, 0, body, n, 4, len, wire, ret);
}

/* 1: @ret is a frame; 0: it was something else; -errno. */
static int block(struct reader *r, uint32_t type, const uint8_t *p, size_t len,
		 struct capture_frame *ret)
{
	const uint8_t *body = p + BLOCK_HEAD;
	size_t n = len - BLOCK_MIN;

	switch (type) {
	case BLOCK_IFACE:
		return iface(r, body, n);
	case BLOCK_ENHANCED:
	case BLOCK_PACKET:
		return packet(r, type, body, n, ret);
	case BLOCK_SIMPLE:
		return simple(r, body, n, ret);
	default:
		return 0;
	}
}

/* The length of the block at @p; 0: it is none. A section's own order is known only from within. */
static uint32_t block_len(struct reader *r, const uint8_t *p)
{
	uint32_t len = reader_u32(r, p + 4);

	return len < BLOCK_MIN || len % 4 != 0 ? 0 : len;
}

int pcapng_next(struct reader *r, struct capture_frame *ret)
{
	int e = 0;

	while (e == 0) {
		const uint8_t *p = stream_need(&r->in, BLOCK_MIN);
		uint32_t type, len;

		if (!p) {
			if (r->in.end == r->in.at && !r->in.error)
				return 0;
			return reader_cut(r, "a block's header");
		}
		type = reader_u32(r, p);
		if (type == BLOCK_SECTION)
			e = section(r, p);
		else if (!r->section)
			e = reader_damaged(r, "a block before the first section");
		len = block_len(r, p);
		if (e == 0 && len == 0)
			e = reader_damaged(r, "a block with an impossible length");
		if (e < 0)
			break;
		if (type == BLOCK_SECTION || len > BLOCK_MOST) {
			if (!stream_skip(&r->in, len))
				return reader_cut(r, "a block");
			continue;
		}
		p = stream_need(&r->in, len);
		if (!p)
			return reader_cut(r, "a block");
		e = block(r, type, p, len, ret);
		r->in.at += len;
	}
	return e;
}
