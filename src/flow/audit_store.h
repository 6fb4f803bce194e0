/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an audit keeps what it finds out: one growing list for each noun, and the
 * texts and structs that those point to. Everything lives until audit_store_done().
 */
#pragma once

#include "fact/audit.h"
#include "host/keep.h"

struct audit_list {
	void *item; /* moves when the list grows */
	size_t n, room, size;
};

struct audit_store {
	struct audit_list exposure, group, verdict, burst, proof, gap, finding, iface;
	struct keep keep;
	bool full; /* a list could not grow */
};

void audit_store_init(struct audit_store *s);
void audit_store_done(struct audit_store *s);

/** Memory ran out once: something is missing. */
bool audit_store_full(const struct audit_store *s);

/** Append a copy of @item; what it points to is not copied. */
void audit_add(struct audit_store *s, struct audit_list *list, const void *item);

/** A copy that stays where it is; NULL for NULL. Out of memory: "", NULL. */
const char *audit_text(struct audit_store *s, const char *text);
const struct fact_answer *audit_answer(struct audit_store *s, const struct fact_answer *answer);

/** Append a finding or gap with copies of its texts. */
void audit_add_finding(struct audit_store *s, const struct fact_finding *f);
void audit_add_gap(struct audit_store *s, const struct fact_gap *g);
