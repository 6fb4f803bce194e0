/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field table of an alert: every member is shown; words and the detectors' values agree. */
#include "fact/alert.h"

#include <string.h>

#include "detect/detect.h"
#include "test.h"

TEST(alert_words_are_in_the_order_of_the_values)
{
	CHECK_STR(fact_alert_severity_words[DETECT_LOW], "low");
	CHECK_STR(fact_alert_severity_words[DETECT_MEDIUM], "medium");
	CHECK_STR(fact_alert_severity_words[DETECT_HIGH], "high");
	CHECK(!fact_alert_severity_words[DETECT_HIGH + 1]);
	CHECK_STR(fact_alert_state_words[DETECT_NEW], "new");
	CHECK_STR(fact_alert_state_words[DETECT_UPDATE], "update");
	CHECK_STR(fact_alert_state_words[DETECT_ENDED], "ended");
	CHECK(!fact_alert_state_words[DETECT_ENDED + 1]);
	CHECK_EQ(FACT_ALERT_HIGH, DETECT_HIGH);
	CHECK_EQ(FACT_ALERT_ENDED, DETECT_ENDED);
}

TEST(alert_has_the_fields_that_are_promised)
{
	static const char *const names[] = {
		"kind",     "severity",       "state",   "id",     "src",     "dst",
		"targets",  "first",          "last",    "packet", "contact", "packets",
		"distinct", "distinct_error", "alive",   "dark",   "run",     "run_order",
		"stride",   "suppressed",     "reasons",
	};

	CHECK_STR(fact_alert.name, "alert");
	CHECK_EQ(fact_alert.field_n, ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct fact_field *f = &fact_alert.field[i];

		CHECK_STR(f->name, names[i]);
		CHECK(f->help && f->at < fact_alert.size);
		for (size_t k = 0; k < i; k++)
			CHECK(fact_alert.field[k].at != f->at);
	}
	CHECK(fact_alert.field[ARRAY_LEN(names) - 1].sub == &fact_alert_reason);
	CHECK_EQ(fact_alert_reason.field_n, 3);
}
