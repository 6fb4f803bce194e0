/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what a survey is to ask: arguments, files (-iL), standard input, exclusions. Names are resolved,
 * ranges stay ranges. What a text means is probe/target.h's business.
 */
#pragma once

#include "base/err.h"
#include "probe/space.h"

#define FLOW_LIST_WORD_MAX   1024       /* octets of one word of a file; a longer one is refused */
#define FLOW_LIST_FILE_MAX   (1u << 30) /* octets of one file; more are refused */
#define FLOW_LIST_RANGES_MAX (1u << 24) /* ranges, and names; more are refused */

struct flow_list_name {
	struct ip_addr addr;
	char *name; /* owned */
};

/* Zeroed, but for what the caller wants, it is empty. */
struct flow_list {
	/* What the caller wants. */
	int family;        /* 4, 6; 0: either (a name then gives its first address) */
	const char *iface; /* for link-local addresses that name none; NULL: none */
	bool special;      /* special networks stay in ranges too; see probe/space.h */

	/* What there is. */
	struct space space;          /* owned */
	struct space exclude;        /* owned */
	struct flow_list_name *name; /* of addresses that came from names, sorted by seal */
	size_t name_n, name_room;
	size_t unresolved; /* names that did not resolve */
};

/**
 * Add what @text names: an address, a name (its first address), a prefix or a range; see
 * probe/target.h. An address may not be 0.0.0.0, :: or 255.255.255.255.
 *
 * Returns 0; -EINVAL; -ENOENT (a name that does not resolve: counted, the rest may go on);
 * -E2BIG; -ENOMEM; @err tells.
 */
int flow_list_add(struct flow_list *l, const char *text, struct err *err);

/** Leave out what @text names, here also a prefix of any length. As flow_list_add(). */
int flow_list_exclude(struct flow_list *l, const char *text, struct err *err);

/**
 * Add (@exclude: leave out) every word of the file @path ("-": standard input): words are
 * separated by blanks and line ends of any kind, '#' begins a comment, a byte order mark is
 * passed over. Read piece by piece, however long it is.
 *
 * @name_failed  hears of each name that does not resolve, as a message with file and line, and
 *               the rest goes on; NULL, and always for exclusions: that ends it
 *
 * Returns 0; -errno with @err naming file, line and word, the words before it being added.
 */
int flow_list_read(struct flow_list *l, const char *path, bool exclude,
		   void (*name_failed)(void *to, const char *text), void *to, struct err *err);

/** Done adding: sorted, merged, exclusions applied. 0; -ENOMEM. */
int flow_list_seal(struct flow_list *l, struct err *err);

/** The name by which @a was given; NULL: none. Borrowed; after sealing only. */
const char *flow_list_name(const struct flow_list *l, const struct ip_addr *a);
void flow_list_done(struct flow_list *l); /* a zeroed one is fine */
