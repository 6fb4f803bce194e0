/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * icmp_counts FILE: the outermost ICMP header of every frame of a capture ("-": standard
 * input), counted. Writes a line "family type code frames" each, "?" for what the capture
 * cut off, and last "frames N".
 */
#include <inttypes.h>
#include <stdio.h>

#include "capture/files.h"
#include "watch/counts.h"

static struct counts counts;

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

	if (argc != 2) {
		fprintf(stderr, "usage: %s FILE\n", argv[0]);
		return 2;
	}
	r = capture_files_open((const char *const *)argv + 1, 1, &files, &err);
	while (r >= 0 && (r = capture_files_next(files, &frame, &err)) > 0) {
		/* No direction: one row a type and code. */
		struct sight s = { .wire_len = frame.wire_len, .link = frame.link };

		sight_read(&s, frame.octets);
		counts_add(&counts, &s);
	}
	if (r < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	write_counts();
	return 0;
}
