/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a packet arrived, in the monotonic clock. The kernel stamps packets with the wall clock, which
 * somebody may set at any moment; only the age of a stamp is used, and only one that can be.
 */
#pragma once

#include "base/base.h"

/* One moment in both clocks; nanoseconds as in sys/clock.h. */
struct stamp_clocks {
	uint64_t mono, wall;
};

/** Both clocks now. */
struct stamp_clocks stamp_clocks_read(void);

/**
 * The monotonic time of the wall clock's @then_ns, pure.
 *
 * @now       the clocks when the packet was read, after it had arrived
 * @floor_ns  monotonic, <= @now->mono: no packet that is read now arrived before
 *
 * Returns a time from @floor_ns to @now->mono. A stamp of the future, or older than @floor_ns, is the
 * sign of a clock that was set between the two: then the time of reading is the best there is.
 */
uint64_t stamp_mono(uint64_t then_ns, const struct stamp_clocks *now, uint64_t floor_ns);
