/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_icmp_verdict verdicts[4];

static struct fact_audit plant(int64_t type, int64_t code, int context, int verdict)
{
	struct fact_audit a = made_audit();

	verdicts[0] = made_verdict(4, 8, 0, FACT_STRANGER, FACT_STRAY, FACT_ANSWERED, NULL);
	verdicts[1] = made_verdict(4, type, code, FACT_STRANGER, context, verdict, &made_rule);
	a.verdict = verdicts;
	a.verdict_n = 2;
	return a;
}

TEST(each_required_error_that_is_lost_is_medium)
{
	static const struct {
		int family, type, code;
	} cases[] = {
		{ 4, 3, 0 },  { 4, 3, 1 },  { 4, 3, 2 }, { 4, 3, 3 }, { 4, 11, 0 },
		{ 4, 12, 0 }, { 4, 12, 1 }, { 6, 1, 0 }, { 6, 1, 4 }, { 6, 3, 0 },
		{ 6, 3, 1 },  { 6, 4, 0 },  { 6, 4, 1 }, { 6, 4, 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fact_audit a = made_audit();
		const struct made_finding *f;

		verdicts[0] = made_verdict((unsigned)cases[i].family, 8, 0, FACT_STRANGER,
					   FACT_STRAY, FACT_PASSED, NULL);
		verdicts[1] = made_verdict((unsigned)cases[i].family, cases[i].type, cases[i].code,
					   FACT_STRANGER, FACT_RELATED, FACT_REFUSED, &made_rule);
		a.verdict = verdicts;
		a.verdict_n = 2;
		f = made_only(made_review(&a), "errors-blocked", FACT_MEDIUM);
		CHECK_EQ(f->family, cases[i].family);
		CHECK_HAS(f->evidence, "(handle 12)");
		CHECK_HAS(f->fix, "nft insert rule inet filter input handle 12 ct state related");
	}
}

TEST(lost_errors_of_one_family_are_one_finding_naming_them)
{
	struct fact_audit a = plant(3, 3, FACT_RELATED, FACT_DROPPED);
	const struct made_finding *f;

	verdicts[2] =
		made_verdict(4, 11, 0, FACT_NEIGHBOUR, FACT_RELATED, FACT_DROPPED, &made_iptables);
	verdicts[2].iface = "eth1";
	a.verdict_n = 3;
	f = made_only(made_review(&a), "errors-blocked", FACT_MEDIUM);
	CHECK_HAS(f->subject, "destination-unreachable, message");
	CHECK_HAS(f->evidence, "2 of 2 probes at eth0, eth1");
}

TEST(errors_of_the_kernels_own_tools_are_mended_type_by_type)
{
	struct fact_audit a = plant(3, 3, FACT_RELATED, FACT_DROPPED);

	verdicts[1].rule = &made_iptables;
	CHECK_HAS(made_only(made_review(&a), "errors-blocked", FACT_MEDIUM)->fix,
		  "for t in 3 11 12; do iptables-nft -I INPUT 4 -p icmp --icmp-type $t -m "
		  "conntrack --ctstate RELATED -j ACCEPT; done");
}

TEST(errors_that_need_not_arrive_are_no_fault)
{
	struct fact_audit a = plant(3, 3, FACT_STRAY, FACT_DROPPED);

	CHECK_EQ(made_review(&a)->n, 0); /* about nothing */
	a = plant(3, 13, FACT_RELATED, FACT_DROPPED);
	CHECK_EQ(made_review(&a)->n, 0); /* not among the required codes */
	a = plant(11, 1, FACT_RELATED, FACT_DROPPED);
	CHECK_EQ(made_review(&a)->n, 0); /* Linux ignores it anyway */
	a = plant(4, 0, FACT_RELATED, FACT_DROPPED);
	CHECK_EQ(made_review(&a)->n, 0); /* source quench */
	a = plant(3, 3, FACT_RELATED, FACT_IGNORED);
	CHECK_EQ(made_review(&a)->n, 0); /* the firewall let it in */
	a = plant(3, 4, FACT_RELATED, FACT_DROPPED);
	CHECK_EQ(made_check(&review_errors_blocked, &a)->n, 0); /* pmtud-broken's */
}

TEST(errors_are_not_told_again_where_the_whole_family_is_blocked)
{
	struct fact_audit a = plant(3, 3, FACT_RELATED, FACT_DROPPED);

	verdicts[0].verdict = FACT_DROPPED;
	CHECK_EQ(made_check(&review_errors_blocked, &a)->n, 0);
}
