/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

#include "sys/nl.h"

#define ROOM_FIRST ((size_t)32 * 1024)

struct reading {
	struct host_dump *d;
	size_t len_before, n_before;
	bool cut_before;
};

const struct nlmsghdr *host_dump_next(const struct host_dump *d, const struct nlmsghdr *prev)
{
	size_t at = 0;

	if (prev)
		at = (size_t)((const uint8_t *)prev - d->octets) + MNL_ALIGN(prev->nlmsg_len);
	return at < d->len ? (const struct nlmsghdr *)(const void *)(d->octets + at) : NULL;
}

static int grow(struct host_dump *d, size_t len)
{
	size_t room = d->room ? d->room : ROOM_FIRST;
	uint8_t *p;

	while (room - d->len < len)
		room *= 2;
	if (room == d->room)
		return 0;
	p = realloc(d->octets, room);
	if (!p)
		return -ENOMEM;
	d->octets = p;
	d->room = room;
	return 0;
}

static int keep(const struct nlmsghdr *msg, void *to)
{
	struct host_dump *d = ((struct reading *)to)->d;
	size_t len = MNL_ALIGN(msg->nlmsg_len);
	int r;

	if (msg->nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	if (d->len + len > HOST_DUMP_MAX) {
		d->cut = true;
		return 0;
	}
	r = grow(d, len);
	if (r < 0)
		return r;
	memset(d->octets + d->len, 0, len);
	memcpy(d->octets + d->len, msg, msg->nlmsg_len);
	d->len += len;
	d->n++;
	return 0;
}

static void forget(void *to)
{
	struct reading *g = to;

	g->d->len = g->len_before;
	g->d->n = g->n_before;
	g->d->cut = g->cut_before;
}

/* Each kind of dump has its own header, and kernels that check strictly want it whole. */
static void put_header(struct nlmsghdr *msg, int type, int family)
{
	static const struct {
		int type;
		size_t len;
	} headers[] = {
		{ RTM_GETLINK, sizeof(struct ifinfomsg) },
		{ RTM_GETADDR, sizeof(struct ifaddrmsg) },
		{ RTM_GETROUTE, sizeof(struct rtmsg) },
		{ RTM_GETRULE, sizeof(struct rtmsg) },
		{ RTM_GETNEIGH, sizeof(struct ndmsg) },
		{ RTM_GETQDISC, sizeof(struct tcmsg) },
		{ XFRM_MSG_GETPOLICY, sizeof(struct xfrm_userpolicy_id) },
	};
	uint8_t *extra;

	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (headers[i].type == type) {
			extra = mnl_nlmsg_put_extra_header(msg, headers[i].len);
			extra[0] = (uint8_t)
				family; /* the first octet of all, but IPsec's, which has none */
		}
	if (type == RTM_GETLINK)
		mnl_attr_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

int host_dump_read(struct nl *nl, int type, int family, struct host_dump *d)
{
	uint8_t buf[256] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct reading g = { d, d->len, d->n, d->cut };
	int r;

	msg->nlmsg_type = (uint16_t)type;
	msg->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	put_header(msg, type, family);
	r = nl_talk(nl, msg, keep, forget, &g);
	if (r < 0)
		forget(&g);
	return r;
}

void host_dump_done(struct host_dump *d)
{
	free(d->octets);
	*d = (struct host_dump){ 0 };
}
