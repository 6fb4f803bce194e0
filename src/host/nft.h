/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nftables library, one context: text in, text out. */
#pragma once

#include "base/err.h"

struct host_nft;

enum {
	HOST_NFT_HANDLES = 1, /* "# handle 7" behind each rule */
	HOST_NFT_NUMERIC = 2, /* numbers for all that has a name */
	HOST_NFT_JSON = 4,
};

/**
 * Open a context that stays in the calling thread's network namespace.
 *
 * Returns 0 with *@ret_nft owned by the caller; -EPERM without CAP_NET_ADMIN;
 * -EOPNOTSUPP when the kernel has no nf_tables; another -errno; with @err.
 */
int host_nft_open(struct host_nft **ret_nft, struct err *err);
void host_nft_close(struct host_nft *nft); /* NULL is fine */
void host_nft_closep(struct host_nft **nft);

/**
 * Run @commands, as nft -f would.
 *
 * @ret_out  what nft printed, owned by the caller; NULL: not wanted
 *
 * Returns 0; -EPERM; -EINVAL with the library's own words in @err for whatever else it refused.
 */
int host_nft_run(struct host_nft *nft, const char *commands, unsigned flags, char **ret_out,
		 struct err *err);
