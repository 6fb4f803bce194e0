/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/proof.h"

#include "icmp/number.h"
#include "proof_made.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define FRAME_MAX 512

/* An answer on its way back: from the host to the prober. */
struct answer {
	uint8_t l4[FRAME_MAX], octets[FRAME_MAX];
	struct span frame;
};

/* @l4_len octets of a->l4 as a packet of @proto from @src to @dst. */
static struct proof_reply matched(struct answer *a, const struct ip_addr *src,
				  const struct ip_addr *dst, uint8_t proto, size_t l4_len)
{
	struct wcur w = wcur(a->octets, sizeof(a->octets));
	struct packet_spec spec = {
		.src = src, .dst = dst, .proto = proto, .ttl = 64, .payload = { a->l4, l4_len }
	};

	CHECK_EQ(packet_build(&spec, &w), 0);
	a->frame = (struct span){ a->octets, wcur_len(&w) };
	return proof_match(LINK_RAW, a->frame);
}

static struct proof_reply match_tcp(const struct proof_place *at, uint8_t flags)
{
	struct answer a;
	struct wcur w = wcur(a.l4, sizeof(a.l4));
	struct tcp_seg seg = {
		.sport = 22, .dport = 40000, .seq = 9, .ack = 0x50000017, .flags = flags
	};

	CHECK_EQ(tcp_build(&seg, &at->addr, &at->source, &w), 0);
	return matched(&a, &at->addr, &at->source, IP_PROTO_TCP, wcur_len(&w));
}

static struct proof_reply match_udp(const struct ip_addr *src, const struct ip_addr *dst)
{
	struct answer a;
	struct wcur w = wcur(a.l4, sizeof(a.l4));
	struct udp_dgram d = { .sport = 53, .dport = 40000 };

	CHECK_EQ(udp_build(&d, src, dst, &w), 0);
	return matched(&a, src, dst, IP_PROTO_UDP, wcur_len(&w));
}

/* An ICMP error from the host to the prober about @quote. */
static struct proof_reply match_error(const struct proof_place *at, uint8_t type, uint8_t code,
				      struct span quote)
{
	int family = at->addr.family;
	struct answer a;
	struct wcur w = wcur(a.l4, sizeof(a.l4));
	struct icmperr e = {
		.family = (uint8_t)family, .type = type, .code = code, .quote.octets = quote
	};

	CHECK_EQ(icmperr_build(&e, &at->addr, &at->source, &w), 0);
	return matched(&a, &at->addr, &at->source, family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6,
		       wcur_len(&w));
}

static struct proof_reply match_message(const struct proof_place *at, uint8_t type, uint8_t code)
{
	struct answer a;
	struct wcur w = wcur(a.l4, sizeof(a.l4));
	struct icmp4_msg m4 = { .type = type, .code = code };
	struct icmp6_msg m6 = { .type = type, .code = code };

	if (at->addr.family == 4)
		CHECK_EQ(icmp4_build(&m4, &w), 0);
	else
		CHECK_EQ(icmp6_build(&m6, &at->addr, &at->source, &w), 0);
	return matched(&a, &at->addr, &at->source,
		       at->addr.family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6, wcur_len(&w));
}

static const int families[] = { 4, 6 };

TEST(a_syn_ack_names_the_probe_and_the_number_to_reset_with)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		struct proof_place at = made_place(families[i], FACT_STRANGER, false);
		struct proof_reply r = match_tcp(&at, TCP_SYN | TCP_ACK);

		CHECK_EQ(r.kind, PROOF_SYN_ACK);
		CHECK_EQ(r.proto, FACT_TCP);
		CHECK_EQ(r.port, 22);
		CHECK_EQ(r.sport, 40000);
		CHECK_EQ(r.ack, 0x50000017);
		CHECK_EQ(r.ttl, 64);
		CHECK_EQ(r.icmp_type, -1);
		CHECK_EQ(r.code, -1);
		CHECK(ip_eq(&r.from, &at.addr));
		CHECK(ip_eq(&r.to, &at.source));
	}
}

