/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user may name as a target: an address, one with its interface (fe80::1%eth0), a
 * prefix, or a host name. Names are not resolved here, interfaces not looked up.
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

enum target_kind { TARGET_ADDR, TARGET_PREFIX, TARGET_NAME };

struct target {
	enum target_kind kind;
	struct ip_prefix prefix;    /* ADDR: of full length; NAME: family 0 */
	char zone[TARGET_ZONE_LEN]; /* ADDR: name or number behind '%'; empty: none */
};

/**
 * Read @text.
 *
 * Returns 0; -EINVAL, @ret_target untouched, @err saying what is wrong with it and what
 * would be right.
 */
int target_scan(const char *text, struct target *ret_target, struct err *err);
