/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

TEST(no_firewall_over_open_services_is_medium)
{
	struct fact_exposure e[] = { made_exposure(FACT_TCP, 4, 22, FACT_OPEN, NULL),
				     made_exposure(FACT_TCP, 6, 22, FACT_OPEN, NULL),
				     made_exposure(FACT_UDP, 4, 123, FACT_OPEN, NULL) };
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	a.firewall = "none";
	a.exposure = e;
	a.exposure_n = ARRAY_LEN(e);
	f = made_only(made_check(&review_no_firewall, &a), "no-firewall", FACT_MEDIUM);
	CHECK_STR(f->subject, "testhost");
	CHECK_HAS(f->evidence, "strangers reach 2 ports, the first tcp/22 (daemon)");
	CHECK_HAS(f->fix, "tcp dport { 22 } accept; udp dport { 123 } accept;");
}

TEST(the_firewall_that_is_proposed_locks_nobody_out)
{
	static struct fact_exposure e[200];
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	for (int i = 0; i < 200; i++)
		e[i] = made_exposure(FACT_TCP, 4, 1000 + 7 * i, FACT_OPEN, NULL);
	a.firewall = "none";
	a.exposure = e;
	a.exposure_n = ARRAY_LEN(e);
	f = made_only(made_check(&review_no_firewall, &a), "no-firewall", FACT_MEDIUM);
	CHECK_HAS(f->fix, "tcp dport { 1-65535 } accept; }; }' #");
}

/* No stranger's view, one interface only, no proof at all: the sockets are known all the same. */
TEST(the_firewall_that_is_proposed_leaves_open_what_was_not_probed)
{
	struct fact_exposure e = made_exposure(FACT_TCP, 4, 8080, FACT_OPEN, NULL);
	struct fact_socket s[] = {
		{ .proto = FACT_TCP, .family = 4, .state = FACT_LISTEN, .reach = FACT_REACH_ANY },
		{ .proto = FACT_UDP, .family = 6, .state = FACT_UNCONN, .reach = FACT_REACH_LINK },
		{ .proto = FACT_TCP, .family = 4, .state = FACT_LISTEN },
		{ .proto = FACT_TCP, .family = 4, .state = FACT_ESTABLISHED },
		{ .proto = FACT_RAW, .family = 4, .state = FACT_UNCONN },
	};
	static const uint16_t ports[] = { 22, 546, 631, 40000, 89 };
	struct fact_audit a = made_audit();
	const struct made_finding *f;

	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		s[i].local.port = ports[i];
	s[2].reach = FACT_REACH_LOOPBACK;
	s[3].reach = s[4].reach = FACT_REACH_ANY;
	e.from = FACT_NEIGHBOUR;
	a.firewall = "none";
	a.exposure = &e;
	a.exposure_n = 1;
	a.socket = s;
	a.socket_n = ARRAY_LEN(s);
	f = made_only(made_check(&review_no_firewall, &a), "no-firewall", FACT_LOW);
	CHECK_HAS(f->fix, "echo-request accept; tcp dport { 22,8080 } accept; "
			  "udp dport { 546 } accept; }; }' #");
	CHECK_HAS(f->evidence, "3 ports listen for the network, and no stranger was seen to reach");
	a.proved = false;
	a.exposure_n = 0;
	f = made_only(made_check(&review_no_firewall, &a), "no-firewall", FACT_LOW);
	CHECK_HAS(f->fix, "tcp dport { 22 } accept; udp dport { 546 } accept;");
}

TEST(no_firewall_over_nothing_open_is_low)
{
	struct fact_audit a = made_audit();

	a.firewall = "none";
	made_only(made_review(&a), "no-firewall", FACT_LOW);
}

TEST(a_firewall_one_that_cannot_be_read_or_no_network_is_no_fault)
{
	struct fact_audit a = made_audit();

	CHECK_EQ(made_review(&a)->n, 0);
	a.firewall = NULL;
	CHECK_EQ(made_review(&a)->n, 0);
	a.firewall = "none";
	a.iface_n = 1; /* lo alone */
	CHECK_EQ(made_review(&a)->n, 0);
}
