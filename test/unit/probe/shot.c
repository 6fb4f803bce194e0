/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "icmp/number.h"
#include "probe/shot_help.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/nd.h"
#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

static const struct {
	int family;
	uint8_t kind, type, answer;
} queries[] = {
	{ 4, ASK_ECHO, ICMP4_ECHO, ICMP4_ECHO_REPLY },
	{ 6, ASK_ECHO, ICMP6_ECHO, ICMP6_ECHO_REPLY },
	{ 4, ASK_TIMESTAMP, ICMP4_TIMESTAMP, ICMP4_TIMESTAMP_REPLY },
	{ 4, ASK_MASK, ICMP4_MASK, ICMP4_MASK_REPLY },
	{ 4, ASK_INFO, ICMP4_INFO, ICMP4_INFO_REPLY },
};

TEST(shot_tells_the_answers_to_queries)
{
	struct shot_codec c = codec();

	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		for (uint8_t try = 0; try < ASK_TRIES_MAX; try++) {
			struct shot s = shot_of(queries[i].family, queries[i].kind, 0, try);
			struct sent sent;
			struct back b;
			struct reply r;

			send(&c, &s, &sent);
			CHECK_EQ(sent.p.icmp_type, queries[i].type);
			CHECK_EQ(sent.p.ttl, 64);
			b = back_of(&sent);
			query_back(&b, &sent, queries[i].answer);
			CHECK_EQ(match(&c, &b, &r), 0);
			check_answer(&r, &s, REPLY_ANSWER);
			CHECK(ip_eq(&r.from, &s.dst));
			CHECK_EQ(r.type, queries[i].answer);
			CHECK_EQ(r.code, 0);
			CHECK_EQ(r.ttl, 57);
			CHECK_EQ(r.from.zone, 0);
			/* Our own question coming by is not an answer. */
			memcpy(b.octet, sent.octet, sent.len);
			b.len = sent.len;
			CHECK_EQ(match_only(&c, &b), -ENOENT);
		}
	}
}

TEST(shot_takes_no_answer_that_was_changed)
{
	struct shot_codec c = codec();

	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct shot s = shot_of(queries[i].family, queries[i].kind, 0, 3);
		size_t hdr = queries[i].family == 4 ? 20 : 40;
		struct sent sent;
		struct back b;

		send(&c, &s, &sent);
		b = back_of(&sent);
		query_back(&b, &sent, queries[i].answer);
		for (size_t at = 0; at < b.len * 8; at++) {
			struct back bad = b;

			/* IPv6: these bits are no one's business: class, flow label, hop limit. */
			if (hdr == 40 && ((at / 8 < 4 && at >= 4) || at / 8 == 7))
				continue;
			bad.octet[at / 8] ^= (uint8_t)(0x80 >> at % 8);
			CHECK(match_only(&c, &bad) < 0);
		}
		for (size_t len = 0; len < b.len; len++) {
			struct back cut = b;

			cut.len = len;
			CHECK(match_only(&c, &cut) < 0);
		}
	}
}

TEST(shot_counts_forged_echo_replies_and_passes_by_other_pings)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_ECHO, 0, 0);
	struct sent sent;
	struct back b;
	uint8_t body[56] = { 0 };
	uint32_t rest;

	send(&c, &s, &sent);
	b = back_of(&sent);
	rest = be32(sent.p.l4.p + 4);
	memcpy(body, sent.p.l4.p + 8, 12);

	icmp_back(&b, ICMP4_ECHO_REPLY, 0, rest ^ 0x10000, (struct span){ body, 12 });
	CHECK_EQ(match_only(&c, &b), -EBADMSG); /* our shape, another identifier */
	icmp_back(&b, ICMP4_ECHO_REPLY, 0, rest ^ 0x8000, (struct span){ body, 12 });
	CHECK_EQ(match_only(&c, &b), -EBADMSG); /* a try that cannot be */
	icmp_back(&b, ICMP4_ECHO_REPLY, 1, rest, (struct span){ body, 12 });
	CHECK_EQ(match_only(&c, &b), -EBADMSG); /* no such code */
	icmp_back(&b, ICMP4_ECHO_REPLY, 0, rest, (struct span){ body, 11 });
	CHECK_EQ(match_only(&c, &b), -EBADMSG); /* cut by the sender */
	body[0] ^= 1;
	icmp_back(&b, ICMP4_ECHO_REPLY, 0, rest, (struct span){ body, 12 });
	CHECK_EQ(match_only(&c, &b), -EBADMSG);
	memset(body, 0x5a, sizeof(body));
	icmp_back(&b, ICMP4_ECHO_REPLY, 0, 0x12340001, (struct span){ body, 56 });
	CHECK_EQ(match_only(&c, &b), -ENOENT);
	icmp_back(&b, ICMP4_TIMESTAMP_REPLY, 0, 0x12340001, (struct span){ body, 12 });
	CHECK_EQ(match_only(&c, &b), -ENOENT);
}

