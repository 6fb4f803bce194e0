/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user may name as a target, and as the interface of an extended echo. */
#include <stdlib.h>
#include <string.h>

#include "probe/probe.h"
#include "probe/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[512];
	struct probe_about about;
	struct target t;
	struct err err;

	len = len < sizeof(text) ? len : sizeof(text) - 1;
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	if (target_scan(text, &t, &err) == 0) {
		struct target_walk w = { 0 };
		struct ip_addr first, before = { 0 };
		uint64_t n, sum = 0;

		/* Runs are in order, the first begins where the target does, and none overlaps. */
		for (int i = 0; i < 300 && target_next(&t, &w, &first, &n); i++) {
			if (i == 0 ? !ip_eq(&first, &t.prefix.addr) : ip_cmp(&before, &first) > 0)
				abort();
			before = ip_plus(&first, n);
			sum += n;
		}
		if (w.over && (sum != target_count(&t) || (sum == 0) != (t.kind == TARGET_NAME)))
			abort();
		if ((t.kind == TARGET_NAME) != (t.prefix.addr.family == 0) ||
		    t.prefix.len > 8 * ip_len(t.prefix.addr.family) ||
		    t.last.family != t.prefix.addr.family ||
		    strnlen(t.zone, sizeof(t.zone)) == sizeof(t.zone))
			abort();
	}
	if (probe_about_scan(text, &about, &err) == 0 && about.kind == PROBE_ABOUT_NOTHING)
		abort();
	return 0;
}
