/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/limit.h"

#include <stdio.h>
#include <string.h>

#include "icmp/number.h"

#define BURST_DEFAULT 5
#define NUMBER_MAX    100000000 /* larger rates limit nothing that is sent here */

/* The number at @p, and where it ends; -1 when there is none. */
static int64_t read_number(const char *p, const char **ret_end)
{
	int64_t v = 0;
	const char *start = p;

	for (; *p >= '0' && *p <= '9'; p++)
		v = MIN(v * 10 + (*p - '0'), NUMBER_MAX);
	*ret_end = p;
	return p == start ? -1 : v;
}

/* "10/second", "3/min": packets in one second, rounded up; -1: octets, or no rate. */
static int64_t read_rate(const char *p)
{
	int64_t v = read_number(p, &p);

	if (v < 0 || *p != '/')
		return -1;
	if (p[1] == 's')
		return v;
	return strchr("mhdw", p[1]) && p[1] ? (v + 59) / 60 : -1;
}

/* What follows the first of @words that stands in @text; NULL: none does. */
static const char *after(const char *text, const char *const *words)
{
	for (; *words; words++) {
		const char *at = strstr(text, *words);

		if (at)
			return at + strlen(*words);
	}
	return NULL;
}

int64_t limit_allows(const char *text)
{
	static const char *const rates[] = { "limit rate over ",  "limit rate ",        "--limit ",
					     "--hashlimit-upto ", "--hashlimit-above ", NULL };
	static const char *const bursts[] = { "--limit-burst ", "--hashlimit-burst ", " burst ",
					      NULL };
	const char *rate = after(text, rates);
	const char *burst = after(text, bursts);
	int64_t per_s = rate ? read_rate(rate) : -1;
	int64_t at_once = burst ? read_number(burst, &burst) : BURST_DEFAULT;

	if (per_s < 0 || at_once < 0)
		return -1;
	return per_s + at_once;
}

bool limit_is_over(const char *text)
{
	return strstr(text, "rate over ") || strstr(text, "--hashlimit-above ");
}

/* The type that the text names, as a number or a word; a set counts when echo is among it. */
static bool names_echo(const char *text, unsigned family)
{
	static const char *const types[] = { "icmp type ", "icmpv6 type ", "--icmp-type ",
					     "--icmpv6-type ", NULL };
	const char *at = after(text, types);
	int64_t echo = family == 6 ? ICMP6_ECHO : ICMP4_ECHO;

	if (!at)
		return true; /* no type: all of ICMP */
	if (strncmp(at, "!=", 2) == 0 || *at == '@')
		return false;
	if (*at != '{')
		return strncmp(at, "echo-request", 12) == 0 || read_number(at, &at) == echo;
	for (; *at && *at != '}'; at++)
		if (strncmp(at, "echo-request", 12) == 0 ||
		    ((at[-1] == ' ' || at[-1] == ',') && read_number(at, &at) == echo))
			return true;
	return false;
}

static bool is_icmp(const struct fact_rule *r, unsigned family)
{
	bool six = strstr(r->text, "icmpv6") || strstr(r->text, "ipv6-icmp") ||
		   strstr(r->text, "icmp6");

	return family == 6 ? six : !six && strstr(r->text, "icmp");
}

/* A rule that only logs or counts limits its log. A chain it jumps to may decide anything. */
static bool has_verdict(const char *text)
{
	static const char *const verdicts[] = { " accept", " drop",     " reject", "-j ACCEPT",
						"-j DROP", "-j REJECT", NULL };

	return after(text, verdicts) != NULL;
}

bool limit_on_echo(const struct fact_rule *rule, unsigned family)
{
	if (!rule || !rule->text || !is_icmp(rule, family) || strstr(rule->text, "! --icmp"))
		return false;
	return has_verdict(rule->text) && names_echo(rule->text, family);
}

/* Packets to this host come by: a limit on what is forwarded or sent is no concern here. */
static bool on_the_way(const struct fact_rule_proof *p)
{
	return p->addressed || p->hits > 0;
}

const struct fact_rule_proof *limit_find(const struct fact_audit *a, unsigned family, int64_t sent)
{
	for (size_t i = 0; i < a->proof_n; i++) {
		const struct fact_rule_proof *p = &a->proof[i];
		int64_t allows;

		if (!p->limits || (p->restricts && p->hits == 0) || !on_the_way(p) ||
		    !limit_on_echo(p->rule, family))
			continue;
		allows = limit_allows(p->rule->text);
		if (allows >= 0 && allows < sent)
			return p;
	}
	return NULL;
}
