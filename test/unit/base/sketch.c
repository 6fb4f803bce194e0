/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sketch.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "test.h"

static uint64_t hash_of(uint64_t i)
{
	static const struct hash_key key = { { 3, 4 } };

	return hash(&key, (struct span){ (const uint8_t *)&i, sizeof(i) });
}

static struct bloom filter(unsigned bits)
{
	struct bloom b = { calloc((size_t)1 << (bits - 6), sizeof(uint64_t)), bits };

	CHECK(b.word);
	return b;
}

TEST(bloom_never_denies_what_was_added)
{
	struct bloom b = filter(16);

	for (uint64_t i = 0; i < 20000; i++) /* far too many for it */
		bloom_add(&b, hash_of(i));
	for (uint64_t i = 0; i < 20000; i++) {
		CHECK(bloom_has(&b, hash_of(i)));
		CHECK(bloom_add(&b, hash_of(i)));
	}
	bloom_clear(&b);
	for (uint64_t i = 0; i < 100; i++)
		CHECK(!bloom_has(&b, hash_of(i)));
	free(b.word);
}

TEST(bloom_is_wrong_as_seldom_as_it_says)
{
	static const struct {
		unsigned bits_each;
		double most; /* share of false answers */
	} cases[] = { { 8, 0.04 }, { 10, 0.02 }, { 16, 0.005 } };

	for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
		struct bloom b = filter(20);
		const uint64_t n = (1u << 20) / cases[c].bits_each;
		unsigned wrong = 0;

		for (uint64_t i = 0; i < n; i++)
			bloom_add(&b, hash_of(i));
		for (uint64_t i = 0; i < 100000; i++)
			wrong += bloom_has(&b, hash_of(1ull << 40 | i));
		CHECK(wrong < cases[c].most * 100000);
		CHECK(wrong > 0);
		free(b.word);
	}
}

TEST(the_smallest_bloom_works)
{
	struct bloom b = filter(9);

	CHECK(!bloom_add(&b, hash_of(1)));
	CHECK(bloom_has(&b, hash_of(1)));
	free(b.word);
}

static double count(unsigned bits, uint64_t n, uint64_t seed)
{
	uint8_t reg[1 << 12] = { 0 };

	for (uint64_t i = 0; i < n; i++) {
		hll_add(reg, bits, hash_of(seed << 32 | i));
		hll_add(reg, bits, hash_of(seed << 32 | i)); /* again changes nothing */
	}
	return hll_count(reg, bits);
}

TEST(hll_counts_within_four_deviations)
{
	static const uint64_t counts[] = { 1, 5, 25, 100, 256, 1000, 20000 };
	static const unsigned sizes[] = { 4, 6, 10, 12 };

	for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
		for (size_t c = 0; c < ARRAY_LEN(counts); c++)
			for (uint64_t seed = 1; seed < 6; seed++) {
				double n = (double)counts[c],
				       got = count(sizes[s], counts[c], seed);
				double off = got > n ? got - n : n - got;

				/* Small counts are whole numbers: one of them may share a register. */
				CHECK(off <= 4 * hll_error(sizes[s]) * n + 0.6);
			}
}

TEST(hll_deviates_as_much_as_it_says)
{
	double sum = 0;

	for (uint64_t seed = 1; seed <= 200; seed++) {
		double off = count(6, 2000, seed) / 2000 - 1;

		sum += off * off;
	}
	CHECK(sum / 200 < 1.5 * 1.5 * hll_error(6) * hll_error(6));
	CHECK(sum / 200 > 0.5 * 0.5 * hll_error(6) * hll_error(6));
}

TEST(an_empty_hll_counts_nothing)
{
	uint8_t reg[16] = { 0 };

	CHECK(hll_count(reg, 4) == 0);
}

TEST(merged_sketches_count_the_union)
{
	uint8_t a[64] = { 0 }, b[64] = { 0 }, both[64] = { 0 };

	for (uint64_t i = 0; i < 300; i++) {
		hll_add(i < 200 ? a : b, 6, hash_of(i));
		hll_add(i >= 100 && i < 200 ? b : a, 6, hash_of(i));
		hll_add(both, 6, hash_of(i));
	}
	hll_merge(a, b, 6);
	CHECK_MEM(a, both, sizeof(a));
}

static struct countmin countmin_of(unsigned log2_width, unsigned depth)
{
	struct countmin t = { calloc(depth, (size_t)1 << log2_width), log2_width, depth };

	CHECK(t.cell);
	return t;
}

TEST(a_countmin_is_never_too_small_and_seldom_too_large)
{
	struct countmin t = countmin_of(12, 4);
	unsigned over = 0;

	for (uint64_t i = 0; i < 2000; i++)
		for (unsigned k = 0; k <= i % 3; k++) {
			unsigned n = countmin_add(&t, hash_of(i));

			CHECK(n >= k + 1);
			over += n > k + 1;
		}
	/* The bound: n e / width too large with chance e^-4, under 2 %. Conservative updates do better. */
	CHECK(over < 4000 * 0.02);
	free(t.cell);
}

TEST(a_countmin_saturates_and_ages)
{
	struct countmin t = countmin_of(8, 2);

	for (unsigned i = 0; i < 300; i++)
		countmin_add(&t, hash_of(7));
	CHECK_EQ(countmin_add(&t, hash_of(7)), 255);
	countmin_halve(&t);
	CHECK_EQ(countmin_add(&t, hash_of(7)), 128);
	for (unsigned i = 0; i < 8; i++)
		countmin_halve(&t);
	CHECK_EQ(countmin_add(&t, hash_of(7)), 1);
	free(t.cell);
}
