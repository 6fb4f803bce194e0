/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capture files, pcap and pcapng, frame by frame.
 *
 * Not here: live capture; compressed files (decompress into a pipe and open "/dev/fd/N");
 * what is in a frame (wire/packet.h). Source: libpcap, which knows the formats.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "wire/link.h"

struct pcapfile;

struct pcapfile_frame {
	struct span octets; /* as far as captured; borrowed until the next call on the file */
	uint32_t wire_len;  /* octets the frame had on the wire; not below octets.len */
	uint64_t t_ns;      /* since 1970, UTC */
};

/**
 * Open a capture file.
 *
 * @path  a name, or "-": standard input
 *
 * Returns 0; -EIO when it cannot be opened or is no capture; -EPROTONOSUPPORT when its link
 * type is none wire/link.h opens; -ENOMEM. @err says which. The caller closes @ret_file.
 */
int pcapfile_open(const char *path, struct pcapfile **ret_file, struct err *err);

/** What each of its frames begins with. */
enum link_type pcapfile_link(const struct pcapfile *file);

/**
 * The next frame.
 *
 * Returns 1; 0 at the end; -EIO when the file ends within a frame or is damaged, @err saying
 * how. @ret_frame is written when 1 is returned only.
 */
int pcapfile_next(struct pcapfile *file, struct pcapfile_frame *ret_frame, struct err *err);

/** Close; NULL is fine. */
void pcapfile_close(struct pcapfile *file);
void pcapfile_closep(struct pcapfile **file);
