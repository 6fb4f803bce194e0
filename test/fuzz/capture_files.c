/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture file of any octets: frames lie within bounds, numbers count up, errors end it, and what is in the
 * frames is read and counted without harm: by the short way as by the long one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/files.h"
#include "watch/counts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct counts counts, quick;

static void must(bool held)
{
	if (!held)
		abort();
}

static bool same_span(struct span a, struct span b)
{
	return a.p == b.p && a.len == b.len;
}

static void same_packet(const struct packet *a, const struct packet *b)
{
	must(a->family == b->family && a->proto == b->proto && a->ttl == b->ttl &&
	     a->tos == b->tos);
	must(a->depth == b->depth && a->frag == b->frag && a->truncated == b->truncated);
	must(a->df == b->df && a->sum_ok == b->sum_ok && a->icmp == b->icmp);
	must(a->icmp_type == b->icmp_type && a->icmp_code == b->icmp_code);
	must(a->sport == b->sport && a->dport == b->dport && a->ip_id == b->ip_id);
	must(a->flow == b->flow && ip_cmp(&a->src, &b->src) == 0 && ip_cmp(&a->dst, &b->dst) == 0);
	must(a->src.zone == b->src.zone && a->dst.zone == b->dst.zone);
	must(ip_cmp(&a->last_dst, &b->last_dst) == 0);
	must(same_span(a->l3, b->l3) && same_span(a->l4, b->l4));
}

/* The frame read and counted both ways. */
static void both_ways(const struct capture_frame *frame)
{
	struct sight s = { .wire_len = frame->wire_len, .link = frame->link, .way = frame->way };
	struct sight slow = s, none = s;

	must(sight_read(&s, frame->octets) == sight_read_slowly(&slow, frame->octets));
	counts_add(&counts, &s);
	counts_frame(&quick, &none, frame->octets);
	must(counts.frames == quick.frames && counts.nothing == quick.nothing);
	must(counts.other == quick.other && counts.fragments == quick.fragments);
	must(counts.cut == quick.cut);
	if (s.kind != SIGHT_NOTHING)
		same_packet(&s.pkt, &slow.pkt);
	if (s.kind != SIGHT_ICMP)
		return;
	must(s.type == slow.type && s.code == slow.code && s.id == slow.id && s.seq == slow.seq);
	must(memcmp(counts.at[s.pkt.family == 6][s.type][s.code],
		    quick.at[s.pkt.family == 6][s.type][s.code], sizeof(counts.at[0][0][0])) == 0);
	sight_sum(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AUTO(capture_files_closep) struct capture_files *f = NULL;
	struct capture_frame frame;
	uint64_t number = 0;
	struct err err = { .text = "" };
	int r = capture_files_of((struct span){ data, len }, &f, &err);

	must((r == 0) == (f != NULL));
	must(r == 0 || err.text[0]);
	if (r < 0)
		return 0;
	while ((r = capture_files_next(f, &frame, &err)) > 0) {
		volatile uint8_t touched = 0;

		must(frame.number == ++number);
		must(frame.octets.len <= len && frame.octets.len <= CAPTURE_FRAME_MAX);
		must(frame.wire_len >= frame.octets.len);
		must(frame.way < SIGHT_WAYS && frame.link <= LINK_TYPES);
		for (size_t i = 0; i < frame.octets.len; i++)
			touched = frame.octets.p[i];
		(void)touched;
		both_ways(&frame);
	}
	must(r == 0 || r == -EIO || r == -ENOMEM);
	must(r == 0 || err.text[0]);
	must(capture_files_next(f, &frame, &err) == 0);
	return 0;
}
