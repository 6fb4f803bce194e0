/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This host's firewall, read: what its own tools would list, each rule with
 * what it asks of a packet as far as that can be told. Nothing is decided
 * here: what a ruleset does to a packet is the twin's kernel's to say.
 *
 * Reading changes nothing: nftables is listed; iptables is asked by its -save
 * programs, and only where its tables exist.
 */
#pragma once

#include "base/ip.h"
#include "host/gap.h"

/* Bits of struct rule_shape.hooks: base chains from which the rule can be reached. */
enum {
	RULE_HOOK_INGRESS = 1,
	RULE_HOOK_PREROUTING = 2,
	RULE_HOOK_INPUT = 4,
	RULE_HOOK_FORWARD = 8,
	RULE_HOOK_OUTPUT = 16,
	RULE_HOOK_POSTROUTING = 32,
	RULE_HOOK_EGRESS = 64,
	/* what a packet to this host passes */
	RULE_HOOK_INWARD = RULE_HOOK_INGRESS | RULE_HOOK_PREROUTING | RULE_HOOK_INPUT,
};

/* Bits of rule_shape.ct, as nftables numbers them. */
enum {
	RULE_CT_INVALID = 1,
	RULE_CT_ESTABLISHED = 2,
	RULE_CT_RELATED = 4,
	RULE_CT_NEW = 8,
	RULE_CT_UNTRACKED = 64,
};

/* Bits of rule_shape.exact: the field's value is the only one that fits. */
enum {
	RULE_FAMILY = 1,
	RULE_PROTO = 2,
	RULE_SADDR = 4,
	RULE_DADDR = 8,
	RULE_SPORT = 16,
	RULE_DPORT = 32,
	RULE_TYPE = 64,
	RULE_CODE = 128,
	RULE_CT = 256,
	RULE_IIF = 512,
	RULE_TTL = 1024,
};

enum rule_verdict {
	RULE_CONTINUE, /* counts, logs, marks: the next rule follows */
	RULE_ACCEPT,
	RULE_DROP,
	RULE_REJECT,
	RULE_JUMP, /* .target says where, also for GOTO */
	RULE_GOTO,
	RULE_RETURN,
	RULE_MAPPED, /* a verdict map: several of these */
	RULE_OTHER,  /* queue, nat, tproxy, an unknown target, … */
};

#define RULE_ANY (-1) /* no such condition */

/*
 * A packet that fits the rule: one value for each condition. A rule that takes
 * many (a set, a range, a negation) gives one of them and leaves its .exact bit
 * clear. Conditions of the rule's own text only; see host_ruleset_path.
 */
struct rule_shape {
	uint16_t hooks;                /* RULE_HOOK_*; 0: nothing leads here */
	uint16_t exact;                /* RULE_FAMILY, … */
	uint8_t family;                /* 4, 6; 0: either */
	uint8_t verdict;               /* enum rule_verdict */
	uint8_t ct;                    /* RULE_CT_* that fit; 0: any */
	int16_t proto;                 /* IP protocol; RULE_ANY */
	int16_t type, code;            /* of ICMP; RULE_ANY */
	int16_t ttl;                   /* or hop limit; RULE_ANY */
	int32_t sport, dport;          /* RULE_ANY */
	struct ip_prefix saddr, daddr; /* .addr.family 0: any */
	const char *
		iif; /* name of the interface it arrives on; "eth*" is "eth" + anything; NULL: any */
	const char *target; /* chain of a jump or goto; NULL */
	bool has_limit; /* limit, quota, meter, hashlimit, recent, ct count, dynamic set, random */
	bool restricts_source; /* names a source, interface or mark, besides a port */
	bool alters;           /* marks, notrack, sets: what it does may be seen by later rules */
	bool complete; /* every condition is understood: such a packet fits the rule's text */
};

struct host_rule {
	struct fact_rule fact;
	struct rule_shape shape;
	uint32_t chain; /* index into host_ruleset.chain */
};

/* A base chain has a hook; others are only reached by rules. */
struct host_chain {
	const char *backend, *family, *table, *name;
	const char *type; /* filter, nat, route; NULL: not a base chain */
	uint16_t hook;    /* one RULE_HOOK_*; 0: not a base chain */
	uint16_t hooks;   /* base chains' hooks that lead here, its own included */
	int32_t priority;
	const char *const *device; /* of ingress and egress; NULL at the end; NULL: none */
	uint32_t first, rule_n; /* its rules, in order; a base chain's policy is the last of them */
};

/* A part of the firewall that is loaded by one program, in the host's order. */
struct host_ruleset_part {
	const char *backend; /* nftables, iptables-nft, iptables-legacy */
	uint8_t family;      /* 4 or 6 for iptables; 0 for nftables */
	const char *text;    /* nft input, or *-save output */
};

struct host_ruleset {
	const char *firewall; /* the back ends there are, "nftables+iptables-nft"; "none" */
	const struct host_rule *rule;
	size_t rule_n;
	const struct host_chain *chain;
	size_t chain_n;
	const struct host_ruleset_part *part;
	size_t part_n;
	const char
		*listing; /* all of nft's text, state included; the twin's self-check compares it */
	void *own;        /* the memory behind all of this */
};

/**
 * Read the firewall of the calling thread's network namespace.
 *
 * @tell    called (with @to) for each thing that could not be read: a program
 *          that is missing, a table that belongs to neither back end; NULL: nobody asks
 *
 * Returns 0 with *@ret_ruleset owned by the caller, .firewall "none" when there
 * is no rule and no policy; -EPERM (needs CAP_NET_ADMIN) or another -errno, with @err.
 */
int host_ruleset_read(host_gap_tell *tell, void *to, struct host_ruleset **ret_ruleset,
		      struct err *err);
void host_ruleset_free(struct host_ruleset *ruleset); /* NULL is fine */
void host_ruleset_freep(struct host_ruleset **ruleset);

/**
 * What a packet must look like to come to rule @at and fit it: its own shape and
 * those of the jumps that lead there from a base chain of @hooks, by the first way
 * that does not contradict itself. Earlier rules on that way may still take it.
 *
 * Returns 0 with *@ret_shape; -ENOENT when no way is understood wholly (then say nothing).
 */
int host_ruleset_path(const struct host_ruleset *ruleset, uint32_t at, uint16_t hooks,
		      struct rule_shape *ret_shape);

/**
 * Whether a packet may come to rule @at from a base chain of @hooks and fit it, as far
 * as the rules' words tell: false only when some condition is known not to hold.
 *
 * @packet  all its fields are the packet's (RULE_ANY: it has no such field); .ct 0: not known
 */
bool host_ruleset_may_meet(const struct host_ruleset *ruleset, uint32_t at, uint16_t hooks,
			   const struct rule_shape *packet);
