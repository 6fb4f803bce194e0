/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet filters in libpcap's language (pcap-filter(7)) for frames of capture files, of any kind of link: compiled for
 * each kind when its first frame comes. Sockets have pio/filter.h.
 *
 * libpcap's `icmp6` does not find ICMPv6 behind extension headers, MLD above all, and no filter looks into tunnels.
 */
#pragma once

#include "base/err.h"
#include "wire/link.h"

struct sieve;

/** @text is copied. 0; -EINVAL with @err: it is no filter; -ENOMEM. */
int sieve_open(const char *text, struct sieve **ret, struct err *err);
void sieve_close(struct sieve *s); /* NULL is fine */

/**
 * Whether the frame passes. A filter that cannot be compiled for its kind of link passes nothing of that kind;
 * sieve_fault() tells.
 */
bool sieve_passes(struct sieve *s, enum link_type link, struct span frame, uint32_t wire_len);

/** What was wrong with the filter for some kind of link, once for each; NULL: nothing (more). Borrowed. */
const char *sieve_fault(struct sieve *s);
