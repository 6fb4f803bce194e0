/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The format: octets <-> structs. */
#include "flow/state.h"

#include <errno.h>
#include <string.h>

#define ADDR_LEN  21 /* family, zone, 16 octets */
#define CELLS_LEN 20
#define FROM_LEN  (2 + ADDR_LEN)
#define MAC_LEN   (4 + ETH_ADDR_LEN)

/* Not a secret: it only tells damage from what was written. */
static const struct hash_key check_key = { { 0x736f6e6465207374, 0x6174652066696c65 } };

static uint64_t get_u64(struct rcur *c)
{
	uint64_t high = get_u32(c);

	return high << 32 | get_u32(c);
}

static void put_u64(struct wcur *c, uint64_t v)
{
	put_u32(c, (uint32_t)(v >> 32));
	put_u32(c, (uint32_t)v);
}

static void get_addr(struct rcur *c, struct ip_addr *ret)
{
	uint8_t family = get_u8(c);
	uint32_t zone = get_u32(c);
	uint8_t octet[16];

	get_bytes(c, octet, sizeof(octet));
	*ret = (struct ip_addr){ .family = 0 };
	if (family != 4 && family != 6) {
		c->bad = c->bad || family != 0;
		return;
	}
	*ret = ip_from(family, octet);
	ret->zone = family == 6 ? zone : 0;
}

static void put_addr(struct wcur *c, const struct ip_addr *a)
{
	put_u8(c, a->family);
	put_u32(c, a->zone);
	put_bytes(c, a->octet, sizeof(a->octet));
}

int state_frame_parse(struct span octets, struct state_frame *ret, size_t *ret_used)
{
	struct rcur c = rcur(octets);
	uint64_t check = get_u64(&c);
	const uint8_t *start = c.p;
	uint32_t kind = get_u32(&c), len = get_u32(&c);
	struct span body;

	if (c.bad)
		return -EMSGSIZE;
	if (len > STATE_BODY_MAX)
		return -EBADMSG;
	body = get_span(&c, len);
	if (c.bad)
		return -EMSGSIZE;
	if (check != hash(&check_key, (struct span){ start, (size_t)(c.p - start) }))
		return -EBADMSG;
	*ret = (struct state_frame){ .kind = kind, .body = body };
	*ret_used = (size_t)(c.p - octets.p);
	return 0;
}

int state_frame_build(uint32_t kind, struct span body, struct wcur *out)
{
	uint8_t *at = out->p;
	struct wcur check = wcur(at, sizeof(uint64_t));

	put_u64(out, 0);
	put_u32(out, kind);
	put_u32(out, (uint32_t)body.len);
	put_bytes(out, body.p, body.len);
	if (out->bad)
		return -ENOSPC;
	at += sizeof(uint64_t);
	put_u64(&check, hash(&check_key, (struct span){ at, (size_t)(out->p - at) }));
	return 0;
}

int state_head_parse(struct span body, struct state_head *ret)
{
	struct rcur c = rcur(body);
	struct state_head h = { .what = get_u8(&c) };

	h.seed.k[0] = get_u64(&c);
	h.seed.k[1] = get_u64(&c);
	h.targets = get_u64(&c);
	h.asks = get_u64(&c);
	h.shard = get_u32(&c);
	h.shards = get_u32(&c);
	h.slots = get_u32(&c);
	h.options = rcur_rest(&c);
	if (c.bad || h.what < 1 || h.what > 2 || h.shard >= h.shards || h.slots == 0)
		return -EBADMSG;
	if (h.options.len > 0 && memchr(h.options.p, 0, h.options.len))
		return -EBADMSG;
	*ret = h;
	return 0;
}

void state_head_build(const struct state_head *h, struct wcur *out)
{
	put_u8(out, h->what);
	put_u64(out, h->seed.k[0]);
	put_u64(out, h->seed.k[1]);
	put_u64(out, h->targets);
	put_u64(out, h->asks);
	put_u32(out, h->shard);
	put_u32(out, h->shards);
	put_u32(out, h->slots);
	put_bytes(out, h->options.p, h->options.len);
}

