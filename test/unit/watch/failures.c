/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/failures.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "wire/nd.h"

#define GROUPS 4

static const struct hash_key key = { { 1, 2 } };

/* "@who could not reach @whom": a UDP packet to @port, quoted by an error that goes to @to. */
struct story {
	const char *who, *whom, *offender, *to;
	uint16_t port;
	uint8_t type, code;
	uint32_t mtu;
	size_t quoted; /* octets; 0: all */
};

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

/* The frame, a bare IP packet, of @t. Returns its length. */
static size_t build(const struct story *t, uint8_t *buf, size_t room)
{
	struct ip_addr who = addr(t->who), whom = addr(t->whom), from = addr(t->offender),
		       to = addr(t->to);
	uint8_t udp[32], inner[128], icmp[256];
	struct wcur u = wcur(udp, sizeof(udp)), in = wcur(inner, sizeof(inner)),
		    ic = wcur(icmp, sizeof(icmp)), out = wcur(buf, room);
	struct icmperr e = {
		.family = who.family, .type = t->type, .code = t->code, .mtu = t->mtu
	};
	struct packet_spec spec = { .src = &who, .dst = &whom, .proto = IP_PROTO_UDP, .ttl = 9 };

	put_u16(&u, 40000);
	put_u16(&u, t->port);
	put_u16(&u, 8);
	put_u16(&u, 0);
	spec.payload = (struct span){ udp, wcur_len(&u) };
	CHECK_EQ(packet_build(&spec, &in), 0);
	e.quote.octets = (struct span){ inner, t->quoted ? t->quoted : wcur_len(&in) };
	CHECK_EQ(icmperr_build(&e, &from, &to, &ic), 0);
	spec = (struct packet_spec){ .src = &from, .dst = &to, .ttl = 64 };
	spec.proto = who.family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6;
	spec.payload = (struct span){ icmp, wcur_len(&ic) };
	CHECK_EQ(packet_build(&spec, &out), 0);
	return wcur_len(&out);
}

static const struct failure *tell(struct failures *f, const struct story *t, uint64_t t_ns)
{
	uint8_t buf[512];
	struct sight s = { .link = LINK_RAW, .t_ns = t_ns };

	CHECK_EQ(sight_read(&s, (struct span){ buf, build(t, buf, sizeof(buf)) }), SIGHT_ICMP);
	return failures_add(f, &s);
}

static struct failures *start(void)
{
	void *mem = malloc(failures_size(GROUPS));

	CHECK(mem);
	return failures_init(mem, GROUPS, &key);
}

TEST(errors_about_the_same_are_one_group)
{
	const struct story t = { "10.0.0.7", "10.0.0.53", "10.0.0.53", "10.0.0.7", 53, 3, 3 };
	struct story by_router = t;
	struct failures *f = start();
	const struct failure *g;

	by_router.offender = "10.0.0.1";
	CHECK(tell(f, &t, 100));
	CHECK(tell(f, &t, 300));
	CHECK(tell(f, &by_router, 200)); /* times that go back change no last time */
	g = tell(f, &by_router, 250);
	CHECK(g);
	CHECK_EQ(failures_groups(f), 1);
	CHECK_EQ(g->count, 4);
	CHECK_EQ(g->first_ns, 100);
	CHECK_EQ(g->last_ns, 300);
	CHECK_EQ(g->offenders, 2);
	CHECK(ip_eq(&g->offender, &(struct ip_addr){ 4, { 10, 0, 0, 1 }, 0 }));
	CHECK_EQ(g->proto, IP_PROTO_UDP);
	CHECK(g->has_port);
	CHECK_EQ(g->port, 53);
	CHECK_EQ(g->type, 3);
	CHECK_EQ(g->code, 3);
	free(f);
}

TEST(whatever_differs_makes_a_group_of_its_own)
{
	const struct story t[] = {
		{ "2001:db8::7", "2001:db8::53", "2001:db8::53", "2001:db8::7", 53, 1, 4 },
		{ "2001:db8::7", "2001:db8::53", "2001:db8::53", "2001:db8::7", 54, 1, 4 },
		{ "2001:db8::7", "2001:db8::53", "2001:db8::53", "2001:db8::7", 53, 1, 1 },
		{ "2001:db8::7", "2001:db8::54", "2001:db8::53", "2001:db8::7", 53, 1, 4 },
	};
	struct failures *f = start();
	uint32_t at = 0;
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		CHECK(tell(f, &t[i], i));
	CHECK_EQ(failures_groups(f), 4);
	for (const struct failure *g; (g = failures_next(f, &at)); n++)
		CHECK_EQ(g->first_ns, n);
	CHECK_EQ(n, 4);
	free(f);
}

