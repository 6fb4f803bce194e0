/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <time.h>

#include "base/when.h"

TEST(when_format_agrees_with_gmtime)
{
	char got[WHEN_TEXT_LEN], want[WHEN_TEXT_LEN];

	for (uint64_t s = 0; s < 17000000000ull; s += 86400 * 13 + 3671) {
		time_t t = (time_t)s;
		struct tm tm;

		gmtime_r(&t, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000042Z", &tm);
		CHECK_STR(when_format(s * NS_PER_S + 42999, got), want);
	}
}
