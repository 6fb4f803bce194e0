/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_exposure e[2];

static struct fact_audit plant(void)
{
	static const struct fact_rule_proof proof = { .rule = &made_accept,
						      .hits = 1,
						      .restricts = true };
	struct fact_audit a = made_audit();

	e[0] = made_exposure(FACT_TCP, 4, 8443, FACT_FILTERED, &made_policy);
	e[1] = made_exposure(FACT_TCP, 6, 8443, FACT_OPEN, NULL);
	a.exposure = e;
	a.exposure_n = 2;
	a.proof = &proof;
	a.proof_n = 1;
	return a;
}

TEST(a_service_open_over_one_family_and_shut_over_the_other_is_medium)
{
	struct fact_audit a = plant();
	const struct made_finding *f = made_only(made_check(&review_family_asymmetry, &a),
						 "family-asymmetry", FACT_MEDIUM);

	CHECK_STR(f->subject, "tcp/8443 (daemon)");
	CHECK_EQ(f->family, 4);
	CHECK_HAS(f->evidence, "IPv6, seen from stranger 2001:db8:ffff::7");
	CHECK_HAS(f->evidence, "but IPv4, ");
	CHECK_HAS(f->fix, "nft add rule inet filter input meta nfproto ipv4 tcp dport 8443 accept");
	CHECK_HAS(f->fix, "to shut both instead: nft ");
	CHECK_HAS(f->fix, "meta nfproto ipv6 tcp dport 8443 drop");
	e[0].state = FACT_OPEN;
	e[1].state = FACT_REJECTED;
	e[1].rule = &made_rule;
	f = made_only(made_check(&review_family_asymmetry, &a), "family-asymmetry", FACT_MEDIUM);
	CHECK_EQ(f->family, 6);
	CHECK_HAS(f->fix, "handle 12 meta nfproto ipv6");
}

TEST(families_that_are_alike_or_differ_by_design_are_no_fault)
{
	struct fact_audit a = plant();

	e[0].state = FACT_OPEN;
	CHECK_EQ(made_check(&review_family_asymmetry, &a)->n, 0); /* open both */
	e[0].state = e[1].state = FACT_FILTERED;
	CHECK_EQ(made_check(&review_family_asymmetry, &a)->n, 0); /* shut both */
	a = plant();
	e[0].state = FACT_CLOSED;
	CHECK_EQ(made_check(&review_family_asymmetry, &a)->n, 0); /* nobody listens */
	a = plant();
	e[1].rule = &made_accept;
	CHECK_EQ(made_check(&review_family_asymmetry, &a)->n, 0); /* open to a source only */
	a = plant();
	a.exposure_n = 1;
	CHECK_EQ(made_check(&review_family_asymmetry, &a)->n, 0); /* one family only */
}

TEST(a_service_must_listen_on_both_families_to_be_asymmetric)
{
	struct fact_socket s = { .proto = FACT_TCP,
				 .family = 6,
				 .state = FACT_LISTEN,
				 .v6only = false,
				 .local = { { 6, { 0 }, 0 }, 8443 } };
	struct fact_audit a = plant();

	a.socket = &s;
	a.socket_n = 1;
	CHECK_EQ(made_check(&review_family_asymmetry, &a)->n, 1);
	s.v6only = true;
	CHECK_EQ(made_check(&review_family_asymmetry, &a)->n, 0);
}
