/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the kernel's numbers, which only rise, to struct counts: what came since the last look is added.
 *
 * No system call.
 */
#pragma once

#include "bpf/shared.h"
#include "watch/counts.h"

/* What was taken over already. Zeroed: nothing. About 6 MiB, of which most is never touched. */
struct counter_seen {
	struct bpf_counter_sums sums;
	struct bpf_counter_codes codes[BPF_COUNTER_KEYS];
	struct bpf_counter_rare rare[BPF_COUNTER_KEYS];
};

/** Add the sums of @n processors at @now. */
void counter_merge_sums(struct counter_seen *seen, const struct bpf_counter_sums *now, unsigned n,
			struct counts *into);

/** Add what @n processors at @now counted of the family and type of @key (0..BPF_COUNTER_KEYS - 1). */
void counter_merge_codes(struct counter_seen *seen, uint32_t key,
			 const struct bpf_counter_codes *now, unsigned n, struct counts *into);

void counter_merge_rare(struct counter_seen *seen, uint32_t key, const struct bpf_counter_rare *now,
			struct counts *into);