TEST(a_reset_is_one_with_or_without_ack_and_other_segments_are_noise)
{
	struct proof_place at = made_place(4, FACT_STRANGER, false);

	CHECK_EQ(match_tcp(&at, TCP_RST).kind, PROOF_RST);
	CHECK_EQ(match_tcp(&at, TCP_RST | TCP_ACK).kind, PROOF_RST);
	CHECK_EQ(match_tcp(&at, TCP_RST | TCP_SYN | TCP_ACK).kind, PROOF_RST);
	CHECK_EQ(match_tcp(&at, TCP_ACK).kind, PROOF_NOISE);
	CHECK_EQ(match_tcp(&at, TCP_SYN).kind, PROOF_NOISE);
	CHECK_EQ(match_tcp(&at, TCP_FIN | TCP_ACK).kind, PROOF_NOISE);
	CHECK_EQ(match_tcp(&at, 0).kind, PROOF_NOISE);
}

TEST(a_datagram_back_names_the_probe)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		struct proof_place at = made_place(families[i], FACT_NEIGHBOUR, false);
		struct proof_reply r = match_udp(&at.addr, &at.source);

		CHECK_EQ(r.kind, PROOF_UDP);
		CHECK_EQ(r.proto, FACT_UDP);
		CHECK_EQ(r.port, 53);
		CHECK_EQ(r.sport, 40000);
	}
}

TEST(an_error_about_a_port_probe_names_it)
{
	static const uint8_t protos[] = { FACT_TCP, FACT_UDP };

	for (unsigned k = 0; k < 4; k++) {
		struct proof_place at = made_place(families[k & 1], FACT_STRANGER, false);
		struct proof_port what = { .proto = protos[k / 2], .port = 161, .sport = 40001 };
		struct proof_reply r;
		struct made m;

		made_port(&m, &at, &what);
		r = match_error(&at, k & 1 ? 1 : 3, k & 1 ? 4 : 3, m.p.l3);
		CHECK_EQ(r.kind, PROOF_ERROR);
		CHECK_EQ(r.proto, what.proto);
		CHECK_EQ(r.port, 161);
		CHECK_EQ(r.sport, 40001);
		CHECK_EQ(r.icmp_type, k & 1 ? 1 : 3);
		CHECK_EQ(r.code, k & 1 ? 4 : 3);
	}
}

TEST(an_error_that_quotes_as_little_as_the_ports_names_them)
{
	struct proof_place at = made_place(4, FACT_STRANGER, false);
	struct proof_port what = { .proto = FACT_TCP, .port = 80, .sport = 40001 };
	struct made m;

	made_port(&m, &at, &what);
	CHECK_EQ(match_error(&at, 3, 13, (struct span){ m.p.l3.p, 28 }).port, 80);
	CHECK_EQ(match_error(&at, 3, 13, (struct span){ m.p.l3.p, 24 }).kind, PROOF_ERROR);
	CHECK_EQ(match_error(&at, 3, 13, (struct span){ m.p.l3.p, 23 }).kind, PROOF_NOISE);
	CHECK_EQ(match_error(&at, 3, 13, (struct span){ m.p.l3.p, 0 }).kind, PROOF_NOISE);
}

TEST(an_error_about_an_icmp_probe_is_about_icmp)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		struct proof_place at = made_place(families[i], FACT_STRANGER, false);
		struct proof_icmp what = { .type = families[i] == 4 ? 13 : 139 };
		struct proof_reply r;
		struct made m;

		made_icmp(&m, &at, &what);
		r = match_error(&at, families[i] == 4 ? 3 : 1, 1, m.p.l3);
		CHECK_EQ(r.kind, PROOF_ERROR);
		CHECK_EQ(r.proto, FACT_ICMP);
		CHECK_EQ(r.port, 0);
		CHECK_EQ(r.sport, 0);
	}
}

