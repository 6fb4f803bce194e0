/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "test.h"
#include "twin/trace_event.h"

/* A message under construction. */
struct msg {
	uint8_t octet[1024];
	size_t len;
};

static void attr(struct msg *m, uint16_t type, const void *value, size_t len)
{
	struct nlattr a = { .nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = type };

	memcpy(m->octet + m->len, &a, sizeof(a));
	memcpy(m->octet + m->len + NLA_HDRLEN, value, len);
	m->len += NLA_ALIGN(NLA_HDRLEN + len);
}

static void attr32(struct msg *m, uint16_t type, uint32_t n)
{
	uint8_t v[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	attr(m, type, v, sizeof(v));
}

static struct span end(struct msg *m)
{
	uint32_t len = (uint32_t)m->len;

	memcpy(m->octet, &len, sizeof(len));
	return (struct span){ m->octet, m->len };
}

static struct msg begin(void)
{
	struct msg m = { .len = sizeof(struct nlmsghdr) + sizeof(struct nfgenmsg) };
	struct nlmsghdr h = { .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE };
	struct nfgenmsg g = { .nfgen_family = NFPROTO_INET };

	memcpy(m.octet, &h, sizeof(h));
	memcpy(m.octet + sizeof(h), &g, sizeof(g));
	attr32(&m, NFTA_TRACE_ID, 0xdeadbeef);
	attr(&m, NFTA_TRACE_TABLE, "filter", 7);
	attr(&m, NFTA_TRACE_CHAIN, "input", 5); /* not terminated */
	attr32(&m, NFTA_TRACE_TYPE, NFT_TRACETYPE_RULE);
	return m;
}

TEST(trace_event_parse_reads_every_field)
{
	static const uint8_t handle[8] = { 0, 0, 0, 0, 0, 0, 1, 2 };
	struct msg m = begin(), verdict = { 0 };
	struct trace_event e;

	attr(&m, NFTA_TRACE_RULE_HANDLE, handle, sizeof(handle));
	attr32(&verdict, NFTA_VERDICT_CODE, (uint32_t)-3);
	attr(&m, NFTA_TRACE_VERDICT | NLA_F_NESTED, verdict.octet, verdict.len);
	attr32(&m, NFTA_TRACE_NFPROTO, NFPROTO_IPV6);
	attr32(&m, NFTA_TRACE_IIF, 7);
	attr32(&m, NFTA_TRACE_OIF, 8);
	attr32(&m, 21, 8); /* connection tracking state: new */
	attr(&m, NFTA_TRACE_NETWORK_HEADER, "network", 7);
	attr(&m, NFTA_TRACE_TRANSPORT_HEADER, "four", 4);
	attr(&m, 99, "unknown", 7);
	CHECK_EQ(trace_event_parse(end(&m), &e), 0);
	CHECK_EQ(e.id, 0xdeadbeef);
	CHECK_EQ(e.type, TRACE_EVENT_RULE);
	CHECK_EQ(e.family, NFPROTO_INET);
	CHECK_EQ(e.nfproto, NFPROTO_IPV6);
	CHECK_EQ(e.handle, 0x102);
	CHECK_EQ(e.verdict, TRACE_EVENT_JUMP);
	CHECK_EQ(e.iif, 7);
	CHECK_EQ(e.oif, 8);
	CHECK(e.has_ct && e.ct_state == 8);
	CHECK_STR(e.table, "filter");
	CHECK_STR(e.chain, "input");
	CHECK(e.network.len == 7 && memcmp(e.network.p, "network", 7) == 0);
	CHECK(e.transport.len == 4 && memcmp(e.transport.p, "four", 4) == 0);
}

TEST(a_policy_is_the_verdict_of_its_event_and_no_state_is_no_state)
{
	struct msg m = begin();
	struct trace_event e;

	attr32(&m, NFTA_TRACE_POLICY, 0);
	CHECK_EQ(trace_event_parse(end(&m), &e), 0);
	CHECK_EQ(e.verdict, TRACE_EVENT_DROP);
	CHECK(!e.has_ct && e.network.len == 0);
	m = begin();
	CHECK_EQ(trace_event_parse(end(&m), &e), 0);
	CHECK_EQ(e.verdict, TRACE_EVENT_CONTINUE);
}

TEST(names_longer_than_any_are_cut)
{
	char longer[300];
	struct msg m = begin();
	struct trace_event e;

	memset(longer, 'a', sizeof(longer));
	attr(&m, NFTA_TRACE_CHAIN, longer, sizeof(longer));
	CHECK_EQ(trace_event_parse(end(&m), &e), 0);
	CHECK_EQ(strlen(e.chain), TRACE_NAME_LEN - 1);
}

TEST(trace_event_parse_refuses_and_leaves_the_result_alone)
{
	struct trace_event e = { .id = 5 };
	struct msg m = begin();
	struct span s = end(&m);

	for (size_t len = 0; len < s.len; len++) {
		struct span cut = { s.p, len };

		CHECK_EQ(trace_event_parse(cut, &e), -EBADMSG);
	}
	m.octet[4] ^= 1; /* another kind of message */
	CHECK_EQ(trace_event_parse(s, &e), -ENOMSG);
	m = begin();
	m.octet[20] = 3; /* an attribute shorter than its own header */
	CHECK_EQ(trace_event_parse(end(&m), &e), -EBADMSG);
	m = begin();
	m.octet[21] = 0xff; /* one that runs past the end */
	CHECK_EQ(trace_event_parse(end(&m), &e), -EBADMSG);
	m = begin();
	m.octet[22] = 99; /* no id */
	CHECK_EQ(trace_event_parse(end(&m), &e), -EBADMSG);
	CHECK_EQ(e.id, 5);
}
