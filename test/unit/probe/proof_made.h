/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places and frames of a proof, for the tests of probe/proof.h. */
#pragma once

#include <string.h>

#include "probe/proof.h"
#include "test.h"
#include "wire/link.h"
#include "wire/packet.h"

static inline struct ip_addr made_addr(const char *text)
{
	struct ip_addr a = { 0 };

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

static inline struct proof_place made_place(int family, enum fact_from from, bool ether)
{
	bool v6 = family == 6, near = from == FACT_NEIGHBOUR;

	return (struct proof_place){
		.ether = ether,
		.host_mac = { { 2, 0, 0, 0, 0, 1 } },
		.our_mac = { { 2, 0, 0, 0, 0, 2 } },
		.source = made_addr(v6     ? near ? "2001:db8:1::9" : "2001:db8:ffff::7"
				    : near ? "192.0.2.9"
					   : "203.0.113.7"),
		.addr = made_addr(v6 ? "2001:db8:1::1" : "192.0.2.1"),
		.link_source = v6 && near ? made_addr("fe80::9") : (struct ip_addr){ 0 },
		.from = (uint8_t)from,
		.trace_ip_id = 0x8000,
		.trace_label = 0x80000,
	};
}

/* A frame with the packet that packet_parse_outer read out of it. */
struct made {
	uint8_t octets[PROOF_FRAME_MAX];
	struct span frame;
	int link; /* enum link_type */
	struct packet p;
};

/** Read what was appended to @w, which wrote to @m->octets. */
static inline void made_read(struct made *m, const struct wcur *w, bool ether)
{
	CHECK(!w->bad);
	m->frame = (struct span){ m->octets, wcur_len(w) };
	m->link = ether ? LINK_ETHERNET : LINK_RAW;
	CHECK_EQ(packet_parse_outer((enum link_type)m->link, m->frame, &m->p), 0);
	CHECK(m->p.sum_ok && !m->p.truncated);
	CHECK_EQ(m->p.frag, PACKET_WHOLE);
}

static inline void made_icmp(struct made *m, const struct proof_place *at,
			     const struct proof_icmp *what)
{
	struct wcur w = wcur(m->octets, sizeof(m->octets));

	CHECK_EQ(proof_icmp_build(at, what, &w), 0);
	made_read(m, &w, at->ether);
}

static inline void made_port(struct made *m, const struct proof_place *at,
			     const struct proof_port *what)
{
	struct wcur w = wcur(m->octets, sizeof(m->octets));

	CHECK_EQ(proof_port_build(at, what, &w), 0);
	made_read(m, &w, at->ether);
}
