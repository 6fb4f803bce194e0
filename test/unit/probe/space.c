/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe/space.h"

static struct ip_addr addr(const char *text)
{
	struct ip_addr a = { 0 };

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

static void add(struct space *s, const char *first, uint64_t n, bool named)
{
	struct ip_addr a = addr(first);

	CHECK_EQ(space_add(s, &a, n, named), 0);
}

/* "first+n first+n …", a '!' behind what was named one by one. */
static const char *shape(const struct space *s, char *buf, size_t room)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < s->n; i++) {
		char text[IP_TEXT_LEN];

		at += (size_t)snprintf(buf + at, room - at, "%s%s+%llu%s", i ? " " : "",
				       ip_format(&s->range[i].first, text),
				       (unsigned long long)s->range[i].n,
				       s->range[i].named ? "!" : "");
	}
	return buf;
}

TEST(space_sorts_merges_and_counts_what_is_repeated)
{
	struct space_range room[16];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };
	char buf[300];
	size_t need;

	add(&s, "2001:db9::", 16, false);
	add(&s, "10.0.0.128", 128, false);
	add(&s, "10.0.0.0", 129, false);
	add(&s, "10.0.1.0", 1, false);
	add(&s, "10.0.0.5", 2, false);
	CHECK_EQ(s.total, 276);
	CHECK_EQ(space_seal(&s, NULL, false, &need), 0);
	CHECK_STR(shape(&s, buf, sizeof(buf)), "10.0.0.0+257 2001:db9::+16");
	CHECK_EQ(s.total, 273);
	CHECK_EQ(s.repeated, 3);
	CHECK_EQ(s.special, 0);
	CHECK_EQ(s.excluded, 0);
	CHECK_EQ(s.range[0].before, 0);
	CHECK_EQ(s.range[1].before, 257);
}

TEST(space_in_order_is_one_range_however_long_the_list)
{
	struct space_range room[2];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };

	for (uint32_t i = 0; i < 70000; i++) {
		struct ip_addr a = ip4_of(0x0a000000 + i);

		CHECK_EQ(space_add(&s, &a, 1, true), 0);
	}
	CHECK_EQ(s.n, 1);
	CHECK_EQ(s.total, 70000);
}

TEST(space_leaves_special_networks_out_of_ranges_only)
{
	static const struct {
		const char *first;
		uint64_t n, special;
	} cases[] = {
		{ "0.0.0.0", 1ull << 24, 1 << 24 },
		{ "0.255.255.255", 2, 1 },
		{ "10.0.0.0", 1 << 24, 0 },
		{ "127.0.0.0", 1 << 24, 1 << 24 },
		{ "169.254.0.0", 1 << 16, 0 },
		{ "192.0.1.255", 258, 256 },
		{ "198.17.255.255", (1 << 17) + 2, 1 << 17 },
		{ "198.51.99.255", 258, 256 },
		{ "203.0.112.255", 258, 256 },
		{ "223.255.255.255", 2, 1 },
		{ "239.0.0.0", 1 << 24, 1 << 24 },
		{ "255.255.255.255", 1, 1 },
		{ "0.0.0.0", 1ull << 32, (2u << 24) + 3 * 256 + (1u << 17) + (1ull << 29) },
		{ "::", 2, 1 },
		{ "100::", 8, 8 },
		{ "2001:2::5", 8, 8 },
		{ "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", 2, 1 },
		{ "3fff:fff::", 2, 2 },
		{ "3fff:1000::", 2, 0 },
		{ "ff02::1", 4, 4 },
		{ "fe80::", 4, 0 },
		{ "fc00::", 1ull << 48, 0 },
	};
	struct space_range room[16];
	size_t need;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct space s = { .range = room, .room = ARRAY_LEN(room) };

		add(&s, cases[i].first, cases[i].n, false);
		CHECK_EQ(space_seal(&s, NULL, false, &need), 0);
		CHECK_EQ(s.special, cases[i].special);
		CHECK_EQ(s.total, cases[i].n - cases[i].special);

		s = (struct space){ .range = room, .room = ARRAY_LEN(room) };
		add(&s, cases[i].first, cases[i].n, false);
		CHECK_EQ(space_seal(&s, NULL, true, &need), 0);
		CHECK_EQ(s.total, cases[i].n);
		CHECK_EQ(s.special, 0);
	}
}

TEST(space_keeps_what_was_named_one_by_one)
{
	struct space_range room[16];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };
	char buf[300];
	size_t need;

	add(&s, "224.0.0.0", 16, false);
	add(&s, "224.0.0.5", 1, true);
	add(&s, "192.0.2.1", 1, true);
	add(&s, "10.0.0.0", 4, false);
	add(&s, "10.0.0.1", 1, true);
	CHECK_EQ(space_seal(&s, NULL, false, &need), 0);
	CHECK_STR(shape(&s, buf, sizeof(buf)),
		  "10.0.0.0+1 10.0.0.1+1! 10.0.0.2+2 192.0.2.1+1! 224.0.0.5+1!");
	CHECK_EQ(s.special, 15);
	CHECK_EQ(s.repeated, 2);
}

