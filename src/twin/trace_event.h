/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One NFT_MSG_TRACE message of the kernel, read. Pure and total: any octets.
 * Source: linux/netfilter/nf_tables.h, enum nft_trace_attributes.
 */
#pragma once

#include "base/base.h"

#define TRACE_NAME_LEN 128 /* of tables and chains, as the kernel bounds them, terminated */

enum trace_event_type {
	TRACE_EVENT_POLICY = 1, /* end of a base chain: .verdict is the policy's */
	TRACE_EVENT_RETURN = 2, /* end of a base chain reached by return */
	TRACE_EVENT_RULE = 3,   /* a rule fitted; handle 0: a chain's end */
};

/* Values of .verdict, as the kernel's. */
enum {
	TRACE_EVENT_DROP = 0,
	TRACE_EVENT_ACCEPT = 1,
	TRACE_EVENT_STOLEN = 2,
	TRACE_EVENT_QUEUE = 3,
	TRACE_EVENT_CONTINUE = -1,
	TRACE_EVENT_BREAK = -2,
	TRACE_EVENT_JUMP = -3,
	TRACE_EVENT_GOTO = -4,
	TRACE_EVENT_RETURNED = -5,
};

struct trace_event {
	uint32_t id;       /* of the packet; the kernel gives the same to others soon */
	uint32_t type;     /* enum trace_event_type */
	int32_t verdict;   /* of a policy event the policy */
	uint8_t family;    /* NFPROTO_* of the table: inet stays inet */
	uint8_t nfproto;   /* NFPROTO_* of the packet */
	uint64_t handle;   /* of the rule; 0: none */
	uint32_t iif, oif; /* interface indexes; 0: none */
	bool has_ct;       /* the kernel told the connection's state */
	uint32_t ct_state; /* RULE_CT_* */
	char table[TRACE_NAME_LEN], chain[TRACE_NAME_LEN];
	struct span network;   /* the IP header; only in the first event of a base chain */
	struct span transport; /* up to 20 octets behind it; the same */
};

/**
 * Read one netlink message, its header included.
 *
 * @msg        borrowed; the spans of *@ret_event point into it
 * @ret_event  written on success only
 *
 * Returns 0; -ENOMSG when it is another kind of message; -EBADMSG when it is cut or
 * its attributes contradict its length, or id, type, table or chain is missing.
 */
int trace_event_parse(struct span msg, struct trace_event *ret_event);
