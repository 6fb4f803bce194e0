/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sockets_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "sys/nl.h"

struct gather {
	struct sockets_list *to;
	size_t start; /* what the list held before this question */
	enum fact_proto proto;
};

static int family_of(uint8_t af)
{
	return af == AF_INET ? 4 : af == AF_INET6 ? 6 : 0;
}

static struct fact_endpoint endpoint(int family, const __be32 *addr, __be16 port, uint32_t ifindex)
{
	struct fact_endpoint e = { ip_from(family, addr), ntohs(port) };

	if (family == 6 && ip_kind(&e.addr) == IP_LINK_LOCAL)
		e.addr.zone = ifindex;
	return e;
}

/* A socket of IPv6 alone? Attributes of any other type, or cut short, are passed over. */
static int take_v6only(const struct nlattr *a, void *to)
{
	if (mnl_attr_get_type(a) == INET_DIAG_SKV6ONLY && mnl_attr_get_payload_len(a) >= 1)
		*(bool *)to = mnl_attr_get_u8(a) != 0;
	return MNL_CB_OK;
}

int sockets_diag_parse(const struct nlmsghdr *msg, enum fact_proto proto,
		       struct sockets_entry *ret_entry)
{
	struct sockets_entry e = { .fact.proto = (uint8_t)proto };
	struct inet_diag_msg d;
	int family, state;

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(d))
		return -EBADMSG;
	memcpy(&d, mnl_nlmsg_get_payload(msg), sizeof(d));
	family = family_of(d.idiag_family);
	state = sockets_list_state(proto, d.idiag_state, d.id.idiag_dport != 0);
	if (!family || state < 0)
		return -EBADMSG;
	e.ifindex = d.id.idiag_if;
	e.fact.family = (uint8_t)family;
	e.fact.state = (uint8_t)state;
	e.fact.local = endpoint(family, d.id.idiag_src, d.id.idiag_sport, e.ifindex);
	e.fact.peer = endpoint(family, d.id.idiag_dst, d.id.idiag_dport, e.ifindex);
	e.fact.recv_q = d.idiag_rqueue;
	e.fact.send_q = d.idiag_wqueue;
	if (family == 6)
		mnl_attr_parse(msg, sizeof(d), take_v6only, &e.fact.v6only);
	sockets_list_owner(&e.fact, d.idiag_uid, d.idiag_inode);
	*ret_entry = e;
	return 0;
}

static int take(const struct nlmsghdr *msg, void *to)
{
	struct gather *g = to;
	struct sockets_entry e;

	/* One message that we cannot read must not hide the other sockets. */
	if (msg->nlmsg_type != SOCK_DIAG_BY_FAMILY || sockets_diag_parse(msg, g->proto, &e) < 0)
		return 0;
	return sockets_list_add(g->to, &e);
}

static void again(void *to)
{
	struct gather *g = to;

	g->to->n = g->start;
}

int sockets_diag_read(struct nl *nl, const struct sockets_source *src, int family, uint32_t states,
		      struct sockets_list *to)
{
	uint8_t buf[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct gather g = { to, to->n, src->proto };
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;
	int r;

	if (src->diag < 0)
		return -ENOENT;
	msg->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	msg->nlmsg_flags = NLM_F_DUMP;
	req = mnl_nlmsg_put_extra_header(msg, sizeof(*req));
	req->sdiag_family = family == 4 ? AF_INET : AF_INET6;
	req->sdiag_protocol = (uint8_t)src->diag;
	req->idiag_states = states;
	r = nl_talk(nl, msg, take, again, &g);
	if (r < 0)
		again(&g);
	/* Which of these it is depends on the kernel and on what is missing: a module, a family. */
	return r == -EOPNOTSUPP || r == -EPROTONOSUPPORT || r == -EAFNOSUPPORT ? -ENOENT : r;
}
