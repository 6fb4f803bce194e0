/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/why_where.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PORT_LEN 64

static bool proto_scan(const char *text, uint8_t *ret)
{
	if (strcasecmp(text, "tcp") != 0 && strcasecmp(text, "udp") != 0)
		return false;
	*ret = (text[0] | 0x20) == 't' ? FACT_TCP : FACT_UDP;
	return true;
}

/* 1..65535; 0: it is none. */
static int number(const char *text)
{
	int v = 0;

	if (!*text || text[strspn(text, "0123456789")])
		return 0;
	for (; *text && v <= 65535; text++)
		v = v * 10 + (*text - '0');
	return v <= 65535 ? v : 0;
}

/* The least port of that name, over @proto, or over either when none was named. */
static int named(const char *text, const struct services *names, const struct why_where *w)
{
	for (int port = 1; names && port < 65536; port++) {
		for (uint8_t proto = FACT_TCP; proto <= FACT_UDP; proto++) {
			const char *have = services_name(names, proto, port);

			if ((w->both || proto == w->proto) && have && strcmp(have, text) == 0)
				return port;
		}
	}
	return 0;
}

/* "80", "80/udp", "udp/80", "http", "domain/udp" */
static int port_scan(const char *text, const struct services *names, struct why_where *w,
		     struct err *err)
{
	char part[PORT_LEN], *slash, *port = part;
	int v;

	snprintf(part, sizeof(part), "%s", text);
	slash = strchr(part, '/');
	w->proto = FACT_TCP;
	w->both = !slash;
	if (slash) {
		*slash = '\0';
		if (proto_scan(part, &w->proto))
			port = slash + 1;
		else if (!proto_scan(slash + 1, &w->proto))
			return err_set(err, -EINVAL,
				       "PORT: '%.40s': '%.20s' is no protocol of ports: tcp or udp "
				       "(right: 80/udp)",
				       text, slash + 1);
	}
	v = number(port);
	if (v == 0)
		v = named(port, names, w);
	if (v == 0)
		return err_set(err, -EINVAL,
			       "PORT: '%.40s' is neither a port from 1 to 65535 nor a service in "
			       "/etc/services (right: 80, 53/udp, https)",
			       text);
	w->port = (uint16_t)v;
	return 0;
}

/* Where "HOST:PORT" ends its host; NULL: it holds no port. A bare IPv6 address holds none. */
static const char *split(const char *a, struct span *ret_host)
{
	const char *end = strchr(a, ']'), *colon;

	if (a[0] == '[') {
		if (!end)
			return NULL;
		*ret_host = (struct span){ (const uint8_t *)a + 1, (size_t)(end - a - 1) };
		return end[1] == ':' && end[2] ? end + 2 : NULL;
	}
	*ret_host = (struct span){ (const uint8_t *)a, strlen(a) };
	colon = strchr(a, ':');
	if (!colon || strchr(colon + 1, ':') || !colon[1])
		return NULL;
	ret_host->len = (size_t)(colon - a);
	return colon + 1;
}

int why_where_scan(const char *a, const char *b, const struct services *names,
		   struct why_where *ret, struct err *err)
{
	struct why_where w = { .host = "" };
	struct span host = { NULL, 0 };
	const char *port = split(a, &host);
	int r;

	if (port && b)
		return err_set(
			err, -EINVAL,
			"'%.60s' names a port already, and '%.40s' stands behind it: leave one "
			"out",
			a, b);
	if (!port && !b)
		return err_set(
			err, -EINVAL,
			"PORT is missing behind '%.60s' (right: sonde why 192.0.2.7 80/udp, or "
			"192.0.2.7:80, [2001:db8::7]:80)",
			a);
	if (!host.p || host.len == 0 || host.len >= sizeof(w.host))
		return err_set(err, -EINVAL, "HOST: '%.60s' is no name or address", a);
	memcpy(w.host, host.p, host.len);
	r = port_scan(port ? port : b, names, &w, err);
	if (r == 0)
		*ret = w;
	return r;
}
