/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static const struct fact_rule limit = {
	"nftables",
	"inet",
	"filter",
	"input",
	15,
	5,
	"icmp type echo-request limit rate 5/second burst 5 packets accept",
};
static const struct fact_rule established = {
	"nftables", "inet", "filter", "input", 8, 2, "ct state established,related accept",
};

static struct fact_burst burst;
static struct fact_rule_proof proof[2];

static struct fact_audit plant(const struct fact_rule *first, const struct fact_rule *second)
{
	struct fact_audit a = made_audit();

	burst = (struct fact_burst){ 4, "eth0", FACT_STRANGER, 40, 40, NULL };
	proof[0] = (struct fact_rule_proof){ .rule = first, .hits = 1 };
	proof[1] = (struct fact_rule_proof){ .rule = second, .hits = 1, .limits = true };
	a.burst = &burst;
	a.burst_n = 1;
	a.proof = proof;
	a.proof_n = 2;
	return a;
}

TEST(a_limit_that_cuts_nothing_is_medium)
{
	struct fact_audit a = plant(&made_rule, &limit);
	const struct made_finding *f =
		made_only(made_review(&a), "limit-without-effect", FACT_MEDIUM);

	CHECK_HAS(f->subject, "rule 5 (handle 15) of inet filter input");
	CHECK_HAS(f->evidence, "all of 40 echo requests");
	CHECK_HAS(f->evidence, "about 10 at once");
	CHECK_HAS(f->why, "hands the rest on");
	CHECK_HAS(f->fix,
		  "nft insert rule inet filter input icmp type echo-request limit rate over");
}

TEST(a_limit_behind_established_accept_is_medium_and_says_so)
{
	struct fact_audit a = plant(&established, &limit);
	const struct made_finding *f =
		made_only(made_review(&a), "limit-without-effect", FACT_MEDIUM);

	CHECK_HAS(f->evidence, "in front of it stands rule 2 (handle 8)");
	CHECK_HAS(f->why, "established");
}

TEST(a_limit_that_could_not_have_cut_the_burst_is_no_fault)
{
	static const char *const texts[] = {
		"icmp type echo-request limit rate 100/second burst 50 packets accept",
		"icmp type echo-request limit name \"ping_lim\" accept",
		"icmp type echo-request limit rate 1/second log prefix \"ping\"",
		"icmp type timestamp-request limit rate 1/second accept",
		"icmp type != echo-request limit rate 1/second accept",
		"icmpv6 type echo-request limit rate 1/second accept",
		"tcp dport 22 limit rate 1/second accept",
		"icmp type echo-request limit rate over 10 kbytes/second drop",
		"-p icmp --icmp-type 8 -m limit --limit 3/min -j LOG",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct fact_rule other = limit;
		struct fact_audit a = plant(&established, &other);

		other.text = texts[i];
		CHECK_EQ(made_check(&review_limit_without_effect, &a)->n, 0);
		made_only(made_review(&a), "echo-unlimited", FACT_INFO);
	}
}

TEST(a_limit_that_works_or_that_is_elsewhere_is_no_fault)
{
	struct fact_audit a = plant(&made_rule, &limit);

	burst.answered = 10;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(&made_rule, &limit);
	proof[1].hits = 0; /* in the forward chain, say: nothing made for it was sent */
	CHECK_EQ(made_check(&review_limit_without_effect, &a)->n, 0);
	a = plant(&made_rule, &limit);
	burst.sent = burst.answered = 8; /* below what the limit allows */
	CHECK_EQ(made_review(&a)->n, 0);
}
