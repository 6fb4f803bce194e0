/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet filters in libpcap's language (pcap-filter(7)), for packet sockets whose packets begin at
 * the network header (SOCK_DGRAM), so that one filter serves every kind of link. Link addresses
 * cannot be asked for.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"

struct sock_filter;

#define FILTER_KEPT_MAX 65535 /* octets of a packet that are kept */

struct filter {
	struct sock_filter *insn; /* owned */
	uint16_t n;
};

/**
 * Compile @text; NULL: a filter that takes everything.
 *
 * Returns 0, filter_done() frees *@ret_filter; -EINVAL with @err, when @text is no filter or asks
 * for link addresses; -ENOMEM.
 */
int filter_compile(const char *text, struct filter *ret_filter, struct err *err);
void filter_done(struct filter *f); /* zeroed ones are fine */
