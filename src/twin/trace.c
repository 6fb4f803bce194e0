/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "host/nft.h"
#include "sys/ns.h"
#include "twin/trace_join.h"

#define RCVBUF_LEN  (256 << 20) /* octets; the kernel doubles it */
#define EVENT_COST  1280        /* octets of that buffer for one event, measured */
#define EVENTS_MANY 128         /* of one packet: more than firewalld makes (38) */
#define BATCH       64
#define EVENT_LEN   2048 /* octets; the longest: two names of 128, headers of 14, 40 and 20 */

struct twin_trace {
	int ns_fd, fd;
	struct host_nft *nft; /* owns the tables: they vanish with it */
	struct trace_join *join;
	unsigned window;
	bool output;
	struct mmsghdr mmsg[BATCH];
	struct iovec iov[BATCH];
	uint8_t buf[BATCH][EVENT_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Before anything of the host's own, on each device; what is marked there is traced all the way. */
static char *ingress_text(const char *const *device)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("table netdev " TRACE_TABLE " {\nflags owner\n", f);
	for (unsigned i = 0; *device; i++, device++)
		fprintf(f,
			"chain in%u {\n"
			"type filter hook ingress device \"%s\" priority -2147483648; policy accept\n"
			"ip id & 0x%x != 0 meta nftrace set 1 accept\n"
			"ip6 flowlabel & 0x%x != 0 meta nftrace set 1 accept\n"
			"}\n",
			i, *device, TRACE_IP_ID, TRACE_FLOW_LABEL);
	fputs("}\n", f);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* For kernels without CONFIG_NETFILTER_INGRESS: the host's ingress chains are not seen then, nor exist. */
static int add_prerouting(struct twin_trace *t, struct err *err)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "table inet " TRACE_TABLE " {\nflags owner\nchain in0 {\n"
		 "type filter hook prerouting priority -2147483648; policy accept\n"
		 "ip id & 0x%x != 0 meta nftrace set 1 accept\n"
		 "ip6 flowlabel & 0x%x != 0 meta nftrace set 1 accept\n}\n}\n",
		 TRACE_IP_ID, TRACE_FLOW_LABEL);
	return host_nft_run(t->nft, text, 0, NULL, err);
}

static int add_tables(struct twin_trace *t, const struct trace_opt *opt, struct err *err)
{
	char *text;
	int r;

	r = host_nft_open(&t->nft, err);
	if (r < 0)
		return r;
	text = ingress_text(opt->device);
	if (!text)
		return err_set(err, -ENOMEM, "out of memory");
	r = host_nft_run(t->nft, text, 0, NULL, err);
	free(text);
	return r < 0 ? add_prerouting(t, err) : 0;
}

static void size_buffer(struct twin_trace *t)
{
	int want = RCVBUF_LEN, got = 0;
	socklen_t len = sizeof(got);
	size_t window;

	if (setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &want, sizeof(want)) < 0)
		setsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof(want));
	if (getsockopt(t->fd, SOL_SOCKET, SO_RCVBUF, &got, &len) < 0)
		got = 0;
	window = (size_t)got / (EVENT_COST * EVENTS_MANY);
	t->window = (unsigned)MAX(16, MIN(window, 1024));
}

static int open_socket(struct twin_trace *t)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };
	int group = NFNLGRP_NFTRACE;

	t->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
	if (t->fd < 0)
		return -errno;
	size_buffer(t);
	if (bind(t->fd, (const struct sockaddr *)&a, sizeof(a)) < 0 ||
	    setsockopt(t->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return -errno;
	for (size_t i = 0; i < BATCH; i++) {
		t->iov[i] = (struct iovec){ t->buf[i], EVENT_LEN };
		t->mmsg[i].msg_hdr.msg_iov = &t->iov[i];
		t->mmsg[i].msg_hdr.msg_iovlen = 1;
	}
	return 0;
}

/*
 * Keep what begins a base chain (it carries headers), what ends one, and what decides:
 * a fifth of the events tells the same verdicts.
 */
static int attach_filter(int fd)
{
	enum { ATTRS = 20, CODE = 1 }; /* behind nlmsghdr and nfgenmsg; NFTA_VERDICT_CODE */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LDX | BPF_IMM, NFTA_TRACE_TRANSPORT_HEADER),
		BPF_STMT(BPF_LD | BPF_IMM, ATTRS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 14),
		BPF_STMT(BPF_LDX | BPF_IMM, NFTA_TRACE_TYPE),
		BPF_STMT(BPF_LD | BPF_IMM, ATTRS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, NLA_HDRLEN),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NFT_TRACETYPE_POLICY, 8, 0),
		BPF_STMT(BPF_LDX | BPF_IMM, NFTA_TRACE_VERDICT),
		BPF_STMT(BPF_LD | BPF_IMM, ATTRS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)),
		BPF_STMT(BPF_LDX | BPF_IMM, CODE),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR_NEST)),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, NLA_HDRLEN),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x80000000, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { ARRAY_LEN(code), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0 ? -errno : 0;
}

