/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the texts of a finding: appends to four bounded buffers on the rule's
 * stack, and names packets, rules and places in one way for all rules.
 *
 * Pure. Text that does not fit is cut at a character's boundary and ends in "…".
 */
#pragma once

#include "policy/review.h"

#define NOTE_LEN   2000 /* octets of one text, terminated */
#define NOTE_NAMES 64   /* distinct names that a note_names remembers */

struct note_text {
	char p[NOTE_LEN]; /* always terminated */
	size_t len;
};

struct note {
	struct fact_finding finding;
	struct note_text subject, evidence, why, fix;
};

/* Distinct names in the order they came. Beyond NOTE_NAMES they are not told apart. */
struct note_names {
	const char *name[NOTE_NAMES]; /* borrowed */
	size_t n;
	bool more; /* there were more than fit */
};

/** Start a finding of @rule about @family (4, 6, 0: both or neither). */
void note_init(struct note *n, const struct review_rule *rule, enum fact_severity severity,
	       unsigned family);

/** Tell @to, when it asks for findings of this severity. */
void note_tell(struct note *n, struct review *to);

void note_put(struct note_text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** "rule 3 (handle 12) of inet filter input ("tcp dport 22 accept")"; what is known when @r is NULL. */
void note_put_rule(struct note_text *t, const struct fact_rule *r);

/** "redirect (5/1) about a real flow from stranger 203.0.113.7 to 192.0.2.1 at eth0". */
void note_put_packet(struct note_text *t, const struct fact_icmp_verdict *v);

/** The packet, what became of it, and by which rule, setting or answer. */
void note_put_verdict(struct note_text *t, const struct fact_icmp_verdict *v);

/** "tcp/22 (sshd)"; the service's name where the program is not known. */
void note_put_service(struct note_text *t, const struct fact_exposure *e);

/** "seen from stranger 203.0.113.7 at eth0: open by rule …"; silent, refused how. */
void note_put_exposure(struct note_text *t, const struct fact_exposure *e);

void note_name(struct note_names *names, const char *name); /* NULL is left out */

/** "eth0, eth1, wg0 and 4 more": at most four by name. */
void note_put_names(struct note_text *t, const struct note_names *names);
