/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Points in time as RFC 3339 text, UTC, microseconds. Pure. */
#pragma once

#include "base/base.h"

#define WHEN_TEXT_LEN 48

/** @ns since 1970 as "2026-11-21T12:00:00.000001Z". Years up to 9999 by the type's range. Returns @buf. */
const char *when_format(uint64_t ns, char buf[static WHEN_TEXT_LEN]);
