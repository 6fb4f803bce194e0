/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Audits made up for the tests of the review rules: a clean host, on which each
 * test plants its fault, and what the review then says of it.
 */
#pragma once

#include "policy/review.h"
#include "test.h"

#define MADE_FINDINGS 64

struct made_finding {
	char id[64], subject[2048], evidence[2048], why[2048], fix[2048];
	int severity, family;
};

struct made_review {
	struct made_finding finding[MADE_FINDINGS];
	size_t n;
};

/* A clean host: eth0 192.0.2.10/24 and 2001:db8::10/64, hardened sysctls, nftables, proved. */
struct fact_audit made_audit(void);

/* Rule 3 (handle 12) of inet filter input, "icmp type redirect drop"; its chain's policy. */
extern const struct fact_rule made_rule, made_policy;
/* Rule 2 (handle 8) of the same chain, "ct state established,related accept". */
extern const struct fact_rule made_accept;
/* Rule 4 of ip filter INPUT, by iptables-nft (handle 9) and iptables-legacy. */
extern const struct fact_rule made_iptables, made_legacy;

/** An ICMP verdict at eth0 from a stranger, or neighbour (fe80::1 for IPv6). */
struct fact_icmp_verdict made_verdict(unsigned family, int64_t type, int64_t code, int from,
				      int context, int verdict, const struct fact_rule *rule);

/** A service at eth0, bound to all addresses, seen by a stranger. */
struct fact_exposure made_exposure(uint8_t proto, unsigned family, int64_t port, int state,
				   const struct fact_rule *rule);

/** What the whole review says of @audit. Static: the next call overwrites it. */
const struct made_review *made_review(const struct fact_audit *audit);

/** What one rule says, in every severity. */
const struct made_review *made_check(const struct review_rule *rule,
				     const struct fact_audit *audit);

/** Fails unless @review is exactly one finding of @id and @severity; returns it. */
const struct made_finding *made_only(const struct made_review *review, const char *id,
				     int severity);
