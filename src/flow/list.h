/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what a survey is to ask: arguments, files (-iL), standard input, exclusions. Names are resolved,
 * ranges stay ranges. What a text means is probe/target.h's business.
 */
#pragma once

#include "base/err.h"
#include "probe/space.h"

#define FLOW_LIST_LINE_MAX 1024       /* octets of one word of a file; a longer one is refused */
#define FLOW_LIST_FILE_MAX (1u << 30) /* octets of one file */

struct flow_list_name {
	struct ip_addr addr;
	char *name; /* owned */
};

struct flow_list {
	int family;           /* wanted: 4, 6; 0: either (a name then gives its first address) */
	const char *iface;    /* for link-local addresses that name none */
	struct space space;   /* owned */
	struct space exclude; /* owned */
	struct flow_list_name
		*name; /* addresses that came from names, sorted by address after seal */
	size_t name_n, name_room;
	size_t unresolved; /* names that did not resolve */
};

/** Add what @text names: address, name, prefix, "10.0.0.1-50", "10.0.0-3.1-254", "10.0.0.1-10.0.2.7". 0; -EINVAL, -ENOENT (a name that does not resolve: counted, the rest may go on), -E2BIG, -ENOMEM; @err tells. */
int flow_list_add(struct flow_list *l, const char *text, struct err *err);
int flow_list_exclude(struct flow_list *l, const char *text, struct err *err);

/**
 * Add every word of the file @path ("-": standard input): words separated by space or lines, '#'
 * begins a comment. @name_failed (may be NULL) hears of names that do not resolve.
 *
 * Returns 0; -errno with @err naming file, line and word.
 */
int flow_list_read(struct flow_list *l, const char *path, bool exclude,
		   void (*name_failed)(void *to, const char *text), void *to, struct err *err);

/** Done adding: sorted, merged, exclusions applied. 0; -ENOMEM. */
int flow_list_seal(struct flow_list *l, struct err *err);

/** The name @a was given by; NULL: none. */
const char *flow_list_name(const struct flow_list *l, const struct ip_addr *a);
void flow_list_done(struct flow_list *l); /* a zeroed one is fine */
