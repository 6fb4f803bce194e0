/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_exposure e[3];

static struct fact_audit plant(void)
{
	struct fact_audit a = made_audit();

	e[0] = made_exposure(FACT_TCP, 4, 9000, FACT_FILTERED, &made_policy);
	e[1] = made_exposure(FACT_TCP, 6, 9000, FACT_REJECTED, &made_rule);
	e[2] = made_exposure(FACT_TCP, 4, 9000, FACT_FILTERED, &made_policy);
	e[2].from = FACT_NEIGHBOUR;
	a.exposure = e;
	a.exposure_n = 3;
	return a;
}

TEST(a_service_that_nobody_reaches_is_low)
{
	struct fact_audit a = plant();
	const struct made_finding *f = made_only(made_review(&a), "service-blocked", FACT_LOW);

	CHECK_STR(f->subject, "tcp/9000 (daemon)");
	CHECK_HAS(f->evidence, "not reachable from any of 3 places at eth0");
	CHECK_HAS(f->evidence, "silence by the policy of inet filter input");
	CHECK_HAS(f->fix, "nft add rule inet filter input tcp dport 9000 accept");
}

TEST(a_service_that_somebody_reaches_is_not_blocked)
{
	struct fact_audit a = plant();

	e[2].state = FACT_OPEN;
	CHECK_EQ(made_check(&review_service_blocked, &a)->n, 0);
}

TEST(a_service_for_this_host_or_link_only_is_not_blocked)
{
	struct fact_audit a = plant();

	for (int i = 0; i < 3; i++)
		e[i].reach = i ? FACT_REACH_LINK : FACT_REACH_LOOPBACK;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(a_port_that_the_kernel_calls_closed_proves_no_block)
{
	struct fact_audit a = plant();

	e[1].state = FACT_CLOSED;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(many_blocked_services_are_told_one_by_one_and_then_together)
{
	static struct fact_exposure many[20];
	struct fact_audit a = made_audit();
	const struct made_review *r;

	for (int i = 0; i < 20; i++)
		many[i] = made_exposure(FACT_UDP, 4, 8100 + i, FACT_FILTERED, NULL);
	a.exposure = many;
	a.exposure_n = 20;
	r = made_review(&a);
	CHECK_EQ(r->n, 7);
	CHECK_STR(r->finding[6].subject, "14 more services");
}
