/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture file of any octets: frames lie within bounds, numbers count up, errors end it, and what is in the
 * frames is read and counted without harm.
 */
#include <errno.h>
#include <stdlib.h>

#include "capture/files.h"
#include "watch/counts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct counts counts;

static void must(bool held)
{
	if (!held)
		abort();
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
		struct sight s = { .wire_len = frame.wire_len, .link = frame.link, .way = frame.way };
		volatile uint8_t touched = 0;

		must(frame.number == ++number);
		must(frame.octets.len <= len && frame.octets.len <= CAPTURE_FRAME_MAX);
		must(frame.wire_len >= frame.octets.len);
		must(frame.way < SIGHT_WAYS && frame.link <= LINK_TYPES);
		for (size_t i = 0; i < frame.octets.len; i++)
			touched ^= frame.octets.p[i];
		sight_read(&s, frame.octets);
		counts_add(&counts, &s);
		sight_sum(&s);
	}
	must(r == 0 || r == -EIO || r == -ENOMEM);
	must(r == 0 || err.text[0]);
	must(capture_files_next(f, &frame, &err) == 0);
	return 0;
}
