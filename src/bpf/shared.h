/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs of this folder, which run in the kernel, and those who load them agree on.
 */
#pragma once

#include <linux/types.h>

#define BPF_COUNTER_WAYS  3   /* enum sight_way */
#define BPF_COUNTER_CUT   256 /* in place of a type or code that is not there: SIGHT_CUT */
#define BPF_COUNTER_KEYS  (2 * (BPF_COUNTER_CUT + 1)) /* families, types and BPF_COUNTER_CUT */
#define BPF_COUNTER_CODES 16                      /* codes that every processor counts for itself */
#define BPF_COUNTER_SLOTS (BPF_COUNTER_CODES + 1) /* and behind them BPF_COUNTER_CUT */
#define BPF_COUNTER_RARE  (256 - BPF_COUNTER_CODES) /* codes that all processors count together */

struct bpf_count {
	__u64 packets, bytes; /* octets with the link header and tags, without FCS */
};

/* Of one family and type; a value of the map "counter_codes", one for each processor. */
struct bpf_counter_codes {
	struct bpf_count at[BPF_COUNTER_SLOTS][BPF_COUNTER_WAYS];
};

/* Of one family and type; a value of the map "counter_rare". */
struct bpf_counter_rare {
	struct bpf_count at[BPF_COUNTER_RARE][BPF_COUNTER_WAYS];
};

/* The one value of the map "counter_sums", for each processor; names as in struct counts. */
struct bpf_counter_sums {
	__u64 frames, nothing, other, fragments, cut;
	__u64 rare; /* messages that are in "counter_rare" */
};

/* The key of a type (0..BPF_COUNTER_CUT) in both maps of types. */
static inline __u32 bpf_counter_key(__u32 family, __u32 type)
{
	return (family == 6 ? BPF_COUNTER_CUT + 1 : 0) + type;
}
