/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/proof.h"

#include <errno.h>

#include "icmp/number.h"
#include "icmp/registry.h"
#include "proof_made.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"

static const enum fact_from froms[] = { FACT_STRANGER, FACT_NEIGHBOUR };

/* The message in @m, its checksum verified. */
static void message(const struct made *m, uint8_t *type, uint8_t *code, struct span *body)
{
	struct icmp4_msg m4;
	struct icmp6_msg m6;

	if (m->p.family == 4) {
		CHECK_EQ(icmp4_parse(m->p.l4, &m4), 0);
		*type = m4.type;
		*code = m4.code;
		*body = m4.body;
		return;
	}
	CHECK_EQ(icmp6_parse(&m->p.src, &m->p.dst, m->p.l4, &m6), 0);
	*type = m6.type;
	*code = m6.code;
	*body = m6.body;
}

static void check_one(const struct proof_place *at, uint8_t type, uint8_t code, bool traced)
{
	struct proof_icmp what = { .type = type, .code = code, .tag = 0x1234, .traced = traced };
	struct made m;
	struct span body;
	uint8_t t, c;

	made_icmp(&m, at, &what);
	CHECK_EQ(m.p.family, at->addr.family);
	CHECK(m.p.icmp);
	message(&m, &t, &c, &body);
	CHECK_EQ(t, type);
	CHECK_EQ(c, code);
	CHECK(ip_eq(&m.p.dst, &at->addr));
	CHECK(ip_eq(&m.p.src, proof_icmp_source(at, type)));
	if (at->addr.family == 4)
		CHECK_EQ(m.p.ip_id, 0x1234 | (traced ? 0x8000 : 0));
	else
		CHECK_EQ(m.p.flow, 0x1234u | (traced ? 0x80000u : 0u));
}

TEST(every_type_with_every_code_of_the_registry_is_a_right_packet)
{
	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		for (unsigned k = 0; k < 8; k++) {
			struct proof_place at = made_place(e->family, froms[k & 1], k & 2);

			for (unsigned type = e->type_lo; type <= e->type_hi; type++)
				check_one(&at, (uint8_t)type,
					  e->code == ICMP_CODE_ANY ? 255 : (uint8_t)e->code, k & 4);
		}
	}
}

TEST(every_type_there_can_be_fits_the_frame_with_the_longest_quote)
{
	static const uint8_t much[400];

	for (unsigned family = 4; family <= 6; family += 2) {
		struct proof_place at = made_place((int)family, FACT_NEIGHBOUR, true);

		for (unsigned type = 0; type < 256; type++) {
			struct proof_icmp what = { .type = (uint8_t)type,
						   .tag = PROOF_TAG_MAX,
						   .traced = true,
						   .quote = { much, sizeof(much) } };
			struct made m;

			made_icmp(&m, &at, &what);
			CHECK(m.frame.len <= PROOF_FRAME_MAX);
		}
	}
}

TEST(a_frame_that_does_not_fit_is_refused)
{
	struct proof_place at = made_place(6, FACT_STRANGER, true);
	struct proof_icmp what = { .type = ICMP6_ECHO };
	uint8_t little[40];
	struct wcur w = wcur(little, sizeof(little));

	CHECK_EQ(proof_icmp_build(&at, &what, &w), -ENOSPC);
}

TEST(a_stranger_is_some_routers_away_whatever_the_type)
{
	for (unsigned type = 0; type < 256; type++) {
		struct proof_place at4 = made_place(4, FACT_STRANGER, false);
		struct proof_place at6 = made_place(6, FACT_STRANGER, true);
		struct proof_icmp what = { .type = (uint8_t)type };
		struct made m;

		made_icmp(&m, &at4, &what);
		CHECK_EQ(m.p.ttl, 57);
		/* An address that a caller left over is no reason to speak from it. */
		at6.link_source = made_addr("fe80::9");
		made_icmp(&m, &at6, &what);
		CHECK_EQ(m.p.ttl, 57);
		CHECK(ip_eq(&m.p.src, &at6.source));
	}
}

TEST(a_neighbour_keeps_to_the_registrys_rules_of_hop_limit_and_source)
{
	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);
		struct proof_place at = made_place(e->family, FACT_NEIGHBOUR, true);
		struct proof_icmp what = { .type = e->type_lo };
		const char *rule = e->ttl_rule ? e->ttl_rule : "";
		struct made m;
		unsigned ttl = 64;

		if (strstr(rule, "hop limit 255"))
			ttl = 255;
		else if (strstr(rule, "hop limit 1;") || strstr(rule, "IP TTL 1 "))
			ttl = 1;
		made_icmp(&m, &at, &what);
		if (m.p.ttl != ttl)
			fail_msg("%u/%u: TTL %u, the rule: %s", e->family, e->type_lo, m.p.ttl,
				 rule);
		if (strstr(rule, "source fe80::/10"))
			CHECK_EQ(ip_kind(&m.p.src), IP_LINK_LOCAL);
		/* Behind a hop-by-hop header the message is not where the IPv6 header ends. */
		CHECK_EQ(strstr(rule, "router alert") != NULL,
			 e->family == 6 && m.p.l4.p != m.p.l3.p + 40);
	}
}

TEST(a_router_alert_stands_in_a_hop_by_hop_header)
{
	static const uint8_t header[] = { 58, 0, 5, 2, 0, 0, 1, 0 };
	struct proof_place at = made_place(6, FACT_NEIGHBOUR, false);
	struct proof_icmp what = { .type = ICMP6_MLD2_REPORT };
	struct made m;

	made_icmp(&m, &at, &what);
	CHECK_EQ(m.p.l3.p[6], 0);
	CHECK_MEM(m.p.l3.p + 40, header, sizeof(header));
}

