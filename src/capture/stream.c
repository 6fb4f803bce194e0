/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define GZ_BLOCK     (1u << 17) /* compressed octets read at once */
#define GZ_ANY_GZIP  (16 + MAX_WBITS)
#define GZ_MAGIC_LEN 2

struct stream_gz {
	z_stream z;
	bool member; /* within one: the file may not end here */
	uint8_t in[GZ_BLOCK];
};

/* A signal that is handled ends it (-EINTR): who waits for a pipe must be able to stop. */
static ssize_t take(struct stream *s, uint8_t *p, size_t n)
{
	ssize_t r = read(s->fd, p, n);

	if (r > 0)
		s->taken += (uint64_t)r;
	return r;
}

static void finish(struct stream *s, int error)
{
	s->over = true;
	s->error = error;
}

/* Plain octets: what is read lies where it is used. */
static void more_plain(struct stream *s)
{
	ssize_t r = take(s, s->buf + s->end, STREAM_BLOCK);

	if (r <= 0)
		finish(s, r < 0 ? -errno : 0);
	else
		s->end += (size_t)r;
}

/* Compressed octets in, if there are none; false: the file is over. */
static bool feed(struct stream *s)
{
	struct stream_gz *gz = s->gz;
	ssize_t r;

	if (gz->z.avail_in > 0)
		return true;
	r = take(s, gz->in, GZ_BLOCK);
	if (r <= 0) {
		finish(s, r < 0 ? -errno : gz->member ? -EBADMSG : 0);
		return false;
	}
	gz->z.next_in = gz->in;
	gz->z.avail_in = (uInt)r;
	return true;
}

static void more_gz(struct stream *s)
{
	struct stream_gz *gz = s->gz;
	int r;

	if (!feed(s))
		return;
	gz->z.next_out = s->buf + s->end;
	gz->z.avail_out = STREAM_BLOCK;
	gz->member = true;
	r = inflate(&gz->z, Z_NO_FLUSH);
	s->end += STREAM_BLOCK - gz->z.avail_out;
	if (r == Z_STREAM_END) {
		gz->member = false;
		if (inflateReset(&gz->z) != Z_OK)
			finish(s, -EBADMSG);
	} else if (r != Z_OK && r != Z_BUF_ERROR) {
		finish(s, r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG);
	}
}

const uint8_t *stream_fill(struct stream *s, size_t n)
{
	if (n > STREAM_NEED)
		return NULL;
	if (s->end - s->at < n && !s->over && s->at > 0) {
		memmove(s->buf, s->buf + s->at, s->end - s->at);
		s->end -= s->at;
		s->at = 0;
	}
	while (s->end - s->at < n && !s->over) {
		if (s->gz)
			more_gz(s);
		else
			more_plain(s);
	}
	return s->end - s->at >= n ? s->buf + s->at : NULL;
}

bool stream_skip(struct stream *s, uint64_t n)
{
	while (n > 0) {
		size_t step = n < STREAM_NEED ? (size_t)n : STREAM_NEED;

		if (!stream_need(s, step))
			return false;
		s->at += step;
		n -= step;
	}
	return true;
}

static int unpack(struct stream *s)
{
	struct stream_gz *gz = calloc(1, sizeof(*gz));

	if (!gz)
		return -ENOMEM;
	if (inflateInit2(&gz->z, GZ_ANY_GZIP) != Z_OK) {
		free(gz);
		return -ENOMEM;
	}
	/* What was read to find out is compressed. */
	memcpy(gz->in, s->buf, MIN(s->end, (size_t)GZ_BLOCK));
	gz->z.next_in = gz->in;
	gz->z.avail_in = (uInt)s->end;
	s->end = 0;
	s->over = false;
	s->gz = gz;
	return 0;
}

/* Enough to tell gzip from the rest; a pipe may give one octet at a time. */
static void look(struct stream *s)
{
	while (s->end < GZ_MAGIC_LEN && !s->over) {
		ssize_t r = take(s, s->buf + s->end, GZ_BLOCK - s->end);

		if (r <= 0)
			finish(s, r < 0 ? -errno : 0);
		else
			s->end += (size_t)r;
	}
}

int stream_open(struct stream *s, const char *path, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	struct stat st;
	int r = 0;

	*s = (struct stream){ .fd = standard ? dup(STDIN_FILENO)
					     : open(path, O_RDONLY | O_CLOEXEC) };
	if (s->fd < 0)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	if (fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode))
		s->size = (uint64_t)st.st_size;
	s->buf = malloc(STREAM_NEED + STREAM_BLOCK);
	if (!s->buf) {
		close(s->fd);
		return err_set(err, -ENOMEM, "%s: out of memory", path);
	}
	look(s);
	r = s->error;
	if (r == 0 && s->end >= GZ_MAGIC_LEN && s->buf[0] == 0x1f && s->buf[1] == 0x8b)
		r = unpack(s);
	if (r == 0)
		return 0;
	stream_close(s);
	return err_set(err, r, "%s: %s", path, strerror(-r));
}

int stream_of(struct stream *s, struct span octets)
{
	*s = (struct stream){ .fd = -1, .over = true };
	s->buf = malloc(octets.len + 1);
	if (!s->buf)
		return -ENOMEM;
	if (octets.len > 0)
		memcpy(s->buf, octets.p, octets.len);
	s->end = octets.len;
	return 0;
}

void stream_close(struct stream *s)
{
	if (s->gz)
		inflateEnd(&s->gz->z);
	free(s->gz);
	free(s->buf);
	if (s->buf && s->fd >= 0)
		close(s->fd);
	*s = (struct stream){ .fd = -1 };
}
