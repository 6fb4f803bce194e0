/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/trace.h"

#include <string.h>

#include "probe/trace_own.h"
#include "wire/icmpext.h"

#define EXT_UNIT 4 /* what is given away of the arena is a multiple of it, as structures are */

void trace_note_recent(struct trace *t, uint8_t hops, uint64_t age, int64_t result)
{
	uint32_t n = t->conf.recent;

	if (age < n && age < t->begun)
		t->ring[(size_t)(hops - t->conf.first) * n + (t->begun - 1 - age) % n] = result;
}

static void who_free(struct trace *t, struct trace_limit *l)
{
	while (l->who != TRACE_NOBODY) {
		uint16_t i = l->who;

		l->who = t->node[i].next;
		t->node[i].next = t->free;
		t->free = i;
		t->free_n++;
	}
}

/* All nodes are free, and the arena is empty. */
static void who_free_all(struct trace *t)
{
	t->free = TRACE_NOBODY;
	t->free_n = 0;
	t->arena_used = 0;
	for (uint16_t i = t->node_n; i-- > 0;) {
		t->node[i].ext_at = t->node[i].ext_len = 0;
		t->node[i].next = t->free;
		t->free = i;
		t->free_n++;
	}
}

static void limit_forget(struct trace *t, struct trace_limit *l)
{
	*l = (struct trace_limit){ .who = TRACE_NOBODY };
	for (uint32_t i = 0; i < t->conf.recent; i++)
		t->ring[(size_t)(l - t->limit) * t->conf.recent + i] = TRACE_RECENT_NONE;
}

void trace_forget(struct trace *t, unsigned first)
{
	for (unsigned h = first; h <= t->conf.last; h++) {
		struct trace_limit *l = trace_limit(t, (uint8_t)h);

		if (first > t->conf.first)
			who_free(t, l);
		limit_forget(t, l);
	}
	for (uint32_t i = 0; i < t->asked.size; i++) {
		struct asked *s = &t->asked.slot[i];

		if (s->seq != 0 && s->state != ASKED_FAILED && trace_mark_hops(s) >= first)
			asked_close(&t->asked, s, ASKED_NONE);
	}
	if (first > t->conf.first)
		return;
	who_free_all(t);
	t->end_hop = t->ender_hop = 0;
	t->doubt = false;
	t->longest_ns = t->latest_ns = 0;
}

/* Limits up to the end at which nobody is known: each is to find a node when somebody answers. */
static unsigned bare(const struct trace *t)
{
	unsigned n = 0;

	for (uint8_t h = t->conf.first; h <= trace_top(t); h++)
		n += trace_limit(t, h)->who == TRACE_NOBODY;
	return n;
}

/* A node for @addr, at the end of the list of @l; NULL: there is no room. */
static struct trace_node *who_new(struct trace *t, struct trace_limit *l,
				  const struct ip_addr *addr, uint16_t *last)
{
	struct trace_node *n;

	if (t->free == TRACE_NOBODY || l->hop.who_n >= TRACE_WHO_MAX ||
	    (l->hop.who_n > 0 && t->free_n <= bare(t)))
		return NULL;
	*last = t->free;
	n = &t->node[t->free];
	t->free = n->next;
	t->free_n--;
	l->hop.who_n++;
	n->who = (struct trace_who){ .addr = *addr, .rtt = n->who.rtt };
	stats_init(&n->who.rtt, n->who.rtt.sample, n->who.rtt.room);
	n->next = TRACE_NOBODY;
	return n;
}

/* How many octets of @ext its whole objects have, as far as they fit in @room; 0: none. */
static size_t ext_fit(struct span ext, size_t room)
{
	struct icmpext e;
	size_t len = ICMPEXT_HDR_LEN;

	if (ext.len <= room)
		return ext.len;
	if (icmpext_parse(ext, &e) < 0 || !e.sum_ok)
		return 0;
	for (unsigned i = 0; i < e.n; i++) {
		if (len + ICMPEXT_HDR_LEN + e.obj[i].body.len > room)
			break;
		len += ICMPEXT_HDR_LEN + e.obj[i].body.len;
	}
	return len > ICMPEXT_HDR_LEN ? len : 0;
}

/* What was cut has a checksum no more: 0 says that none was computed (RFC 4884 7.1). */
static void ext_keep(struct trace *t, struct trace_node *n, struct span ext)
{
	size_t want = (MIN(ext.len, TRACE_EXT_LEN) + EXT_UNIT - 1) / EXT_UNIT * EXT_UNIT;
	size_t len;

	if (want > n->ext_len && want <= t->arena_len - t->arena_used) {
		n->ext_at = (uint16_t)t->arena_used;
		n->ext_len = (uint16_t)want;
		t->arena_used += (uint32_t)want;
	}
	len = ext_fit(ext, MIN(n->ext_len, TRACE_EXT_LEN));
	n->who.ext = (struct span){ t->arena + n->ext_at, len };
	if (len == 0)
		return;
	memcpy(t->arena + n->ext_at, ext.p, len);
	if (len < ext.len)
		memset(t->arena + n->ext_at + 2, 0, 2);
}