TEST(an_error_that_quotes_somebody_elses_packet_is_noise)
{
	struct proof_place at = made_place(4, FACT_STRANGER, false), other = at;
	struct proof_port what = { .proto = FACT_UDP, .port = 161, .sport = 40001 };
	struct proof_reply r;
	struct made m;

	other.source = made_addr("198.51.100.1");
	made_port(&m, &other, &what);
	r = match_error(&at, 3, 3, m.p.l3);
	CHECK_EQ(r.kind, PROOF_NOISE);
	CHECK_EQ(r.icmp_type, -1);
	CHECK_EQ(r.port, 0);
	other = made_place(6, FACT_STRANGER, false);
	made_port(&m, &other, &what);
	CHECK_EQ(match_error(&at, 3, 3, m.p.l3).kind, PROOF_NOISE);
}

TEST(an_echo_reply_and_a_neighbours_advertisement_are_messages)
{
	struct proof_place at4 = made_place(4, FACT_STRANGER, false);
	struct proof_place at6 = made_place(6, FACT_NEIGHBOUR, false);
	struct proof_reply r = match_message(&at4, ICMP4_ECHO_REPLY, 0);

	CHECK_EQ(r.kind, PROOF_MESSAGE);
	CHECK_EQ(r.proto, FACT_ICMP);
	CHECK_EQ(r.icmp_type, 0);
	CHECK_EQ(r.code, 0);
	CHECK_EQ(r.port, 0);
	CHECK_EQ(match_message(&at4, ICMP4_TIMESTAMP_REPLY, 0).icmp_type, 14);
	r = match_message(&at6, ICMP6_ND_NEIGHBOR_ADVERT, 0);
	CHECK_EQ(r.kind, PROOF_MESSAGE);
	CHECK_EQ(r.icmp_type, 136);
	CHECK_EQ(match_message(&at6, ICMP6_EXT_ECHO_REPLY, 2).code, 2);
}

TEST(what_the_host_asks_of_itself_answers_nobody)
{
	struct proof_place at = made_place(6, FACT_NEIGHBOUR, false);
	struct ip_addr group = made_addr("ff02::1"), all = made_addr("255.255.255.255");
	struct ip_addr host4 = made_addr("192.0.2.1");

	CHECK_EQ(match_message(&at, ICMP6_ND_NEIGHBOR_SOLICIT, 0).kind, PROOF_NOISE);
	CHECK_EQ(match_message(&at, ICMP6_ND_ROUTER_SOLICIT, 0).kind, PROOF_NOISE);
	CHECK_EQ(match_udp(&at.addr, &group).kind, PROOF_NOISE);
	CHECK_EQ(match_udp(&host4, &all).kind, PROOF_NOISE);
}

TEST(later_fragments_and_garbage_are_noise)
{
	struct proof_place at = made_place(4, FACT_STRANGER, false);
	struct proof_port what = { .proto = FACT_UDP, .port = 53, .sport = 40000 };
	static const uint8_t zero[64];
	struct made m;
	uint16_t sum;

	made_port(&m, &at, &what);
	CHECK_EQ(proof_match(m.link, m.frame).kind, PROOF_UDP);
	m.octets[7] = 1; /* fragment offset 8 */
	sum = (uint16_t)((m.octets[10] << 8 | m.octets[11]) - 1);
	m.octets[10] = (uint8_t)(sum >> 8);
	m.octets[11] = (uint8_t)sum;
	CHECK_EQ(proof_match(m.link, m.frame).kind, PROOF_NOISE);
	for (size_t n = 0; n <= sizeof(zero); n++) {
		CHECK_EQ(proof_match(LINK_ETHERNET, (struct span){ zero, n }).kind, PROOF_NOISE);
		CHECK_EQ(proof_match(LINK_RAW, (struct span){ zero, n }).kind, PROOF_NOISE);
	}
	CHECK_EQ(proof_match(LINK_TYPES, (struct span){ zero, 64 }).kind, PROOF_NOISE);
	CHECK_EQ(proof_match(-1, (struct span){ zero, 64 }).kind, PROOF_NOISE);
}

