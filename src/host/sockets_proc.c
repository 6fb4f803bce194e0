/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sockets_proc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/procnet.h"

#define LINE_LEN 512 /* the longest line, of IPv6, has 200 octets */

static int take(const struct sockets_source *src, int family, uint32_t states,
		const struct procnet_line *line, struct sockets_list *to)
{
	struct sockets_entry e = { 0 };
	int state = sockets_list_state(src->proto, line->state, line->peer.port != 0);

	if (state < 0 || !(states >> (line->state & 31) & 1))
		return 0;
	e.fact.proto = (uint8_t)src->proto;
	e.fact.family = (uint8_t)family;
	e.fact.state = (uint8_t)state;
	e.fact.local = line->local;
	e.fact.peer = line->peer;
	e.fact.recv_q = line->recv_q;
	/* These files do not tell the backlog of a listener. */
	e.fact.send_q = state == FACT_LISTEN ? FACT_NONE : line->send_q;
	sockets_list_owner(&e.fact, line->uid, line->inode);
	return sockets_list_add(to, &e);
}

int sockets_proc_read(const struct sockets_source *src, int family, uint32_t states,
		      struct sockets_list *to)
{
	const char *name = src->file[family == 6];
	struct procnet_line line;
	char buf[LINE_LEN];
	int r = 0;
	FILE *f;

	if (!name)
		return -ENOENT;
	snprintf(buf, sizeof(buf), "/proc/thread-self/net/%s", name);
	f = fopen(buf, "re");
	if (!f)
		return -errno;
	while (r == 0 && fgets(buf, sizeof(buf), f)) {
		if (procnet_parse(buf, strlen(buf), family, &line) == 0)
			r = take(src, family, states, &line, to);
	}
	if (r == 0 && ferror(f))
		r = -EIO;
	fclose(f);
	return r;
}