TEST(shot_knows_the_target_of_an_answer_from_elsewhere)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(6, ASK_ECHO, 0, 1);
	struct sent sent;
	struct back b;
	struct reply r;

	s.dst = addr("ff02::1");
	s.src = addr("fe80::1");
	send(&c, &s, &sent);
	b = back_of(&sent);
	b.from = addr("fe80::77");
	query_back(&b, &sent, ICMP6_ECHO_REPLY);
	CHECK_EQ(match(&c, &b, &r), 0);
	check_answer(&r, &s, REPLY_ANSWER);
	CHECK(ip_eq(&r.from, &b.from));
	CHECK_EQ(r.from.zone, 3);
	CHECK_EQ(r.target.zone, 3);
	CHECK_EQ(r.local.zone, 3);
}

TEST(shot_zones_do_not_change_what_is_sent)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(6, ASK_TCP_SYN, 80, 1);
	struct sent a, b;

	s.dst = addr("fe80::9");
	send(&c, &s, &a);
	s.dst.zone = 3;
	s.src.zone = 3;
	send(&c, &s, &b);
	CHECK_EQ(a.len, b.len);
	CHECK_MEM(a.octet, b.octet, a.len);
}

static void tcp_cases(int family, struct shot_codec *c)
{
	for (uint8_t try = 0; try < ASK_TRIES_MAX; try++) {
		struct shot s = shot_of(family, ASK_TCP_SYN, 443, try);
		struct sent sent;
		struct tcp_seg seg, back;
		struct back b;
		struct reply r;

		send(c, &s, &sent);
		CHECK_EQ(checksum_pseudo(&s.src, &s.dst, IP_PROTO_TCP, sent.p.l4), 0);
		CHECK_EQ(tcp_parse(sent.p.l4, &seg), 0);
		CHECK_EQ(seg.flags, TCP_SYN);
		CHECK_EQ(seg.dport, 443);
		CHECK_EQ(tcp_mss(seg.options), 1460);
		CHECK(seg.sport >= PORT_FIRST && seg.sport < PORT_FIRST + PORT_N);
		b = back_of(&sent);
		back = (struct tcp_seg){ .sport = 443,
					 .dport = seg.sport,
					 .seq = 12345,
					 .ack = seg.seq + 1,
					 .flags = TCP_SYN | TCP_ACK,
					 .window = 65160 };
		tcp_back(&b, &back);
		CHECK_EQ(match(c, &b, &r), 0);
		check_answer(&r, &s, REPLY_SYNACK);
		CHECK_EQ(r.window, 65160);
		CHECK_EQ(r.ttl, 57);

		back.flags = TCP_RST | TCP_ACK;
		back.seq = 0;
		tcp_back(&b, &back);
		CHECK_EQ(match(c, &b, &r), 0);
		check_answer(&r, &s, REPLY_RST);
		back.ack = seg.seq; /* some resets */
		tcp_back(&b, &back);
		CHECK_EQ(match(c, &b, &r), 0);
		check_answer(&r, &s, REPLY_RST);

		back.flags = TCP_SYN | TCP_ACK; /* but no handshake goes on so */
		tcp_back(&b, &back);
		CHECK_EQ(match_only(c, &b), -EBADMSG);
		back.ack = seg.seq + 2;
		tcp_back(&b, &back);
		CHECK_EQ(match_only(c, &b), -EBADMSG);
		back.flags = TCP_RST;
		tcp_back(&b, &back);
		CHECK_EQ(match_only(c, &b), -EBADMSG);
		back.flags = TCP_ACK;
		back.ack = seg.seq + 1;
		tcp_back(&b, &back);
		CHECK_EQ(match_only(c, &b), -ENOENT);
		back.flags = TCP_SYN;
		tcp_back(&b, &back);
		CHECK_EQ(match_only(c, &b), -ENOENT);
	}
}

TEST(shot_tells_what_answers_a_syn)
{
	struct shot_codec c = codec();

	tcp_cases(4, &c);
	tcp_cases(6, &c);
	shot_init(&c, &shot_test_key, 65535 - ASK_TRIES_MAX,
		  ASK_TRIES_MAX); /* the fewest ports there may be */
	for (uint8_t try = 0; try < ASK_TRIES_MAX; try++) {
		struct shot s = shot_of(4, ASK_TCP_SYN, 443, try);
		struct back b;
		struct sent sent;
		struct reply r;

		send(&c, &s, &sent);
		b = error_back(&sent, "192.0.2.1", ICMP4_UNREACH, ICMP4_UNREACH_HOST, 28);
		CHECK_EQ(match(&c, &b, &r), 0);
		CHECK_EQ(r.try, try);
	}
}

