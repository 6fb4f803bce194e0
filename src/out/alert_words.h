/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts in words: what their kinds and reasons say to a person. Pure. */
#pragma once

#include "fact/alert.h"

#define ALERT_REASON_LEN 160

struct alert_kind {
	const char *kind, *says; /* "sweep.slow", "asks many addresses, slowly" */
	const char *category;    /* as Suricata's classification.config has them */
	uint32_t number;         /* stays with the kind forever */
};

/** Kind @i, in order; NULL: no more. */
const struct alert_kind *alert_kind_at(size_t i);

/** NULL: no such kind. */
const struct alert_kind *alert_kind_find(const char *kind);

/** "18 addresses in a row (run 12)": what was seen, the threshold and its value. Returns @buf. */
const char *alert_reason(const struct fact_alert_reason *r, char buf[static ALERT_REASON_LEN]);
