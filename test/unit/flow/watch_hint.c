/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an error means to a person: every code has a sentence, and the sentence fits. */
#include <string.h>

#include "flow/watch_own.h"
#include "test.h"

static struct failure about(uint8_t family, uint8_t type, uint8_t code)
{
	struct failure g = {
		.type = type, .code = code, .proto = IP_PROTO_UDP, .port = 53, .has_port = true
	};

	CHECK_EQ(ip_scan(family == 4 ? "10.0.0.7" : "2001:db8::7", &g.src), 0);
	CHECK_EQ(ip_scan(family == 4 ? "10.0.0.53" : "2001:db8::53", &g.dst), 0);
	g.offender = g.dst;
	return g;
}

static const char *hint(const struct failure *g)
{
	static char buf[256];

	return watch_hint(g, buf, sizeof(buf));
}

TEST(a_closed_port_is_told_by_protocol_and_by_who_says_so)
{
	struct failure g = about(4, 3, 3), g6 = about(6, 1, 4);

	CHECK_STR(hint(&g), "nothing listens on UDP 53 there");
	CHECK_STR(hint(&g6), "nothing listens on UDP 53 there");
	g.proto = IP_PROTO_TCP;
	CHECK_STR(hint(&g), "a firewall rule there rejects TCP 53");
	g.offender = ip4_make(10, 0, 0, 1);
	CHECK_HAS(hint(&g), "a firewall at 10.0.0.1 rejects it");
	g.offender = g.dst;
	g.has_port = false;
	CHECK_STR(hint(&g), "nothing there takes it");
}

TEST(an_mtu_is_told_with_its_router)
{
	struct failure g = about(4, 3, 4), g6 = about(6, 2, 0);

	g.offender = ip4_make(10, 0, 0, 1);
	g.mtu = 1400;
	CHECK_HAS(hint(&g), "the link behind 10.0.0.1 takes 1400 octets");
	g.mtu = 0;
	CHECK_HAS(hint(&g), "does not tell its MTU");
	g6.mtu = 1280;
	CHECK_HAS(hint(&g6), "1280 octets");
}

TEST(a_redirect_names_its_gateway_or_the_link)
{
	struct failure g = about(4, 5, 1), g6 = about(6, 137, 0);

	g.offender = ip4_make(10, 0, 0, 1);
	g.gateway = ip4_make(10, 0, 0, 2);
	CHECK_HAS(hint(&g), "10.0.0.1 says that 10.0.0.2 is the better gateway");
	g6.gateway = g6.dst;
	CHECK_HAS(hint(&g6), "on the same link");
}

TEST(every_error_has_a_hint_that_is_not_cut)
{
	for (unsigned family = 4; family <= 6; family += 2)
		for (unsigned type = 0; type < 256; type++)
			for (unsigned code = 0; code < 256; code++) {
				struct failure g =
					about((uint8_t)family, (uint8_t)type, (uint8_t)code);
				const char *text = hint(&g);

				CHECK(text && *text && strlen(text) < 255);
				CHECK(text[strlen(text) - 1] != '.');
			}
	/* Those of the standards are not "no standard". */
	for (uint8_t code = 0; code < 16; code++) {
		struct failure g = about(4, 3, code);

		CHECK((strstr(hint(&g), "no standard") != NULL) == (code == 8));
	}
	for (uint8_t code = 0; code < 7; code++) {
		struct failure g = about(6, 1, code);

		CHECK(strstr(hint(&g), "no standard") == NULL);
	}
}
