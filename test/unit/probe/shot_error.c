/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "icmp/number.h"
#include "probe/shot_help.h"
#include "wire/checksum.h"
#include "wire/icmperr.h"

static const struct {
	int family;
	uint8_t kind;
	uint16_t port;
} asks[] = {
	{ 4, ASK_ECHO, 0 },      { 4, ASK_TIMESTAMP, 0 }, { 4, ASK_MASK, 0 },
	{ 4, ASK_INFO, 0 },      { 4, ASK_TCP_SYN, 443 }, { 4, ASK_TCP_ACK, 80 },
	{ 4, ASK_UDP, 9999 },    { 4, ASK_UDP, 53 },      { 6, ASK_ECHO, 0 },
	{ 6, ASK_TCP_SYN, 443 }, { 6, ASK_TCP_ACK, 80 },  { 6, ASK_UDP, 9999 },
	{ 6, ASK_UDP, 53 },
};

/* Put the ICMP checksum right after the message was changed. */
static void mend(struct back *b)
{
	size_t hdr = b->from.family == 4 ? 20 : 40;
	struct span l4 = { b->octet + hdr, b->len - hdr };
	uint16_t sum;

	b->octet[hdr + 2] = b->octet[hdr + 3] = 0;
	sum = b->from.family == 4 ? checksum(l4)
				  : checksum_pseudo(&b->from, &b->to, IP_PROTO_ICMP6, l4);
	b->octet[hdr + 2] = (uint8_t)(sum >> 8);
	b->octet[hdr + 3] = (uint8_t)sum;
}

TEST(shot_tells_errors_by_what_they_quote)
{
	struct shot_codec c = codec();

	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		bool v4 = asks[i].family == 4;
		size_t hdr = v4 ? 20 : 40;

		for (uint8_t try = 0; try < ASK_TRIES_MAX; try++) {
			struct shot s = shot_of(asks[i].family, asks[i].kind, asks[i].port, try);
			struct sent sent;

			send(&c, &s, &sent);
			for (size_t quoted = hdr + 8; quoted <= sent.len; quoted++) {
				struct back b =
					error_back(&sent, v4 ? "203.0.113.1" : "2001:db8:2::1",
						   v4 ? ICMP4_UNREACH : ICMP6_UNREACH, 1, quoted);
				struct reply r;

				CHECK_EQ(match(&c, &b, &r), 0);
				check_answer(&r, &s, REPLY_ERROR);
				CHECK(ip_eq(&r.from, &b.from));
				CHECK_EQ(r.type, v4 ? ICMP4_UNREACH : ICMP6_UNREACH);
				CHECK_EQ(r.code, 1);
				CHECK_EQ(r.mtu, 0);
				CHECK_EQ(r.ttl, 57);
			}
			for (size_t quoted = 0; quoted < hdr + 8; quoted++) {
				struct back b =
					error_back(&sent, v4 ? "203.0.113.1" : "2001:db8:2::1",
						   v4 ? ICMP4_UNREACH : ICMP6_UNREACH, 1, quoted);

				/* UDP's ports may do; anything else needs its eight octets. */
				if (asks[i].kind == ASK_UDP && quoted >= hdr + 4)
					continue;
				CHECK(match_only(&c, &b) < 0);
			}
		}
	}
}

