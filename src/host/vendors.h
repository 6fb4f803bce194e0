/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Link addresses to the names of those who made the interface, by the blocks of addresses that
 * the IEEE has given out (24, 28 and 36 bits long), from Debian's package ieee-data.
 *
 * An address that is locally administered, or a group's, has no maker. Those that a protocol
 * owns, whatever interface uses them, are named after it (VRRP, HSRP). Owners who are not
 * told ("Private"), or only hand out parts of a block, count as none.
 *
 * Source: IEEE 802 8.2 (addresses), RFC 4180 (the files' format), RFC 9568 7.3, RFC 2281 5.8.
 */
#pragma once

#include "base/err.h"

#define VENDORS_NAME_MAX 80 /* octets of a name, terminator included; a longer one is cut */

struct vendors;

/** From the system's files; one that is missing or unreadable is as empty. 0; -ENOMEM. */
int vendors_read(struct vendors **ret, struct err *err);

/**
 * From @n texts in the format of oui.csv, mam.csv and oui36.csv. Lines that cannot be understood are passed
 * over; of two for one block the first counts.
 *
 * Returns 0; -ENOMEM.
 */
int vendors_new(const struct span *text, size_t n, struct vendors **ret);
void vendors_free(struct vendors *v);   /* NULL is fine */
void vendors_freep(struct vendors **v); /* NULL is fine */

/** Whose @mac is; by the longest block that holds it. NULL: nobody's, or not known; else owned by @v, UTF-8 on one line. */
const char *vendors_name(const struct vendors *v, const uint8_t mac[static 6]);
