/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/counter_hook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Of Linux 6.6's <linux/bpf.h>, which need not be the one that we are built with. */
#define TCX_INGRESS 46
#define TCX_EGRESS  47
#define TCX_FIRST   (1u << 3) /* BPF_F_BEFORE, and nobody named */

enum head { HEAD_ETHER, HEAD_LOOPBACK, HEAD_NONE, HEAD_OTHER };

static enum head head_of(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	enum head head = HEAD_OTHER;
	struct ifreq q = { 0 };

	snprintf(q.ifr_name, sizeof(q.ifr_name), "%s", name);
	if (fd >= 0 && ioctl(fd, SIOCGIFHWADDR, &q) == 0) {
		switch (q.ifr_hwaddr.sa_family) {
		case ARPHRD_ETHER:
			head = HEAD_ETHER;
			break;
		case ARPHRD_LOOPBACK:
			head = HEAD_LOOPBACK;
			break;
		case ARPHRD_NONE:
		case ARPHRD_RAWIP:
		case ARPHRD_PPP:
		case ARPHRD_TUNNEL:
		case ARPHRD_TUNNEL6:
		case ARPHRD_SIT:
		case ARPHRD_IPGRE:
		case ARPHRD_IP6GRE:
			head = HEAD_NONE;
			break;
		default:
			break;
		}
	}
	if (fd >= 0)
		close(fd);
	return head;
}

static int link_create(int prog, int ifindex, int type, uint32_t flags)
{
	struct bpf_link_create_opts opts;

	/* libbpf wants its padding clear too. */
	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.flags = flags;
	return bpf_link_create(prog, ifindex, (enum bpf_attach_type)type, &opts);
}

/* In the driver where it can, else in the kernel's generic code. */
static int attach_xdp(struct counter_hook_at *at, int prog)
{
	at->in = link_create(prog, at->ifindex, BPF_XDP, XDP_FLAGS_DRV_MODE);
	if (at->in < 0 && at->in != -EBUSY && at->in != -EEXIST && at->in != -EPERM)
		at->in = link_create(prog, at->ifindex, BPF_XDP, XDP_FLAGS_SKB_MODE);
	return MIN(at->in, 0);
}

/* First at arrival, last at departure: what others drop has arrived, but not left. */
static int attach_tcx(struct counter_hook_at *at, int in, int out)
{
	if (in >= 0)
		at->in = link_create(in, at->ifindex, TCX_INGRESS, TCX_FIRST);
	if (in >= 0 && at->in < 0)
		return at->in;
	if (out >= 0)
		at->out = link_create(out, at->ifindex, TCX_EGRESS, 0);
	return out >= 0 ? MIN(at->out, 0) : 0;
}

static int attach_tc(struct counter_hook_at *at, int in, int out, enum counter_hook *hook,
		     struct counter_clsact_slot *clsact)
{
	int r = -EINVAL;

	if (*hook != COUNTER_CLSACT) {
		r = attach_tcx(at, in, out);
		/* What a kernel without it says. */
		if (r != -EINVAL || *hook == COUNTER_TCX)
			return r;
	}
	r = counter_clsact_attach(clsact, at->ifindex, in, out, &at->filters);
	return r;
}

static int refused(int r, const char *name, bool xdp, struct err *err)
{
	if (r == -EPERM || r == -EACCES)
		return counter_program_missing(err);
	if (r == -ENODEV)
		return err_set(err, r, "%s: no such interface", name);
	if (xdp && (r == -EBUSY || r == -EEXIST))
		return err_set(
			err, -EBUSY,
			"%s: another XDP program is there ('ip link show %s'): count without", name,
			name);
	return err_set(err, -EOPNOTSUPP, "%s: counting in the kernel: %s", name, strerror(-r));
}

int counter_hook_attach(const struct counter_program *p, const char *name, int ifindex,
			bool arrivals_only, enum counter_hook *hook,
			struct counter_clsact_slot *clsact, struct counter_hook_at *ret,
			struct err *err)
{
	struct counter_hook_at at = { .ifindex = ifindex, .in = -1, .out = -1 };
	bool xdp = *hook == COUNTER_XDP;
	enum head head = head_of(name);
	int in, out = -1, r = 0;

	if (head == HEAD_OTHER || (xdp && head == HEAD_NONE))
		return err_set(err, -EOPNOTSUPP, "%s: counting in the kernel%s needs %s", name,
			       xdp ? " by XDP" : "",
			       xdp ? "Ethernet headers" : "Ethernet headers or bare IP packets");
	in = p->fd[head == HEAD_NONE ? COUNTER_IN_BARE : COUNTER_IN];
	/* There each packet that leaves arrives. */
	if (!arrivals_only && head != HEAD_LOOPBACK)
		out = p->fd[head == HEAD_NONE ? COUNTER_OUT_BARE : COUNTER_OUT];
	if (xdp) {
		r = attach_xdp(&at, p->fd[COUNTER_IN_XDP]);
		in = -1;
	}
	if (r == 0 && (in >= 0 || out >= 0)) {
		enum counter_hook tc = xdp ? COUNTER_AUTO : *hook;

		xdp = false;
		r = attach_tc(&at, in, out, &tc, clsact);
	}
	if (r < 0) {
		counter_hook_detach(&at);
		return refused(r, name, xdp, err);
	}
	if (*hook == COUNTER_AUTO)
		*hook = at.filters.handle ? COUNTER_CLSACT : COUNTER_TCX;
	*ret = at;
	return 0;
}

void counter_hook_detach(struct counter_hook_at *at)
{
	if (at->ifindex == 0)
		return;
	if (at->in >= 0)
		close(at->in);
	if (at->out >= 0)
		close(at->out);
	if (at->filters.handle)
		counter_clsact_detach(&at->filters);
	*at = (struct counter_hook_at){ .in = -1, .out = -1 };
}
