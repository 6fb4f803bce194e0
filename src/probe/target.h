/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user may name as a target: an address, one with its interface (fe80::1%eth0), a
 * prefix, a range, or a host name. Names are not resolved here, interfaces not looked up.
 *
 * Ranges are "10.0.0.1-10.0.2.7" and "2001:db8::1-2001:db8::ff" (both ends are in), and nmap's
 * octet by octet: each of the four a number, "1-50", "-" or "*" (all), "200-" (to 255),
 * or a list of those: "10.0.0-3.1,7,20-30".
 *
 * Numbers that are no whole address ("10.0.0.256", "1.2.3", "0x7f000001") are refused rather
 * than taken for names: the C library would turn some of them into addresses nobody meant.
 *
 * Pure. Source: RFC 4007 11 (zones), RFC 1123 2.1 (names), RFC 5890 (letters beyond ASCII).
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"

#define TARGET_ZONE_LEN 16  /* octets of an interface's name, terminator included */
#define TARGET_NAME_MAX 253 /* octets of a host name, without a last dot */

/* Runs of addresses that one octet range may fall into: as many as "10.0-255.0-255.1-254" does. */
#define TARGET_RUNS_MAX 65536

enum target_kind {
	TARGET_ADDR,
	TARGET_PREFIX,
	TARGET_RANGE,
	TARGET_OCTETS, /* IPv4, octet by octet, more than one run of addresses */
	TARGET_NAME,
};

struct target {
	enum target_kind kind;
	struct ip_prefix
		prefix;       /* ADDR, RANGE, OCTETS: the first, of full length; NAME: family 0 */
	struct ip_addr last;  /* ADDR, PREFIX, RANGE, OCTETS */
	uint64_t octet[4][4]; /* OCTETS: bit v%64 of word v/64: the octet may be v */
	char zone[TARGET_ZONE_LEN]; /* ADDR: name or number behind '%'; empty: none */
};

/* A place among the runs of addresses of a target; all zeroes before the first. */
struct target_walk {
	uint16_t at[4];
	bool begun, over;
};

/**
 * Read @text.
 *
 * Returns 0; -EINVAL; -E2BIG for an octet range of more than TARGET_RUNS_MAX runs; with
 * @ret_target untouched, @err saying what is wrong with it and what would be right.
 */
int target_scan(const char *text, struct target *ret_target, struct err *err);

/**
 * The next run of neighbouring addresses of @t, in order; none of a name.
 *
 * @ret_n  addresses, at least 1; UINT64_MAX when there are as many or more
 *
 * Returns false when there are no more, nothing then being written.
 */
bool target_next(const struct target *t, struct target_walk *w, struct ip_addr *ret_first,
		 uint64_t *ret_n);

/** Addresses of @t; UINT64_MAX when there are as many or more; 0 for a name. */
uint64_t target_count(const struct target *t);
