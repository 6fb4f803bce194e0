/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of `nft list ruleset` (with or without -a), taken apart into its
 * items, without understanding any rule. Pure and total.
 */
#pragma once

#include "base/base.h"

enum nft_item_kind {
	NFT_ITEM_TABLE,  /* a table begins; .text is empty, its start that of the line */
	NFT_ITEM_SPEC,   /* a line about the table itself: flags, comment */
	NFT_ITEM_CHAIN,  /* .text: the type and comment lines, may be empty */
	NFT_ITEM_OBJECT, /* a set, map, counter, flowtable, …: .text is the whole block */
	NFT_ITEM_RULE,
};

/* All spans borrow from the scanned text. */
struct nft_item {
	enum nft_item_kind kind;
	struct span family, table; /* as written: a name may be quoted */
	struct span chain;         /* of CHAIN and RULE */
	struct span text;          /* without its handle and outer white space */
	uint64_t handle;           /* 0: none was written */
};

struct nft_scan {
	const char *p, *end;
	struct span family, table, chain;
	bool in_table;
};

/** Begin with @text, @len octets, borrowed. */
struct nft_scan nft_text_scan(const char *text, size_t len);

/** Returns 1 with *@ret_item; 0 at the end. Lines that belong nowhere are passed over. */
int nft_text_next(struct nft_scan *scan, struct nft_item *ret_item);

/**
 * Write the lines of @text again without what two listings of one ruleset may differ in:
 * handles, counters, "expires …", "used …", the elements of sets that time out.
 *
 * @buf  room for len + 2 octets
 *
 * Returns the octets written, terminated behind them.
 */
size_t nft_text_plain(const char *text, size_t len, char *buf);

/** Does the set, or the rule, or anything else in @text, begin with the words @word? */
bool nft_text_begins(struct span text, const char *word);
