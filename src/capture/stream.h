/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The octets of a file in large blocks: plain, gzip (several members too), or standard input, which
 * need not be seekable. Whoever reads gets them in place, without a copy.
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/err.h"

#define STREAM_BLOCK (1u << 20) /* read at once: beyond it nothing is gained */
#define STREAM_NEED  (1u << 19) /* octets that stream_need() can give in one piece */

struct stream_gz;

struct stream {
	int fd; /* -1: none, the octets were there from the start */
	uint8_t *buf;
	size_t at, end; /* .buf[at .. end) is at hand */
	uint64_t size;  /* of the file; 0: not known */
	uint64_t taken; /* octets read from the file */
	bool over;      /* nothing more comes */
	int error;      /* why, as -errno; 0: it is the end. -EBADMSG: damaged gzip */
	struct stream_gz *gz;
};

/** @path, or "-": standard input. 0; -errno with @err naming it. */
int stream_open(struct stream *s, const char *path, struct err *err);

/** Octets that are there already, copied. 0; -ENOMEM. */
int stream_of(struct stream *s, struct span octets);
void stream_close(struct stream *s); /* a zeroed one is fine */

/** As stream_need(), when too little is at hand. */
const uint8_t *stream_fill(struct stream *s, size_t n);

/**
 * @n octets (at most STREAM_NEED) in one piece; they are still there until the next call. NULL:
 * there are only .end - .at left (see .error).
 */
static inline const uint8_t *stream_need(struct stream *s, size_t n)
{
	return s->end - s->at >= n ? s->buf + s->at : stream_fill(s, n);
}

/** Pass over @n octets. Returns whether there were so many. */
bool stream_skip(struct stream *s, uint64_t n);
