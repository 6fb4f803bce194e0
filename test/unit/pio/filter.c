/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <unistd.h>

#include <sys/socket.h>

#include <linux/filter.h>

#include "pio/filter.h"

static int compile(const char *text)
{
	struct filter f = { 0 };
	int r = filter_compile(text, &f, NULL);

	CHECK(r < 0 || f.n > 0);
	filter_done(&f);
	return r;
}

/* Loads that the filter has of octet @k. */
static unsigned loads(const struct filter *f, uint32_t k)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->n; i++)
		n += BPF_CLASS(f->insn[i].code) == BPF_LD && BPF_MODE(f->insn[i].code) == BPF_ABS &&
		     f->insn[i].k == k;
	return n;
}

TEST(filter_reads_from_the_network_header_on)
{
	struct filter f;

	CHECK_EQ(filter_compile("icmp", &f, NULL), 0);
	CHECK_EQ(loads(&f, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)), 1);
	CHECK_EQ(loads(&f, 9), 1); /* the protocol, at its place in the IPv4 header */
	CHECK_EQ(f.insn[f.n - 2].code, BPF_RET | BPF_K);
	filter_done(&f);
}

TEST(filter_of_nothing_takes_all)
{
	struct filter f;

	CHECK_EQ(filter_compile(NULL, &f, NULL), 0);
	CHECK_EQ(f.n, 1);
	CHECK_EQ(f.insn[0].k, FILTER_KEPT_MAX);
	filter_done(&f);
}

TEST(filter_takes_what_probers_ask)
{
	CHECK_EQ(
		compile("(icmp and icmp[0] != 8) or (icmp6 and (ip6[40] < 128 or ip6[40] = 129)) or "
			"((tcp or udp) and dst portrange 61000-61003) or "
			"(ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44))"),
		0);
	CHECK_EQ(compile("arp or icmp or icmp6 or (tcp or udp) and dst portrange 40000-40999"), 0);
	CHECK_EQ(
		compile("arp or (icmp and icmp[0] != 8) or icmp6 or (ip6 and (ip6[6] = 0 or ip6[6] = 44))"),
		0);
	CHECK_EQ(compile("ip6[40] == 129 and src net 2001:db8::/32"), 0);
	CHECK_EQ(compile("inbound and tcp[tcpflags] & (tcp-rst|tcp-ack) != 0"), 0);
}

TEST(filter_refuses_and_leaves_the_result_alone)
{
	struct filter f = { .n = 7 };
	struct err err;

	CHECK_EQ(filter_compile("no such words", &f, &err), -EINVAL);
	CHECK_HAS(err.text, "packet filter 'no such words'");
	CHECK_EQ(filter_compile("ether[6] == 1", &f, &err), -EINVAL);
	CHECK_EQ(f.n, 7);
}
