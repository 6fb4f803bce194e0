/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/summary.h"

static const struct fact_field severity_fields[] = {
	FACT_FIELD(struct fact_severities, high, FACT_INT, "findings of severity high"),
	FACT_FIELD(struct fact_severities, medium, FACT_INT, "of severity medium"),
	FACT_FIELD(struct fact_severities, low, FACT_INT, "of severity low"),
	FACT_FIELD(struct fact_severities, info, FACT_INT, "of severity info"),
};

static const struct fact_type severities =
	FACT_TYPE(struct fact_severities, "severities", "findings counted", severity_fields);

static const struct fact_field fields[] = {
	FACT_FIELD(struct fact_summary, command, FACT_TEXT, "the command"),
	FACT_FIELD(struct fact_summary, status, FACT_INT, "exit status, 0 to 4"),
	FACT_FIELD(struct fact_summary, interrupted, FACT_BOOL, "ended by a signal"),
	FACT_FIELD(struct fact_summary, records, FACT_INT, "lines before this one"),
	FACT_FIELD(struct fact_summary, elapsed_us, FACT_US, "duration in microseconds"),
	FACT_FIELD(struct fact_summary, error, FACT_TEXT, "what was wrong; null: nothing"),
	FACT_FIELD_SUB(struct fact_summary, findings, FACT_REF, &severities,
		       "audit: findings counted"),
	FACT_FIELD_SUB(struct fact_summary, survey, FACT_REF, &fact_survey,
		       "sweep and scan: the sum"),
};

const struct fact_type fact_summary =
	FACT_TYPE(struct fact_summary, "summary", "the last line of every command", fields);
