/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ruleset while it is read: private to the ruleset*.c files of this room. */
#pragma once

#include "host/keep.h"
#include "host/nft.h"
#include "host/ruleset.h"
#include "host/shape.h"

/* A table, in the order of the listing. */
struct build_table {
	const char *backend, *family, *name;
	const char *block; /* nft's text, from "table …"; NULL: not nft's */
	size_t block_len;
	bool has_xt;     /* holds matches that only iptables can say */
	bool has_object; /* sets and the like: never iptables' work */
	bool foreign;    /* a base chain that no iptables makes, or a rule without a counter */
};

struct build_rule {
	uint32_t chain;
	uint64_t handle;         /* 0: none */
	const json_t *json;      /* NULL: not nft's */
	const char *text, *save; /* in nft's words, in iptables' words; NULL */
};

/* A way from one chain to another. */
struct build_way {
	uint32_t rule, chain; /* index of the rule that leads there, of the chain it leads to */
	struct rule_shape shape;
};

struct build {
	struct keep keep;
	host_gap_tell *tell;
	void *to;
	json_t *json; /* the listing; owned until the end of the reading */
	struct shape_sets *sets;
	const char *listing, *numeric; /* nft's text; once more with numbers, or NULL */
	struct build_table *table;
	size_t table_n, table_room;
	struct host_chain *chain;
	int *policy; /* of each chain: enum rule_verdict; -1: no base chain */
	size_t chain_n, chain_room, policy_room;
	struct build_rule *rule;
	size_t rule_n, rule_room;
	struct host_rule *done; /* the result's rules, policies included; kept */
	size_t done_n;
	struct build_way *way;
	size_t way_n, way_room;
	uint32_t *hash; /* of chain names: index + 1; 0: free */
	size_t hash_room;
	const char *save[2][2]; /* by back end (below) and family (IPv4, IPv6); NULL: none */
};

enum { BUILD_NFT_SAVE, BUILD_LEGACY_SAVE };

/* What host_ruleset.own is. */
struct build_own {
	struct keep keep;
	const struct build_way *way; /* by .chain */
	size_t way_n;
	const uint32_t *way_of; /* chain -> its first way; one more at the end */
};

/** Make room for one more in *@array; -ENOMEM. */
int ruleset_grow(void *array, size_t *room, size_t n, size_t size);
void ruleset_gap(const struct build *b, const char *what, const char *which, const char *why,
		 const char *means);

/** Index of the chain, or -1. */
int64_t ruleset_find_chain(const struct build *b, bool legacy, const char *family,
			   const char *table, const char *name);
/** Returns the new chain's index; -ENOMEM. @policy: RULE_ACCEPT, RULE_DROP, or -1. */
int64_t ruleset_add_chain(struct build *b, const struct host_chain *chain, int policy);
int ruleset_add_rule(struct build *b, const struct build_rule *rule);

/** Sort the rules by chain, in order, and give each chain its .first and .rule_n (no policies yet). */
int ruleset_sort(struct build *b);

/** Read nft's listings into @b. 0, also when the kernel has no nf_tables; -EPERM; other -errno. */
int ruleset_read_nft(struct build *b, struct err *err);
/** nft's JSON, of the same things as .listing, into .json; -errno with @err. */
int ruleset_list_json(struct build *b, struct host_nft *nft, struct err *err);
/** Give sorted rules nft's own words. -EAGAIN: the two listings are not of the same moment. */
int ruleset_name_nft(struct build *b);
/** Give iptables-nft's tables their back end and their rules' lines. Needs ruleset_sort. */
int ruleset_read_saves(struct build *b, struct err *err);
/** Add what iptables-legacy holds. Before ruleset_sort. */
int ruleset_read_legacy(struct build *b, struct err *err);
/** From sorted rules to the result's: facts, shapes, policies, ways, hooks. */
int ruleset_finish(struct build *b);
/** Which base chains lead to which chain; sorts the ways. */
int ruleset_reach(struct build *b, struct build_own *own);
