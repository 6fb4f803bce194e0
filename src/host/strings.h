/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that live as long as the snapshot that names them: added one by one,
 * never moved, freed all at once.
 */
#pragma once

#include "base/base.h"

struct strings_chunk;

/* Zeroed is empty and ready. */
struct strings {
	struct strings_chunk *last; /* the chunk that is being filled; owned */
};

/** Copy @len octets of @text and end them. NULL when out of memory; else owned by @s. */
const char *strings_add(struct strings *s, const char *text, size_t len);
void strings_done(struct strings *s);
