/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capture files as a stream of frames: pcap (both byte orders, micro- and nanoseconds, modified variants
 * refused by name), pcapng (sections, interfaces with their link types and time resolutions, enhanced, simple
 * and obsolete packet blocks, unknown blocks passed over), gzip of either, standard input, and several files
 * at once in order of time. Read by large blocks, without a copy per frame: this is what counting speed hangs on.
 *
 * Every length is checked against what is there; a file that ends within a frame gives all before it and then
 * says where it was cut. Frames longer than CAPTURE_FRAME_MAX are refused as damage.
 *
 * Source: pcap and pcapng, draft-ietf-opsawg-pcap and -pcapng; link types by wire/link.h.
 */
#pragma once

#include "base/err.h"
#include "wire/link.h"

#define CAPTURE_FRAME_MAX  262144
#define CAPTURE_FILES_MAX  256
#define CAPTURE_IFACES_MAX 4096 /* of one pcapng file */

struct capture_frame {
	struct span octets;  /* borrowed until the next call */
	uint32_t wire_len;   /* not below octets.len */
	uint64_t t_ns;       /* since 1970 */
	uint64_t number;     /* within its file, from 1 */
	uint32_t source;     /* file << 12 | interface */
	enum link_type link; /* LINK_TYPES: one that Sonde does not open (counted as such) */
	uint8_t way; /* enum sight_way where the file tells (pcapng epb_flags), else passing */
	bool again;  /* live: this host passes it on, and another interface showed it come in */
};

struct capture_files;

/** Open all of @path ("-": standard input, once). 0; -EIO, -EINVAL (not a capture), -EPROTONOSUPPORT, -E2BIG, -ENOMEM with @err naming the file and why. */
int capture_files_open(const char *const *path, size_t n, struct capture_files **ret,
		       struct err *err);
/** The same of octets in memory (copied), as one file. */
int capture_files_of(struct span octets, struct capture_files **ret, struct err *err);

/** 1 with @ret; 0: all are at their end; -EIO with @err: a file is damaged or cut there (told once, the others go on at the next call). */
int capture_files_next(struct capture_files *f, struct capture_frame *ret, struct err *err);
/** How far it is, 0..1; negative: not known (pipes). */
double capture_files_done(const struct capture_files *f);
void capture_files_close(struct capture_files *f);
void capture_files_closep(struct capture_files **f);
