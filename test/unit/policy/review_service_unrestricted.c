/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static const struct fact_rule any = {
	"nftables", "inet", "filter", "input", 30, 6, "tcp dport 8080 accept",
};

TEST(a_service_open_to_strangers_is_low_and_one_for_both_families)
{
	struct fact_exposure e[] = {
		made_exposure(FACT_TCP, 4, 8080, FACT_OPEN, &any),
		made_exposure(FACT_TCP, 6, 8080, FACT_OPEN, &any),
		made_exposure(FACT_TCP, 4, 8080, FACT_OPEN, &any),
	};
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	e[2].iface = "wg0";
	a.exposure = e;
	a.exposure_n = ARRAY_LEN(e);
	f = made_only(made_review(&a), "service-unrestricted", FACT_LOW);
	CHECK_EQ(f->family, 0);
	CHECK_STR(f->subject, "tcp/8080 (daemon)");
	CHECK_HAS(f->evidence, "from stranger 203.0.113.7");
	CHECK_HAS(f->evidence, "rule 6 (handle 30)");
	CHECK_HAS(f->fix, "nft insert rule inet filter input handle 30 iif != lo tcp dport 8080 "
			  "ip saddr != 192.0.2.0/24 drop");
	CHECK_HAS(f->fix, "iif != lo tcp dport 8080 ip6 saddr != 2001:db8::/64 drop");
}

TEST(sensitive_services_open_to_strangers_are_medium_with_the_reason)
{
	static const struct {
		uint8_t proto;
		int64_t port;
		const char *why;
	} cases[] = {
		{ FACT_TCP, 6379, "Redis" },         { FACT_TCP, 2375, "root on this host" },
		{ FACT_UDP, 11211, "amplifies" },    { FACT_TCP, 23, "in clear" },
		{ FACT_TCP, 6010, "X11" },           { FACT_TCP, 445, "SMB" },
		{ FACT_UDP, 161, "SNMP" },           { FACT_TCP, 27017, "MongoDB" },
		{ FACT_TCP, 9200, "Elasticsearch" }, { FACT_TCP, 10250, "kubelet" },
		{ FACT_TCP, 111, "rpcbind" },        { FACT_TCP, 5432, "database" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fact_exposure e =
			made_exposure(cases[i].proto, 4, cases[i].port, FACT_OPEN, &any);
		struct fact_audit a = made_audit();

		a.exposure = &e;
		a.exposure_n = 1;
		CHECK_HAS(made_only(made_review(&a), "service-unrestricted", FACT_MEDIUM)->why,
			  cases[i].why);
	}
}

TEST(services_that_a_rule_restricts_or_strangers_do_not_reach_are_no_fault)
{
	struct fact_exposure e = made_exposure(FACT_TCP, 4, 6379, FACT_OPEN, &any);
	struct fact_rule_proof proof = { .rule = &any, .hits = 1, .restricts = true };
	struct fact_audit a = made_audit();

	a.exposure = &e;
	a.exposure_n = 1;
	a.proof = &proof;
	a.proof_n = 1;
	CHECK_EQ(made_review(&a)->n, 0);
	proof.restricts = false;
	CHECK_EQ(made_review(&a)->n, 1);
	e.from = FACT_NEIGHBOUR;
	CHECK_EQ(made_review(&a)->n, 0);
	e = made_exposure(FACT_TCP, 4, 6379, FACT_OPEN, &any);
	e.reach = FACT_REACH_IFACE;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(a_published_port_is_open_to_strangers_whatever_input_says)
{
	static const struct fact_rule_proof proof = { .rule = &made_accept,
						      .hits = 1,
						      .restricts = true };
	struct fact_audit a = made_audit();
	struct fact_exposure e = made_exposure(FACT_TCP, 4, 8080, FACT_FORWARDED, &made_accept);
	const struct made_finding *f;

	e.reach = FACT_REACH_IFACE;
	a.exposure = &e;
	a.exposure_n = 1;
	a.proof = &proof;
	a.proof_n = 1;
	f = made_only(made_check(&review_service_unrestricted, &a), "service-unrestricted",
		      FACT_LOW);
	CHECK_HAS(f->evidence, "published by rules of translation; ");
	CHECK_HAS(f->evidence, "handed on to another host");
	CHECK_HAS(f->fix, "hook prerouting priority raw");
	CHECK_HAS(f->fix, "tcp dport 8080 ip saddr != ");
}

TEST(many_open_services_are_told_one_by_one_and_then_together)
{
	static struct fact_exposure e[40];
	struct fact_audit a = made_audit();
	const struct made_review *r;

	for (int i = 0; i < 40; i++)
		e[i] = made_exposure(FACT_TCP, 4, 8100 + i, FACT_OPEN, NULL);
	a.exposure = e;
	a.exposure_n = 40;
	r = made_review(&a);
	CHECK_EQ(r->n, 13);
	CHECK_STR(r->finding[12].subject, "28 more services");
	CHECK_HAS(r->finding[12].evidence, "tcp/8112");
}