TEST(shot_says_which_errors_somebody_off_the_path_could_have_guessed)
{
	static const struct {
		int family;
		uint16_t port;
	} udp[] = { { 4, 9999 }, { 4, 53 }, { 6, 9999 }, { 6, 53 } };
	struct shot_codec c = codec();

	for (size_t i = 0; i < ARRAY_LEN(udp); i++) {
		bool v4 = udp[i].family == 4;
		size_t hdr = v4 ? 20 : 40, at = hdr + 8 + (v4 ? 4 : 2), len_at = 2 * hdr + 8 + 5;
		const char *by = v4 ? "203.0.113.1" : "2001:db8:2::1";
		uint8_t type = v4 ? ICMP4_UNREACH : ICMP6_UNREACH;
		struct shot s = shot_of(udp[i].family, ASK_UDP, udp[i].port, 1);
		struct sent sent;
		struct reply r;
		struct back b;

		send(&c, &s, &sent);
		CHECK(v4 ? sent.p.ip_id != 0 : sent.p.flow != 0);
		b = error_back(&sent, by, type, 1, hdr + 8);
		CHECK_EQ(match(&c, &b, &r), 0);
		CHECK(!r.weak); /* the tag */
		b.octet[at] ^= 1;
		mend(&b);
		CHECK_EQ(match(&c, &b, &r), 0);
		CHECK(r.weak);
		b.octet[at] ^= 1;
		b.octet[len_at] ^= 1;
		mend(&b);
		CHECK_EQ(match(&c, &b, &r), 0);
		CHECK(r.weak);

		/* Another tag, but the whole payload: its id will do, where it has one. */
		b = error_back(&sent, by, type, 1, sent.len);
		b.octet[at] ^= 1;
		mend(&b);
		CHECK_EQ(match(&c, &b, &r), 0);
		CHECK_EQ(r.weak, udp[i].port != 53);
	}
}

/* Which bits of a quoted header, from its start, routers and translators may change. */
static bool may_change(int family, size_t octet)
{
	if (family == 6)
		return octet <= 5 || octet == 7; /* class, flow label, length, hop limit */
	return octet == 1 || (octet >= 2 && octet <= 8) || octet == 10 || octet == 11;
}

/* Beyond the eighth octet: checksums, windows, options are not ours to hold against anybody. */
static bool is_proof(enum ask_kind kind, size_t octet)
{
	if (kind == ASK_UDP)
		return octet < 4;
	if (octet < 8)
		return (kind != ASK_TCP_SYN && kind != ASK_TCP_ACK) ? octet != 2 && octet != 3
								    : true;
	return (kind == ASK_ECHO && octet < 16) || (kind == ASK_TIMESTAMP && octet < 12);
}

/* A changed bit of the quote at @octet: believed at most as another try of the same ask. */
static bool believed(const struct shot_codec *c, const struct back *b, const struct shot *s)
{
	struct reply r;

	if (match(c, b, &r) < 0)
		return false;
	if (s->ask.kind != ASK_UDP)
		CHECK(ip_eq(&r.target, &s->dst) && r.ask.port == s->ask.port && r.try != s->try);
	CHECK_EQ(r.ask.kind, s->ask.kind);
	return !ip_eq(&r.target, &s->dst) || r.ask.port != s->ask.port;
}

TEST(shot_believes_no_quote_that_was_changed)
{
	struct shot_codec c = codec();
	unsigned wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		bool v4 = asks[i].family == 4;
		size_t hdr = v4 ? 20 : 40;
		struct shot s = shot_of(asks[i].family, asks[i].kind, asks[i].port, 0);
		struct sent sent;
		struct back b;

		send(&c, &s, &sent);
		b = error_back(&sent, v4 ? "203.0.113.1" : "2001:db8:2::1",
			       v4 ? ICMP4_UNREACH : ICMP6_UNREACH, 1, sent.len);
		for (size_t at = 0; at < sent.len * 8; at++) {
			struct back bad = b;
			size_t octet = at / 8;

			bad.octet[hdr + 8 + octet] ^= (uint8_t)(0x80 >> at % 8);
			CHECK(match_only(&c, &bad) < 0); /* the error's own checksum */
			if (octet < hdr ? may_change(asks[i].family, octet)
					: !is_proof((enum ask_kind)asks[i].kind, octet - hdr))
				continue;
			mend(&bad);
			wrong += believed(&c, &bad, &s);
		}
	}
	/* Of UDP only 9 bits of cookie are quoted: a few of a thousand wrong targets pass. */
	CHECK(wrong <= 3);
}

