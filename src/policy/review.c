/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/review.h"

const struct review_rule *const review_rules[] = {
#define RULE(name) &review_##name,
#include "policy/rules.def"
#undef RULE
	NULL,
};

/*
 * The severity of a finding is known only once it is told, and nothing is
 * allocated here: so the rules run once a severity, and one pass tells one.
 */
void review_run(const struct fact_audit *audit,
		void (*tell)(void *to, const struct fact_finding *finding), void *to)
{
	for (int severity = FACT_HIGH; severity >= FACT_INFO; severity--) {
		struct review pass = { tell, to, (uint8_t)severity };

		for (const struct review_rule *const *rule = review_rules; *rule; rule++)
			(*rule)->check(audit, &pass);
	}
}
