/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads from a rule's text whether it limits echo requests, and how many it lets
 * through at once. A reading of text: what a rule does is proved by packets, this
 * only says which rule was meant to do it. When in doubt it says no.
 *
 * Pure. Source: nft(8) "limit", iptables-extensions(8) limit and hashlimit.
 */
#pragma once

#include "fact/audit.h"

/**
 * How many packets at once the rule's limit allows: its burst and one second of
 * its rate. nft's and iptables' default burst is 5.
 *
 * Returns -1 when the text holds no rate of packets (a named limit, a quota, octets).
 */
int64_t limit_allows(const char *text);

/** Does the rule match every echo request of @family, and end in a verdict (not a log)? */
bool limit_on_echo(const struct fact_rule *rule, unsigned family);

/** The rule's limit lets through what is above its rate ("over", "above"). */
bool limit_is_over(const char *text);

/**
 * The limiting rule that a burst of @sent echo requests of @family should have
 * run into; NULL: none.
 */
const struct fact_rule_proof *limit_find(const struct fact_audit *a, unsigned family, int64_t sent);
