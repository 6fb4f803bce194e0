/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/services.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/slurp.h"

#define FILE_MAX (4u << 20) /* octets read of either file; the rest is not looked at */

enum { TCP, UDP, SCTP, TRANSPORTS };

struct services {
	char *text;                       /* both files; names in it are ended */
	uint32_t port[TRANSPORTS][65536]; /* where in .text the name begins, plus 1; 0: none */
	uint32_t protocol[256];           /* likewise */
};

/* The next word of a line, as [p, p + len); len 0 at its end or at a comment. */
static struct span word(struct span *line)
{
	struct span w;

	while (line->len > 0 && (*line->p == ' ' || *line->p == '\t' || *line->p == '\r')) {
		line->p++;
		line->len--;
	}
	w = (struct span){ line->p, 0 };
	while (line->len > 0 && !memchr(" \t\r#", *line->p, 4)) {
		line->p++;
		line->len--;
		w.len++;
	}
	return w;
}

/* Read 1 to 5 digits off the front of @w. -1 when there are none, or the number is over @max. */
static int number(struct span *w, int max)
{
	int v = -1;

	for (size_t i = 0; i < 5 && w->len > 0 && *w->p >= '0' && *w->p <= '9'; i++) {
		v = (v < 0 ? 0 : v) * 10 + (*w->p - '0');
		w->p++;
		w->len--;
	}
	return v > max ? -1 : v;
}

static int transport(struct span w)
{
	static const char *const names[TRANSPORTS] = { "/tcp", "/udp", "/sctp" };

	for (int i = 0; i < TRANSPORTS; i++) {
		if (w.len == strlen(names[i]) && memcmp(w.p, names[i], w.len) == 0)
			return i;
	}
	return -1;
}

static uint32_t *slot_of(struct services *s, struct span w, bool is_ports)
{
	int n = number(&w, is_ports ? 65535 : 255), t;

	if (n < 0)
		return NULL;
	if (!is_ports)
		return w.len == 0 ? &s->protocol[n] : NULL;
	t = transport(w);
	return t >= 0 ? &s->port[t][n] : NULL;
}

/* Take one file's text, which lies in s->text at [from, to). */
static void take(struct services *s, size_t from, size_t to, bool is_ports)
{
	while (from < to) {
		char *line = s->text + from, *nl = memchr(line, '\n', to - from);
		size_t len = nl ? (size_t)(nl - line) : to - from;
		struct span rest = { (const uint8_t *)line, len };
		struct span name = word(&rest), where = word(&rest);
		uint32_t *slot = slot_of(s, where, is_ports);

		/* With a number behind it the name is followed by a blank, which ends it now. */
		if (slot && *slot == 0 && !memchr(name.p, '\0', name.len)) {
			size_t at = (size_t)((const char *)name.p - s->text);

			s->text[at + name.len] = '\0';
			*slot = (uint32_t)at + 1;
		}
		from += len + 1;
	}
}

int services_new(struct span ports, struct span protocols, struct services **ret_services)
{
	size_t a = MIN(ports.len, (size_t)FILE_MAX), b = MIN(protocols.len, (size_t)FILE_MAX);
	struct services *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->text = malloc(a + b + 1);
	if (!s->text) {
		free(s);
		return -ENOMEM;
	}
	if (a > 0)
		memcpy(s->text, ports.p, a);
	if (b > 0)
		memcpy(s->text + a, protocols.p, b);
	s->text[a + b] = '\0';
	take(s, 0, a, true);
	take(s, a, a + b, false);
	*ret_services = s;
	return 0;
}

int services_read(struct services **ret_services, struct err *err)
{
	char *ports = NULL, *protocols = NULL;
	size_t ports_len = 0, protocols_len = 0;
	int r;

	/* Without netbase neither file exists; then nothing has a name, and that is no failure. */
	(void)slurp("/etc/services", FILE_MAX, &ports, &ports_len);
	(void)slurp("/etc/protocols", FILE_MAX, &protocols, &protocols_len);
	r = services_new((struct span){ (const uint8_t *)ports, ports_len },
			 (struct span){ (const uint8_t *)protocols, protocols_len }, ret_services);
	free(ports);
	free(protocols);
	return r < 0 ? err_set(err, r, "reading service names: out of memory") : 0;
}

void services_free(struct services *s)
{
	if (!s)
		return;
	free(s->text);
	free(s);
}

static uint32_t where(const struct services *s, enum fact_proto proto, uint16_t port)
{
	switch (proto) {
	case FACT_TCP:
		return s->port[TCP][port];
	case FACT_UDP:
	case FACT_UDPLITE:
		return s->port[UDP][port];
	case FACT_SCTP:
		return s->port[SCTP][port];
	case FACT_RAW:
		return port < ARRAY_LEN(s->protocol) ? s->protocol[port] : 0;
	case FACT_ICMP:
		return 0;
	}
	return 0;
}

const char *services_name(const struct services *s, enum fact_proto proto, int64_t port)
{
	uint32_t at = port >= 0 && port <= 65535 ? where(s, proto, (uint16_t)port) : 0;

	return at ? s->text + at - 1 : NULL;
}
