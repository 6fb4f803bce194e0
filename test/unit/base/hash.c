/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "base/hash.h"

/* Test vectors of the SipHash reference implementation: key 00..0f, input 00..n-1. */
TEST(hash_is_siphash_2_4)
{
	static const struct hash_key key = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	static const struct {
		size_t len;
		uint64_t want;
	} cases[] = {
		{ 0, 0x726fdb47dd0e0e31 }, { 1, 0x74f839c593dc67fd },  { 7, 0xab0200f58b01d137 },
		{ 8, 0x93f5f5799a932462 }, { 15, 0xa129ca6149be45e5 },
	};
	uint8_t in[16];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)i;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(hash(&key, (struct span){ in, cases[i].len }) == cases[i].want);
}

TEST(hash_depends_on_the_key)
{
	static const struct hash_key a = { { 1, 2 } }, b = { { 1, 3 } };
	static const uint8_t in[4] = { 1, 2, 3, 4 };

	CHECK(hash(&a, (struct span){ in, 4 }) != hash(&b, (struct span){ in, 4 }));
}