TEST(every_frame_cut_short_is_survived)
{
	struct proof_place at = made_place(6, FACT_STRANGER, true);
	struct proof_icmp what = { .type = ICMP6_UNREACH };
	struct made m;

	made_icmp(&m, &at, &what);
	for (size_t n = 0; n <= m.frame.len; n++)
		proof_match(m.link, (struct span){ m.octets, n });
}

TEST(a_packet_of_the_host_to_the_prober_may_be_quoted)
{
	for (unsigned k = 0; k < 4; k++) {
		struct proof_place at = made_place(families[k & 1], FACT_STRANGER, k & 2);
		struct proof_port what = { .proto = FACT_UDP, .port = 53, .sport = 40000 };
		struct ip_addr other = ip_plus(&at.addr, 1);
		struct span q;
		struct made m;

		made_port(&m, &at, &what);
		q = proof_quotable(m.link, m.frame, &at.source, &at.addr);
		CHECK_EQ(q.len, m.p.l3.len);
		CHECK(q.p == m.p.l3.p);
		CHECK_EQ(proof_quotable(m.link, m.frame, &at.addr, &at.source).len, 0);
		CHECK_EQ(proof_quotable(m.link, m.frame, &at.source, &other).len, 0);
		CHECK_EQ(proof_quotable(m.link, m.frame, &other, &at.addr).len, 0);
		CHECK_EQ(proof_quotable(m.link, (struct span){ m.octets, 10 }, &at.source, &at.addr)
				 .len,
			 0);
	}
}

TEST(an_answer_belongs_to_the_question_with_its_type_and_identifier)
{
	static const struct {
		int family;
		uint8_t asked, code, reply;
		uint16_t id;
		bool answers;
	} cases[] = {
		{ 4, 8, 0, 0, 0x8007, true },   /* the echo reply to tag 7 */
		{ 4, 8, 0, 0, 0x8006, false },  /* a late one, to tag 6 */
		{ 4, 8, 0, 14, 0x8007, false }, /* a timestamp reply answers no echo */
		{ 4, 13, 0, 14, 0x8007, true },   { 4, 17, 0, 18, 0x8007, true },
		{ 4, 42, 0, 43, 0x8007, true },   { 4, 42, 0, 43, 7, false },
		{ 4, 3, 3, 0, 0x8007, false }, /* nothing answers an error */
		{ 6, 128, 0, 129, 0x8007, true }, { 6, 128, 0, 129, 0, false },
		{ 6, 135, 0, 136, 0, true }, /* neighbour messages carry no identifier */
		{ 6, 135, 0, 129, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct proof_reply r = { .kind = PROOF_MESSAGE,
					 .icmp_type = cases[i].reply,
					 .id = cases[i].id };

		CHECK_EQ(proof_answers(&r, cases[i].family, cases[i].asked, cases[i].code, 7),
			 cases[i].answers);
	}
}

TEST(an_error_answers_the_message_it_quotes_and_no_other)
{
	struct proof_reply r = {
		.kind = PROOF_ERROR, .icmp_type = 3, .code = 13, .about_type = 8, .id = 0x8007
	};

	CHECK(proof_answers(&r, 4, 8, 0, 7));
	CHECK(!proof_answers(&r, 4, 8, 0, 8)); /* an earlier one of its kind */
	CHECK(!proof_answers(&r, 4, 8, 1, 7));
	CHECK(!proof_answers(&r, 4, 13, 0, 7));
	r.kind = PROOF_RST;
	CHECK(!proof_answers(&r, 4, 8, 0, 7));
}
