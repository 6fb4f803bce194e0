/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counter.bpf.c, compiled, as an object file. */
#pragma once

#include <stddef.h>

extern const unsigned char counter_octets[];
extern const size_t counter_octets_len;
