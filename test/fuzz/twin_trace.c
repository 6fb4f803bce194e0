/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trace messages of the kernel, one after another, and the packets they make up. */
#include <stdlib.h>
#include <string.h>

#include "twin/trace_join.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void each(void *to, const struct trace_packet *p)
{
	if (p->chain_n > TRACE_CHAINS_MAX || p->hit_n > TRACE_HITS_MAX || p->rule >= 0)
		abort();
	(*(int *)to)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct trace_join *j;
	int told = 0, said = 0;

	if (!j)
		j = trace_join_new(NULL);
	if (!j)
		abort();
	trace_join_hits(j, true);
	while (len >= 4) {
		struct trace_event e;
		uint32_t n;
		size_t take;

		memcpy(&n, data, sizeof(n));
		take = n < 4 || n > len ? len : n;
		if (trace_event_parse((struct span){ data, take }, &e) == 0) {
			if (e.network.len > take || e.transport.len > take ||
			    strlen(e.table) >= TRACE_NAME_LEN || strlen(e.chain) >= TRACE_NAME_LEN)
				abort();
			said += trace_join_feed(j, &e, each, &told);
		}
		data += take;
		len -= take;
	}
	said += trace_join_end(j, each, &told);
	if (said != told)
		abort();
	return 0;
}
