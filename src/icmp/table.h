/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that tools/gen-registry writes from data/ at build time. Only
 * registry.c and sysctls.c look in here.
 */
#pragma once

#include "icmp/registry.h"
#include "icmp/sysctls.h"

/* Ordered by family, type and code; a type's own row before those of its codes. */
extern const struct icmp_entry icmp_table[];
extern const uint16_t icmp_table_n;

/* [0] is ICMP, [1] ICMPv6: the type's or range's row, and which block of codes it has, if any. */
struct icmp_table_type {
	uint16_t row;
	uint8_t block; /* 1..: icmp_table_code[block - 1]; 0: no code has a row */
};
extern const struct icmp_table_type icmp_table_type[2][256];

/* The row of each code; that of the type where the code has none. */
extern const uint16_t icmp_table_code[][256];

extern const struct icmp_sysctl icmp_table_sysctl[];
extern const uint16_t icmp_table_sysctl_n;
