/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/stamp.h"

#include "sys/clock.h"

#define TRIES   4
#define SKEW_NS 1000 /* between two readings of the clocks that belong together */

/*
 * A process may be put to sleep between two readings, which would make stamps look younger than they
 * are, so a pair that was read too slowly is read again.
 */
struct stamp_clocks stamp_clocks_read(void)
{
	struct stamp_clocks c = { 0, 0 };

	for (unsigned i = 0; i < TRIES; i++) {
		uint64_t before = clock_mono_ns();

		c.wall = clock_wall_ns();
		c.mono = clock_mono_ns();
		if (c.mono - before < SKEW_NS)
			break;
	}
	return c;
}

uint64_t stamp_mono(uint64_t then_ns, const struct stamp_clocks *now, uint64_t floor_ns)
{
	if (then_ns > now->wall || now->wall - then_ns > now->mono - MIN(floor_ns, now->mono))
		return now->mono;
	return now->mono - (now->wall - then_ns);
}
