/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "icmp/number.h"
#include "probe/shot_help.h"
#include "probe/shot_own.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/icmp6.h"
#include "wire/ip6.h"
#include "wire/nd.h"

static const struct eth_addr their_mac = { { 0x02, 0, 0, 0, 0, 2 } };

TEST(shot_asks_by_arp_and_reads_the_reply)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_ARP, 0, 0);
	struct sent sent;
	struct arp_msg m;
	uint8_t buf[64] = { 0 };
	struct wcur out = wcur(buf, sizeof(buf));
	struct reply r;

	CHECK_EQ(shot_ethertype(&s), ETH_TYPE_ARP);
	send(&c, &s, &sent);
	CHECK_EQ(arp_parse((struct span){ sent.octet, sent.len }, &m), 0);
	CHECK_EQ(m.op, ARP_REQUEST);
	CHECK(ip_eq(&m.spa, &s.src) && ip_eq(&m.tpa, &s.dst));
	CHECK_MEM(m.sha.octet, s.mac.octet, ETH_ADDR_LEN);

	m = (struct arp_msg){ ARP_REPLY, their_mac, s.mac, s.dst, s.src };
	CHECK_EQ(arp_build(&m, &out), 0);
	CHECK_EQ(shot_match(&c, ETH_TYPE_ARP, (struct span){ buf, 46 }, 3, &r), 0);
	CHECK(ip_eq(&r.target, &s.dst) && ip_eq(&r.from, &s.dst) && ip_eq(&r.local, &s.src));
	CHECK_EQ(r.ask.kind, ASK_ARP);
	CHECK_EQ(r.kind, REPLY_ANSWER);
	CHECK_EQ(r.try, -1);
	CHECK_EQ(r.ttl, -1);
	CHECK(r.has_mac);
	CHECK_MEM(r.mac.octet, their_mac.octet, ETH_ADDR_LEN);

	buf[8] |= 1; /* a group answers for nobody */
	CHECK_EQ(shot_match(&c, ETH_TYPE_ARP, (struct span){ buf, 28 }, 3, &r), -EBADMSG);
	CHECK_EQ(shot_match(&c, ETH_TYPE_ARP, (struct span){ sent.octet, 28 }, 3, &r), -ENOENT);
	CHECK_EQ(shot_match(&c, ETH_TYPE_ARP, (struct span){ buf, 27 }, 3, &r), -ENOENT);
}

TEST(shot_solicits_neighbours_and_reads_the_advertisement)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(6, ASK_ND, 0, 0);
	struct nd_msg m, na;
	struct sent sent;
	struct back b;
	uint8_t buf[128];
	struct wcur l4 = wcur(buf, sizeof(buf));
	struct reply r;

	s.dst = addr("fe80::9");
	s.src = addr("fe80::1");
	send(&c, &s, &sent);
	CHECK_EQ(sent.p.ttl, 255);
	CHECK_EQ(nd_parse(sent.p.l4, &m), 0);
	CHECK_EQ(m.type, ND_NS);
	CHECK(ip_eq(&m.target, &s.dst) && m.has_slla &&
	      nd_trusted(&m, 255, &sent.p.src, &sent.p.dst));
	CHECK_MEM(m.slla.octet, s.mac.octet, ETH_ADDR_LEN);
	CHECK_EQ(checksum_pseudo(&sent.p.src, &sent.p.dst, IP_PROTO_ICMP6, sent.p.l4), 0);

	na = (struct nd_msg){ .type = ND_NA,
			      .solicited = true,
			      .target = s.dst,
			      .has_tlla = true,
			      .tlla = their_mac };
	b = back_of(&sent);
	b.from = s.dst;
	b.ttl = 255;
	CHECK_EQ(nd_build(&na, &b.from, &b.to, &l4), 0);
	wrap(&b, &l4);
	CHECK_EQ(match(&c, &b, &r), 0);
	CHECK(ip_eq(&r.target, &s.dst) && ip_eq(&r.local, &s.src) && r.has_mac);
	CHECK_EQ(r.target.zone, 3);
	CHECK_EQ(r.ask.kind, ASK_ND);
	CHECK_EQ(r.try, -1);
	CHECK_EQ(r.type, ICMP6_ND_NEIGHBOR_ADVERT);
	CHECK_MEM(r.mac.octet, their_mac.octet, ETH_ADDR_LEN);

	b.octet[7] = 254; /* passed a router: not on this link */
	CHECK_EQ(match_only(&c, &b), -EBADMSG);
	na.solicited = false;
	l4 = wcur(buf, sizeof(buf));
	b.ttl = 255;
	CHECK_EQ(nd_build(&na, &b.from, &b.to, &l4), 0);
	wrap(&b, &l4);
	CHECK_EQ(match_only(&c, &b), -ENOENT);
}

