/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the words of one rule to the packet it describes: the parts that the
 * nftables and the iptables readers share. Total: what is not understood makes
 * a shape incomplete, never wrong.
 */
#pragma once

#include <jansson.h>

#include "host/keep.h"
#include "host/ruleset.h"

/** A shape of a rule that asks for nothing, in a table of @family ("ip", "inet", …). */
struct rule_shape shape_new(const char *family);

/*
 * Ask @shape for one more thing. A second, different condition on one field makes
 * it incomplete: both may hold for some packet, but not for this sample.
 * @exact: no other value fits.
 */
void shape_family(struct rule_shape *shape, uint8_t family);
void shape_proto(struct rule_shape *shape, int64_t proto, bool exact);
void shape_type(struct rule_shape *shape, int64_t type, bool exact);
void shape_code(struct rule_shape *shape, int64_t code, bool exact);
void shape_ttl(struct rule_shape *shape, int64_t ttl, bool exact);
void shape_sport(struct rule_shape *shape, int64_t port, bool exact);
void shape_dport(struct rule_shape *shape, int64_t port, bool exact);
void shape_saddr(struct rule_shape *shape, const struct ip_prefix *prefix, bool exact);
void shape_daddr(struct rule_shape *shape, const struct ip_prefix *prefix, bool exact);
void shape_iif(struct rule_shape *shape, const char *name, bool exact);
void shape_ct(struct rule_shape *shape, unsigned states); /* RULE_CT_* */

/**
 * Put what @outer asks of a packet (a rule that jumps) into @inner (a rule jumped to).
 * Returns false, @inner untouched, when no packet is known that fits both.
 */
bool shape_join(struct rule_shape *inner, const struct rule_shape *outer);

/*
 * nftables: one rule of the library's numeric JSON.
 */

struct shape_sets; /* named sets, maps and verdict maps */

/* A way from a rule to another chain, and what a packet must be to take it. */
typedef void shape_way(void *to, const char *chain, const struct rule_shape *shape);

/** The sets of @listing (libnftables' JSON), borrowed from it. NULL without memory. */
struct shape_sets *shape_sets_new(const json_t *listing);
void shape_sets_free(struct shape_sets *sets);
void shape_sets_freep(struct shape_sets **sets);

/**
 * @rule  the value of a "rule" object
 * @keep  where texts of the result live
 * @way   called for each chain that the rule may jump to; NULL
 */
struct rule_shape shape_of_nft(const json_t *rule, const struct shape_sets *sets, struct keep *keep,
			       shape_way *way, void *to);

/**
 * iptables: one "-A CHAIN …" line of a save.
 *
 * @family  4 or 6
 */
struct rule_shape shape_of_save(const char *line, int family, struct keep *keep);