const char *state_head_differs(const struct state_head *a, const struct state_head *b)
{
	if (a->what != b->what)
		return "the command";
	if (a->targets != b->targets)
		return "the targets";
	if (a->asks != b->asks)
		return "what is asked of them";
	if (a->shard != b->shard || a->shards != b->shards)
		return "the shard";
	if (a->seed.k[0] != b->seed.k[0] || a->seed.k[1] != b->seed.k[1])
		return "the seed";
	return NULL;
}

struct state_tag state_tag_get(struct rcur *c)
{
	struct state_tag t = { .group = get_u64(c) };

	t.stage = get_u32(c);
	t.part = get_u32(c);
	return t;
}

void state_tag_put(struct wcur *out, const struct state_tag *t)
{
	put_u64(out, t->group);
	put_u32(out, t->stage);
	put_u32(out, t->part);
}

bool state_cells_get(struct rcur *c, struct state_cells *ret)
{
	struct state_cells item = { .first = 0 };

	if (rcur_left(c) == 0)
		return false;
	item.first = get_u32(c);
	item.n = get_u32(c);
	item.cell.rtt_us = get_u32(c);
	item.cell.from = get_u16(c);
	item.cell.state = get_u8(c);
	item.cell.tries = get_u8(c);
	item.cell.kind = get_u8(c);
	item.cell.type = get_u8(c);
	item.cell.code = get_u8(c);
	item.cell.ttl = get_u8(c);
	if (item.n == 0 || item.cell.from >= CELL_FROM_MAX || item.cell.kind > REPLY_ERROR ||
	    item.cell.state == CELL_OPEN_QUESTION || item.cell.state > CELL_UNSENT)
		c->bad = true;
	if (c->bad)
		return false;
	*ret = item;
	return true;
}

bool state_from_get(struct rcur *c, struct state_from *ret)
{
	struct state_from item = { .index = 0 };

	if (rcur_left(c) == 0)
		return false;
	item.index = get_u16(c);
	get_addr(c, &item.addr);
	if (item.index >= CELL_FROM_MAX)
		c->bad = true;
	if (c->bad)
		return false;
	*ret = item;
	return true;
}

bool state_mac_get(struct rcur *c, struct state_mac *ret)
{
	struct state_mac item = { .slot = 0 };

	if (rcur_left(c) == 0)
		return false;
	item.slot = get_u32(c);
	get_bytes(c, item.mac.octet, ETH_ADDR_LEN);
	if (c->bad)
		return false;
	*ret = item;
	return true;
}

bool state_sum_get(struct rcur *c, uint64_t *ret)
{
	uint64_t v;

	if (rcur_left(c) == 0)
		return false;
	v = get_u64(c);
	if (c->bad)
		return false;
	*ret = v;
	return true;
}

static bool room(const struct wcur *out, size_t len)
{
	return !out->bad && (size_t)(out->end - out->p) >= len;
}

int state_cells_put(struct wcur *out, const struct state_cells *item)
{
	const struct probe_cell *c = &item->cell;

	if (!room(out, CELLS_LEN))
		return -ENOSPC;
	put_u32(out, item->first);
	put_u32(out, item->n);
	put_u32(out, c->rtt_us);
	put_u16(out, c->from);
	put_u8(out, c->state);
	put_u8(out, c->tries);
	put_u8(out, c->kind);
	put_u8(out, c->type);
	put_u8(out, c->code);
	put_u8(out, c->ttl);
	return 0;
}

int state_from_put(struct wcur *out, const struct state_from *item)
{
	if (!room(out, FROM_LEN))
		return -ENOSPC;
	put_u16(out, item->index);
	put_addr(out, &item->addr);
	return 0;
}

int state_mac_put(struct wcur *out, const struct state_mac *item)
{
	if (!room(out, MAC_LEN))
		return -ENOSPC;
	put_u32(out, item->slot);
	put_bytes(out, item->mac.octet, ETH_ADDR_LEN);
	return 0;
}

int state_sum_put(struct wcur *out, uint64_t v)
{
	if (!room(out, sizeof(v)))
		return -ENOSPC;
	put_u64(out, v);
	return 0;
}
