/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sockets_list.h"

#include <errno.h>
#include <stdlib.h>

#include <netinet/tcp.h>

int sockets_list_add(struct sockets_list *l, const struct sockets_entry *e)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 256;
		struct sockets_entry *item;

		if (l->n >= HOST_SOCKETS_MAX)
			return -E2BIG;
		item = realloc(l->item, room * sizeof(*item));
		if (!item)
			return -ENOMEM;
		l->item = item;
		l->room = room;
	}
	l->item[l->n++] = *e;
	return 0;
}

/* What an SCTP association is doing, by its kernel state (linux/sctp.h), in TCP's words. */
static const uint8_t association_states[] = {
	[0] = FACT_CLOSE,       /* closed */
	[1] = FACT_SYN_SENT,    /* cookie wait */
	[2] = FACT_SYN_SENT,    /* cookie echoed */
	[3] = FACT_ESTABLISHED, /* established */
	[4] = FACT_FIN_WAIT1,   /* shutdown pending */
	[5] = FACT_FIN_WAIT2,   /* shutdown sent */
	[6] = FACT_CLOSE_WAIT,  /* shutdown received */
	[7] = FACT_LAST_ACK,    /* shutdown acknowledged */
};

int sockets_list_state(enum fact_proto proto, uint8_t kernel_state, bool has_peer)
{
	static const uint8_t tcp[] = {
		[1] = FACT_ESTABLISHED, [2] = FACT_SYN_SENT,   [3] = FACT_SYN_RECV,
		[4] = FACT_FIN_WAIT1,   [5] = FACT_FIN_WAIT2,  [6] = FACT_TIME_WAIT,
		[7] = FACT_CLOSE,       [8] = FACT_CLOSE_WAIT, [9] = FACT_LAST_ACK,
		[10] = FACT_LISTEN,     [11] = FACT_CLOSING,   [12] = FACT_NEW_SYN_RECV,
		[13] = FACT_CLOSE,
	};

	if (proto == FACT_SCTP && has_peer)
		return kernel_state < ARRAY_LEN(association_states)
			       ? association_states[kernel_state]
			       : -EBADMSG;
	if (kernel_state == 0 || kernel_state >= ARRAY_LEN(tcp))
		return -EBADMSG;
	if (kernel_state == TCP_CLOSE && proto != FACT_TCP && proto != FACT_SCTP)
		return FACT_UNCONN;
	return tcp[kernel_state];
}

void sockets_list_owner(struct fact_socket *fact, uint32_t uid, uint64_t inode)
{
	/*
	 * Without an inode no process holds it any more (TIME_WAIT, a connection not
	 * accepted yet); the kernel then says user 0 whoever had it.
	 */
	fact->uid = inode || uid ? (int64_t)uid : FACT_NONE;
	fact->inode = inode ? (int64_t)inode : FACT_NONE;
	fact->pid = FACT_NONE;
}
