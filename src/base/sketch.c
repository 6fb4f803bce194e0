/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sketch.h"

#include <math.h>
#include <string.h>

#define LINE_WORDS 8 /* 64 octets: one cache line */
#define PROBES     4

/* The line a hash falls in; its low 36 bits say which bits of it. */
static uint64_t *line_of(const struct bloom *b, uint64_t hash)
{
	uint64_t lines = 1ull << (b->log2_bits - 9);

	return b->word + (hash >> 36 & (lines - 1)) * LINE_WORDS;
}

bool bloom_add(struct bloom *b, uint64_t hash)
{
	uint64_t *line = line_of(b, hash);
	bool all = true;

	for (unsigned i = 0; i < PROBES; i++, hash >>= 9) {
		uint64_t bit = 1ull << (hash & 63);

		all &= (line[hash >> 6 & 7] & bit) != 0;
		line[hash >> 6 & 7] |= bit;
	}
	return all;
}

bool bloom_has(const struct bloom *b, uint64_t hash)
{
	const uint64_t *line = line_of(b, hash);
	bool all = true;

	for (unsigned i = 0; i < PROBES; i++, hash >>= 9)
		all &= (line[hash >> 6 & 7] >> (hash & 63) & 1) != 0;
	return all;
}

void bloom_clear(struct bloom *b)
{
	memset(b->word, 0, (size_t)1 << (b->log2_bits - 3));
}

void hll_add(uint8_t *reg, unsigned bits, uint64_t hash)
{
	uint64_t rest = hash << bits | 1ull << (bits - 1);
	uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
	uint8_t *r = &reg[hash >> (64 - bits)];

	if (rank > *r)
		*r = rank;
}

double hll_count(const uint8_t *reg, unsigned bits)
{
	const unsigned n = 1u << bits;
	double sum = 0, alpha, raw;
	unsigned empty = 0;

	for (unsigned i = 0; i < n; i++) {
		sum += 1.0 / (double)(1ull << MIN(reg[i], 63));
		empty += reg[i] == 0;
	}
	alpha = n == 16 ? 0.673 : n == 32 ? 0.697 : n == 64 ? 0.709 : 0.7213 / (1 + 1.079 / n);
	raw = alpha * n * n / sum;
	if (raw <= 2.5 * n && empty > 0)
		return n * log((double)n / empty);
	return raw;
}

double hll_error(unsigned bits)
{
	return 1.04 / sqrt((double)(1u << bits));
}

void hll_merge(uint8_t *into, const uint8_t *from, unsigned bits)
{
	for (unsigned i = 0; i < 1u << bits; i++)
		into[i] = MAX(into[i], from[i]);
}

unsigned countmin_add(struct countmin *t, uint64_t hash)
{
	const uint32_t mask = (1u << t->log2_width) - 1;
	const uint32_t a = (uint32_t)hash, step = (uint32_t)(hash >> 32) | 1;
	unsigned least = 255;

	for (unsigned i = 0; i < t->depth; i++)
		least = MIN(least, t->cell[(i << t->log2_width) + ((a + i * step) & mask)]);
	if (least == 255)
		return 255;
	for (unsigned i = 0; i < t->depth; i++) {
		uint8_t *c = &t->cell[(i << t->log2_width) + ((a + i * step) & mask)];

		*c = MAX(*c, (uint8_t)(least + 1));
	}
	return least + 1;
}

void countmin_halve(struct countmin *t)
{
	for (size_t i = 0; i < (size_t)t->depth << t->log2_width; i++)
		t->cell[i] /= 2;
}
