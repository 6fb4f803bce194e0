/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"
#include "policy/tally.h"

TEST(tally_counts_what_was_sent_and_what_met_the_fate)
{
	struct fact_icmp_verdict v[] = {
		made_verdict(4, 13, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, NULL),
		made_verdict(4, 13, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_DROPPED, &made_rule),
		made_verdict(4, 14, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_DROPPED, &made_rule),
		made_verdict(6, 13, 0, FACT_NEIGHBOUR, FACT_STRAY, FACT_DROPPED, &made_rule),
	};
	struct note_text t = { 0 };
	struct fact_audit a = made_audit();
	struct tally tally;

	a.verdict = v;
	a.verdict_n = ARRAY_LEN(v);
	tally = tally_type(&a, 4, 13, tally_blocked);
	CHECK_EQ(tally.sent, 2);
	CHECK_EQ(tally.hit, 1);
	CHECK(tally.first == &v[1]);
	tally_put(&t, &tally);
	CHECK_HAS(t.p, "1 of 2 probes; the first: message (13/0) from neighbour 192.0.2.1");
	CHECK_EQ(tally_type(&a, 4, 13, tally_answered).hit, 1);
	CHECK_EQ(tally_type(&a, 4, 99, tally_answered).sent, 0);
}
