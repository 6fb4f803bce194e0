/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An alert as the fact that writers know. Pure. */
#pragma once

#include "detect/detect.h"
#include "fact/alert.h"

/* The fact and what it borrows from. */
struct told {
	struct fact_alert fact;
	struct fact_alert_reason reason[DETECT_REASONS_MAX];
	char targets[IP_TEXT_LEN];
};

/** Fill @t with @a. Returns &t->fact, which borrows from @t. */
const struct fact_alert *told_of(const struct detect_alert *a, struct told *t);
