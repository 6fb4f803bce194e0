/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/counter_merge.h"

#include <stdlib.h>

#include "test.h"

static void free_seen(struct counter_seen **s)
{
	free(*s);
}

static void free_counts(struct counts **c)
{
	free(*c);
}

TEST(sums_of_all_processors_are_added_and_only_what_is_new)
{
	AUTO(free_seen) struct counter_seen *seen = calloc(1, sizeof(*seen));
	AUTO(free_counts) struct counts *c = calloc(1, sizeof(*c));
	struct bpf_counter_sums now[2] = {
		{ .frames = 10, .nothing = 1, .other = 2, .fragments = 3, .cut = 4, .rare = 5 },
		{ .frames = 100, .nothing = 10, .other = 20, .fragments = 30, .cut = 40 },
	};

	c->frames = 1000;
	counter_merge_sums(seen, now, 2, c);
	CHECK_EQ(c->frames, 1110);
	CHECK_EQ(c->nothing, 11);
	CHECK_EQ(c->other, 22);
	CHECK_EQ(c->fragments, 33);
	CHECK_EQ(c->cut, 44);
	CHECK_EQ(seen->sums.rare, 5);
	now[1].frames++;
	counter_merge_sums(seen, now, 2, c);
	CHECK_EQ(c->frames, 1111);
	CHECK_EQ(c->cut, 44);
}

TEST(codes_find_their_family_type_code_and_way)
{
	AUTO(free_seen) struct counter_seen *seen = calloc(1, sizeof(*seen));
	AUTO(free_counts) struct counts *c = calloc(1, sizeof(*c));
	struct bpf_counter_codes now[2] = { 0 };

	now[0].at[3][SIGHT_OUT] = (struct bpf_count){ 2, 200 };
	now[1].at[3][SIGHT_OUT] = (struct bpf_count){ 5, 500 };
	now[1].at[BPF_COUNTER_CODES][SIGHT_IN] = (struct bpf_count){ 1, 35 };
	counter_merge_codes(seen, bpf_counter_key(6, 1), now, 2, c);
	CHECK_EQ(c->at[1][1][3][SIGHT_OUT].packets, 7);
	CHECK_EQ(c->at[1][1][3][SIGHT_OUT].bytes, 700);
	CHECK_EQ(c->at[1][1][SIGHT_CUT][SIGHT_IN].packets, 1);
	CHECK_EQ(counts_icmp(c).packets, 8);
	now[0].at[3][SIGHT_OUT].packets++;
	now[0].at[3][SIGHT_OUT].bytes += 60;
	counter_merge_codes(seen, bpf_counter_key(6, 1), now, 2, c);
	CHECK_EQ(c->at[1][1][3][SIGHT_OUT].packets, 8);
	CHECK_EQ(c->at[1][1][3][SIGHT_OUT].bytes, 760);
	/* The same of another type is another count. */
	counter_merge_codes(seen, bpf_counter_key(4, BPF_COUNTER_CUT), now, 1, c);
	CHECK_EQ(c->at[0][SIGHT_CUT][3][SIGHT_OUT].packets, 3);
	CHECK_EQ(c->at[1][1][3][SIGHT_OUT].packets, 8);
}

TEST(rare_codes_follow_those_that_processors_count)
{
	AUTO(free_seen) struct counter_seen *seen = calloc(1, sizeof(*seen));
	AUTO(free_counts) struct counts *c = calloc(1, sizeof(*c));
	struct bpf_counter_rare now = { 0 };

	now.at[0][SIGHT_IN] = (struct bpf_count){ 1, 42 };
	now.at[BPF_COUNTER_RARE - 1][SIGHT_PASSING] = (struct bpf_count){ 2, 84 };
	counter_merge_rare(seen, bpf_counter_key(4, 255), &now, c);
	counter_merge_rare(seen, bpf_counter_key(4, 255), &now, c);
	CHECK_EQ(c->at[0][255][BPF_COUNTER_CODES][SIGHT_IN].packets, 1);
	CHECK_EQ(c->at[0][255][255][SIGHT_PASSING].packets, 2);
	CHECK_EQ(c->at[0][255][255][SIGHT_PASSING].bytes, 84);
	CHECK_EQ(counts_icmp(c).packets, 3);
}

TEST(every_type_has_a_key_of_its_own)
{
	CHECK_EQ(bpf_counter_key(4, 0), 0);
	CHECK_EQ(bpf_counter_key(4, BPF_COUNTER_CUT), BPF_COUNTER_CUT);
	CHECK_EQ(bpf_counter_key(6, 0), BPF_COUNTER_CUT + 1);
	CHECK_EQ(bpf_counter_key(6, BPF_COUNTER_CUT), BPF_COUNTER_KEYS - 1);
}
