/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/tcp.h"

struct feed *feed_new(void)
{
	struct feed *f = calloc(1, sizeof(*f));

	CHECK(f);
	detect_defaults(&f->conf);
	f->conf.key = (struct hash_key){ { 0x1234567, 0x89abcdef } };
	f->t_ns = 1000 * NS_PER_S;
	return f;
}

static void keep(void *to, const struct detect_alert *a)
{
	struct feed *f = to;

	if (f->n < FEED_ALERTS)
		f->alert[f->n++] = *a;
}

static void start(struct feed *f)
{
	size_t size = detect_size(&f->conf);
	void *mem;

	if (f->d)
		return;
	CHECK(size > 0 && size <= f->conf.memory);
	mem = malloc(size);
	CHECK(mem);
	f->d = detect_init(mem, &f->conf, keep, f);
}

void feed_free(struct feed *f)
{
	free(f->d);
	free(f);
}

struct ip_addr feed_addr(const char *text)
{
	struct ip_addr a;

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

struct ip_prefix feed_prefix(const char *text)
{
	struct ip_prefix p;

	CHECK_EQ(ip_prefix_scan(text, &p), 0);
	return p;
}

void feed_frame(struct feed *f, const uint8_t *p, size_t len)
{
	uint8_t *copy = malloc(len);
	struct sight s = { .link = LINK_RAW, .t_ns = f->t_ns, .wire_len = (uint32_t)len };

	/* A copy of exactly that length: the sanitizer sees any step past the end. */
	CHECK(copy);
	memcpy(copy, p, len);
	start(f);
	s.number = ++f->number;
	sight_read(&s, (struct span){ copy, len });
	detect_feed(f->d, &s);
	free(copy);
}

static void send(struct feed *f, const struct ip_addr *src, const struct ip_addr *dst,
		 uint8_t proto, uint8_t ttl, struct span payload)
{
	static uint8_t buf[70000];
	struct wcur out = wcur(buf, sizeof(buf));
	const struct packet_spec spec = {
		.src = src, .dst = dst, .proto = proto, .ttl = ttl, .payload = payload
	};

	CHECK_EQ(packet_build(&spec, &out), 0);
	feed_frame(f, buf, wcur_len(&out));
}

void feed_icmp(struct feed *f, const struct ip_addr *src, const struct ip_addr *dst, uint8_t type,
	       uint8_t code, uint32_t rest, struct span body)
{
	static uint8_t buf[66000];
	struct wcur out = wcur(buf, sizeof(buf));
	const struct icmp4_msg m4 = { .type = type, .code = code, .rest = rest, .body = body };
	const struct icmp6_msg m6 = { .type = type, .code = code, .rest = rest, .body = body };
	const bool v4 = src->family == 4;

	if (v4)
		CHECK_EQ(icmp4_build(&m4, &out), 0);
	else
		CHECK_EQ(icmp6_build(&m6, src, dst, &out), 0);
	send(f, src, dst, v4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6, 255,
	     (struct span){ buf, wcur_len(&out) });
}

void feed_echo(struct feed *f, const struct ip_addr *src, const struct ip_addr *dst, bool reply,
	       uint16_t id, uint16_t seq)
{
	static const uint8_t body[40] = { 1, 2, 3 };
	const uint8_t type = src->family == 4 ? (reply ? 0 : 8) : (reply ? 129 : 128);

	feed_icmp(f, src, dst, type, 0, (uint32_t)id << 16 | seq, (struct span){ body, 40 });
}

static size_t build_quote(const struct feed_quote *q, uint8_t *buf, size_t room)
{
	uint8_t l4[32];
	struct wcur out = wcur(buf, room), head = wcur(l4, sizeof(l4));
	struct packet_spec spec = { .src = &q->src, .dst = &q->dst, .proto = q->proto, .ttl = 7 };

	if (q->proto == IP_PROTO_ICMP4 || q->proto == IP_PROTO_ICMP6) {
		put_u32(&head, q->proto == IP_PROTO_ICMP4 ? 0x08000000 : 0x80000000);
		put_u32(&head, 1);
	} else {
		put_u16(&head, 40000);
		put_u16(&head, q->port);
		put_u32(&head, q->seq);
	}
	put_u32(&head, 0);
	put_u32(&head, 0x50020000);
	put_u32(&head, 0);
	spec.payload = (struct span){ l4, wcur_len(&head) };
	CHECK_EQ(packet_build(&spec, &out), 0);
	return wcur_len(&out);
}

void feed_error(struct feed *f, const struct ip_addr *from, const struct ip_addr *to, uint8_t type,
		uint8_t code, uint32_t rest, const struct feed_quote *q)
{
	uint8_t quote[128];

	feed_icmp(f, from, to, type, code, rest,
		  (struct span){ quote, build_quote(q, quote, sizeof(quote)) });
}

void feed_tcp(struct feed *f, const struct ip_addr *src, const struct ip_addr *dst, uint16_t sport,
	      uint16_t dport, uint8_t flags, uint32_t seq)
{
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));
	const struct tcp_seg seg = { .sport = sport, .dport = dport, .flags = flags, .seq = seq };

	CHECK_EQ(tcp_build(&seg, src, dst, &out), 0);
	send(f, src, dst, IP_PROTO_TCP, 64, (struct span){ buf, wcur_len(&out) });
}

void feed_wait(struct feed *f, uint64_t ns)
{
	f->t_ns += ns;
	start(f);
	detect_tick(f->d, f->t_ns);
}

const struct detect_alert *feed_told(const struct feed *f, const char *kind)
{
	for (unsigned i = f->n; i > 0; i--)
		if (strcmp(f->alert[i - 1].kind, kind) == 0)
			return &f->alert[i - 1];
	return NULL;
}

unsigned feed_count(const struct feed *f, const char *kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->n; i++)
		n += strcmp(f->alert[i].kind, kind) == 0;
	return n;
}