TEST(shot_tells_the_reset_of_an_ack)
{
	struct shot_codec c = codec();

	for (int family = 4; family <= 6; family += 2) {
		struct shot s = shot_of(family, ASK_TCP_ACK, 80, 7);
		struct tcp_seg seg, back;
		struct sent sent;
		struct back b;
		struct reply r;

		send(&c, &s, &sent);
		CHECK_EQ(tcp_parse(sent.p.l4, &seg), 0);
		CHECK_EQ(seg.flags, TCP_ACK);
		CHECK_EQ(checksum_pseudo(&s.src, &s.dst, IP_PROTO_TCP, sent.p.l4), 0);
		b = back_of(&sent);
		back = (struct tcp_seg){
			.sport = 80, .dport = seg.sport, .seq = seg.ack, .flags = TCP_RST
		};
		tcp_back(&b, &back);
		CHECK_EQ(match(&c, &b, &r), 0);
		check_answer(&r, &s, REPLY_RST);
		back.seq++;
		tcp_back(&b, &back);
		CHECK_EQ(match_only(&c, &b), -EBADMSG);
		back.seq--;
		back.dport++;
		tcp_back(&b, &back);
		CHECK_EQ(match(&c, &b, &r), 0); /* the next try's port */
		CHECK_EQ(r.try, 8);
		back.dport = PORT_FIRST - 1;
		tcp_back(&b, &back);
		CHECK_EQ(match_only(&c, &b), -ENOENT);
	}
}

/* A kernel that answers over a virtual link leaves the checksum to hardware that is not there. */
TEST(shot_takes_segments_and_datagrams_without_their_checksum)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_TCP_SYN, 443, 0), u = shot_of(4, ASK_UDP, 9999, 0);
	struct sent sent;
	struct tcp_seg seg;
	struct back b;
	struct reply r;

	send(&c, &s, &sent);
	CHECK_EQ(tcp_parse(sent.p.l4, &seg), 0);
	b = back_of(&sent);
	tcp_back(&b, &(struct tcp_seg){ .sport = 443,
					.dport = seg.sport,
					.ack = seg.seq + 1,
					.flags = TCP_SYN | TCP_ACK });
	b.octet[20 + 16] ^= 0xff;
	CHECK_EQ(match(&c, &b, &r), 0);
	b.octet[10] ^= 0xff; /* the IP header's is always there */
	CHECK_EQ(match_only(&c, &b), -EBADMSG);

	send(&c, &u, &sent);
	b = back_of(&sent);
	udp_back(&b, 9999, sent.p.sport, (struct span){ (const uint8_t *)"hi", 2 });
	b.octet[20 + 6] ^= 0xff;
	CHECK_EQ(match(&c, &b, &r), 0);
}

TEST(shot_tells_udp_answers)
{
	struct shot_codec c = codec();

	for (int family = 4; family <= 6; family += 2) {
		for (uint8_t try = 0; try < ASK_TRIES_MAX; try++) {
			struct shot s = shot_of(family, ASK_UDP, 9999, try);
			struct sent sent;
			struct back b;
			struct reply r;

			send(&c, &s, &sent);
			CHECK_EQ(sent.p.l4.len, 8);
			CHECK(udp_sum_ok(&s.src, &s.dst, sent.p.l4));
			b = back_of(&sent);
			udp_back(&b, 9999, sent.p.sport, (struct span){ (const uint8_t *)"hi", 2 });
			CHECK_EQ(match(&c, &b, &r), 0);
			check_answer(&r, &s, REPLY_ANSWER);
			CHECK(r.data.len == 2 && memcmp(r.data.p, "hi", 2) == 0 && !r.spoke);
			CHECK(r.weak);
			CHECK(r.data.p > b.octet && r.data.p < b.octet + b.len);
			udp_back(&b, 9999, (uint16_t)(sent.p.sport - try - 1),
				 (struct span){ NULL, 0 });
			CHECK(match_only(&c, &b) < 0);
			udp_back(&b, 9998, sent.p.sport, (struct span){ NULL, 0 });
			CHECK_EQ(match_only(&c, &b), -EBADMSG);
			udp_back(&b, 9999, PORT_FIRST - 1, (struct span){ NULL, 0 });
			CHECK_EQ(match_only(&c, &b), -ENOENT);
		}
	}
}

