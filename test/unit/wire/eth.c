/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/eth.h"

#include "octets.h"

/* 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, 802.1ad VLAN 100 p 3, 802.1Q VLAN 7, IPv4, "abcd" */
#define TAGGED "ffffffffffff 020000000001 88a8 6064 8100 0007 0800 61626364"

TEST(eth_parse_reads_every_field)
{
	OCTETS(s, TAGGED);
	struct eth_frame f;

	CHECK_EQ(eth_parse(s, &f), 0);
	CHECK_EQ(f.dst.octet[5], 0xff);
	CHECK_EQ(f.src.octet[0], 0x02);
	CHECK_EQ(f.src.octet[5], 0x01);
	CHECK_EQ(f.tags_n, 2);
	CHECK_EQ(f.tag[0].tpid, ETH_TYPE_QINQ);
	CHECK_EQ(f.tag[0].tci, 0x6064);
	CHECK_EQ(f.tag[1].tpid, ETH_TYPE_VLAN);
	CHECK_EQ(f.tag[1].tci, 7);
	CHECK_EQ(f.type, ETH_TYPE_IP4);
	CHECK_EQ(f.payload.len, 4);
	CHECK(f.payload.p == s.p + 22); /* borrowed, not copied */
}

TEST(eth_parse_refuses_and_leaves_result_alone)
{
	OCTETS(s, TAGGED);
	OCTETS(five, "ffffffffffff 020000000001 8100 0001 8100 0002 8100 0003 8100 0004 8100 0005"
		     "0800");
	struct eth_frame f = { .type = 99 };

	for (size_t len = 0; len < 22; len++)
		CHECK_EQ(eth_parse((struct span){ s.p, len }, &f), -EMSGSIZE);
	CHECK_EQ(eth_parse(five, &f), -EBADMSG);
	CHECK_EQ(f.type, 99);
}

TEST(eth_build_inverts_parse)
{
	OCTETS(s, TAGGED);
	struct eth_frame f;
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf + 32, s.len - 1);

	CHECK_EQ(eth_parse(s, &f), 0);
	CHECK_EQ(eth_build(&f, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(eth_build(&f, &tight), -ENOSPC);
}

TEST(eth_build_refuses_what_it_could_not_read_back)
{
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));
	struct eth_frame many = { .tags_n = ETH_TAGS_MAX + 1 };
	struct eth_frame odd = { .tags_n = 1, .tag = { { 0x0800, 1 } } };
	struct eth_frame tag = { .type = ETH_TYPE_VLAN };

	CHECK_EQ(eth_build(&many, &out), -EINVAL);
	CHECK_EQ(eth_build(&odd, &out), -EINVAL);
	CHECK_EQ(eth_build(&tag, &out), -EINVAL);
	CHECK_EQ(wcur_len(&out), 0);
}
