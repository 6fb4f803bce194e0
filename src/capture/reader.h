/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One capture file of either format, frame by frame: what files.c merges. Only files of this room include it. */
#pragma once

#include "capture/files.h"
#include "capture/stream.h"

/* An interface of a pcapng section; of a pcap file there is one. */
struct reader_iface {
	enum link_type link;
	uint32_t snaplen; /* 0: no bound */
	uint64_t per_s;   /* units of time stamps a second */
	int64_t offset_s; /* to be added to them */
};

struct reader {
	struct stream in;
	bool pcapng;
	bool swap;    /* its integers are not in this machine's order */
	bool section; /* pcapng: a section header was seen */
	struct reader_iface *iface;
	uint32_t iface_n, iface_room;
	uint64_t number;  /* frames so far */
	uint64_t last_ns; /* of the frame before: what frames without a time get */
	char why[64];     /* what is wrong, after an error */
};

static inline uint32_t reader_u32(const struct reader *r, const uint8_t *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return r->swap ? __builtin_bswap32(v) : v;
}

static inline uint64_t reader_u64(const struct reader *r, const uint8_t *p)
{
	uint64_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return r->swap ? __builtin_bswap64(v) : v;
}

static inline uint16_t reader_u16(const struct reader *r, const uint8_t *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return r->swap ? __builtin_bswap16(v) : v;
}

/** Read the file header. 0; -EINVAL: it is no capture, .why says why; -errno. */
int reader_begin(struct reader *r);

/** As capture_files_next(); .source is left alone but for the interface. -EIO with .why. */
int reader_next(struct reader *r, struct capture_frame *ret);

/** What the stream's end within something means: "the file ends within …", or its error. -EIO. */
int reader_cut(struct reader *r, const char *within);
int reader_damaged(struct reader *r, const char *what);
void reader_close(struct reader *r);

/** Add an interface. 0; -ENOMEM; -E2BIG. */
int reader_iface_add(struct reader *r, const struct reader_iface *iface);

/* pcapng.c */
int pcapng_next(struct reader *r, struct capture_frame *ret);