TEST(shot_counts_errors_with_the_wrong_cookie)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_TCP_SYN, 443, 0);
	struct sent sent;
	struct back b;

	send(&c, &s, &sent);
	b = error_back(&sent, "203.0.113.1", ICMP4_UNREACH, ICMP4_UNREACH_HOST, 28);
	b.octet[20 + 8 + 20 + 7] ^= 1; /* the sequence number */
	mend(&b);
	CHECK_EQ(match_only(&c, &b), -EBADMSG);
	b.octet[20 + 8 + 20 + 7] ^= 1;
	b.octet[20 + 8 + 19] ^= 1; /* another target */
	mend(&b);
	CHECK_EQ(match_only(&c, &b), -EBADMSG);
	b.octet[20 + 8 + 19] ^= 1;
	b.octet[20 + 8 + 20] = 0; /* somebody else's port */
	mend(&b);
	CHECK_EQ(match_only(&c, &b), -ENOENT);
	/* To another address of ours than the probe came from. */
	b = error_back(&sent, "203.0.113.1", ICMP4_UNREACH, ICMP4_UNREACH_HOST, 28);
	b.octet[19]++;
	b.octet[11]--; /* the header's checksum follows */
	CHECK_EQ(match_only(&c, &b), -EBADMSG);
}

TEST(shot_reads_the_mtu)
{
	struct shot_codec c = codec();

	for (int family = 4; family <= 6; family += 2) {
		struct shot s = shot_of(family, ASK_ECHO, 0, 0);
		size_t hdr = family == 4 ? 20 : 40;
		struct sent sent;
		struct back b;
		struct reply r;

		send(&c, &s, &sent);
		b = error_back(&sent, family == 4 ? "203.0.113.1" : "2001:db8:2::1",
			       family == 4 ? ICMP4_UNREACH : ICMP6_PACKET_TOO_BIG,
			       family == 4 ? ICMP4_UNREACH_NEEDFRAG : 0, sent.len);
		b.octet[hdr + 6] = 0x05;
		b.octet[hdr + 7] = 0x14;
		mend(&b);
		CHECK_EQ(match(&c, &b, &r), 0);
		CHECK_EQ(r.mtu, 1300);
	}
}

TEST(shot_passes_by_errors_that_are_no_verdict)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_UDP, 9999, 0);
	struct sent sent;
	struct back b;

	send(&c, &s, &sent);
	b = error_back(&sent, "203.0.113.1", ICMP4_UNREACH, ICMP4_UNREACH_HOST, 28);
	b.octet[20] = ICMP4_SOURCE_QUENCH;
	b.octet[21] = 0;
	mend(&b);
	CHECK_EQ(match_only(&c, &b), -ENOENT);
	b.octet[20] = ICMP4_REDIRECT;
	mend(&b);
	CHECK_EQ(match_only(&c, &b), -ENOENT);
	b.octet[20] = ICMP4_TIME_EXCEEDED;
	mend(&b);
	CHECK_EQ(match_only(&c, &b), 0);
}

/* An ICMP extension structure stands behind a quote that was filled up with zeroes to 128 octets. */
TEST(shot_reads_padded_quotes)
{
	static const uint8_t ext[] = { 0x20, 0, 0xdf, 0xff };
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_ECHO, 0, 5);
	struct sent sent;
	struct back b;
	struct icmperr e = { .family = 4, .type = ICMP4_TIME_EXCEEDED };
	uint8_t buf[256];
	struct wcur l4 = wcur(buf, sizeof(buf));
	struct reply r;

	send(&c, &s, &sent);
	b = back_of(&sent);
	b.proto = IP_PROTO_ICMP4;
	e.quote.octets = (struct span){ sent.octet, sent.len };
	e.ext = (struct span){ ext, sizeof(ext) };
	CHECK_EQ(icmperr_build(&e, &b.from, &b.to, &l4), 0);
	wrap(&b, &l4);
	CHECK_EQ(match(&c, &b, &r), 0);
	check_answer(&r, &s, REPLY_ERROR);
}
