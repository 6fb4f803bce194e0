/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How `sonde types` shows rows of the registry to people: cards and tables. */
#pragma once

#include "icmp/registry.h"
#include "out/text.h"

/* Rows that were asked for, in the registry's order. */
struct types_text_list {
	const struct icmp_entry **row; /* each is static */
	size_t n;
};

/** Everything about one row, as a card wrapped to the terminal. */
void types_text_card(const struct text_out *t, const struct icmp_entry *e);

/**
 * A line a row, a table for each family that occurs. A narrow terminal gets fewer columns.
 *
 * Returns 0, or -ENOMEM.
 */
int types_text_table(const struct text_out *t, const struct types_text_list *list);
