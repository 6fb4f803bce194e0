/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file a survey goes on from, as anybody may have written it. */
#include <stdlib.h>

#include "flow/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The last octets of an item must be there whenever it was given. */
static void read_items(const struct state_frame *f)
{
	struct rcur c = rcur(f->body), d = c, e = c, g = c;
	struct state_cells cells;
	struct state_from from;
	struct state_mac mac;
	uint64_t v;

	state_tag_get(&c);
	d = e = g = c;
	while (state_cells_get(&c, &cells)) {
		if (cells.n == 0 || cells.cell.from >= CELL_FROM_MAX)
			abort();
	}
	while (state_from_get(&d, &from)) {
		if (from.index >= CELL_FROM_MAX || (from.addr.family && !ip_len(from.addr.family)))
			abort();
	}
	while (state_mac_get(&e, &mac))
		;
	while (state_sum_get(&g, &v))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span left = { data, len };
	struct state_frame f = { .kind = STATE_CELLS, .body = { data, len } };
	struct state_head h;
	size_t used;

	/* Checksums keep a fuzzer out of the bodies: here it gets in without one, too. */
	read_items(&f);
	if (state_head_parse(f.body, &h) == 0 && (h.shard >= h.shards || h.slots == 0))
		abort();
	while (state_frame_parse(left, &f, &used) == 0) {
		if (used > left.len || f.body.len > STATE_BODY_MAX)
			abort();
		read_items(&f);
		left = (struct span){ left.p + used, left.len - used };
	}
	return 0;
}
