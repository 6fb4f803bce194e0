/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/proof.h"

#include <errno.h>

#include "proof_made.h"
#include "wire/checksum.h"
#include "wire/tcp.h"
#include "wire/udp.h"

static const uint16_t ports[] = { 0, 1, 22, 80, 443, 32768, 65535 };

static void check_addresses(const struct made *m, const struct proof_place *at)
{
	CHECK_EQ(m->p.family, at->addr.family);
	CHECK(ip_eq(&m->p.src, &at->source));
	CHECK(ip_eq(&m->p.dst, &at->addr));
	CHECK_EQ(m->p.ttl, at->from == FACT_STRANGER ? 57 : 64);
}

TEST(a_syn_has_ports_flags_mss_and_a_checksum_that_verifies)
{
	for (unsigned k = 0; k < 8 * ARRAY_LEN(ports); k++) {
		struct proof_place at =
			made_place(k & 1 ? 6 : 4, k & 2 ? FACT_NEIGHBOUR : FACT_STRANGER, k & 4);
		struct proof_port what = { .proto = FACT_TCP, .port = ports[k / 8], .sport = 1025 };
		struct tcp_seg seg;
		struct made m;

		made_port(&m, &at, &what);
		check_addresses(&m, &at);
		CHECK_EQ(m.p.proto, IP_PROTO_TCP);
		CHECK_EQ(tcp_parse(m.p.l4, &seg), 0);
		CHECK_EQ(checksum_pseudo(&m.p.src, &m.p.dst, IP_PROTO_TCP, m.p.l4), 0);
		CHECK_EQ(seg.dport, what.port);
		CHECK_EQ(seg.sport, what.sport);
		CHECK_EQ(seg.flags, TCP_SYN);
		CHECK_EQ(tcp_mss(seg.options), 1220);
		CHECK_EQ(seg.payload.len, 0);
	}
}

TEST(a_datagram_has_ports_and_tells_in_its_payload_where_it_was_sent)
{
	for (unsigned k = 0; k < 8 * ARRAY_LEN(ports); k++) {
		struct proof_place at =
			made_place(k & 1 ? 6 : 4, k & 2 ? FACT_NEIGHBOUR : FACT_STRANGER, k & 4);
		struct proof_port what = { .proto = FACT_UDP, .port = ports[k / 8], .sport = 1025 };
		struct udp_dgram d;
		struct made m;
		uint16_t port = 7;

		made_port(&m, &at, &what);
		check_addresses(&m, &at);
		CHECK_EQ(m.p.proto, IP_PROTO_UDP);
		CHECK_EQ(udp_parse(m.p.l4, &d), 0);
		CHECK(udp_sum_ok(&m.p.src, &m.p.dst, m.p.l4));
		CHECK(d.sum != 0);
		CHECK_EQ(d.dport, what.port);
		CHECK_EQ(d.sport, what.sport);
		CHECK(proof_payload_port(d.payload, &port));
		CHECK_EQ(port, what.port);
	}
}

TEST(a_payload_that_is_no_probes_tells_no_port)
{
	static const uint8_t good[] = { 's', 'o', 'n', 'd', 'e', 0, 1, 2, 0 };
	static const uint8_t other[] = { 's', 'o', 'n', 'd', 'e', 1, 1, 2 };
	uint16_t port = 7;

	CHECK(!proof_payload_port((struct span){ good, 7 }, &port));
	CHECK(!proof_payload_port((struct span){ good, 9 }, &port));
	CHECK(!proof_payload_port((struct span){ NULL, 0 }, &port));
	CHECK(!proof_payload_port((struct span){ other, 8 }, &port));
	CHECK_EQ(port, 7);
	CHECK(proof_payload_port((struct span){ good, 8 }, &port));
	CHECK_EQ(port, 0x0102);
}

TEST(tag_and_trace_bit_stand_where_the_trace_looks)
{
	for (unsigned k = 0; k < 8; k++) {
		struct proof_place at = made_place(k & 1 ? 6 : 4, FACT_STRANGER, true);
		struct proof_port what = { .proto = k & 2 ? FACT_TCP : FACT_UDP,
					   .port = 1,
					   .sport = 2,
					   .tag = PROOF_TAG_MAX,
					   .traced = k & 4 };
		struct made m;

		made_port(&m, &at, &what);
		if (k & 1)
			CHECK_EQ(m.p.flow, 0x7fff | (k & 4 ? 0x80000 : 0));
		else
			CHECK_EQ(m.p.ip_id, 0x7fff | (k & 4 ? 0x8000 : 0));
	}
}

TEST(a_reset_takes_up_the_answers_number)
{
	struct proof_place at = made_place(6, FACT_NEIGHBOUR, true);
	struct proof_port what = { .proto = FACT_TCP, .port = 22, .sport = 40000 };
	struct made m;
	struct wcur w = wcur(m.octets, sizeof(m.octets));
	struct tcp_seg seg;

	CHECK_EQ(proof_reset_build(&at, &what, 0xdeadbeef, &w), 0);
	made_read(&m, &w, true);
	CHECK_EQ(tcp_parse(m.p.l4, &seg), 0);
	CHECK_EQ(checksum_pseudo(&m.p.src, &m.p.dst, IP_PROTO_TCP, m.p.l4), 0);
	CHECK_EQ(seg.flags, TCP_RST);
	CHECK_EQ(seg.seq, 0xdeadbeef);
	CHECK_EQ(seg.options.len, 0);
}

TEST(a_probe_that_does_not_fit_is_refused)
{
	struct proof_place at = made_place(4, FACT_STRANGER, true);
	struct proof_port what = { .proto = FACT_UDP, .port = 1 };
	uint8_t little[30];
	struct wcur w = wcur(little, sizeof(little));

	CHECK_EQ(proof_port_build(&at, &what, &w), -ENOSPC);
}
