/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

TEST(bursts_that_are_answered_wholly_are_a_note)
{
	struct fact_burst b[] = { { 4, "eth0", FACT_STRANGER, 40, 40, NULL },
				  { 6, "eth0", FACT_STRANGER, 40, 40, NULL } };
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	a.burst = b;
	a.burst_n = 2;
	f = made_only(made_review(&a), "echo-unlimited", FACT_INFO);
	CHECK_EQ(f->family, 0);
	CHECK_HAS(f->evidence, "IPv4: all of 40");
	CHECK_HAS(f->evidence, "IPv6: all of 40");
	CHECK_HAS(f->fix, "icmp type echo-request limit rate over");
	a.burst_n = 1;
	CHECK_EQ(made_only(made_review(&a), "echo-unlimited", FACT_INFO)->family, 4);
}

TEST(bursts_that_are_cut_or_too_small_are_no_note)
{
	struct fact_burst b = { 4, "eth0", FACT_STRANGER, 40, 39, &made_rule };
	struct fact_audit a = made_audit();

	a.burst = &b;
	a.burst_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
	b.sent = b.answered = 3;
	CHECK_EQ(made_review(&a)->n, 0);
	b.sent = b.answered = 0;
	CHECK_EQ(made_review(&a)->n, 0);
}
