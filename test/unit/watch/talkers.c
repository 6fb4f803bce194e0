/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/talkers.h"

#include <stdlib.h>

#include "test.h"

static const struct hash_key key = { { 5, 6 } };

static struct talkers *start(uint32_t places)
{
	void *mem = malloc(talkers_size(places));

	CHECK(mem);
	return talkers_init(mem, places, &key);
}

TEST(with_room_for_all_counts_are_exact)
{
	struct talkers *t = start(16);
	struct talker top[4];

	for (uint32_t who = 1; who <= 10; who++)
		for (uint32_t i = 0; i < who * 3; i++)
			talkers_add(t,
				    &(struct ip_addr){ .family = 4,
						       .octet = { 10, 0, 0, (uint8_t)who } },
				    100);
	CHECK_EQ(talkers_top(t, top, 4), 4);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(top[i].addr.octet[3], 10 - i);
		CHECK_EQ(top[i].packets, (10 - i) * 3);
		CHECK_EQ(top[i].bytes, (10 - i) * 300);
		CHECK_EQ(top[i].error, 0);
	}
	CHECK_EQ(talkers_top(t, top, 0), 0);
	free(t);
}

TEST(the_greatest_are_found_among_a_million_others)
{
	struct talkers *t = start(64);
	struct talker top[3];
	uint64_t truth[4] = { 0 };
	uint32_t random = 1;

	for (uint32_t i = 0; i < 300000; i++) {
		struct ip_addr a = { .family = 4 };
		uint32_t who;

		random = random * 1664525 + 1013904223;
		who = random >> 24;
		if (who < 60)
			who = who < 10 ? 3 : who < 30 ? 2 : 1; /* 4, 8 and 12 % of all */
		else
			who = 1000 + i;
		if (who < 4)
			truth[who]++;
		a = ip4_of(who);
		talkers_add(t, &a, 60);
	}
	CHECK_EQ(talkers_top(t, top, 3), 3);
	for (uint32_t i = 0; i < 3; i++) {
		CHECK_EQ(ip4_u32(&top[i].addr), i + 1);
		CHECK(top[i].packets >= truth[i + 1]);
		CHECK(top[i].packets - top[i].error <= truth[i + 1]);
	}
	free(t);
}

TEST(among_many_equals_nobody_is_named)
{
	struct talkers *t = start(16);
	struct talker top[16];

	for (uint32_t i = 0; i < 100000; i++) {
		struct ip_addr a = ip4_of(i % 5000);

		talkers_add(t, &a, 60);
	}
	CHECK_EQ(talkers_top(t, top, 16), 0);
	free(t);
}

TEST(places_are_bounded)
{
	struct talkers *t = start(1);
	struct talker top[2];
	struct ip_addr a = ip4_of(1), b = ip4_of(2);

	talkers_add(t, &a, 1);
	talkers_add(t, &b, 1);
	CHECK_EQ(talkers_top(t, top, 2), 1);
	CHECK(ip_eq(&top[0].addr, &b));
	CHECK_EQ(top[0].packets, 2);
	CHECK_EQ(top[0].error, 1);
	CHECK_EQ(talkers_size(0), 0);
	CHECK_EQ(talkers_size(TALKERS_MAX + 1), 0);
	free(t);
}
