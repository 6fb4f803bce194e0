/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/told.h"

#include "feed.h"
#include "test.h"

TEST(told_facts_have_what_the_alert_knows)
{
	struct feed *f = feed_new();
	const struct ip_addr me = feed_addr("192.0.2.1");
	const struct fact_alert *a;
	struct told t;

	for (unsigned i = 0; i < 12; i++) {
		struct ip_addr to = ip4_of(0x0a000000 + i);

		feed_echo(f, &me, &to, false, 1, 1);
	}
	CHECK_EQ(f->n, 1);
	a = told_of(&f->alert[0], &t);
	CHECK_STR(a->kind, "sweep.sequential");
	CHECK_EQ(a->severity, FACT_ALERT_LOW);
	CHECK_EQ(a->state, FACT_ALERT_NEW);
	CHECK_STR(a->targets, "10.0.0.0/28");
	CHECK_EQ(a->contact, 12);
	CHECK_EQ(a->packets, 12);
	CHECK_EQ(a->run, 12);
	CHECK_EQ(a->stride, 1);
	CHECK_STR(a->run_order, "natural");
	CHECK_EQ(a->alive, FACT_NONE);
	CHECK_EQ(a->dark, FACT_NONE);
	CHECK_EQ(a->dst.family, 0);
	CHECK_EQ(a->first, 1000 * NS_PER_S);
	CHECK_EQ(a->reasons.n, 1);
	CHECK_STR(t.reason[0].what, "run");
	CHECK_EQ(t.reason[0].seen, 12000000);
	feed_free(f);
}

TEST(told_facts_have_null_for_what_does_not_apply)
{
	struct feed *f = feed_new();
	const struct ip_addr a = feed_addr("192.0.2.1"), b = feed_addr("192.0.2.2");
	const struct fact_alert *fact;
	struct told t;

	feed_icmp(f, &a, &b, 200, 0, 1, (struct span){ a.octet, 8 });
	CHECK_EQ(f->n, 1);
	fact = told_of(&f->alert[0], &t);
	CHECK_EQ(fact->contact, FACT_NONE);
	CHECK_EQ(fact->distinct, FACT_NONE);
	CHECK_EQ(fact->run, FACT_NONE);
	CHECK_EQ(fact->stride, FACT_NONE);
	CHECK(!fact->run_order);
	CHECK(!fact->targets);
	feed_free(f);
}
