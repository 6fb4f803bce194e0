/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 that may be anything: what the network and /proc call text. Pure. Source: RFC 3629. */
#pragma once

#include "base/base.h"

/**
 * The length (1..4) of the well-formed character at @p, or 0 when the octets
 * there are none (also for surrogates, overlong forms and what is cut short).
 */
size_t utf8_len(const char *p, size_t left);

/** Columns that @text takes on a terminal, as far as one column a character is true. */
size_t utf8_width(const char *text);