TEST(shot_queries_listeners_and_reads_reports)
{
	static const uint8_t alert[] = { IP_PROTO_ICMP6, 0, 5, 2, 0, 0, 1, 0 };
	static const uint8_t record[20] = { 4, 0, 0, 0, 0xff, 0x02, [17] = 0xff, 0, 9 };
	struct shot_codec c = codec();
	struct shot s = shot_of(6, ASK_MLD, 0, 0);
	struct icmp6_msg m = { .type = ICMP6_MLD2_REPORT, .rest = 1, .body = { record, 20 } };
	struct sent sent;
	struct back b;
	uint8_t buf[128];
	struct wcur l4 = wcur(buf, sizeof(buf));
	struct icmp6_msg query;
	struct reply r;

	s.dst = addr("ff02::1");
	s.src = addr("fe80::1");
	send(&c, &s, &sent);
	CHECK_EQ(sent.p.ttl, 1);
	CHECK_EQ(sent.octet[6], IP_PROTO_HOPOPTS);
	CHECK_MEM(sent.octet + IP6_HDR_LEN, alert, sizeof(alert));
	CHECK_EQ(icmp6_parse(&s.src, &s.dst, sent.p.l4, &query), 0);
	CHECK_EQ(query.type, ICMP6_MLD_QUERY);
	CHECK_EQ(sent.p.l4.len, 28); /* RFC 3810 8.1: longer than 24 is version 2 */
	CHECK_EQ(query.rest, 500u << 16);

	b = back_of(&sent);
	b.from = addr("fe80::9");
	b.to = addr("ff02::16");
	b.ttl = 1;
	b.proto = IP_PROTO_HOPOPTS;
	put_bytes(&l4, alert, sizeof(alert));
	CHECK_EQ(icmp6_build(&m, &b.from, &b.to, &l4), 0);
	wrap(&b, &l4);
	CHECK_EQ(match(&c, &b, &r), 0);
	CHECK(ip_eq(&r.from, &b.from) && ip_eq(&r.target, &s.dst));
	CHECK_EQ(r.local.family, 0);
	CHECK_EQ(r.from.zone, 3);
	CHECK_EQ(r.ask.kind, ASK_MLD);
	b.octet[7] = 2;
	CHECK_EQ(match_only(&c, &b), -ENOENT);
}

TEST(shot_build_refuses_what_cannot_be)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_ECHO, 0, 0);
	uint8_t buf[SHOT_LEN_MAX];
	struct wcur out = wcur(buf, sizeof(buf));

	s.src = addr("::1");
	CHECK_EQ(shot_build(&c, &s, &out), -EINVAL);
	s = shot_of(6, ASK_TIMESTAMP, 0, 0);
	CHECK_EQ(shot_build(&c, &s, &out), -EINVAL);
	s = shot_of(4, ASK_ND, 0, 0);
	CHECK_EQ(shot_build(&c, &s, &out), -EINVAL);
	s = shot_of(4, ASK_KINDS, 0, 0);
	CHECK_EQ(shot_build(&c, &s, &out), -EINVAL);
	s = shot_of(4, ASK_TCP_SYN, 80, ASK_TRIES_MAX);
	CHECK_EQ(shot_build(&c, &s, &out), -EINVAL);
	s = shot_of(4, ASK_UDP, 9999, 0);
	s.ask.payload = 1;
	CHECK_EQ(shot_build(&c, &s, &out), -ENOENT);
	CHECK_EQ(wcur_len(&out), 0);
	for (enum ask_kind kind = ASK_ECHO; kind < ASK_KINDS; kind++) {
		for (int family = 4; family <= 6; family += 2) {
			struct wcur full = wcur(buf, sizeof(buf));

			s = shot_of(family, kind, ask_has_port(kind) ? 80 : 0, 0);
			if (!ask_fits(kind, family))
				continue;
			CHECK_EQ(shot_build(&c, &s, &full), 0);
			for (size_t len = 0; len < wcur_len(&full); len++) {
				struct wcur tight = wcur(buf, len);

				CHECK_EQ(shot_build(&c, &s, &tight), -ENOSPC);
				CHECK(tight.bad);
			}
		}
	}
}

