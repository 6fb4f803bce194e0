/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/when.h"
#include "icmp/number.h"
#include "out/nmap_own.h"

const char *const nmap_state_words[] = {
	[NMAP_OPEN] = "open",
	[NMAP_CLOSED] = "closed",
	[NMAP_FILTERED] = "filtered",
	[NMAP_OPEN_FILTERED] = "open|filtered",
	[NMAP_UNFILTERED] = "unfiltered",
	[NMAP_UNKNOWN] = "unknown",
	[NMAP_STATES] = NULL,
};

enum nmap_state nmap_state_of(const struct fact_port *p)
{
	switch ((enum fact_verdict)p->state) {
	case FACT_VERDICT_OPEN:
		return NMAP_OPEN;
	case FACT_VERDICT_CLOSED:
		return NMAP_CLOSED;
	case FACT_VERDICT_FILTERED:
	case FACT_VERDICT_UNREACHABLE:
		return NMAP_FILTERED;
	case FACT_VERDICT_OPEN_FILTERED:
		return NMAP_OPEN_FILTERED;
	case FACT_VERDICT_UNRESOLVED:
		/* Of UDP that is what nmap says; of TCP it would name a filter nobody saw. */
		return p->proto == FACT_UDP ? NMAP_OPEN_FILTERED : NMAP_UNKNOWN;
	case FACT_VERDICT_UNFILTERED:
		return NMAP_UNFILTERED;
	}
	return NMAP_UNKNOWN;
}

/* nmap's names of ICMP errors, as in the reason column of its own output. */
static const char *icmp4_reason(int64_t type, int64_t code)
{
	static const char *const unreach[] = {
		[0] = "net-unreach",      [1] = "host-unreach",   [2] = "proto-unreach",
		[3] = "port-unreach",     [9] = "net-prohibited", [10] = "host-prohibited",
		[13] = "admin-prohibited"
	};

	if (type == ICMP4_TIME_EXCEEDED)
		return "time-exceeded";
	if (type == ICMP4_PARAM_PROBLEM)
		return "param-problem";
	if (type == ICMP4_SOURCE_QUENCH)
		return "source-quench";
	if (type != ICMP4_UNREACH)
		return "unknown-response";
	return code >= 0 && code < (int64_t)ARRAY_LEN(unreach) && unreach[code] ? unreach[code]
										: "dest-unreach";
}

static const char *icmp6_reason(int64_t type, int64_t code)
{
	static const char *const unreach[] = { "no-route",     "admin-prohibited", "beyond-scope",
					       "host-unreach", "port-unreach",     "failed-policy",
					       "reject-route" };

	if (type == ICMP6_TIME_EXCEEDED)
		return "time-exceeded";
	if (type == ICMP6_PARAM_PROBLEM)
		return "param-problem";
	if (type != ICMP6_UNREACH)
		return "unknown-response";
	return code >= 0 && code < (int64_t)ARRAY_LEN(unreach) ? unreach[code] : "dest-unreach";
}

static const char *icmp_reason(unsigned family, int64_t type, int64_t code)
{
	return family == 6 ? icmp6_reason(type, code) : icmp4_reason(type, code);
}

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

const char *nmap_reason(const struct fact_port *p)
{
	static const char *const words[][2] = {
		{ "syn-ack", "syn-ack" },      { "rst", "reset" },
		{ "udp", "udp-response" },     { "silence", "no-response" },
		{ "sentinel", "no-response" }, { "limiter", "rate-limited" },
		{ "no-route", "no-route" },    { "connected", "syn-ack" },
		{ "refused", "conn-refused" },
	};
	const struct fact_reason *r = &p->reason;

	if (is(r->kind, "icmp"))
		return icmp_reason(p->addr.family, r->icmp_type, r->code);
	if (p->state == FACT_VERDICT_UNRESOLVED && p->proto == FACT_UDP)
		return "rate-limited";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (is(r->kind, words[i][0]))
			return words[i][1];
	return "unknown-response";
}

/* What the first answer of a host that is up came to. */
static const char *by_reason(const struct fact_by *b, unsigned family)
{
	static const char *const words[][2] = {
		{ "echo", "echo-reply" },        { "timestamp", "timestamp-reply" },
		{ "mask", "addressmask-reply" }, { "info", "info-reply" },
		{ "arp", "arp-response" },       { "nd", "nd-response" },
		{ "mld", "mld-response" },
	};

	if (is(b->reply, "icmp"))
		return icmp_reason(family, b->icmp_type, b->code);
	if (is(b->reply, "syn-ack") || is(b->reply, "connected"))
		return "syn-ack";
	if (is(b->reply, "rst"))
		return "reset";
	if (is(b->reply, "refused"))
		return "conn-refused";
	if (b->probe && strncmp(b->probe, "udp", 3) == 0)
		return "udp-response";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (is(b->probe, words[i][0]))
			return words[i][1];
	return "unknown-response";
}

const char *nmap_host_reason(const struct fact_host *h, const struct fact_by **ret_by)
{
	const struct fact_by *by = h->by.item;

	*ret_by = h->by.n > 0 ? &by[0] : NULL;
	if (*ret_by)
		return by_reason(&by[0], h->addr.family);
	return h->state == FACT_HOST_UP ? "user-set" : "no-response";
}

