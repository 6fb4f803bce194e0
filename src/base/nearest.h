/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of our words did the user mean? Pure. */
#pragma once

#include "base/base.h"

#define NEAREST_LEN_MAX 64 /* longer words are never near */

/** Letters to insert, delete, change or swap with their neighbour to make @a of @b; case does not count. */
unsigned nearest_distance(const char *a, const char *b);

/** Is @b near enough to @a to suggest it: at most a third of the letters differ (at least 1, at most 3)? */
bool nearest_is(const char *a, const char *b);
