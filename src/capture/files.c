/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/files.h"

#include <errno.h>
#include <stdlib.h>

#include "capture/reader.h"

#define SOURCE_SHIFT 12 /* of the file in .source; interfaces are below CAPTURE_IFACES_MAX */

/* One of several files: the frame that comes next of it. */
struct queued {
	struct reader reader;
	const char *path;
	struct capture_frame frame;
	bool over;
};

struct capture_files {
	struct queued *file;
	size_t n;
	size_t last; /* whose frame was given last: it is the one that must be read on */
	bool begun;
};

static int failed(struct queued *q, int r, struct err *err)
{
	q->over = true;
	if (r == -ENOMEM)
		return err_set(err, r, "%s: out of memory", q->path);
	return err_set(err, r, "%s: %s", q->path, q->reader.why);
}

int capture_files_open(const char *const *path, size_t n, struct capture_files **ret,
		       struct err *err)
{
	AUTO(capture_files_closep) struct capture_files *f = calloc(1, sizeof(*f));
	int r = 0;

	if (n == 0 || n > CAPTURE_FILES_MAX)
		return err_set(err, -E2BIG, "%zu files: 1 to %d can be read at once", n,
			       CAPTURE_FILES_MAX);
	if (f)
		f->file = calloc(n, sizeof(*f->file));
	if (!f || !f->file)
		return err_set(err, -ENOMEM, "reading captures: out of memory");
	for (size_t i = 0; i < n && r == 0; i++) {
		struct queued *q = &f->file[i];

		q->path = path[i];
		r = stream_open(&q->reader.in, path[i], err);
		if (r < 0)
			break;
		f->n++;
		r = reader_begin(&q->reader);
		if (r < 0)
			failed(q, r, err);
	}
	if (r < 0)
		return r;
	*ret = f;
	f = NULL;
	return 0;
}

int capture_files_of(struct span octets, struct capture_files **ret, struct err *err)
{
	AUTO(capture_files_closep) struct capture_files *f = calloc(1, sizeof(*f));
	int r;

	if (f)
		f->file = calloc(1, sizeof(*f->file));
	if (!f || !f->file || stream_of(&f->file->reader.in, octets) < 0)
		return err_set(err, -ENOMEM, "reading captures: out of memory");
	f->n = 1;
	f->file->path = "capture";
	r = reader_begin(&f->file->reader);
	if (r < 0)
		return failed(f->file, r, err);
	*ret = f;
	f = NULL;
	return 0;
}

/* Fetch the next frame of @q. 0; -errno, told once. */
static int fetch(struct capture_files *f, struct queued *q, struct err *err)
{
	int r;

	if (q->over)
		return 0;
	r = reader_next(&q->reader, &q->frame);
	if (r < 0)
		return failed(q, r, err);
	q->over = r == 0;
	q->frame.source |= (uint32_t)(q - f->file) << SOURCE_SHIFT;
	return 0;
}

/* The earliest of what comes next; of equals the file that was named first. */
static struct queued *earliest(struct capture_files *f)
{
	struct queued *best = NULL;

	for (size_t i = 0; i < f->n; i++) {
		struct queued *q = &f->file[i];

		if (!q->over && (!best || q->frame.t_ns < best->frame.t_ns))
			best = q;
	}
	return best;
}

static int next_of_many(struct capture_files *f, struct capture_frame *ret, struct err *err)
{
	struct queued *q;
	int r = 0;

	/* What was given last is used up now. Failures must not hide: the cursor moves on first. */
	while (r == 0 && f->last < f->n) {
		q = &f->file[f->last];
		f->last = f->begun ? f->n : f->last + 1;
		r = fetch(f, q, err);
	}
	if (r < 0)
		return r;
	f->begun = true;
	q = earliest(f);
	if (!q)
		return 0;
	f->last = (size_t)(q - f->file);
	*ret = q->frame;
	return 1;
}

int capture_files_next(struct capture_files *f, struct capture_frame *ret, struct err *err)
{
	struct queued *q = f->file;
	int r;

	if (f->n > 1)
		return next_of_many(f, ret, err);
	if (q->over)
		return 0;
	r = reader_next(&q->reader, ret);
	if (r > 0)
		return 1;
	q->over = true;
	return r < 0 ? failed(q, r, err) : 0;
}

double capture_files_done(const struct capture_files *f)
{
	double size = 0, taken = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->file[i].reader.in.size == 0)
			return -1;
		size += (double)f->file[i].reader.in.size;
		taken += (double)f->file[i].reader.in.taken;
	}
	return size > 0 && taken < size ? taken / size : 1;
}

void capture_files_close(struct capture_files *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		reader_close(&f->file[i].reader);
	free(f->file);
	free(f);
}

void capture_files_closep(struct capture_files **f)
{
	capture_files_close(*f);
}
