/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/trace_event.h"

#include <errno.h>
#include <string.h>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

/* Linux 6.15 and later; not in the headers of Debian 12. */
#define TRACE_CT_STATE 21
#define TYPE_MASK      0x3fff /* without the nested and byte order bits */

struct attr {
	unsigned type;
	struct span value;
};

/* Take the next attribute off @s. 1; 0 at the end; -EBADMSG. Lengths are in host order (netlink(7)). */
static int next(struct span *s, struct attr *ret)
{
	uint16_t len, type;
	size_t whole;

	if (s->len == 0)
		return 0;
	if (s->len < NLA_HDRLEN)
		return -EBADMSG;
	memcpy(&len, s->p, sizeof(len));
	memcpy(&type, s->p + sizeof(len), sizeof(type));
	if (len < NLA_HDRLEN || len > s->len)
		return -EBADMSG;
	*ret = (struct attr){ type & TYPE_MASK, { s->p + NLA_HDRLEN, len - NLA_HDRLEN } };
	whole = MIN((size_t)NLA_ALIGN(len), s->len);
	s->p += whole;
	s->len -= whole;
	return 1;
}

static uint64_t number(struct span v)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v.len && i < sizeof(n); i++)
		n = n << 8 | v.p[i];
	return n;
}

/* A name, terminated or not by the kernel; cut when it is longer than any the kernel has. */
static void name(char to[static TRACE_NAME_LEN], struct span v)
{
	size_t n = 0;

	while (n < v.len && n < TRACE_NAME_LEN - 1 && v.p[n])
		n++;
	if (n)
		memcpy(to, v.p, n);
	to[n] = '\0';
}

/* NFTA_TRACE_VERDICT nests the code. */
static int verdict(struct span v, struct trace_event *e)
{
	struct attr a;
	int r;

	while ((r = next(&v, &a)) > 0)
		if (a.type == NFTA_VERDICT_CODE && a.value.len == sizeof(uint32_t))
			e->verdict = (int32_t)(uint32_t)number(a.value);
	return r;
}

static int take(const struct attr *a, struct trace_event *e)
{
	switch (a->type) {
	case NFTA_TRACE_TABLE:
		name(e->table, a->value);
		break;
	case NFTA_TRACE_CHAIN:
		name(e->chain, a->value);
		break;
	case NFTA_TRACE_RULE_HANDLE:
		e->handle = number(a->value);
		break;
	case NFTA_TRACE_TYPE:
		e->type = (uint32_t)number(a->value);
		break;
	case NFTA_TRACE_VERDICT:
		return verdict(a->value, e);
	case NFTA_TRACE_POLICY:
		e->verdict = (int32_t)(uint32_t)number(a->value);
		break;
	case NFTA_TRACE_ID:
		e->id = (uint32_t)number(a->value);
		break;
	case NFTA_TRACE_NETWORK_HEADER:
		e->network = a->value;
		break;
	case NFTA_TRACE_TRANSPORT_HEADER:
		e->transport = a->value;
		break;
	case NFTA_TRACE_IIF:
		e->iif = (uint32_t)number(a->value);
		break;
	case NFTA_TRACE_OIF:
		e->oif = (uint32_t)number(a->value);
		break;
	case NFTA_TRACE_NFPROTO:
		e->nfproto = (uint8_t)number(a->value);
		break;
	case TRACE_CT_STATE:
		e->has_ct = true;
		e->ct_state = (uint32_t)number(a->value);
		break;
	default:
		break;
	}
	return 0;
}

int trace_event_parse(struct span msg, struct trace_event *ret_event)
{
	struct trace_event e = { .verdict = TRACE_EVENT_CONTINUE };
	unsigned seen = 0;
	struct nlmsghdr nlh;
	struct nfgenmsg nfg;
	struct span attrs;
	struct attr a;
	int r;

	if (msg.len < sizeof(nlh))
		return -EBADMSG;
	memcpy(&nlh, msg.p, sizeof(nlh));
	if (nlh.nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE))
		return -ENOMSG;
	if (nlh.nlmsg_len > msg.len || nlh.nlmsg_len < sizeof(nlh) + sizeof(nfg))
		return -EBADMSG;
	memcpy(&nfg, msg.p + sizeof(nlh), sizeof(nfg));
	e.family = nfg.nfgen_family;
	attrs = (struct span){ msg.p + sizeof(nlh) + sizeof(nfg),
			       nlh.nlmsg_len - sizeof(nlh) - sizeof(nfg) };
	while ((r = next(&attrs, &a)) > 0) {
		r = take(&a, &e);
		if (r < 0)
			return r;
		if (a.type < 32)
			seen |= 1u << a.type;
	}
	if (r < 0)
		return r;
	if (~seen & (1u << NFTA_TRACE_ID | 1u << NFTA_TRACE_TYPE | 1u << NFTA_TRACE_TABLE |
		     1u << NFTA_TRACE_CHAIN))
		return -EBADMSG;
	*ret_event = e;
	return 0;
}
