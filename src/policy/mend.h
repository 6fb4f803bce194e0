/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the command that mends a fault, for the firewall the host has: nft with
 * the handle of the rule in the way, or the iptables program with its number; or
 * sysctl, in a form that also keeps the setting over a restart.
 *
 * Pure. Every fix is one line for a root shell; what a person must know stands
 * behind a '#'.
 */
#pragma once

#include "policy/note.h"

/* The same rule in both languages, verdict included. */
struct mend_rule {
	const char *nft;      /* "icmp type timestamp-request drop" */
	const char *iptables; /* "-p icmp --icmp-type 13 -j DROP"; "$t" stands for one of .types */
	const char *types;    /* "3 11 12": one command for each; NULL: one command */
};

/**
 * Put @m in front of @at, or at the end of its chain when @at is the chain's policy.
 *
 * @at      the rule in the way; NULL: the head of the input chain
 * @family  4 or 6: which of the two families it is for
 */
void mend_before(struct note_text *t, const struct fact_audit *a, const struct fact_rule *at,
		 unsigned family, const struct mend_rule *m);

/** Put @m at the head of the input chain, in front of everything. */
void mend_first(struct note_text *t, const struct fact_audit *a, unsigned family,
		const struct mend_rule *m);

/** @word as one word of the shell, in quotes where it needs them. */
void mend_word(struct note_text *t, const char *word);

/** Is it a chain's policy: no handle, no place in the chain? */
bool mend_is_policy(const struct fact_rule *r);

/** The command that admits only @from, a prefix, to @e, a port that rules hand on to another host. */
void mend_published(struct note_text *t, const struct fact_audit *a, const struct fact_exposure *e,
		    const char *from);

/** The command that removes @r; nothing for a policy. */
void mend_delete(struct note_text *t, const struct fact_rule *r);

/** Where the same has to be written to last: " # keep it: …". */
void mend_keep(struct note_text *t, const struct fact_audit *a, const struct fact_rule *at);

/**
 * Set conf.<name>.@key of @family to 0 for each name, now and for good.
 *
 * @all   also write conf.all (for IPv6 that does nothing to interfaces that exist)
 * @file  base name under /etc/sysctl.d, without ".conf"
 */
void mend_conf_off(struct note_text *t, unsigned family, const struct note_names *ifaces,
		   const char *key, bool all, const char *file);
