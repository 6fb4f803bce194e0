/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clocks. Times are nanoseconds. */
#pragma once

#include "base/base.h"

#define CLOCK_NEVER UINT64_MAX /* a time that does not come */

/** Since some time in the past; never goes back, never jumps. */
uint64_t clock_mono_ns(void);

/** Since 1970, UTC; may jump when somebody sets it. */
uint64_t clock_wall_ns(void);
