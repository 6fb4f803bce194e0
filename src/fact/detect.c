/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/detect.h"

static const struct fact_field sum_fields[] = {
	FACT_FIELD(struct fact_detect_sum, files, FACT_INT, "files read"),
	FACT_FIELD(struct fact_detect_sum, frames, FACT_INT, "frames that the filter let pass"),
	FACT_FIELD(struct fact_detect_sum, unreadable, FACT_INT,
		   "frames without IP, or damaged below it"),
	FACT_FIELD(struct fact_detect_sum, not_opened, FACT_INT,
		   "frames of a kind of link that is not opened"),
	FACT_FIELD(struct fact_detect_sum, high, FACT_INT,
		   "things alerted of, by the severity they came to: high"),
	FACT_FIELD(struct fact_detect_sum, medium, FACT_INT, "medium"),
	FACT_FIELD(struct fact_detect_sum, low, FACT_INT, "low"),
	FACT_FIELD(struct fact_detect_sum, told, FACT_INT,
		   "alert records: new ones, updates and ends"),
	FACT_FIELD(struct fact_detect_sum, suppressed, FACT_INT,
		   "times that a thing went on without a record of its own"),
	FACT_FIELD(struct fact_detect_sum, ignored, FACT_INT,
		   "times that a source did something which is not to be told of"),
	FACT_FIELD(struct fact_detect_sum, sources, FACT_INT,
		   "sources that are remembered at the end"),
	FACT_FIELD(struct fact_detect_sum, forgotten, FACT_INT, "sources that had to make room"),
	FACT_FIELD(struct fact_detect_sum, contacts, FACT_INT,
		   "first requests of a source to a destination"),
	FACT_FIELD(
		struct fact_detect_sum, pairing, FACT_SHARE,
		"share of sources that ever got an answer, of those that asked three hosts or more; "
		"under 0.2 silence is no evidence; null: there are none"),
	FACT_FIELD(struct fact_detect_sum, memory, FACT_INT,
		   "octets for tables, taken at the start"),
	FACT_FIELD(struct fact_detect_sum, first, FACT_TIME, "time of the first frame"),
	FACT_FIELD(struct fact_detect_sum, last, FACT_TIME, "time of the last frame"),
};

const struct fact_type fact_detect_sum = FACT_TYPE(
	struct fact_detect_sum, "detect_sum", "what was looked through for alerts", sum_fields);
