/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "flow/neighbours.h"

static const struct hash_key key = { { 7, 8 } };

static struct eth_addr mac_of(uint32_t i)
{
	return (struct eth_addr){ { 2, 0, (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
				    (uint8_t)i } };
}

TEST(neighbours_are_found_by_address_and_link)
{
	struct neighbours *n = neighbours_new(&key);
	struct ip_addr a = ip4_make(10, 0, 0, 1), six;
	struct eth_addr one = mac_of(1), two = mac_of(2), got = { { 9 } };

	CHECK_EQ(ip_scan("fe80::1", &six), 0);
	CHECK(!neighbours_find(n, &a, &got));
	CHECK_EQ(got.octet[0], 9);
	neighbours_put(n, &a, &one);
	six.zone = 3;
	neighbours_put(n, &six, &two);
	CHECK(neighbours_find(n, &a, &got));
	CHECK(memcmp(&got, &one, sizeof(got)) == 0);
	CHECK(neighbours_find(n, &six, &got));
	CHECK(memcmp(&got, &two, sizeof(got)) == 0);
	six.zone = 4;
	CHECK(!neighbours_find(n, &six, &got));
	neighbours_put(n, &a, &two);
	CHECK(neighbours_find(n, &a, &got));
	CHECK(memcmp(&got, &two, sizeof(got)) == 0);
	neighbours_free(n);
}

TEST(neighbours_hold_as_many_as_they_say_and_then_begin_anew)
{
	struct neighbours *n = neighbours_new(&key);
	struct eth_addr got, want;
	struct ip_addr a;
	size_t wrong = 0;

	for (uint32_t i = 0; i < NEIGHBOURS_MAX; i++) {
		a = ip4_of(0x0a000000 + i);
		want = mac_of(i);
		neighbours_put(n, &a, &want);
	}
	for (uint32_t i = 0; i < NEIGHBOURS_MAX; i++) {
		a = ip4_of(0x0a000000 + i);
		want = mac_of(i);
		wrong += !neighbours_find(n, &a, &got) || memcmp(&got, &want, sizeof(got)) != 0;
	}
	CHECK_EQ(wrong, 0);
	a = ip4_make(192, 0, 2, 1);
	neighbours_put(n, &a, &want);
	CHECK(neighbours_find(n, &a, &got));
	a = ip4_of(0x0a000000);
	CHECK(!neighbours_find(n, &a, &got));
	neighbours_free(n);
}
