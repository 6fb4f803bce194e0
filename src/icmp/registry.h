/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registry of ICMP types and codes: what each is called, what it says, what
 * it may cost to let it in, what breaks without it, and the advice that follows.
 *
 * Not here: how a message is laid out (wire/), which rule lets it pass (policy/).
 * The rows are data/icmp_registry.tsv; data/README.md explains the columns. The
 * build refuses a table that leaves a type uncovered or covers one twice.
 *
 * Pure: constant tables, all texts are static.
 */
#pragma once

#include "base/base.h"

#define ICMP_CODE_ANY (-1)
#define ICMP_TEXT_LEN 128 /* room for any icmp_text, terminated */

enum icmp_class {
	ICMP_CLASS_ERROR,
	ICMP_CLASS_QUERY,
	ICMP_CLASS_REPLY,
	ICMP_CLASS_DISCOVERY, /* finds routers, neighbours, listeners */
	ICMP_CLASS_ROUTING,   /* changes routes */
	ICMP_CLASS_INFO,
	ICMP_CLASS_EXPERIMENTAL,
	ICMP_CLASS_RESERVED, /* reserved or never assigned */
	ICMP_CLASS_N,
};

enum icmp_status {
	ICMP_STATUS_CURRENT,
	ICMP_STATUS_DEPRECATED,
	ICMP_STATUS_HISTORIC,
	ICMP_STATUS_RESERVED,
	ICMP_STATUS_UNASSIGNED,
	ICMP_STATUS_N,
};

/* Of accepting the message from strangers; ordered. */
enum icmp_risk {
	ICMP_RISK_NONE,
	ICMP_RISK_LOW,
	ICMP_RISK_MEDIUM,
	ICMP_RISK_HIGH,
	ICMP_RISK_N,
};

/* Advice. The zero value is the safe one. */
enum icmp_act {
	ICMP_ACT_DROP,
	ICMP_ACT_ACCEPT,
	ICMP_ACT_RATELIMIT,
	ICMP_ACT_ACCEPT_IF_RELATED, /* to a flow conntrack knows; without conntrack: accept */
	ICMP_ACT_LOCAL_ONLY,        /* when ttl_rule holds; a router never forwards it */
	ICMP_ACT_N,
};

/* Conntrack states, a bit each: those a message of the type can have at all. */
enum icmp_ct {
	ICMP_CT_NEW = 1,
	ICMP_CT_ESTABLISHED = 2,
	ICMP_CT_RELATED = 4,
	ICMP_CT_INVALID = 8,
	ICMP_CT_UNTRACKED = 16,
};

/* How sure the row's facts are. */
enum icmp_confidence {
	ICMP_CONFIDENCE_LOW,
	ICMP_CONFIDENCE_MEDIUM,
	ICMP_CONFIDENCE_HIGH,
	ICMP_CONFIDENCE_N,
};

/* One row. Texts are never NULL and never empty where the comment does not say so. */
struct icmp_entry {
	uint8_t family;           /* 4: ICMP, 6: ICMPv6 */
	uint8_t type_lo, type_hi; /* equal unless the row stands for a range of types */
	int16_t code;             /* 0..255; ICMP_CODE_ANY: the row of the whole type or range */
	const char *name;         /* IANA's */
	const char *machine_name; /* "port-unreachable"; unique within the family */
	const char *nft_name;     /* of the type, or of the code within its type; may be a number */
	const char *iptables_name; /* as --icmp-type takes it; NULL: it has no way to say it */
	enum icmp_class class;
	enum icmp_status status;
	const char *rfc;     /* where it is defined; NULL: nowhere */
	const char *meaning; /* what the message says */
	const char *cause;   /* why one sees it */
	enum icmp_risk risk;
	const char *risk_why;
	const char *breakage; /* what stops working when it is dropped */
	enum icmp_act act_input, act_output, act_forward;
	const char *ttl_rule;    /* TTL, hop limit, source of genuine ones; NULL: no rule */
	uint8_t ct_states;       /* bits of enum icmp_ct; at least one */
	const char *linux_rx;    /* what Linux does on receipt */
	const char *valid_codes; /* "0-15", "none"; NULL on the row of one code */
	const char *policy_note; /* what to mind in a firewall; NULL: nothing */
	const char *source;      /* of the row's facts */
	enum icmp_confidence confidence;
};

/** How many rows there are. */
size_t icmp_registry_count(void);

/** Row @i, ordered by family, type and code, a type's own row first. NULL when there is none. */
const struct icmp_entry *icmp_registry_at(size_t i);

/**
 * The row that speaks for a message: the row of exactly this code, else the
 * type's row, else the row of the range the type lies in. Constant time.
 *
 * @code  0..255, or ICMP_CODE_ANY for the type's or range's row; other values count as that
 *
 * Returns NULL only for a family other than 4 and 6.
 */
const struct icmp_entry *icmp_find(unsigned family, uint8_t type, int code);

/**
 * Does the message report a failure about the packet it quotes? An error must
 * never be answered with an error.
 *
 * RFC 1122 3.2.2 for ICMP (3, 4, 5, 11, 12), with RFC 2521's security failures (40);
 * RFC 4443 2.1 for ICMPv6 (all below 128; so not Redirect, though it quotes too).
 */
bool icmp_is_error(unsigned family, uint8_t type);

/** Does the type ask for an answer of another type? Solicitations do too. */
bool icmp_is_request(unsigned family, uint8_t type);

/**
 * Is the type an answer?
 *
 * @ret_request  the type it answers; written when it is one; NULL allowed
 */
bool icmp_is_reply_to(unsigned family, uint8_t type, uint8_t *ret_request);

/** The registry's word for it ("accept-if-related"); "?" for a value that is none. */
const char *icmp_class_name(enum icmp_class class);
const char *icmp_status_name(enum icmp_status status);
const char *icmp_risk_name(enum icmp_risk risk);
const char *icmp_act_name(enum icmp_act act);
const char *icmp_confidence_name(enum icmp_confidence confidence);

/** The words of enum icmp_risk, by its values, NULL at the end. */
extern const char *const icmp_risk_words[];

/**
 * Name a message for a person: "destination-unreachable/port-unreachable (3/3)",
 * "echo-request (8)"; "echo-request (8/5)" for a code the registry does not know,
 * "destination-unreachable (3)" for ICMP_CODE_ANY. Without family: "ICMP type 3 code 3".
 *
 * Returns @buf.
 */
const char *icmp_text(unsigned family, uint8_t type, int code, char buf[static ICMP_TEXT_LEN]);
