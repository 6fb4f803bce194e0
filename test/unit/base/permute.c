/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/permute.h"

#include <stdlib.h>

#include "test.h"

static struct hash_key key_of(uint64_t seed)
{
	return (struct hash_key){ { seed, seed * 0x9e3779b97f4a7c15 + 1 } };
}

static void check_bijection(uint64_t n, uint64_t seed)
{
	struct hash_key key = key_of(seed);
	uint8_t *met = calloc(1, n + 1);
	struct permute p;

	assert_non_null(met);
	permute_init(&p, n, &key);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t v = permute_at(&p, i);

		CHECK(v < n);
		CHECK_EQ(met[v], 0);
		met[v] = 1;
		CHECK_EQ(permute_find(&p, v), i);
	}
	free(met);
}

TEST(every_small_number_of_things_is_permuted_without_loss_and_back)
{
	for (uint64_t n = 0; n <= 300; n++)
		check_bijection(n, n);
}

TEST(powers_of_two_their_neighbours_and_primes_are_permuted)
{
	static const uint64_t n[] = { 509,   511,   512,   513,   1021,   4095,   4096,  4097,
				      65535, 65536, 65537, 99991, 131071, 131072, 131073 };

	for (size_t i = 0; i < ARRAY_LEN(n); i++)
		check_bijection(n[i], 7);
}

TEST(a_huge_space_is_walked_both_ways)
{
	static const uint64_t n[] = { 1ull << 62,       (1ull << 62) - 1,  (1ull << 61) + 1,
				      (1ull << 48) - 1, (1ull << 48) + 1,  (1ull << 32) + 15,
				      1ull << 32,       0xffffffffull - 5, 1000000007 };

	for (size_t k = 0; k < ARRAY_LEN(n); k++) {
		struct hash_key key = key_of(k);
		struct permute p;

		permute_init(&p, n[k], &key);
		for (uint64_t i = 0; i < 2000; i++) {
			uint64_t at = i < 1000 ? i : n[k] - 1 - (i - 1000);
			uint64_t v = permute_at(&p, at);

			CHECK(v < n[k]);
			CHECK_EQ(permute_find(&p, v), at);
			CHECK_EQ(permute_at(&p, permute_find(&p, at)), at);
		}
	}
}

TEST(the_seed_alone_makes_the_order)
{
	struct hash_key one = key_of(1), two = key_of(2);
	struct permute a, b, c;
	unsigned same = 0;

	permute_init(&a, 10000, &one);
	permute_init(&b, 10000, &one);
	permute_init(&c, 10000, &two);
	for (uint64_t i = 0; i < 10000; i++) {
		CHECK_EQ(permute_at(&a, i), permute_at(&b, i));
		same += permute_at(&a, i) == permute_at(&c, i);
	}
	CHECK(same < 12); /* one is expected; Poisson */
}

/* Chi-squared of @bins counts with @each expected in every one, less its mean, in deviations. */
static double chi_off(const unsigned *count, unsigned bins, double each)
{
	double sum = 0;

	for (unsigned i = 0; i < bins; i++)
		sum += (count[i] - each) * (count[i] - each) / each;
	return (sum - (bins - 1)) * (sum - (bins - 1)) / (2.0 * (bins - 1));
}

/*
 * Where a thing stands says nothing of where its neighbour does: steps from one place to the next
 * are spread evenly, and so is every block of neighbours (a /24) over the whole run.
 */
static void check_no_locality(uint64_t n, uint64_t seed)
{
	struct hash_key key = key_of(seed);
	unsigned step[64] = { 0 }, block[64] = { 0 }, gap[64] = { 0 };
	struct permute p;

	permute_init(&p, n, &key);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t v = permute_at(&p, i), w = permute_at(&p, (i + 1) % n);
		uint64_t far = permute_at(&p, (i + 64) % n);

		step[(w + n - v) % n * 64 / n]++;
		gap[(far + n - v) % n * 64 / n]++;
	}
	for (uint64_t at = 0; at < n / 16; at++) /* the first sixteenth of the run */
		block[permute_at(&p, at) * 64 / n]++;
	CHECK(chi_off(step, 64, (double)n / 64) < 36);
	CHECK(chi_off(gap, 64, (double)n / 64) < 36);
	CHECK(chi_off(block, 64, (double)(n / 16) / 64) < 36);
}

TEST(neighbours_are_not_seen_to_be_neighbours)
{
	static const uint64_t n[] = { 1 << 16, (1 << 16) + 1, 65535 * 3, 1 << 20, 1000000, 254000 };

	for (size_t i = 0; i < ARRAY_LEN(n); i++)
		for (uint64_t seed = 1; seed <= 3; seed++)
			check_no_locality(n[i], seed);
}
