/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

static struct fact_socket s[2];

static struct fact_audit plant(int64_t port)
{
	struct fact_audit a = made_audit();

	s[0] = (struct fact_socket){ .proto = FACT_TCP,
				     .family = 4,
				     .state = FACT_LISTEN,
				     .local = { { 4, { 0 }, 0 }, port },
				     .program = "named" };
	s[1] = s[0];
	s[1].proto = FACT_UDP;
	s[1].state = FACT_UNCONN;
	a.socket = s;
	a.socket_n = 1;
	a.explain = true;
	return a;
}

TEST(a_name_server_on_one_protocol_is_a_note_on_request)
{
	struct fact_audit a = plant(53);
	const struct made_finding *f =
		made_only(made_review(&a), "listener-udp-tcp-mismatch", FACT_INFO);

	CHECK_STR(f->subject, "domain (53)");
	CHECK_HAS(f->evidence, "named listens on tcp/53; nothing listens on udp/53");
	a.explain = false;
	CHECK_EQ(made_review(&a)->n, 0);
}

TEST(services_on_both_protocols_or_made_for_one_are_no_note)
{
	struct fact_audit a = plant(53);

	a.socket_n = 2;
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(22);
	CHECK_EQ(made_review(&a)->n, 0);
	a = plant(53);
	s[0].state = FACT_ESTABLISHED; /* a client's connection */
	CHECK_EQ(made_review(&a)->n, 0);
}
