/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/counter_merge.h"

#include <assert.h>

static_assert(BPF_COUNTER_CUT == SIGHT_CUT, "one number means cut off");
static_assert(BPF_COUNTER_WAYS == SIGHT_WAYS, "the kernel's ways are ours");

/* Packets and octets are two numbers: one may be read before, the other after a packet. */
static void add(struct bpf_count *seen, const struct bpf_count *now, struct count *into)
{
	into->packets += now->packets - seen->packets;
	into->bytes += now->bytes - seen->bytes;
	*seen = *now;
}

static struct count *place(struct counts *into, uint32_t key, unsigned code)
{
	return into->at[key / COUNTS_N][key % COUNTS_N][code];
}

void counter_merge_sums(struct counter_seen *seen, const struct bpf_counter_sums *now, unsigned n,
			struct counts *into)
{
	struct bpf_counter_sums all = { 0 };

	for (unsigned i = 0; i < n; i++) {
		all.frames += now[i].frames;
		all.nothing += now[i].nothing;
		all.other += now[i].other;
		all.fragments += now[i].fragments;
		all.cut += now[i].cut;
		all.rare += now[i].rare;
	}
	into->frames += all.frames - seen->sums.frames;
	into->nothing += all.nothing - seen->sums.nothing;
	into->other += all.other - seen->sums.other;
	into->fragments += all.fragments - seen->sums.fragments;
	into->cut += all.cut - seen->sums.cut;
	seen->sums = all;
}

void counter_merge_codes(struct counter_seen *seen, uint32_t key,
			 const struct bpf_counter_codes *now, unsigned n, struct counts *into)
{
	for (unsigned slot = 0; slot < BPF_COUNTER_SLOTS; slot++) {
		struct count *to = place(into, key, slot < BPF_COUNTER_CODES ? slot : SIGHT_CUT);

		for (unsigned way = 0; way < SIGHT_WAYS; way++) {
			struct bpf_count all = { 0 };

			for (unsigned i = 0; i < n; i++) {
				all.packets += now[i].at[slot][way].packets;
				all.bytes += now[i].at[slot][way].bytes;
			}
			add(&seen->codes[key].at[slot][way], &all, &to[way]);
		}
	}
}

void counter_merge_rare(struct counter_seen *seen, uint32_t key, const struct bpf_counter_rare *now,
			struct counts *into)
{
	for (unsigned i = 0; i < BPF_COUNTER_RARE; i++) {
		struct count *to = place(into, key, BPF_COUNTER_CODES + i);

		for (unsigned way = 0; way < SIGHT_WAYS; way++)
			add(&seen->rare[key].at[i][way], &now->at[i][way], &to[way]);
	}
}