int twin_trace_hits(struct twin_trace *trace, bool on)
{
	int none = 0;

	trace_join_hits(trace->join, on);
	if (!on)
		return attach_filter(trace->fd);
	if (setsockopt(trace->fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none)) < 0 &&
	    errno != ENOENT)
		return -errno;
	return 0;
}

static int open_all(struct twin_trace *t, const struct twin_fw *fw, const struct trace_opt *opt,
		    struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(t->ns_fd, err);
	int r = v.r;

	if (r < 0)
		return r;
	t->join = trace_join_new(fw);
	if (!t->join)
		return err_set(err, -ENOMEM, "out of memory");
	r = open_socket(t);
	if (r == 0)
		r = twin_trace_hits(t, opt->hits);
	if (r < 0)
		return err_set(err, r, "netlink: %s", strerror(-r));
	return add_tables(t, opt, err);
}

int twin_trace_open(int ns_fd, const struct twin_fw *fw, const struct trace_opt *opt,
		    struct twin_trace **ret_trace, struct err *err)
{
	struct twin_trace *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return err_set(err, -ENOMEM, "tracing: out of memory");
	t->fd = -1;
	t->ns_fd = fcntl(ns_fd, F_DUPFD_CLOEXEC, 0);
	r = t->ns_fd < 0 ? err_set(err, -errno, "%s", strerror(errno)) : open_all(t, fw, opt, err);
	if (r < 0) {
		twin_trace_close(t);
		return err_wrap(err, r, "tracing the firewall");
	}
	*ret_trace = t;
	return 0;
}

void twin_trace_close(struct twin_trace *trace)
{
	if (!trace)
		return;
	host_nft_close(trace->nft);
	trace_join_free(trace->join);
	if (trace->fd >= 0)
		close(trace->fd);
	if (trace->ns_fd >= 0)
		close(trace->ns_fd);
	free(trace);
}

void twin_trace_closep(struct twin_trace **trace)
{
	twin_trace_close(*trace);
}

int twin_trace_fd(const struct twin_trace *trace)
{
	return trace->fd;
}

unsigned twin_trace_window(const struct twin_trace *trace)
{
	return trace->window;
}

int twin_trace_output(struct twin_trace *trace, bool on, struct err *err)
{
	static const char add[] = "table inet " TRACE_TABLE_OUT " {\nflags owner\nchain out {\n"
				  "type filter hook output priority -2147483648; policy accept\n"
				  "meta nftrace set 1 accept\n}\n}\n";
	static const char del[] = "delete table inet " TRACE_TABLE_OUT "\n";
	int r;

	if (on == trace->output)
		return 0;
	r = host_nft_run(trace->nft, on ? add : del, 0, NULL, err);
	if (r < 0)
		return err_wrap(err, r, "tracing what is sent");
	trace->output = on;
	return 0;
}

/* A datagram holds one event. */
static int take(struct twin_trace *t, int n, trace_each *each, void *to)
{
	int told = 0;

	for (int i = 0; i < n; i++) {
		struct trace_event e;

		if (trace_event_parse((struct span){ t->buf[i], t->mmsg[i].msg_len }, &e) == 0)
			told += trace_join_feed(t->join, &e, each, to);
	}
	return told;
}

static void nobody(void *to UNUSED, const struct trace_packet *packet UNUSED)
{
}

/* After a loss nothing of the window can be trusted: read it all, tell nothing. */
static int throw_away(struct twin_trace *t)
{
	while (recvmmsg(t->fd, t->mmsg, BATCH, MSG_DONTWAIT, NULL) > 0 || errno == ENOBUFS)
		;
	trace_join_drop(t->join);
	return -ENOBUFS;
}

int twin_trace_drain(struct twin_trace *trace,
		     void (*each)(void *to, const struct trace_packet *packet), void *to)
{
	int told = 0;

	for (;;) {
		int n = recvmmsg(trace->fd, trace->mmsg, BATCH, MSG_DONTWAIT, NULL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOBUFS)
			return throw_away(trace);
		if (n < 0 && errno != EAGAIN)
			return -errno;
		if (n <= 0)
			break;
		told += take(trace, n, each ? each : nobody, to);
	}
	return told + trace_join_end(trace->join, each ? each : nobody, to);
}
