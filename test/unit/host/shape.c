/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/shape.h"
#include "test.h"

TEST(a_new_shape_asks_only_for_its_table_family)
{
	struct rule_shape s = shape_new("ip6");

	CHECK_EQ(s.family, 6);
	CHECK_EQ(s.exact, RULE_FAMILY);
	CHECK(s.complete);
	s = shape_new("inet");
	CHECK_EQ(s.family, 0);
	CHECK(!shape_new("arp").complete);
}

TEST(shape_join_takes_what_the_jump_asks)
{
	struct rule_shape inner = shape_new("inet"), outer = shape_new("inet");

	shape_type(&inner, 3, true);
	shape_proto(&outer, 1, true);
	shape_ct(&outer, RULE_CT_RELATED | RULE_CT_NEW);
	shape_ct(&inner, RULE_CT_RELATED | RULE_CT_ESTABLISHED);
	outer.has_limit = true;
	CHECK(shape_join(&inner, &outer));
	CHECK_EQ(inner.type, 3);
	CHECK_EQ(inner.proto, 1);
	CHECK_EQ(inner.ct, RULE_CT_RELATED);
	CHECK(inner.has_limit && inner.complete);
}

TEST(shape_join_refuses_what_cannot_be_told_to_fit_and_leaves_the_inner_alone)
{
	struct rule_shape inner = shape_new("inet"), outer = shape_new("inet"), was;

	shape_proto(&inner, 17, true);
	shape_dport(&inner, 53, true);
	was = inner;
	shape_proto(&outer, 6, false);
	CHECK(!shape_join(&inner, &outer));
	CHECK_MEM(&inner, &was, sizeof(was));
	outer = shape_new("ip");
	shape_ct(&outer, RULE_CT_NEW);
	inner = shape_new("ip6");
	CHECK(!shape_join(&inner, &outer));
	inner = shape_new("ip");
	shape_ct(&inner, RULE_CT_INVALID);
	CHECK(!shape_join(&inner, &outer));
	inner = shape_new("ip");
	shape_iif(&inner, "eth0", true);
	shape_iif(&outer, "eth1", true);
	CHECK(!shape_join(&inner, &outer));
}

TEST(shape_join_narrows_prefixes)
{
	struct rule_shape inner = shape_new("ip"), outer = shape_new("ip");
	struct ip_prefix wide, narrow, apart;
	char text[IP_TEXT_LEN];

	CHECK_EQ(ip_prefix_scan("10.0.0.0/8", &wide), 0);
	CHECK_EQ(ip_prefix_scan("10.1.0.0/16", &narrow), 0);
	CHECK_EQ(ip_prefix_scan("192.0.2.0/24", &apart), 0);
	shape_saddr(&inner, &wide, true);
	shape_saddr(&outer, &narrow, true);
	CHECK(shape_join(&inner, &outer));
	CHECK_STR(ip_prefix_format(&inner.saddr, text), "10.1.0.0/16");
	outer = shape_new("ip");
	shape_saddr(&outer, &apart, true);
	CHECK(!shape_join(&inner, &outer));
}
