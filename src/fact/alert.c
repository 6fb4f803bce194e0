/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/alert.h"

const char *const fact_alert_severity_words[] = { "low", "medium", "high", NULL };
const char *const fact_alert_state_words[] = { "new", "update", "ended", NULL };

static const struct fact_field reason_fields[] = {
	FACT_FIELD(struct fact_alert_reason, what, FACT_TEXT,
		   "a threshold of doc/detection.md, or a phrase"),
	FACT_FIELD(struct fact_alert_reason, seen, FACT_SHARE, "what was seen"),
	FACT_FIELD(struct fact_alert_reason, bound, FACT_SHARE, "what bounds it"),
};

const struct fact_type fact_alert_reason = FACT_TYPE(struct fact_alert_reason, "alert_reason",
						     "why an alert was raised", reason_fields);

static const struct fact_field alert_fields[] = {
	FACT_FIELD(struct fact_alert, kind, FACT_TEXT, "what it is, as doc/detection.md names it"),
	FACT_FIELD_ENUM(struct fact_alert, severity, fact_alert_severity_words,
			"by how many reasons agree"),
	FACT_FIELD_ENUM(struct fact_alert, state, fact_alert_state_words,
			"new; update: it has grown tenfold or its severity has risen; ended"),
	FACT_FIELD(struct fact_alert, id, FACT_INT,
		   "number of the thing, the same in its updates and its end"),
	FACT_FIELD(struct fact_alert, src, FACT_IP, "who does it; null: no single one"),
	FACT_FIELD(struct fact_alert, dst, FACT_IP, "to whom; null: no single one"),
	FACT_FIELD(struct fact_alert, targets, FACT_TEXT, "the prefix that was touched"),
	FACT_FIELD(struct fact_alert, first, FACT_TIME, "when it began"),
	FACT_FIELD(struct fact_alert, last, FACT_TIME, "when it was last seen"),
	FACT_FIELD(struct fact_alert, packet, FACT_INT, "number of the frame that raised it"),
	FACT_FIELD(struct fact_alert, contact, FACT_INT,
		   "which first contact of the source that was"),
	FACT_FIELD(struct fact_alert, packets, FACT_INT, "packets so far; of sweeps: contacts"),
	FACT_FIELD(struct fact_alert, distinct, FACT_INT, "different destinations, or sources"),
	FACT_FIELD(struct fact_alert, distinct_error, FACT_INT, "one standard deviation of it"),
	FACT_FIELD(struct fact_alert, alive, FACT_SHARE, "share of contacts that answered"),
	FACT_FIELD(struct fact_alert, dark, FACT_INT, "unused addresses touched"),
	FACT_FIELD(struct fact_alert, run, FACT_INT, "longest run of addresses in order"),
	FACT_FIELD(struct fact_alert, run_order, FACT_TEXT,
		   "natural, or reversed: by the octets from the last to the first"),
	FACT_FIELD(struct fact_alert, stride, FACT_INT,
		   "median step of the run; negative: downward"),
	FACT_FIELD(struct fact_alert, suppressed, FACT_INT,
		   "packets since the line before about it, for which there was none"),
	FACT_FIELD_SUB(struct fact_alert, reasons, FACT_LIST, &fact_alert_reason,
		       "why, with what bounds each"),
};

const struct fact_type fact_alert =
	FACT_TYPE(struct fact_alert, "alert", "somebody scans, floods, or forges", alert_fields);