TEST(space_takes_exclusions_away_named_or_not)
{
	struct space_range room[16], out_room[8];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };
	struct space out = { .range = out_room, .room = ARRAY_LEN(out_room) };
	struct ip_prefix all6 = { .addr = { .family = 6 } };
	char buf[300];
	size_t need;

	add(&s, "10.0.0.0", 256, false);
	add(&s, "10.0.2.9", 1, true);
	add(&s, "2001:db8::7", 1, true);
	add(&s, "fe80::1", 5, false);
	add(&out, "10.0.0.200", 100, false);
	add(&out, "10.0.2.9", 1, true);
	add(&out, "10.0.0.0", 4, false);
	add(&out, "10.0.0.2", 8, false);
	CHECK_EQ(space_add_prefix(&out, &all6), 0);
	CHECK_EQ(space_seal(&s, &out, false, &need), 0);
	CHECK_STR(shape(&s, buf, sizeof(buf)), "10.0.0.10+190");
	CHECK_EQ(s.excluded, 10 + 56 + 1 + 1 + 5);
}

TEST(space_refuses_what_is_too_much_and_stays)
{
	struct space_range room[1];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };
	struct ip_addr a = addr("255.255.255.255"), b = addr("fc00::");
	struct ip_addr c = addr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");

	CHECK_EQ(space_add(&s, &a, 2, false), -E2BIG);
	CHECK_EQ(space_add(&s, &c, 3, false), -E2BIG);
	CHECK_EQ(space_add(&s, &b, SPACE_TOTAL_MAX + 1, false), -E2BIG);
	CHECK_EQ(space_add(&s, &b, UINT64_MAX, false), -E2BIG);
	CHECK_EQ(space_add(&s, &b, 0, false), 0);
	CHECK_EQ(s.n, 0);
	CHECK_EQ(s.total, 0);
	CHECK_EQ(space_add(&s, &b, SPACE_TOTAL_MAX, false), 0);
	CHECK_EQ(space_add(&s, &a, 1, false), -E2BIG);
	s.total = 0;
	CHECK_EQ(space_add(&s, &a, 1, false), -ENOSPC);
	CHECK_EQ(s.n, 1);
}

TEST(space_says_how_much_room_it_needs)
{
	struct space_range room[8], out_room[4];
	struct space s = { .range = room, .room = 1 };
	struct space out = { .range = out_room, .room = ARRAY_LEN(out_room) };
	char buf[300];
	size_t need = 0;

	add(&s, "10.0.0.0", 10, false);
	add(&out, "10.0.0.2", 1, false);
	add(&out, "10.0.0.4", 1, false);
	CHECK_EQ(space_seal(&s, &out, false, &need), -ENOSPC);
	CHECK(need > 1 && need <= ARRAY_LEN(room));
	CHECK_EQ(s.n, 1);
	CHECK_EQ(s.total, 10);
	CHECK_EQ(s.excluded, 0);
	s.room = need;
	CHECK_EQ(space_seal(&s, &out, false, &need), 0);
	CHECK_STR(shape(&s, buf, sizeof(buf)), "10.0.0.0+2 10.0.0.3+1 10.0.0.5+5");
}

TEST(space_that_is_empty_has_nothing)
{
	struct space s = { 0 };
	struct ip_addr a = addr("10.0.0.1");
	uint64_t i;
	size_t need;

	CHECK_EQ(space_seal(&s, NULL, false, &need), 0);
	CHECK_EQ(s.total, 0);
	CHECK(!space_find(&s, &a, &i));
}

TEST(space_tells_links_apart)
{
	struct space_range room[4];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };
	struct ip_addr a = addr("fe80::1"), b = a, other = a;
	uint64_t i = 9;
	size_t need;

	a.zone = 2;
	b.zone = 7;
	CHECK_EQ(space_add(&s, &b, 1, true), 0);
	CHECK_EQ(space_add(&s, &a, 1, true), 0);
	CHECK_EQ(space_seal(&s, NULL, false, &need), 0);
	CHECK_EQ(s.total, 2);
	CHECK_EQ(space_addr(&s, 1).zone, 7);
	CHECK(space_find(&s, &a, &i));
	CHECK_EQ(i, 0);
	CHECK(!space_find(&s, &other, &i));
}

TEST(space_numbers_the_ends_of_the_families)
{
	struct space_range room[4];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };
	struct ip_addr last4 = addr("255.255.255.255"), a;
	struct ip_addr last6 = addr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	uint64_t i;
	size_t need;

	add(&s, "0.0.0.0", 1ull << 32, false);
	add(&s, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0", 16, false);
	CHECK_EQ(space_seal(&s, NULL, true, &need), 0);
	CHECK(space_find(&s, &last4, &i));
	CHECK_EQ(i, UINT32_MAX);
	CHECK(space_find(&s, &last6, &i));
	CHECK_EQ(i, (1ull << 32) + 15);
	a = space_addr(&s, i);
	CHECK(ip_eq(&a, &last6));
}

