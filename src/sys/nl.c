/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/nl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netlink.h>

#define BUF_LEN   (256 * 1024) /* one dump datagram may be 32 KiB; larger buffers mean fewer calls */
#define TRIES_MAX 5

struct nl {
	struct mnl_socket *sock;
	uint32_t seq;
	unsigned port;
	uint8_t buf[BUF_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
};

struct answer {
	nl_each *each;
	void *to;
	bool interrupted; /* NLM_F_DUMP_INTR was seen */
};

int nl_open(int family, struct nl **ret_nl, struct err *err)
{
	struct nl *nl = calloc(1, sizeof(*nl));
	int r;

	if (!nl)
		return err_set(err, -ENOMEM, "opening netlink: out of memory");
	nl->sock = mnl_socket_open2(family, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		r = -errno;
		nl_close(nl);
		return err_set(err, r, "opening netlink family %d: %s", family, strerror(-r));
	}
	nl->port = mnl_socket_get_portid(nl->sock);
	*ret_nl = nl;
	return 0;
}

void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

void nl_closep(struct nl **nl)
{
	nl_close(*nl);
}

int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->sock);
}

static int one_message(const struct nlmsghdr *msg, void *arg)
{
	struct answer *a = arg;
	int r;

	if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
		a->interrupted = true;
	if (!a->each)
		return MNL_CB_OK;
	r = a->each(msg, a->to);
	if (r < 0) {
		errno = -r;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

static int dump_end(const struct nlmsghdr *msg, void *arg)
{
	struct answer *a = arg;
	int r = 0;

	if (msg->nlmsg_flags & NLM_F_DUMP_INTR)
		a->interrupted = true;
	/* A dump that failed half way carries its error in the end message. */
	if (mnl_nlmsg_get_payload_len(msg) >= sizeof(int))
		memcpy(&r, mnl_nlmsg_get_payload(msg), sizeof(r));
	if (r < 0) {
		errno = -r;
		return MNL_CB_ERROR;
	}
	return MNL_CB_STOP;
}

/* A handler of our own for one control message puts libmnl's for the others out of work. */
static int acknowledged(const struct nlmsghdr *msg, void *arg UNUSED)
{
	struct nlmsgerr e = { .error = -EBADMSG };

	if (mnl_nlmsg_get_payload_len(msg) >= sizeof(e))
		memcpy(&e, mnl_nlmsg_get_payload(msg), sizeof(e));
	if (e.error == 0)
		return MNL_CB_STOP;
	errno = e.error < 0 ? -e.error : e.error;
	return MNL_CB_ERROR;
}

static int talk_once(struct nl *nl, struct nlmsghdr *msg, struct answer *a)
{
	mnl_cb_t control[NLMSG_MIN_TYPE] = {
		[NLMSG_ERROR] = acknowledged, [NLMSG_DONE] = dump_end
	};

	msg->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, msg, msg->nlmsg_len) < 0)
		return -errno;
	for (;;) {
		ssize_t n = mnl_socket_recvfrom(nl->sock, nl->buf, sizeof(nl->buf));
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* What is left of an earlier, broken off answer is not for us. */
		if ((size_t)n >= sizeof(*msg) &&
		    ((const struct nlmsghdr *)(const void *)nl->buf)->nlmsg_seq != nl->seq)
			continue;
		r = mnl_cb_run2(nl->buf, (size_t)n, nl->seq, nl->port, one_message, a, control,
				ARRAY_LEN(control));
		if (r <= MNL_CB_STOP)
			return r < 0 ? -errno : 0;
	}
}

/* What an overrun left behind must not be taken for the next answer. */
static void drain(struct nl *nl)
{
	while (recv(nl_fd(nl), nl->buf, sizeof(nl->buf), MSG_DONTWAIT) > 0)
		;
}

int nl_talk(struct nl *nl, struct nlmsghdr *msg, nl_each *each, void (*restart)(void *to), void *to)
{
	int r = 0;

	msg->nlmsg_flags |= NLM_F_REQUEST;
	/* NLM_F_DUMP is two bits, which have other meanings (EXCL, REPLACE) in requests to change. */
	if ((msg->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		msg->nlmsg_flags |= NLM_F_ACK;
	for (int i = 0; i < TRIES_MAX; i++) {
		struct answer a = { .each = each, .to = to };

		r = talk_once(nl, msg, &a);
		if (r == 0 && a.interrupted)
			r = -EINTR;
		if (r != -ENOBUFS && r != -EINTR)
			return r;
		drain(nl);
		if (restart)
			restart(to);
	}
	return r;
}
