/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_audit plant(const struct fact_sysctl *s, size_t n)
{
	struct fact_audit a = made_audit();

	a.sysctl = s;
	a.sysctl_n = n;
	return a;
}

TEST(a_router_that_sends_redirects_is_low)
{
	struct fact_sysctl s[] = { { "net.ipv4.conf.eth0.forwarding", "1" },
				   { "net.ipv4.conf.all.send_redirects", "1" },
				   { "net.ipv4.conf.eth0.send_redirects", "0" } };
	struct fact_audit a = plant(s, ARRAY_LEN(s));
	const struct made_finding *f = made_only(made_review(&a), "redirects-sent", FACT_LOW);

	CHECK_STR(f->subject, "eth0");
	CHECK_HAS(f->evidence, "conf.all.send_redirects=1");
	CHECK_HAS(f->fix, "net.ipv4.conf.all.send_redirects=0");
	CHECK_HAS(f->fix, "net.ipv4.conf.eth0.send_redirects=0");
	s[1].value = "0";
	s[2].value = "1";
	made_only(made_review(&a), "redirects-sent", FACT_LOW);
	s[2].value = "0";
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(a_host_that_does_not_forward_sends_none)
{
	static const struct fact_sysctl s[] = { { "net.ipv4.conf.eth0.forwarding", "0" },
						{ "net.ipv4.conf.all.send_redirects", "1" },
						{ "net.ipv4.conf.eth0.send_redirects", "1" } };
	struct fact_audit a = plant(s, ARRAY_LEN(s));

	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(forwarding_may_be_told_by_the_older_name)
{
	static const struct fact_sysctl s[] = { { "net.ipv4.ip_forward", "1" },
						{ "net.ipv4.conf.all.send_redirects", "1" } };
	struct fact_audit a = plant(s, ARRAY_LEN(s));

	made_only(made_review(&a), "redirects-sent", FACT_LOW);
}