TEST(shot_sets_the_hops_asked_for)
{
	struct shot_codec c = codec();
	struct shot s = shot_of(4, ASK_TCP_SYN, 80, 0);
	struct sent sent;

	for (unsigned hops = 1; hops < 256; hops++) {
		s.hops = (uint8_t)hops;
		send(&c, &s, &sent);
		CHECK_EQ(sent.p.ttl, hops);
	}
	s.hops = 0;
	send(&c, &s, &sent);
	CHECK_EQ(sent.p.ttl, 64);
}

TEST(shot_templates_are_what_the_builders_make_octet_by_octet)
{
	static const enum ask_kind kinds[] = { ASK_ECHO, ASK_TCP_SYN, ASK_TCP_ACK, ASK_UDP };
	struct shot_codec c = codec();
	uint64_t n = 88172645463325252;

	for (unsigned i = 0; i < 200000; i++) {
		int family = n & 1 ? 4 : 6;
		struct shot s = {
			.ask = { .kind = (uint8_t)kinds[i % 4], .port = (uint16_t)(n >> 20) },
			.try = (uint8_t)(n >> 8 & 31),
			.hops = n >> 13 & 7 ? 0 : (uint8_t)(n >> 40),
		};
		uint8_t random[32], a[SHOT_LEN_MAX], b[SHOT_LEN_MAX];
		struct wcur fast = wcur(a, sizeof(a)), slow = wcur(b, sizeof(b));
		struct packet p;

		for (size_t k = 0; k < sizeof(random); k++) {
			n ^= n << 13;
			n ^= n >> 7;
			n ^= n << 17; /* xorshift: any octets will do */
			random[k] = (uint8_t)(n >> 11);
		}
		s.dst = ip_from(family, random);
		s.src = ip_from(family, random + 16);
		CHECK_EQ(shot_build(&c, &s, &fast), 0);
		CHECK_EQ(shot_build_slow(&c, &s, &slow), 0);
		CHECK_EQ(wcur_len(&fast), wcur_len(&slow));
		CHECK_MEM(a, b, wcur_len(&fast));
		CHECK_EQ(packet_parse_outer(LINK_RAW, (struct span){ a, wcur_len(&fast) }, &p), 0);
		CHECK(p.sum_ok);
		if (family == 4 && kinds[i % 4] == ASK_ECHO)
			CHECK_EQ(checksum(p.l4), 0);
		else
			CHECK_EQ(checksum_pseudo(&s.src, &s.dst, p.proto, p.l4), 0);
	}
}

TEST(shot_another_key_makes_other_cookies)
{
	static const struct hash_key other = { { 1, 2 } };
	struct shot_codec c = codec(), d;
	struct shot s = shot_of(4, ASK_TCP_SYN, 80, 0);
	struct sent a, b;

	shot_init(&d, &other, PORT_FIRST, PORT_N);
	send(&c, &s, &a);
	send(&d, &s, &b);
	CHECK(memcmp(a.octet + 24, b.octet + 24, 4) != 0);
}

TEST(shot_filter_names_our_ports)
{
	struct shot_codec c = codec();
	char buf[512], small[8];
	size_t len = shot_filter(&c, buf, sizeof(buf));

	CHECK_EQ(len, strlen(buf));
	CHECK_HAS(buf, "dst portrange 40000-56383");
	CHECK_EQ(shot_filter(&c, small, sizeof(small)), len);
	CHECK_EQ(small[7], 0);
}
