/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/counter_clsact.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <libmnl/libmnl.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sys/nl.h"

#define PRIORITY 0x50de     /* of all our filters; nobody's by chance */
#define NAMED    "counter_" /* what our programs' names begin with */

/* libbpf wants padding clear too, which copying a struct need not keep. */
static void hook_at(struct bpf_tc_hook *ret, int ifindex, enum bpf_tc_attach_point point)
{
	memset(ret, 0, sizeof(*ret));
	ret->sz = sizeof(*ret);
	ret->ifindex = ifindex;
	ret->attach_point = point;
}

static void filter_of(struct bpf_tc_opts *ret, unsigned handle)
{
	memset(ret, 0, sizeof(*ret));
	ret->sz = sizeof(*ret);
	ret->handle = handle;
	ret->priority = PRIORITY;
}

/* The socket that holds @slot; -EADDRINUSE: another process does. */
static int lock(unsigned slot)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), r = 0;
	int len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "sonde-counter-%u", slot);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&name,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) < 0)
		r = -errno;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

static int take_slot(struct counter_clsact_slot *ret)
{
	for (unsigned i = 1; i <= COUNTER_CLSACT_SLOTS; i++) {
		int fd = lock(i);

		if (fd >= 0) {
			*ret = (struct counter_clsact_slot){ .slot = i, .lock = fd };
			return 0;
		}
		if (fd != -EADDRINUSE)
			return fd;
	}
	return -EUSERS;
}

static bool is_ours(unsigned prog_id)
{
	struct bpf_prog_info info;
	uint32_t len = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(prog_id), r;

	if (fd < 0)
		return false;
	memset(&info, 0, sizeof(info));
	r = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	return r == 0 && strncmp(info.name, NAMED, strlen(NAMED)) == 0;
}

static void remove_filter(int ifindex, enum bpf_tc_attach_point point, unsigned handle)
{
	struct bpf_tc_hook hook;
	struct bpf_tc_opts opts;

	hook_at(&hook, ifindex, point);
	filter_of(&opts, handle);
	bpf_tc_detach(&hook, &opts);
}

static void remove_left(int ifindex, unsigned slot)
{
	static const enum bpf_tc_attach_point points[] = { BPF_TC_INGRESS, BPF_TC_EGRESS };

	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		struct bpf_tc_hook hook;
		struct bpf_tc_opts there;

		hook_at(&hook, ifindex, points[i]);
		filter_of(&there, slot);
		if (bpf_tc_query(&hook, &there) == 0 && is_ours(there.prog_id))
			remove_filter(ifindex, points[i], slot);
	}
}

/* What the dead left: of slots that can be held while we look, and of our own. */
static void clean(const struct counter_clsact_slot *own, int ifindex)
{
	for (unsigned i = 1; i <= COUNTER_CLSACT_SLOTS; i++) {
		int fd = i == own->slot ? -1 : lock(i);

		if (fd >= 0 || i == own->slot)
			remove_left(ifindex, i);
		if (fd >= 0)
			close(fd);
	}
}

static int add_filter(struct counter_clsact *c, enum bpf_tc_attach_point point, int prog)
{
	struct bpf_tc_hook hook;
	struct bpf_tc_opts opts;

	hook_at(&hook, c->ifindex, point);
	filter_of(&opts, c->handle);
	opts.prog_fd = prog;
	return bpf_tc_attach(&hook, &opts);
}

int counter_clsact_attach(struct counter_clsact_slot *slot, int ifindex, int in, int out,
			  struct counter_clsact *ret)
{
	struct bpf_tc_hook hook;
	struct counter_clsact c = { .ifindex = ifindex };
	int r = slot->slot ? 0 : take_slot(slot);

	if (r < 0)
		return r;
	c.handle = slot->slot;
	hook_at(&hook, ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	r = bpf_tc_hook_create(&hook);
	if (r < 0 && r != -EEXIST)
		return r;
	c.made = r == 0;
	if (!c.made)
		clean(slot, ifindex);
	r = in < 0 ? 0 : add_filter(&c, BPF_TC_INGRESS, in);
	c.in = r == 0 && in >= 0;
	if (r == 0 && out >= 0) {
		r = add_filter(&c, BPF_TC_EGRESS, out);
		c.out = r == 0;
	}
	if (r < 0) {
		counter_clsact_detach(&c);
		return r;
	}
	*ret = c;
	return 0;
}

/* A chain is listed as a message of its own before the filters in it. */
static int note_filter(const struct nlmsghdr *msg, void *to)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(msg);

	if (msg->nlmsg_type == RTM_NEWTFILTER && tc->tcm_handle != 0)
		*(bool *)to = true;
	return 0;
}

/* Whether there is any filter there, or it cannot be told. */
static bool is_used(int ifindex, uint32_t parent)
{
	char buf[MNL_NLMSG_HDRLEN + MNL_ALIGN(sizeof(struct tcmsg))];
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct tcmsg *tc = mnl_nlmsg_put_extra_header(msg, sizeof(*tc));
	AUTO(nl_closep) struct nl *nl = NULL;
	bool any = false;

	msg->nlmsg_type = RTM_GETTFILTER;
	msg->nlmsg_flags = NLM_F_DUMP;
	tc->tcm_family = AF_UNSPEC;
	tc->tcm_ifindex = ifindex;
	tc->tcm_parent = parent;
	return nl_open(NETLINK_ROUTE, &nl, NULL) < 0 ||
	       nl_talk(nl, msg, note_filter, NULL, &any) < 0 || any;
}

void counter_clsact_detach(struct counter_clsact *c)
{
	struct bpf_tc_hook both;

	if (c->in)
		remove_filter(c->ifindex, BPF_TC_INGRESS, c->handle);
	if (c->out)
		remove_filter(c->ifindex, BPF_TC_EGRESS, c->handle);
	hook_at(&both, c->ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	if (c->made && !is_used(c->ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)) &&
	    !is_used(c->ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)))
		bpf_tc_hook_destroy(&both);
	*c = (struct counter_clsact){ 0 };
}

void counter_clsact_leave(struct counter_clsact_slot *slot)
{
	if (slot->slot)
		close(slot->lock);
	slot->slot = 0;
}
