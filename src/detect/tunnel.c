/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnels and exfiltration in echo messages: a payload that is an IP packet, replies that differ from their
 * requests, payloads that are ever new, many or great lengths, data in the options of IPv6. The records are a
 * direct-mapped table by the pair's hash: one cache line or two an echo message, and no search.
 */
#include <string.h>

#include "detect/detector.h"
#include "icmp/number.h"
#include "wire/checksum.h"
#include "wire/ip4.h"

#define PLACES      8192
#define PAYLOAD_AT  8
#define TAIL_AT     24 /* octets of payload that hold time stamps and counters of honest pings */
#define ENOUGH      16 /* requests */
#define DIFFER_MIN  4
#define WINDOW_S    3600
#define OPTIONS_AT  40 /* behind an IPv6 header */
#define OPTIONS_MIN 16

/* 64 octets: one cache line. */
struct channel {
	uint64_t pair;
	uint64_t request;    /* hash of the latest request's payload */
	uint32_t tail[2];    /* hashes of tails seen before */
	uint32_t since_s;    /* by the clock of packets */
	uint32_t new_octets; /* of novel tails */
	uint32_t requests, replies, differ, novel;
	uint32_t lengths; /* a bit a length, hashed */
	uint16_t seq, id, len;
};

_Static_assert(sizeof(struct channel) == 64, "one cache line");

struct tunnel {
	_Alignas(64) uint64_t mask;
	struct channel channel[];
};

static uint32_t places(const struct detect_conf *conf)
{
	uint32_t n = 16;

	while (2 * n <= detect_places(conf, PLACES))
		n *= 2;
	return n;
}

static size_t tunnel_size(const struct detect_conf *conf)
{
	return sizeof(struct tunnel) + places(conf) * sizeof(struct channel);
}

static void tunnel_init(void *self, const struct detect_conf *conf)
{
	struct tunnel *t = self;

	t->mask = places(conf) - 1;
}

/* Not keyed, and need not be: whoever aims collisions makes a tunnel look like a ping of his own. */
static uint64_t mix(const uint8_t *p, size_t len)
{
	uint64_t h = len * 0x9e3779b97f4a7c15u, w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, p, len);
	h = (h ^ w) * 0xff51afd7ed558ccdu;
	return h ^ h >> 32;
}

/* A whole IPv4 header with a right checksum, or an IPv6 header whose length fits. */
static bool is_packet(const uint8_t *p, size_t len)
{
	size_t header;

	if (len >= 40 && p[0] >> 4 == 6 && 40u + (p[4] << 8 | p[5]) == len)
		return p[6] == IP_PROTO_TCP || p[6] == IP_PROTO_UDP || p[6] == IP_PROTO_ICMP6;
	if (len < 20 || p[0] >> 4 != 4 || (p[0] & 15) < 5)
		return false;
	header = (p[0] & 15) * 4u;
	return header <= len && (size_t)(p[2] << 8 | p[3]) <= len &&
	       checksum((struct span){ p, header }) == 0;
}

/* Octets of options before the message that are no padding. */
static size_t in_options(const struct packet *p)
{
	size_t n = 0, at = OPTIONS_AT + 2, end;

	if (p->family != 6 || p->l3.len < OPTIONS_AT + 8 || p->l3.p[6] != IP_PROTO_DSTOPTS)
		return 0;
	end = MIN(OPTIONS_AT + (p->l3.p[OPTIONS_AT + 1] + 1u) * 8, p->l3.len);
	while (at + 2 <= end) {
		size_t len = p->l3.p[at] == 0 ? 1 : p->l3.p[at + 1] + 2u;

		n += p->l3.p[at] > 1 ? MIN(len, end - at) : 0;
		at += len;
	}
	return n;
}

/* What speaks for a tunnel; a bit each, those that need no second reason from SURE on. */
enum reason {
	NOVEL = 1 << 0,
	SIZES = 1 << 1,
	LARGE = 1 << 2,
	SURE = 1 << 3,
	DIFFER = 1 << 3,
	OPTIONS = 1 << 4,
	PACKET = 1 << 5,
};

static unsigned reasons_of(const struct detect *d, const struct sight *s, const struct channel *x)
{
	const struct span m = s->pkt.l4;

	unsigned n = 0;

	if (is_packet(m.p + PAYLOAD_AT, m.len - PAYLOAD_AT))
		n |= PACKET;
	if (s->pkt.family == 6 && in_options(&s->pkt) >= OPTIONS_MIN)
		n |= OPTIONS;
	if (x->differ >= DIFFER_MIN &&
	    x->differ > detect_bound(d, DETECT_tunnel_differ) * x->replies)
		n |= DIFFER;
	if (x->requests >= ENOUGH &&
	    (double)x->new_octets >= detect_bound(d, DETECT_tunnel_bytes) &&
	    x->novel >= detect_bound(d, DETECT_tunnel_novel) * x->requests)
		n |= NOVEL;
	if (__builtin_popcount(x->lengths) >= detect_bound(d, DETECT_tunnel_sizes))
		n |= SIZES;
	if ((double)(m.len - PAYLOAD_AT) >= detect_bound(d, DETECT_tunnel_large))
		n |= LARGE;
	return n;
}

