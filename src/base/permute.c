/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/permute.h"

static uint64_t subkey(const struct hash_key *key, uint8_t i)
{
	return hash(key, (struct span){ &i, 1 });
}

/* Newton: an odd number is its own inverse modulo 8, and each step doubles the bits that are right. */
static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (unsigned bits = 3; bits < 64; bits *= 2)
		x *= 2 - odd * x;
	return x;
}

void permute_init(struct permute *p, uint64_t n, const struct hash_key *key)
{
	unsigned bits = n > 1 ? 64 - (unsigned)__builtin_clzll(n - 1) : 0;

	*p = (struct permute){
		.n = n,
		.mask = (1ull << bits) - 1,
		.shift = bits > 1 ? (bits + 1) / 2 : 1,
	};
	for (uint8_t i = 0; i < PERMUTE_ROUNDS; i++) {
		struct permute_round *r = &p->round[i];

		r->add = subkey(key, (uint8_t)(2 * i));
		r->odd = subkey(key, (uint8_t)(2 * i + 1)) | 1;
		r->undo = inverse(r->odd);
	}
}

/* The shift is half of the bits or more, so that the same xor undoes itself. */
static uint64_t mix(const struct permute *p, uint64_t x)
{
	for (unsigned i = 0; i < PERMUTE_ROUNDS; i++) {
		x = (x + p->round[i].add) * p->round[i].odd & p->mask;
		x ^= x >> p->shift;
	}
	return x;
}

static uint64_t unmix(const struct permute *p, uint64_t x)
{
	for (unsigned i = PERMUTE_ROUNDS; i-- > 0;) {
		x ^= x >> p->shift;
		x = (x * p->round[i].undo - p->round[i].add) & p->mask;
	}
	return x;
}

uint64_t permute_at(const struct permute *p, uint64_t i)
{
	do
		i = mix(p, i);
	while (i >= p->n);
	return i;
}

uint64_t permute_find(const struct permute *p, uint64_t v)
{
	do
		v = unmix(p, v);
	while (v >= p->n);
	return v;
}
