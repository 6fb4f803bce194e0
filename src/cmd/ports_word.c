/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/ports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/sockets.h"

/* "tcp", "udp6" of @len octets: false when it names no protocol. */
static bool proto_scan(const char *text, size_t len, uint8_t *ret_proto, uint8_t *ret_family)
{
	uint8_t family = 0;

	if (len > 0 && (text[len - 1] == '4' || text[len - 1] == '6'))
		family = (uint8_t)(text[--len] - '0');
	for (uint8_t i = 0; fact_proto_words[i]; i++) {
		if (strlen(fact_proto_words[i]) == len &&
		    memcmp(fact_proto_words[i], text, len) == 0) {
			*ret_proto = i;
			*ret_family = family;
			return true;
		}
	}
	return false;
}

static bool is_ports(const char *text)
{
	return *text && text[strspn(text, "0123456789,-")] == '\0' && strpbrk(text, "0123456789");
}

/* What stands beside a protocol, or alone: ports or a text. */
static int value_scan(const char *word, const char *text, struct ports_word *w, struct err *err)
{
	struct err part;

	if (*text == '\0')
		return err_set(err, -EINVAL,
			       "'%.60s': nothing stands beside the '/' (right: udp/53, tcp/http)",
			       word);
	if (!is_ports(text)) {
		w->kind = PORTS_TEXT;
		w->text = text;
		return 0;
	}
	w->kind = PORTS_PORT;
	if (portset_scan(text, &w->set, &part) == 0)
		return 0;
	return word == text ? err_set(err, -EINVAL, "%s", part.text)
			    : err_set(err, -EINVAL, "'%.60s': %s", word, part.text);
}

static int pid_scan(const char *word, const char *text, struct ports_word *w, struct err *err)
{
	w->kind = PORTS_PID;
	w->pid = 0;
	for (size_t i = 0; text[i] && w->pid >= 0; i++) {
		bool fits = text[i] >= '0' && text[i] <= '9' && i < 10;

		w->pid = fits ? w->pid * 10 + (text[i] - '0') : -1;
	}
	if (w->pid <= 0 || w->pid > INT32_MAX)
		return err_set(err, -EINVAL, "'%.60s': a process id is a number from 1 to %d", word,
			       INT32_MAX);
	return 0;
}

/* "port/proto", as /etc/services writes it: the left side, ended, goes to @buf. */
static bool turned_scan(const char *slash, const char *word, struct ports_word *w,
			char buf[static 64])
{
	size_t len = (size_t)(slash - word);

	if (len >= 64 || !proto_scan(slash + 1, strlen(slash + 1), &w->proto, &w->family))
		return false;
	memcpy(buf, word, len);
	buf[len] = '\0';
	return true;
}

static int slash_scan(const char *word, const char *slash, struct ports_word *w, struct err *err)
{
	char left[64];

	if (slash - word == 3 && memcmp(word, "pid", 3) == 0)
		return pid_scan(word, slash + 1, w, err);
	if (proto_scan(word, (size_t)(slash - word), &w->proto, &w->family))
		return value_scan(word, slash + 1, w, err);
	/* Only numbers: a text before the slash would have to be copied to be kept. */
	if (turned_scan(slash, word, w, left) && (left[0] == '\0' || is_ports(left)))
		return value_scan(word, left, w, err);
	w->proto = PORTS_ANY_PROTO;
	w->family = 0;
	w->kind = PORTS_TEXT;
	w->text = word;
	return 0;
}

int ports_word_scan(const char *text, struct ports_word *ret_word, struct err *err)
{
	struct ports_word w = { .proto = PORTS_ANY_PROTO };
	const char *slash = strchr(text, '/');
	int r = 0;

	if (*text == '\0')
		return err_set(err, -EINVAL,
			       "an empty word filters nothing (right: 53, udp/53, nginx)");
	if (ip_prefix_scan(text, &w.prefix) == 0)
		w.kind = PORTS_ADDR;
	else if (slash)
		r = slash_scan(text, slash, &w, err);
	else if (proto_scan(text, strlen(text), &w.proto, &w.family))
		w.kind = PORTS_PROTO;
	else
		r = value_scan(text, text, &w, err);
	if (r < 0)
		return r;
	*ret_word = w;
	return 0;
}

static bool has_port(const struct portset *set, int64_t port)
{
	return port >= 0 && port <= 65535 && portset_has(set, (uint16_t)port);
}

/* An ICMP socket's "port" is its echo id and a raw one's its IP protocol: not what "53" asks for. */
static bool match_port(const struct ports_word *w, const struct fact_socket *s)
{
	if (w->proto == PORTS_ANY_PROTO && (s->proto == FACT_RAW || s->proto == FACT_ICMP))
		return false;
	return has_port(&w->set, s->local.port) ||
	       (s->peer.port != 0 && has_port(&w->set, s->peer.port));
}

static bool match_addr(const struct ip_prefix *p, const struct ip_addr *addr)
{
	struct ip_addr a = p->addr.family == 4 ? sockets_unmapped(addr) : *addr;

	return ip_prefix_has(p, &a);
}

static bool same(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool match_text(const char *text, const struct fact_socket *s)
{
	return same(s->user, text) || same(s->service, text) || same(s->iface, text) ||
	       same(fact_sock_state_words[s->state], text) ||
	       same(fact_reach_words[s->reach], text) || (s->program && strstr(s->program, text));
}

bool ports_word_match(const struct ports_word *w, const struct fact_socket *s)
{
	if ((w->proto != PORTS_ANY_PROTO && w->proto != s->proto) ||
	    (w->family && w->family != s->family))
		return false;
	switch (w->kind) {
	case PORTS_PROTO:
		return true;
	case PORTS_PORT:
		return match_port(w, s);
	case PORTS_ADDR:
		return match_addr(&w->prefix, &s->local.addr) ||
		       match_addr(&w->prefix, &s->peer.addr);
	case PORTS_PID:
		return s->pid == w->pid;
	case PORTS_TEXT:
		return match_text(w->text, s);
	}
	return false;
}
