/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_icmp_verdict v[5];

static struct fact_audit plant(unsigned family)
{
	struct fact_audit a = made_audit();
	int64_t echo = family == 6 ? 128 : 8;

	v[0] = made_verdict(family, echo, 0, FACT_STRANGER, FACT_STRAY, FACT_DROPPED, &made_policy);
	v[1] = made_verdict(family, 3, 0, FACT_STRANGER, FACT_RELATED, FACT_DROPPED, &made_policy);
	v[2] = made_verdict(family, 1, 0, FACT_NEIGHBOUR, FACT_RELATED, FACT_REFUSED, &made_policy);
	a.verdict = v;
	a.verdict_n = 3;
	return a;
}

TEST(a_family_of_which_nothing_arrives_is_high)
{
	for (unsigned family = 4; family <= 6; family += 2) {
		struct fact_audit a = plant(family);
		const struct made_finding *f =
			made_only(made_review(&a), "icmp-blocked-entirely", FACT_HIGH);

		CHECK_EQ(f->family, family);
		CHECK_HAS(f->subject, "eth0");
		CHECK_HAS(f->evidence, "none of 3 probes arrived");
		CHECK_HAS(f->evidence, "the policy of inet filter input (\"policy drop\")");
		CHECK_HAS(f->fix, family == 6 ? "nft add rule inet filter input icmpv6 type '{"
					      : "nft add rule inet filter input icmp type '{");
	}
}

TEST(one_message_that_arrives_is_not_all_blocked)
{
	struct fact_audit a = plant(4);

	v[3] = made_verdict(4, 0, 0, FACT_STRANGER, FACT_STRAY, FACT_IGNORED, NULL);
	a.verdict_n = 4;
	CHECK_EQ(made_check(&review_icmp_blocked_entirely, &a)->n, 0);
}

TEST(without_a_related_probe_nothing_is_known_of_the_whole_family)
{
	struct fact_audit a = plant(4);

	v[1].context = v[2].context = FACT_STRAY;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(all_blocked_is_told_of_each_interface_by_itself)
{
	struct fact_audit a = plant(4);

	v[3] = made_verdict(4, 8, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, NULL);
	v[3].iface = "wg0";
	a.verdict_n = 4;
	CHECK_STR(made_check(&review_icmp_blocked_entirely, &a)->finding[0].subject,
		  "ICMP at eth0");
}