static void tell(struct detect *d, const struct sight *s, bool request, const struct channel *x,
		 unsigned reasons)
{

	struct detect_alert a = detect_alert_of("tunnel", DETECT_LOW, NULL, NULL);

	if (reasons & PACKET)
		detect_because(&a, "payload is an IP packet", 1, 1);
	if (reasons & OPTIONS)
		detect_because(&a, "octets in destination options", (double)in_options(&s->pkt),
			       OPTIONS_MIN);
	if (reasons & DIFFER)
		detect_because_of(d, &a, DETECT_tunnel_differ, (double)x->differ / x->replies);
	if (reasons & NOVEL)
		detect_because_of(d, &a, DETECT_tunnel_novel, (double)x->novel / x->requests);
	if (reasons & SIZES)
		detect_because_of(d, &a, DETECT_tunnel_sizes, __builtin_popcount(x->lengths));
	if (reasons & LARGE)
		detect_because_of(d, &a, DETECT_tunnel_large, (double)(s->pkt.l4.len - PAYLOAD_AT));
	if (reasons >= SURE || __builtin_popcount(reasons) > 1)
		a.severity = DETECT_MEDIUM;
	if (reasons & PACKET || __builtin_popcount(reasons) > 2)
		a.severity = DETECT_HIGH;
	a.src = request ? s->pkt.src : s->pkt.dst;
	a.dst = request ? s->pkt.dst : s->pkt.src;
	a.packets = x->requests + x->replies;
	a.first_ns = x->since_s * NS_PER_S;
	detect_raise(d, detect_thing(d, a.kind, &a.src, &a.dst), &a);
}

static struct channel *channel_of(struct tunnel *t, const struct detect *d, uint64_t pair)
{
	const uint32_t now_s = (uint32_t)(detect_now(d) / NS_PER_S);
	struct channel *x = &t->channel[pair >> 20 & t->mask];

	if (x->pair != pair || now_s - x->since_s > WINDOW_S)
		*x = (struct channel){ .pair = pair, .since_s = now_s };
	return x;
}

static uint64_t hash_of(struct span m, uint32_t *ret_tail)
{
	const size_t skip = MIN(m.len, PAYLOAD_AT + TAIL_AT);
	const uint64_t tail = mix(m.p + skip, m.len - skip);

	*ret_tail = (uint32_t)(tail >> 32);
	return mix(m.p + PAYLOAD_AT, skip - PAYLOAD_AT) ^ tail << 1;
}

static void note_request(struct channel *x, const struct sight *s, struct span m)
{
	uint32_t tail;

	x->requests++;
	x->seq = s->seq;
	x->id = s->id;
	x->len = (uint16_t)m.len;
	x->request = hash_of(m, &tail);
	if (tail != x->tail[0] && tail != x->tail[1] && m.len > PAYLOAD_AT + TAIL_AT) {
		x->novel++;
		x->new_octets += (uint32_t)(m.len - PAYLOAD_AT - TAIL_AT);
		x->tail[1] = x->tail[0];
		x->tail[0] = tail;
	}
}

static void note_reply(struct channel *x, const struct sight *s, struct span m)
{
	uint32_t tail;

	x->replies++;
	if (x->requests > 0 && x->seq == s->seq && x->id == s->id && x->len == m.len)
		x->differ += x->request != hash_of(m, &tail);
}

static void tunnel_packet(void *self, struct detect *d, const struct sight *s,
			  const struct detect_contact *c)
{
	const bool v4 = s->pkt.family == 4;
	const bool request = s->type == (v4 ? ICMP4_ECHO : ICMP6_ECHO);
	const struct span m = s->pkt.l4;
	struct channel none = { .since_s = (uint32_t)(detect_now(d) / NS_PER_S) }, *x = &none;
	unsigned reasons;

	if ((!request && s->type != (v4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY)) ||
	    m.len < PAYLOAD_AT || s->pkt.frag != PACKET_WHOLE || s->pkt.truncated)
		return;
	/* What nobody asked for is judged by itself, without a record. */
	if (!c->unasked)
		x = channel_of(self, d, c->pair);
	x->lengths |= 1u << (m.len * 0x9e3779b1u >> 27 & 31);
	if (request)
		note_request(x, s, m);
	else
		note_reply(x, s, m);
	reasons = reasons_of(d, s, x);
	if (reasons)
		tell(d, s, request, x, reasons);
}

const struct detector_ops detect_tunnel = {
	.name = "tunnel",
	.summary = "tunnels and exfiltration in echo messages",
	.on = DETECT_ON_REQUEST | DETECT_ON_ANSWER,
	.size = tunnel_size,
	.init = tunnel_init,
	.packet = tunnel_packet,
};