TEST(shot_puts_a_cookie_in_place_of_the_payloads_id)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_UDP, 53, 2);
	uint8_t answer[SHOT_LEN_MAX];
	struct sent sent;
	struct back b;
	struct reply r;
	size_t len;

	send(&c, &s, &sent);
	CHECK(udp_sum_ok(&s.src, &s.dst, sent.p.l4));
	len = sent.p.l4.len - 8;
	CHECK(len >= 12 && be16(sent.p.l4.p + 8) != 0);
	memcpy(answer, sent.p.l4.p + 8, len);
	answer[2] |= 0x80;
	b = back_of(&sent);
	udp_back(&b, 53, sent.p.sport, (struct span){ answer, len });
	CHECK_EQ(match(&c, &b, &r), 0);
	check_answer(&r, &s, REPLY_ANSWER);
	CHECK(r.spoke && !r.weak);
	answer[0] ^= 1;
	udp_back(&b, 53, sent.p.sport, (struct span){ answer, len });
	CHECK_EQ(match(&c, &b, &r), 0);
	CHECK(!r.spoke && r.weak); /* whatever it is, something is there */
}

/* RFC 1350 4: a TFTP server chooses a port of its own for each transfer. */
TEST(shot_takes_a_services_answer_from_another_port)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_UDP, 69, 3);
	struct sent sent;
	struct back b;
	struct reply r;

	send(&c, &s, &sent);
	b = back_of(&sent);
	udp_back(&b, 32769, sent.p.sport, (struct span){ (const uint8_t *)"\0\5\0\1none", 9 });
	CHECK_EQ(match(&c, &b, &r), 0);
	check_answer(&r, &s, REPLY_ANSWER);
	CHECK(r.spoke);
	udp_back(&b, 32769, sent.p.sport, (struct span){ (const uint8_t *)"\0\6\0\1none", 9 });
	CHECK_EQ(match_only(&c, &b), -EBADMSG);
}

/* Which of a port's payloads was it? The source port tells, or where there are few, the id. */
static void payload_cases(struct shot_codec *c, bool few)
{
	const struct payload *p;

	for (size_t i = 0; (p = payload_at(i)); i++) {
		for (const uint16_t *port = p->port; *port; port++) {
			struct shot s = shot_of(4, ASK_UDP, *port, 31);
			struct sent sent;
			struct back b;
			struct reply r;

			while (payload_find(*port, s.ask.payload) != p)
				s.ask.payload++;
			send(c, &s, &sent);
			CHECK_EQ(sent.p.l4.len, 8 + p->octets.len);
			b = error_back(&sent, "203.0.113.1", ICMP4_UNREACH, ICMP4_UNREACH_PORT,
				       MIN(sent.len, (size_t)548));
			CHECK_EQ(match(c, &b, &r), 0);
			CHECK_EQ(r.ask.port, *port);
			CHECK_EQ(r.try, 31);
			if (!few || p->id_len >= 2)
				CHECK_EQ(r.ask.payload, s.ask.payload);
		}
	}
}

TEST(shot_tells_which_payload_an_error_is_about)
{
	struct shot_codec c = codec();

	payload_cases(&c, false);
	shot_init(&c, &shot_test_key, 50000, ASK_TRIES_MAX);
	payload_cases(&c, true);
}

TEST(shot_makes_do_with_one_port)
{
	static const enum ask_kind kinds[] = { ASK_TCP_SYN, ASK_TCP_ACK, ASK_UDP };
	struct shot_codec c;

	shot_init(&c, &shot_test_key, 53000, 1);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		for (uint8_t try = 0; try < ASK_TRIES_MAX; try++) {
			struct shot s = shot_of(4, kinds[i], 161, try);
			struct sent sent;
			struct back b;
			struct reply r;

			s.ask.payload = kinds[i] == ASK_UDP ? try % 3 : 0;
			send(&c, &s, &sent);
			CHECK_EQ(sent.p.sport, 53000);
			b = error_back(&sent, "203.0.113.1", ICMP4_UNREACH, ICMP4_UNREACH_PORT,
				       sent.len);
			CHECK_EQ(match(&c, &b, &r), 0);
			CHECK_EQ(r.ask.kind, kinds[i]);
			CHECK_EQ(r.ask.payload, s.ask.payload);
			CHECK_EQ(r.try, -1);
		}
	}
}

/* Of a host that asks itself: what it sends comes in as well, to ports that may be its own. */
TEST(shot_takes_no_probe_of_its_own_for_an_answer)
{
	struct shot_codec c;
	unsigned taken = 0;

	shot_init(&c, &shot_test_key, PORT_FIRST, 512);
	for (unsigned port = PORT_FIRST - 4; port < PORT_FIRST + 516; port++) {
		for (unsigned kind = 0; kind < 3; kind++) {
			static const uint8_t kinds[] = { ASK_UDP, ASK_TCP_SYN, ASK_TCP_ACK };
			struct shot s = shot_of(4, kinds[kind], (uint16_t)port, port % 32);
			struct sent sent;
			struct reply r;

			s.src = s.dst;
			send(&c, &s, &sent);
			taken += shot_match(&c, ETH_TYPE_IP4, (struct span){ sent.octet, sent.len },
					    0, &r) != -ENOENT;
		}
	}
	CHECK_EQ(taken, 0);
}
