/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/trace_keep.h"

#include <string.h>

#include "test.h"

TEST(trace_keep_copies_what_facts_point_to)
{
	struct trace_keep k = { 0 };
	char target[] = "www.example", role[] = "incoming", evidence[] = "all answered";
	struct fact_mpls mpls[2] = { { 16001, 1, 2, false }, { 7, 0, 1, true } };
	struct fact_hop_iface iface = { .role = role, .ifindex = 3, .mtu = FACT_NONE };
	const struct fact_hop hop = { .target = target,
				      .ttl = 4,
				      .evidence = evidence,
				      .mpls = { mpls, 2 },
				      .iface = { &iface, 1 } };
	const struct fact_hop_iface *kept;

	trace_keep_hop(&k, &hop);
	memset(target, 'x', sizeof(target) - 1);
	memset(role, 'x', sizeof(role) - 1);
	memset(evidence, 'x', sizeof(evidence) - 1);
	memset(mpls, 0, sizeof(mpls));
	CHECK(!k.failed);
	CHECK_EQ(k.hop_n, 1);
	CHECK_EQ(k.hop[0].ttl, 4);
	CHECK_STR(k.hop[0].target, "www.example");
	CHECK_STR(k.hop[0].evidence, "all answered");
	CHECK(k.hop[0].name == NULL);
	CHECK_EQ(k.hop[0].mpls.n, 2);
	CHECK_EQ(((const struct fact_mpls *)k.hop[0].mpls.item)[0].label, 16001);
	CHECK(((const struct fact_mpls *)k.hop[0].mpls.item)[1].bottom);
	kept = k.hop[0].iface.item;
	CHECK_STR(kept->role, "incoming");
	CHECK(kept->name == NULL);
	trace_keep_done(&k);
}

TEST(trace_keep_holds_many_and_is_emptied)
{
	struct trace_keep k = { 0 };
	const struct fact_path_hop hop[3] = { { 1, { 0 } }, { 2, { 0 } }, { 3, { 0 } } };
	const struct fact_path path = { .target = "t", .flow = 9, .hops = { hop, 3 } };
	const struct fact_path_mtu mtu = { .target = "t", .mtu = 1400, .meaning = "so it is" };

	for (int turn = 0; turn < 3; turn++) {
		for (int i = 0; i < 500; i++) {
			const struct fact_hop h = { .target = "t", .ttl = i };

			trace_keep_hop(&k, &h);
			trace_keep_path(&k, &path);
		}
		trace_keep_mtu(&k, &mtu);
		CHECK_EQ(k.hop_n, 500);
		CHECK_EQ(k.path_n, 500);
		CHECK_EQ(k.hop[499].ttl, 499);
		CHECK_EQ(((const struct fact_path_hop *)k.path[499].hops.item)[2].ttl, 3);
		CHECK(k.has_mtu);
		CHECK_STR(k.mtu.meaning, "so it is");
		trace_keep_clear(&k);
		CHECK_EQ(k.hop_n + k.path_n, 0);
		CHECK(!k.has_mtu);
	}
	trace_keep_done(&k);
	trace_keep_done(&k);
}
