/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * icmp_counts FILE: the outermost ICMP header of every frame of a capture ("-": standard
 * input), counted. Writes a line "family type code frames" each, "?" for what the capture
 * cut off, and last "frames N". With --whole in front, messages are counted: those that came
 * in fragments when they are whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/files.h"
#include "watch/counts.h"
#include "watch/frags.h"

#define PLACES 64

static struct counts counts;
static struct frags *frags; /* with --whole */

static void count(const struct capture_frame *frame)
{
	/* No direction: one row a type and code. */
	struct sight s = { .wire_len = frame->wire_len, .link = frame->link, .t_ns = frame->t_ns },
		     whole;

	sight_read(&s, frame->octets);
	if (frags && s.kind != SIGHT_NOTHING && s.pkt.frag != PACKET_WHOLE) {
		if (!frags_add(frags, &s, &whole)) {
			counts.frames++;
			return;
		}
		s = whole;
	}
	counts_add(&counts, &s);
}

static void write_number(unsigned n)
{
	if (n == SIGHT_CUT)
		printf("? ");
	else
		printf("%u ", n);
}

static void write_counts(void)
{
	struct counts_row row;

	for (uint32_t at = 0; counts_next(&counts, &at, &row);) {
		printf("%u ", row.family);
		write_number(row.type);
		write_number(row.code);
		printf("%" PRIu64 "\n", row.count.packets);
	}
	printf("frames %" PRIu64 "\n", counts.frames);
}

int main(int argc, char **argv)
{
	AUTO(capture_files_closep) struct capture_files *files = NULL;
	struct capture_frame frame;
	struct err err;
	int r;

	if (argc != 2 && (argc != 3 || strcmp(argv[1], "--whole") != 0)) {
		fprintf(stderr, "usage: %s [--whole] FILE\n", argv[0]);
		return 2;
	}
	if (argc == 3)
		frags = frags_init(malloc(frags_size(PLACES)), PLACES, &(struct hash_key){ { 0 } });
	r = capture_files_open((const char *const *)argv + argc - 1, 1, &files, &err);
	while (r >= 0 && (r = capture_files_next(files, &frame, &err)) > 0)
		count(&frame);
	if (r < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	write_counts();
	free(frags);
	return 0;
}