TEST(too_big_tells_its_mtu)
{
	const struct story t = { "2001:db8::7", "2001:db8::53", "fe80::1", "2001:db8::7", 443, 2, 0,
				 1400 };
	struct failures *f = start();
	const struct failure *g = tell(f, &t, 1);

	CHECK(g);
	CHECK_EQ(g->mtu, 1400);
	free(f);
}

TEST(errors_about_somebody_elses_packet_are_nobodys_failure)
{
	const struct story t = { "10.0.0.8", "10.0.0.53", "10.0.0.53", "10.0.0.7", 53, 3, 3 };
	const struct story cut = {
		"10.0.0.7", "10.0.0.53", "10.0.0.53", "10.0.0.7", 53, 3, 3, 0, 12
	};
	struct failures *f = start();

	CHECK(!tell(f, &t, 1));
	CHECK_EQ(failures_unfit(f), 1);
	CHECK(!tell(f, &cut, 1));
	CHECK_EQ(failures_unread(f), 1);
	CHECK_EQ(failures_groups(f), 0);
	free(f);
}

TEST(the_group_that_was_quiet_longest_makes_room)
{
	struct story t = { "10.0.0.7", "10.0.0.53", "10.0.0.53", "10.0.0.7", 1, 3, 3 };
	struct failures *f = start();
	const struct failure *g;
	uint32_t at = 0;

	for (uint16_t port = 1; port <= GROUPS; port++) {
		t.port = port;
		tell(f, &t, port);
	}
	t.port = 1;
	tell(f, &t, 10);
	t.port = 99;
	tell(f, &t, 11); /* 2 was quiet longest */
	CHECK_EQ(failures_forgotten(f), 1);
	CHECK_EQ(failures_groups(f), GROUPS);
	while ((g = failures_next(f, &at)))
		CHECK(g->port != 2);
	t.port = 1;
	CHECK_EQ(tell(f, &t, 12)->count, 3);
	CHECK_EQ(failures_size(0), 0);
	CHECK_EQ(failures_size(FAILURES_MAX + 1), 0);
	free(f);
}

/* The router fe80::1 tells 2001:db8::7 that 2001:db8::53 is better reached by fe80::2; with or without a quote. */
static const struct failure *redirect(struct failures *f, bool quoted)
{
	uint8_t quote[48] = { 0x60, [5] = 8, [6] = IP_PROTO_UDP, [7] = 9 }, icmp[256], buf[512];
	struct ip_addr router = addr("fe80::1"), host = addr("2001:db8::7"),
		       dst = addr("2001:db8::53");
	struct nd_msg m = { .type = ND_REDIRECT, .target = addr("fe80::2"), .dst = dst };
	struct packet_spec spec = {
		.src = &router, .dst = &host, .proto = IP_PROTO_ICMP6, .ttl = 255
	};
	struct wcur c = wcur(icmp, sizeof(icmp)), out = wcur(buf, sizeof(buf));
	struct sight s = { .link = LINK_RAW, .t_ns = 5 };

	memcpy(quote + 8, host.octet, 16);
	memcpy(quote + 24, dst.octet, 16);
	quote[43] = 53;
	m.redirected = (struct span){ quote, quoted ? sizeof(quote) : 0 };
	CHECK_EQ(nd_build(&m, &router, &host, &c), 0);
	spec.payload = (struct span){ icmp, wcur_len(&c) };
	CHECK_EQ(packet_build(&spec, &out), 0);
	sight_read(&s, (struct span){ buf, wcur_len(&out) });
	return failures_add(f, &s);
}

TEST(a_redirect_of_ipv6_tells_its_gateway_with_a_quote_or_without)
{
	struct failures *f = start();
	struct ip_addr host = addr("2001:db8::7"), dst = addr("2001:db8::53"),
		       gateway = addr("fe80::2");

	for (int quoted = 0; quoted < 2; quoted++) {
		const struct failure *g = redirect(f, quoted);

		CHECK(g);
		CHECK_EQ(g->type, ND_REDIRECT);
		CHECK(ip_eq(&g->src, &host) && ip_eq(&g->dst, &dst) &&
		      ip_eq(&g->gateway, &gateway));
		CHECK_EQ(g->has_port, quoted);
		CHECK_EQ(g->port, quoted ? 53 : 0);
	}
	CHECK_EQ(failures_groups(f), 2);
	free(f);
}