static void who_add(struct trace *t, struct trace_node *n, const struct hop_reply *r,
		    uint64_t rtt_ns)
{
	struct trace_who *w = &n->who;

	if (w->received > 0) {
		w->jitter_sum_ns +=
			rtt_ns > w->last_rtt_ns ? rtt_ns - w->last_rtt_ns : w->last_rtt_ns - rtt_ns;
		w->jitter_n++;
	}
	w->received++;
	w->last_rtt_ns = rtt_ns;
	stats_add(&w->rtt, rtt_ns);
	w->kind = r->kind;
	w->type = r->type;
	w->code = r->code;
	w->ttl = r->ttl;
	w->mtu = r->mtu;
	w->quote = r->quote;
	ext_keep(t, n, r->ext);
}

/* Take @i, which counted once more, out of the list at @link and put it before all with fewer. */
static void who_rise(struct trace *t, struct trace_limit *l, uint16_t *link)
{
	uint16_t i = *link, *at = &l->who;

	*link = t->node[i].next;
	while (*at != TRACE_NOBODY && t->node[*at].who.received >= t->node[i].who.received)
		at = &t->node[*at].next;
	t->node[i].next = *at;
	*at = i;
}

void trace_who_count(struct trace *t, uint8_t hops, const struct hop_reply *r, uint64_t rtt_ns)
{
	struct trace_limit *l = trace_limit(t, hops);
	uint16_t *link = &l->who;

	if (hops > trace_top(t) && trace_limit(t, trace_top(t))->ends == TRACE_REACHED)
		return; /* it would take room from those that count */
	while (*link != TRACE_NOBODY && !ip_eq(&t->node[*link].who.addr, &r->from))
		link = &t->node[*link].next;
	if (*link == TRACE_NOBODY && !who_new(t, l, &r->from, link)) {
		l->hop.who_more++;
		return;
	}
	who_add(t, &t->node[*link], r, rtt_ns);
	who_rise(t, l, link);
}

static bool shown(const struct trace *t, uint8_t hops)
{
	return hops >= t->conf.first && hops <= t->conf.last &&
	       (t->end_hop == 0 || hops <= t->end_hop);
}

enum trace_end trace_so_far(const struct trace *t, uint8_t *ret_hops)
{
	bool sent = t->sent > 0;

	*ret_hops = t->end_hop;
	if (t->end_hop > 0)
		return (enum trace_end)trace_limit(t, t->end_hop)->ends;
	for (uint8_t h = t->conf.first; h <= t->conf.last; h++) {
		if (trace_limit(t, h)->hop.received > 0)
			*ret_hops = h;
	}
	return sent || t->error == 0 ? TRACE_SILENT : TRACE_UNSENT;
}

enum trace_end trace_end(const struct trace *t, uint8_t *ret_hops)
{
	enum trace_end end = trace_so_far(t, ret_hops);

	return t->over ? end : TRACE_GOING;
}

const struct trace_ender *trace_ender(const struct trace *t)
{
	return t->end_hop > 0 ? &t->ender : NULL;
}

int trace_error(const struct trace *t)
{
	return t->error;
}

const struct trace_hop *trace_hop(const struct trace *t, uint8_t hops)
{
	static const struct trace_hop none;

	return shown(t, hops) ? &trace_limit(t, hops)->hop : &none;
}

struct trace_who *trace_who(struct trace *t, uint8_t hops, unsigned i)
{
	uint16_t at;

	if (!shown(t, hops))
		return NULL;
	for (at = trace_limit(t, hops)->who; at != TRACE_NOBODY && i > 0; i--)
		at = t->node[at].next;
	return at != TRACE_NOBODY ? &t->node[at].who : NULL;
}

unsigned trace_recent(const struct trace *t, uint8_t hops, int64_t *ret, unsigned n)
{
	uint64_t have = MIN(MIN(t->conf.recent, trace_rounds(t)), n);

	if (!shown(t, hops))
		return 0;
	for (uint64_t i = 0; i < have; i++) {
		uint64_t round = t->begun - have + i;

		ret[i] = t->ring[(size_t)(hops - t->conf.first) * t->conf.recent +
				 round % t->conf.recent];
	}
	return (unsigned)have;
}

int trace_outcome(const struct trace *t, uint8_t hops, uint64_t round)
{
	uint64_t age;

	if (!shown(t, hops) || round >= trace_rounds(t))
		return -1;
	age = trace_rounds(t) - 1 - round;
	if (age >= HOP_ROUNDS_MAX || !(trace_limit(t, hops)->asked >> age & 1))
		return -1;
	return (int)(trace_limit(t, hops)->answered >> age & 1);
}

/* What hosts limit: errors; and the SYN of a connection that is half open they answer seldom. */
static bool is_limited(const struct trace *t, const struct trace_limit *l)
{
	uint8_t kind = l->who == TRACE_NOBODY ? REPLY_NONE : t->node[l->who].who.kind;

	return kind != REPLY_ANSWER && kind != REPLY_RST;
}

void trace_tally(const struct trace *t, uint8_t hops, struct hop_tally *ret)
{
	const struct trace_limit *l;

	*ret = (struct hop_tally){ 0 };
	if (!shown(t, hops))
		return;
	l = trace_limit(t, hops);
	*ret = (struct hop_tally){
		.sent = l->hop.sent - l->hop.waiting,
		.received = l->hop.received,
		.asked_bits = l->asked,
		.answered_bits = l->answered,
		.end = hops == t->end_hop,
		.errors = is_limited(t, l),
	};
}

uint64_t trace_rounds(const struct trace *t)
{
	return t->begun - t->forgot;
}
