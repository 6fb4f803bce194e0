/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/arp.h"

#include "octets.h"

/* ARP, Request who-has 192.0.2.2 tell 192.0.2.1 (02:00:00:00:00:01) */
#define REQUEST "0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202"

TEST(arp_parse_reads_every_field)
{
	OCTETS(s, REQUEST "0000000000000000"); /* with padding */
	struct arp_msg m;

	CHECK_EQ(arp_parse(s, &m), 0);
	CHECK_EQ(m.op, ARP_REQUEST);
	CHECK_EQ(m.sha.octet[5], 1);
	CHECK_EQ(m.tha.octet[5], 0);
	CHECK(is_addr(&m.spa, "192.0.2.1"));
	CHECK(is_addr(&m.tpa, "192.0.2.2"));
}

TEST(arp_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, REQUEST);
	OCTETS(infiniband, "0020 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202");
	OCTETS(long_address, "0001 0800 ff ff 0001 020000000001 c0000201 000000000000 c0000202");
	OCTETS(other, "0001 86dd 06 04 0001 020000000001 c0000201 000000000000 c0000202");
	struct arp_msg m = { .op = 99 };

	for (size_t len = 0; len < ARP_LEN; len++)
		CHECK_EQ(arp_parse((struct span){ s.p, len }, &m), -EMSGSIZE);
	CHECK_EQ(arp_parse(infiniband, &m), -ENOMSG);
	CHECK_EQ(arp_parse(long_address, &m), -EMSGSIZE);
	CHECK_EQ(arp_parse(other, &m), -ENOMSG);
	CHECK_EQ(m.op, 99);
}

TEST(arp_build_inverts_parse)
{
	OCTETS(s, REQUEST);
	struct arp_msg m;
	uint8_t buf[ARP_LEN];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, sizeof(buf) - 1);

	CHECK_EQ(arp_parse(s, &m), 0);
	CHECK_EQ(arp_build(&m, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(arp_build(&m, &tight), -ENOSPC);
	m.tpa = addr("::1");
	CHECK_EQ(arp_build(&m, &tight), -EINVAL);
}
