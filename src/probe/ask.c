/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PART_MAX 63 /* octets of one part of a list, for messages */

struct kind {
	const char *name;
	bool family4, family6;
};

static const struct kind kinds[ASK_KINDS] = {
	[ASK_ECHO] = { "echo", true, true },   [ASK_TIMESTAMP] = { "timestamp", true, false },
	[ASK_MASK] = { "mask", true, false },  [ASK_INFO] = { "info", true, false },
	[ASK_TCP_SYN] = { "tcp", true, true }, [ASK_TCP_ACK] = { "tcp-ack", true, true },
	[ASK_UDP] = { "udp", true, true },     [ASK_ARP] = { "arp", true, false },
	[ASK_ND] = { "nd", false, true },      [ASK_MLD] = { "mld", false, true },
};

bool ask_fits(enum ask_kind kind, int family)
{
	if ((unsigned)kind >= ASK_KINDS)
		return false;
	return family == 4 ? kinds[kind].family4 : family == 6 && kinds[kind].family6;
}

/* A kind by its name, or ASK_KINDS. */
static enum ask_kind kind_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ASK_KINDS; i++) {
		if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, name, len) == 0)
			return (enum ask_kind)i;
	}
	return ASK_KINDS;
}

/* Decimal digits up to @end, no more than 65535 and not 0; -EINVAL. */
static int port_scan(const char *text, const char *end)
{
	int port = 0;

	if (text == end)
		return -EINVAL;
	for (; text < end; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		port = port * 10 + (*text - '0');
		if (port > UINT16_MAX)
			return -EINVAL;
	}
	return port > 0 ? port : -EINVAL;
}

/* The ports behind the colon, "80" or "8000-8010". */
static int range_scan(const char *text, const char *end, int *ret_first, int *ret_last)
{
	const char *dash = memchr(text, '-', (size_t)(end - text));

	*ret_first = port_scan(text, dash ? dash : end);
	*ret_last = dash ? port_scan(dash + 1, end) : *ret_first;
	return *ret_first < 0 || *ret_last < *ret_first ? -EINVAL : 0;
}

/* One part of the list: what it asks, and of which ports (0..0 without). */
static int part_scan(const char *text, size_t len, enum ask_kind *ret_kind, int *ret_first,
		     int *ret_last, struct err *err)
{
	const char *colon = memchr(text, ':', len);
	enum ask_kind kind = kind_find(text, colon ? (size_t)(colon - text) : len);
	int shown = (int)MIN(len, (size_t)PART_MAX);

	if (kind == ASK_KINDS)
		return err_set(err, -EINVAL,
			       "'%.*s' is no probe: use echo, timestamp, mask, info, tcp:PORT, "
			       "tcp-ack:PORT, udp:PORT, arp, nd, mld",
			       shown, text);
	*ret_kind = kind;
	*ret_first = *ret_last = 0;
	if (!ask_has_port(kind)) {
		if (colon)
			return err_set(err, -EINVAL, "'%.*s': %s has no ports", shown, text,
				       kinds[kind].name);
		return 0;
	}
	if (!colon)
		return err_set(err, -EINVAL, "'%.*s' needs a port, as in %s:443", shown, text,
			       kinds[kind].name);
	if (range_scan(colon + 1, text + len, ret_first, ret_last) < 0)
		return err_set(err, -EINVAL,
			       "'%.*s': a port is a number from 1 to 65535, a range is written "
			       "%s:8000-8010",
			       shown, text, kinds[kind].name);
	return 0;
}

/* What a list has named already: a set of ports a kind (bit 0 for kinds without). */
struct named {
	struct portset tcp, ack, udp;
	bool plain[ASK_KINDS];
};

static bool name_once(struct named *n, enum ask_kind kind, uint16_t port)
{
	struct portset *set = kind == ASK_TCP_SYN   ? &n->tcp
			      : kind == ASK_TCP_ACK ? &n->ack
						    : &n->udp;

	if (!ask_has_port(kind)) {
		bool first = !n->plain[kind];

		n->plain[kind] = true;
		return first;
	}
	if (portset_has(set, port))
		return false;
	portset_add(set, port);
	return true;
}

int ask_scan(const char *text, struct ask *ret_asks, size_t room, struct err *err)
{
	struct named named;
	size_t n = 0;

	memset(&named, 0, sizeof(named));
	for (const char *at = text;; at++) {
		const char *end = strchr(at, ',');
		size_t len = end ? (size_t)(end - at) : strlen(at);
		enum ask_kind kind = ASK_KINDS;
		int first = 0, last = 0, r;

		r = part_scan(at, len, &kind, &first, &last, err);
		if (r < 0)
			return r;
		for (int port = first; port <= last; port++) {
			if (!name_once(&named, kind, (uint16_t)port))
				continue;
			if (n == room)
				return err_set(err, -E2BIG,
					       "more than %zu probes a target are too many", room);
			ret_asks[n++] =
				(struct ask){ .kind = (uint8_t)kind, .port = (uint16_t)port };
		}
		if (!end)
			break;
		at = end;
	}
	return (int)n;
}

const char *ask_format(const struct ask *ask, char buf[static ASK_TEXT_LEN])
{
	const char *name = ask->kind < ASK_KINDS ? kinds[ask->kind].name : "?";

	if (ask->kind < ASK_KINDS && ask_has_port((enum ask_kind)ask->kind))
		snprintf(buf, ASK_TEXT_LEN, "%s:%u", name, (unsigned)ask->port);
	else
		snprintf(buf, ASK_TEXT_LEN, "%s", name);
	return buf;
}
