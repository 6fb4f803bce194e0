/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "host/sockets_diag.h"

static struct nlmsghdr *message(void *buf, const struct inet_diag_msg *d)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);

	msg->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	memcpy(mnl_nlmsg_put_extra_header(msg, sizeof(*d)), d, sizeof(*d));
	return msg;
}

static struct inet_diag_msg sample(void)
{
	struct inet_diag_msg d = {
		.idiag_family = AF_INET6,
		.idiag_state = 10,
		.id = { .idiag_sport = htons(443), .idiag_dport = htons(50000), .idiag_if = 7 },
		.idiag_rqueue = 3,
		.idiag_wqueue = 128,
		.idiag_uid = 33,
		.idiag_inode = 4711,
	};

	inet_pton(AF_INET6, "fe80::1", d.id.idiag_src);
	inet_pton(AF_INET6, "2001:db8::2", d.id.idiag_dst);
	return d;
}

TEST(sockets_diag_reads_every_field)
{
	uint64_t buf[64];
	struct inet_diag_msg d = sample();
	struct nlmsghdr *msg = message(buf, &d);
	struct sockets_entry e;
	char text[IP_TEXT_LEN];

	mnl_attr_put_u8(msg, INET_DIAG_SHUTDOWN, 3);
	mnl_attr_put_u8(msg, INET_DIAG_SKV6ONLY, 1);
	CHECK_EQ(sockets_diag_parse(msg, FACT_TCP, &e), 0);
	CHECK_EQ(e.fact.proto, FACT_TCP);
	CHECK_EQ(e.fact.family, 6);
	CHECK_EQ(e.fact.state, FACT_LISTEN);
	CHECK_STR(ip_format(&e.fact.local.addr, text), "fe80::1%7");
	CHECK_EQ(e.fact.local.port, 443);
	CHECK_STR(ip_format(&e.fact.peer.addr, text), "2001:db8::2");
	CHECK_EQ(e.fact.peer.port, 50000);
	CHECK_EQ(e.ifindex, 7);
	CHECK_EQ(e.fact.recv_q, 3);
	CHECK_EQ(e.fact.send_q, 128);
	CHECK_EQ(e.fact.uid, 33);
	CHECK_EQ(e.fact.inode, 4711);
	CHECK_EQ(e.fact.pid, FACT_NONE);
	CHECK(e.fact.v6only);
}

TEST(sockets_diag_reads_ipv4_and_ignores_what_is_not_for_it)
{
	uint64_t buf[64];
	struct inet_diag_msg d = { .idiag_family = AF_INET, .idiag_state = 7 };
	struct nlmsghdr *msg;
	struct sockets_entry e;
	char text[IP_TEXT_LEN];

	inet_pton(AF_INET, "192.0.2.1", d.id.idiag_src);
	d.id.idiag_src[1] = 0xffffffff; /* beyond an IPv4 address */
	msg = message(buf, &d);
	mnl_attr_put_u8(msg, INET_DIAG_SKV6ONLY, 1);
	CHECK_EQ(sockets_diag_parse(msg, FACT_UDP, &e), 0);
	CHECK_STR(ip_format(&e.fact.local.addr, text), "192.0.2.1");
	CHECK_EQ(e.fact.local.addr.octet[4], 0);
	CHECK_EQ(e.fact.state, FACT_UNCONN);
	CHECK(!e.fact.v6only);
	CHECK_EQ(e.fact.uid, FACT_NONE);
}

TEST(sockets_diag_refuses_and_leaves_result_alone)
{
	uint64_t buf[64];
	struct inet_diag_msg d = sample();
	struct nlmsghdr *msg = message(buf, &d);
	struct sockets_entry e = { .ifindex = 99 };

	msg->nlmsg_len--;
	CHECK_EQ(sockets_diag_parse(msg, FACT_TCP, &e), -EBADMSG);
	msg->nlmsg_len = sizeof(*msg);
	CHECK_EQ(sockets_diag_parse(msg, FACT_TCP, &e), -EBADMSG);
	d.idiag_family = AF_UNIX;
	CHECK_EQ(sockets_diag_parse(message(buf, &d), FACT_TCP, &e), -EBADMSG);
	d = sample();
	d.idiag_state = 77;
	CHECK_EQ(sockets_diag_parse(message(buf, &d), FACT_TCP, &e), -EBADMSG);
	CHECK_EQ(e.ifindex, 99);
}

TEST(sockets_diag_stops_at_a_broken_attribute)
{
	uint64_t buf[64];
	struct inet_diag_msg d = sample();
	struct nlmsghdr *msg = message(buf, &d);
	struct sockets_entry e;
	struct nlattr a = { .nla_len = 400, .nla_type = INET_DIAG_SKV6ONLY };

	memcpy(mnl_nlmsg_get_payload_tail(msg), &a, sizeof(a));
	msg->nlmsg_len += sizeof(a);
	CHECK_EQ(sockets_diag_parse(msg, FACT_TCP, &e), 0);
	CHECK(!e.fact.v6only);
}
