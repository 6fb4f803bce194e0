/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A space of addresses from any ranges: after sealing, ranges are in order and apart, numbers
 * lead to addresses and back, and nothing is lost but what is told.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "probe/space.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct space *s, uint64_t given)
{
	uint64_t sum = 0, i;

	for (size_t k = 0; k < s->n; k++) {
		const struct space_range *r = &s->range[k];
		uint64_t numbers[] = { 0, r->n - 1, r->n / 2 };

		if (r->n == 0 || r->before != sum)
			abort();
		for (size_t j = 0; j < ARRAY_LEN(numbers); j++) {
			struct ip_addr a = space_addr(s, sum + numbers[j]);

			if (!space_find(s, &a, &i) || i != sum + numbers[j])
				abort();
		}
		sum += r->n;
	}
	if (sum != s->total || sum + s->repeated + s->special + s->excluded != given)
		abort();
}

/* Octets: flags, zone, how many (8 octets, shifted), address. */
static void add(struct space *s, struct space *out, struct rcur *c)
{
	uint8_t flags = get_u8(c), zone = get_u8(c) % 3, shift = get_u8(c) % 64;
	uint64_t n = ((uint64_t)get_u32(c) << 32 | get_u32(c)) >> shift;
	struct ip_addr a = { .family = flags & 1 ? 4 : 6 };

	get_bytes(c, a.octet, ip_len(a.family));
	if (c->bad)
		return;
	a.zone = a.family == 6 ? zone : 0;
	if (flags & 2) {
		struct ip_prefix p = ip_prefix_of(&a, (unsigned)(n % 129));

		(void)space_add_prefix(out, &p);
	} else {
		(void)space_add(s, &a, n, (flags & 4) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct space_range range[512], gone[32];
	struct space s = { .range = range, .room = 64 };
	struct space out = { .range = gone, .room = ARRAY_LEN(gone) };
	struct rcur c = rcur((struct span){ data, len });
	bool special = get_u8(&c) & 1;
	uint64_t given;
	size_t need;

	while (!c.bad)
		add(&s, &out, &c);
	given = s.total;
	if (space_seal(&s, &out, special, &need) < 0) {
		if (need <= s.room || need > ARRAY_LEN(range))
			abort();
		s.room = need;
		if (space_seal(&s, &out, special, &need) < 0)
			abort();
	}
	check(&s, given);
	if (space_seal(&s, &out, special, &need) < 0)
		return 0;
	check(&s, given);
	return 0;
}