static void count(struct nmap_split *s, const struct fact_port *p, enum nmap_state state)
{
	const char *reason = nmap_reason(p);
	size_t i = 0;

	while (i < s->more_n && (s->more[i].state != state || s->more[i].proto != p->proto ||
				 !is(s->more[i].reason, reason)))
		i++;
	if (i == s->more_n && i < NMAP_MORE_MAX)
		s->more[s->more_n++] = (struct nmap_more){ (uint8_t)state, p->proto, reason, 0 };
	s->more[MIN(i, (size_t)NMAP_MORE_MAX - 1)].n++;
}

/* By number, most first; of as many in the order they came. */
static void order(struct nmap_split *s)
{
	for (size_t i = 1; i < s->more_n; i++) {
		struct nmap_more m = s->more[i];
		size_t k = i;

		for (; k > 0 && s->more[k - 1].n < m.n; k--)
			s->more[k] = s->more[k - 1];
		s->more[k] = m;
	}
}

static bool may_be_open(enum nmap_state state)
{
	return state == NMAP_OPEN || state == NMAP_OPEN_FILTERED || state == NMAP_UNFILTERED;
}

void nmap_split(const struct nmap_run *run, const struct fact_port *port, size_t n,
		struct nmap_split *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		ret->n[nmap_state_of(&port[i])]++;
	ret->wanted = !run->open_only;
	for (unsigned s = 0; s < NMAP_STATES; s++) {
		ret->wanted |= may_be_open(s) && ret->n[s] > 0;
		ret->hidden[s] = ret->n[s] > 0 && s != NMAP_OPEN &&
				 (ret->n[s] > NMAP_MANY || (run->open_only && !may_be_open(s)));
		ret->shown += ret->hidden[s] ? 0 : ret->n[s];
	}
	for (size_t i = 0; i < n; i++)
		if (ret->hidden[nmap_state_of(&port[i])])
			count(ret, &port[i], nmap_state_of(&port[i]));
	order(ret);
}

const char *nmap_addr(const struct ip_addr *a, char buf[static IP_TEXT_LEN])
{
	struct ip_addr bare = *a;

	bare.zone = 0;
	return ip_format(&bare, buf);
}

const char *nmap_time(uint64_t s, char buf[static NMAP_TIME_LEN])
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970 began on a Thursday */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char iso[WHEN_TEXT_LEN];
	unsigned m;

	s = MIN(s, UINT64_MAX / NS_PER_S); /* beyond the year 2500 there is no text for it */
	when_format(s * NS_PER_S, iso);
	m = (unsigned)(iso[5] - '0') * 10 + (unsigned)(iso[6] - '0');
	snprintf(buf, NMAP_TIME_LEN, "%.3s %.3s %.2s %.8s %.4s", days + s / 86400 % 7 * 3,
		 months + (m - 1) % 12 * 3, iso + 8, iso + 11, iso);
	if (buf[8] == '0')
		buf[8] = ' '; /* as ctime() has it */
	return buf;
}

void nmap_sum(struct out_sink *to, const struct nmap_run *run)
{
	int64_t total = run->up + run->down;

	out_printf(to, "%lld IP address%s (%lld host%s up) scanned in %.2f seconds",
		   (long long)total, total == 1 ? "" : "es", (long long)run->up,
		   run->up == 1 ? "" : "s", (double)run->elapsed_ns / (double)NS_PER_S);
}

bool nmap_other(const struct ip_addr *who, const struct ip_addr *host)
{
	return who->family != 0 && !ip_eq(who, host);
}

static void put_xml(struct out_sink *to, char c)
{
	switch (c) {
	case '&':
		out_text(to, "&amp;");
		break;
	case '<':
		out_text(to, "&lt;");
		break;
	case '>':
		out_text(to, "&gt;");
		break;
	case '"':
		out_text(to, "&quot;");
		break;
	default:
		out_char(to, c);
	}
}

/*
 * U+FFFE and U+FFFF are no characters of XML 1.0, nor are control characters. U+200E, U+200F,
 * U+202A to U+202E and U+2066 to U+2069 turn the direction of text (out/text.c).
 */
static bool fits(const char *p, size_t n)
{
	const uint8_t *o = (const uint8_t *)p;

	if (n == 1)
		return o[0] >= 0x20 && o[0] != 0x7f;
	if (n == 2)
		return o[0] != 0xc2 || o[1] >= 0xa0;
	if (n != 3)
		return true;
	if (o[0] == 0xe2 && o[1] == 0x80)
		return o[2] != 0x8e && o[2] != 0x8f && (o[2] < 0xaa || o[2] > 0xae);
	if (o[0] == 0xe2 && o[1] == 0x81)
		return o[2] < 0xa6 || o[2] > 0xa9;
	return o[0] != 0xef || o[1] != 0xbf || o[2] < 0xbe;
}

void nmap_clean(struct out_sink *to, const char *text, bool xml)
{
	for (size_t left = strlen(text), n; left > 0; text += n, left -= n) {
		n = utf8_len(text, left);
		if (n == 0 || !fits(text, n))
			out_char(to, '?');
		else if (n == 1 && xml)
			put_xml(to, *text);
		else
			out_put(to, text, n);
		n = n ? n : 1;
	}
}

void nmap_end(struct out_sink *to, const struct nmap_run *run)
{
	char when[NMAP_TIME_LEN];

	if (run->error) {
		out_text(to, "# Sonde ended early: ");
		nmap_clean(to, run->error, false);
		out_char(to, '\n');
	}
	out_printf(to, "# Sonde done at %s -- ", nmap_time(run->end_s, when));
	nmap_sum(to, run);
	out_char(to, '\n');
}
