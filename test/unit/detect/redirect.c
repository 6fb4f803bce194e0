/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "feed.h"
#include "test.h"

#define GATEWAY 0xc0000203 /* 192.0.2.3 */

static const struct detect_alert *redirect(struct feed *f, const char *from, uint32_t gateway,
					   const char *quoted)
{
	const struct ip_addr router = feed_addr(from), me = feed_addr("192.0.2.7");
	const struct feed_quote q = { feed_addr(quoted), feed_addr("198.51.100.9"), IP_PROTO_UDP,
				      53, 0 };

	feed_error(f, &router, &me, 5, 1, gateway, &q);
	return feed_told(f, "redirect");
}

TEST(redirect_of_a_router_is_low)
{
	struct feed *f = feed_new();
	const struct detect_alert *a = redirect(f, "192.0.2.1", GATEWAY, "192.0.2.7");

	CHECK(a);
	CHECK_EQ(a->severity, DETECT_LOW);
	CHECK_EQ(ip4_u32(&a->targets.addr), 0xc6336409);
	CHECK_EQ(a->targets.len, 32);
	feed_free(f);
}

TEST(redirect_of_whom_is_no_router_is_medium)
{
	struct feed *f = feed_new();

	f->conf.router[f->conf.router_n++] = feed_addr("192.0.2.1");
	CHECK_EQ(redirect(f, "192.0.2.1", GATEWAY, "192.0.2.7")->severity, DETECT_LOW);
	CHECK_EQ(redirect(f, "192.0.2.66", GATEWAY, "192.0.2.7")->severity, DETECT_MEDIUM);
	feed_free(f);
}

TEST(redirect_about_a_foreign_packet_to_the_receiver_itself_is_high)
{
	struct feed *f = feed_new();

	CHECK_EQ(redirect(f, "192.0.2.1", GATEWAY, "192.0.2.8")->severity, DETECT_MEDIUM);
	CHECK_EQ(redirect(f, "192.0.2.1", 0xc0000207, "192.0.2.8")->severity, DETECT_HIGH);
	feed_free(f);
}

TEST(redirects_in_number_are_medium)
{
	struct feed *f = feed_new();

	for (unsigned i = 0; i < 4; i++)
		redirect(f, "192.0.2.1", GATEWAY, "192.0.2.7");
	CHECK_EQ(feed_told(f, "redirect")->severity, DETECT_MEDIUM);
	feed_free(f);
}