TEST(without_a_link_local_address_a_neighbour_uses_its_other)
{
	struct proof_place at = made_place(6, FACT_NEIGHBOUR, true);
	struct proof_icmp what = { .type = ICMP6_ND_ROUTER_ADVERT };
	struct made m;

	at.link_source = (struct ip_addr){ 0 };
	made_icmp(&m, &at, &what);
	CHECK(ip_eq(&m.p.src, &at.source));
	CHECK_EQ(m.p.ttl, 255);
}

/* The error in @m; its quote begins at the IP header. */
static struct icmperr error_of(const struct made *m)
{
	struct icmperr e = { 0 };

	CHECK_EQ(icmperr_parse(m->p.family, m->p.l4, &e), 0);
	return e;
}

TEST(an_error_quotes_what_it_was_given)
{
	static const unsigned types[][2] = { { 4, 3 }, { 4, 4 }, { 4, 5 }, { 4, 11 }, { 4, 12 },
					     { 6, 1 }, { 6, 2 }, { 6, 3 }, { 6, 4 } };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		int family = (int)types[i][0];
		struct proof_place at = made_place(family, FACT_STRANGER, true);
		struct proof_port flow = { .proto = FACT_TCP, .port = 443, .sport = 40000 };
		struct proof_icmp what = { .type = (uint8_t)types[i][1], .tag = 5 };
		struct made quoted, m;
		struct icmperr e;

		made_port(&quoted, &at, &flow);
		what.quote = quoted.p.l3;
		made_icmp(&m, &at, &what);
		e = error_of(&m);
		CHECK(e.quote.octets.len >= quoted.p.l3.len);
		CHECK_MEM(e.quote.octets.p, quoted.p.l3.p, quoted.p.l3.len);
		CHECK(e.quote.has_ports);
		CHECK_EQ(e.quote.dport, 443);
	}
}

TEST(a_stray_error_is_about_a_datagram_that_the_host_might_have_sent)
{
	for (int family = 4; family <= 6; family += 2) {
		struct proof_place at = made_place(family, FACT_STRANGER, true);
		struct proof_icmp what = { .type = family == 4 ? ICMP4_UNREACH : ICMP6_UNREACH,
					   .code = family == 4 ? 3 : 4 };
		struct made m;
		struct icmperr e;

		made_icmp(&m, &at, &what);
		e = error_of(&m);
		CHECK(ip_eq(&e.quote.src, &at.addr));
		CHECK(ip_eq(&e.quote.dst, &at.source));
		CHECK_EQ(e.quote.proto, IP_PROTO_UDP);
		CHECK_EQ(e.quote.dport, 33434);
	}
}

TEST(values_within_errors_are_as_their_rfcs_have_them)
{
	struct proof_place at4 = made_place(4, FACT_NEIGHBOUR, true);
	struct proof_place at6 = made_place(6, FACT_NEIGHBOUR, true);
	struct proof_icmp what = { .type = ICMP4_UNREACH, .code = ICMP4_UNREACH_NEEDFRAG };
	struct made m;
	struct icmperr e;

	made_icmp(&m, &at4, &what);
	e = error_of(&m);
	CHECK_EQ(e.mtu, 1280);
	what = (struct proof_icmp){ .type = ICMP4_REDIRECT, .code = 1 };
	made_icmp(&m, &at4, &what);
	e = error_of(&m);
	CHECK(ip_eq(&e.gateway, &at4.source));
	what = (struct proof_icmp){ .type = ICMP6_PACKET_TOO_BIG };
	made_icmp(&m, &at6, &what);
	e = error_of(&m);
	CHECK_EQ(e.mtu, 1280);
}

TEST(the_tag_is_an_identifier_that_no_program_of_the_host_chose)
{
	struct proof_place at = made_place(4, FACT_STRANGER, false);
	struct proof_icmp what = { .type = ICMP4_ECHO, .tag = 0x0102 };
	struct icmp4_msg msg;
	struct made m;

	made_icmp(&m, &at, &what);
	CHECK_EQ(icmp4_parse(m.p.l4, &msg), 0);
	CHECK_EQ(icmp4_echo_id(&msg), 0x8102);
	CHECK_EQ(icmp4_echo_seq(&msg), 1);
	what.type = ICMP4_EXT_ECHO;
	made_icmp(&m, &at, &what);
	CHECK_EQ(icmp4_parse(m.p.l4, &msg), 0);
	CHECK_EQ(msg.rest, 0x81020101); /* RFC 8335 2: sequence 1, L bit */
}

TEST(an_nd_redirect_quotes_in_whole_words_behind_a_header_option)
{
	struct proof_place at = made_place(6, FACT_NEIGHBOUR, true);
	uint8_t quote[61];
	struct proof_icmp what = { .type = ICMP6_ND_REDIRECT, .quote = { quote, sizeof(quote) } };
	struct icmp6_msg msg;
	struct made m;

	memset(quote, 0x60, sizeof(quote));
	made_icmp(&m, &at, &what);
	CHECK_EQ(icmp6_parse(&m.p.src, &m.p.dst, m.p.l4, &msg), 0);
	CHECK_EQ(msg.body.len, 32 + 8 + 56);
	CHECK_EQ(msg.body.p[32], 4);
	CHECK_EQ(msg.body.p[33], 8);
	CHECK_MEM(msg.body.p + 40, quote, 56);
}