/*
 * Against a model that looks at every address: windows of addresses around the edges of special
 * networks, the families' ends, and two links.
 */
#define WINDOWS 7
#define WIDTH   96
#define PLACES  (WINDOWS * WIDTH)

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static struct ip_addr place(size_t i)
{
	static const char *const base[WINDOWS] = {
		"0.0.0.0",
		"192.0.1.224",
		"255.255.255.160",
		"::",
		"2001:db7:ffff:ffff:ffff:ffff:ffff:ffd0",
		"fe80::fff0",
		"fe80::fff0",
	};
	struct ip_addr a = addr(base[i / WIDTH]), b = ip_plus(&a, i % WIDTH);

	b.zone = i / WIDTH >= 5 ? (uint32_t)(i / WIDTH) : 0;
	return b;
}

static bool is_special(const struct ip_addr *a)
{
	static const char *const nets[] = { "0.0.0.0/8", "192.0.2.0/24", "224.0.0.0/3", "::/128",
					    "2001:db8::/32" };

	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		struct ip_prefix p;

		CHECK_EQ(ip_prefix_scan(nets[i], &p), 0);
		if (ip_prefix_has(&p, a))
			return true;
	}
	return false;
}

static void model_compare(uint32_t *state, bool allow)
{
	static struct space_range room[64], out_room[16];
	static uint8_t in[PLACES], named[PLACES], gone[PLACES];
	struct space s = { .range = room, .room = 16 };
	struct space out = { .range = out_room, .room = ARRAY_LEN(out_room) };
	uint64_t total = 0, repeated = 0, special = 0, excluded = 0, i, given = 0;
	size_t need = 0;
	int r;

	memset(in, 0, sizeof(in));
	memset(named, 0, sizeof(named));
	memset(gone, 0, sizeof(gone));
	for (size_t k = 0; k < 12 + 8; k++) {
		size_t from = next_random(state) % PLACES;
		size_t n = 1 + next_random(state) % (WIDTH - from % WIDTH);
		bool name = next_random(state) % 3 == 0;
		struct ip_addr a = place(from);

		n = name ? 1 : n;
		CHECK_EQ(space_add(k < 12 ? &s : &out, &a, n, name), 0);
		given += k < 12 ? n : 0;
		for (size_t j = from; j < from + n; j++) {
			if (k >= 12)
				gone[j] = 1;
			else if (name)
				named[j] = in[j] = 1;
			else
				in[j] = 1;
		}
	}
	while ((r = space_seal(&s, &out, allow, &need)) == -ENOSPC) {
		CHECK(need > s.room && need <= ARRAY_LEN(room));
		s.room = need;
	}
	CHECK_EQ(r, 0);
	for (size_t j = 0; j < PLACES; j++) {
		struct ip_addr a = place(j), back;
		bool odd = !allow && !named[j] && is_special(&a);

		repeated += in[j];
		if (!in[j] || odd || gone[j]) {
			special += in[j] && odd;
			excluded += in[j] && !odd;
			CHECK(!space_find(&s, &a, &i));
			continue;
		}
		CHECK(space_find(&s, &a, &i));
		CHECK(i < s.total);
		back = space_addr(&s, i);
		CHECK(ip_eq(&back, &a) && back.zone == a.zone);
		total++;
	}
	CHECK_EQ(s.total, total);
	CHECK_EQ(s.special, special);
	CHECK_EQ(s.excluded, excluded);
	CHECK_EQ(s.repeated, given - repeated);
}

TEST(space_agrees_with_a_model_that_looks_at_every_address)
{
	uint32_t random = 7;

	for (int i = 0; i < 400; i++)
		model_compare(&random, i % 2);
}

/* What is sealed stays the same when it is sealed again. */
TEST(space_sealed_twice_is_the_same)
{
	struct space_range room[16], before[16];
	struct space s = { .range = room, .room = ARRAY_LEN(room) };
	uint64_t total;
	size_t n, need;

	add(&s, "191.255.255.0", 1 << 20, false);
	add(&s, "192.0.2.9", 1, true);
	add(&s, "10.0.0.0", 77, false);
	CHECK_EQ(space_seal(&s, NULL, false, &need), 0);
	memcpy(before, room, sizeof(before));
	total = s.total;
	n = s.n;
	CHECK_EQ(space_seal(&s, NULL, false, &need), 0);
	CHECK_EQ(s.n, n);
	CHECK_EQ(s.total, total);
	for (size_t i = 0; i < n; i++) {
		CHECK(ip_eq(&room[i].first, &before[i].first));
		CHECK_EQ(room[i].n, before[i].n);
		CHECK_EQ(room[i].before, before[i].before);
	}
}
