/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many different ones: exact up to DISTINCT_FEW, a sketch beyond. 200 octets; zeroed, it is empty. Pure. */
#pragma once

#include "detect/detector.h"

#define DISTINCT_FEW 16

struct distinct {
	uint64_t few[DISTINCT_FEW]; /* hashes */
	uint8_t reg[1 << DETECT_HLL];
	uint8_t n; /* of .few */
};

void distinct_add(struct distinct *x, uint64_t hash);
double distinct_count(const struct distinct *x);

/** Whether there are @bound of them; with a tenth allowed for the error where it is not exact. */
bool distinct_reaches(const struct distinct *x, double bound);

/** Put count and error into @a. */
void distinct_tell(const struct distinct *x, struct detect_alert *a);
