/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "icmp/query.h"

#include <errno.h>
#include <string.h>

#define NAMES 4 /* a row has these names */

static const char *name_of(const struct icmp_entry *e, size_t i)
{
	const char *const names[NAMES] = { e->machine_name, e->nft_name, e->iptables_name,
					   e->name };

	return names[i];
}

static char lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

/* Case is ignored; blank, hyphen and underscore are the same. */
static char fold(char c)
{
	if (c == '-' || c == '_')
		return ' ';
	return lower(c);
}

static bool begins(const char *text, const char *part)
{
	for (; *part; text++, part++)
		if (fold(*text) != fold(*part))
			return false;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool all_digits(const char *text)
{
	while (is_digit(*text))
		text++;
	return !*text;
}

static bool any_name_holds(const struct icmp_entry *e, const char *part)
{
	for (size_t i = 0; i < NAMES; i++)
		for (const char *n = name_of(e, i); n && *n; n++)
			if (begins(n, part))
				return true;
	return false;
}

/* IANA's name is left out: "echo" is all of one, and a person who types it wants them all. */
static bool any_name_is(const struct icmp_entry *e, const char *text)
{
	for (size_t i = 0; i + 1 < NAMES; i++) {
		const char *n = name_of(e, i);

		if (n && strlen(n) == strlen(text) && begins(n, text))
			return true;
	}
	return false;
}

static bool is_a_name(unsigned family, const char *text)
{
	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		if ((family == 0 || family == e->family) && any_name_is(e, text))
			return true;
	}
	return false;
}

/* Copy in lower case, without blanks at the ends and with one between words. */
static int tidy(const char *text, char buf[static ICMP_QUERY_LEN], struct err *err)
{
	size_t n = 0;

	for (const char *p = text; *p; p++) {
		bool blank = *p == ' ' || *p == '\t';

		if (!blank && (*p <= ' ' || *p > '~'))
			return err_set(err, -EINVAL,
				       "the query holds something that is no printable ASCII; "
				       "ask as '3', '3/13' or 'echo-request'");
		if (blank && (n == 0 || buf[n - 1] == ' '))
			continue;
		if (n == ICMP_QUERY_LEN - 1)
			return err_set(err, -EINVAL,
				       "'%.20s…' is longer than any name of an ICMP type", text);
		buf[n] = ' ';
		if (!blank)
			buf[n] = lower(*p);
		n++;
	}
	if (n > 0 && buf[n - 1] == ' ')
		n--;
	buf[n] = '\0';
	return 0;
}

/* A word that may stand in front of a type, and what it says. */
struct front {
	const char *word;
	uint8_t family; /* it names; 0: none */
	bool digit;     /* counts only in front of a digit: "port unreachable" is a name */
	bool port;
};

static const struct front fronts[] = {
	{ .word = "icmp " },
	{ .word = "icmpv4 ", .family = 4 },
	{ .word = "icmp4 ", .family = 4 },
	{ .word = "icmpv6 ", .family = 6 },
	{ .word = "icmp6 ", .family = 6 },
	{ .word = "ipv6-icmp ", .family = 6 },
	{ .word = "type " },
	{ .word = "port ", .digit = true, .port = true },
	{ .word = "ports ", .digit = true, .port = true },
};

/* Step over one such word: 1, 0 when there is none, or -EINVAL. */
static int eat_front(char **text, struct icmp_query *q, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(fronts); i++) {
		size_t len = strlen(fronts[i].word);

		if (strncmp(*text, fronts[i].word, len) != 0)
			continue;
		if (fronts[i].digit && !is_digit((*text)[len]))
			continue;
		if (fronts[i].family && q->family && fronts[i].family != q->family)
			return err_set(err, -EINVAL, "'%.*s' asks for IPv%u, but -%u was given",
				       (int)len - 1, *text, fronts[i].family, q->family);
		if (fronts[i].family)
			q->family = fronts[i].family;
		q->says_port |= fronts[i].port;
		*text += len;
		return 1;
	}
	return 0;
}

static int number_scan(const char *text, const char *what, struct icmp_query_part *part,
		       struct err *err)
{
	unsigned v = 0;

	for (const char *p = text; *p; p++)
		v = v > 255 ? v : v * 10 + (unsigned)(*p - '0');
	if (v > 255)
		return err_set(err, -EINVAL, "ICMP %s '%.20s' is above 255: %ss are 0-255", what,
			       text, what);
	part->kind = ICMP_QUERY_NUMBER;
	part->number = (uint8_t)v;
	return 0;
}

static int part_scan(const char *text, const char *what, struct icmp_query_part *part,
		     struct err *err)
{
	if (!*text)
		return err_set(err, -EINVAL,
			       "no %s beside '/': ask as TYPE/CODE, 3/13 or redirect/host", what);
	if (all_digits(text))
		return number_scan(text, what, part, err);
	part->kind = ICMP_QUERY_TEXT;
	memcpy(part->text, text, strlen(text) + 1);
	return 0;
}

/* Cut "TYPE/CODE" or "TYPE code CODE" in two. Returns CODE, or NULL when there is none. */
static char *cut_code(char *text)
{
	char *slash = strchr(text, '/'), *word = strstr(text, " code ");

	if (slash) {
		*slash++ = '\0';
		if (slash - text > 1 && slash[-2] == ' ')
			slash[-2] = '\0';
		return *slash == ' ' ? slash + 1 : slash;
	}
	if (!word)
		return NULL;
	*word = '\0';
	return word + strlen(" code ");
}

int icmp_query_parse(const char *text, unsigned family, enum icmp_risk min_risk,
		     struct icmp_query *ret, struct err *err)
{
	struct icmp_query q = { .family = (uint8_t)family, .min_risk = min_risk };
	char buf[ICMP_QUERY_LEN] = "", *at = buf, *code;
	int r = tidy(text ? text : "", buf, err);

	if (r == 0 && *at)
		while ((r = eat_front(&at, &q, err)) > 0)
			;
	if (r < 0)
		return r;
	if (*at) {
		code = cut_code(at);
		if (code && strchr(code, '/'))
			return err_set(err, -EINVAL,
				       "'%.40s' has more than one '/': ask as TYPE/CODE", text);
		r = part_scan(at, "type", &q.type, err);
		if (r == 0 && code)
			r = part_scan(code, "code", &q.code, err);
		if (r < 0 && q.says_port)
			err_wrap(err, r, "ICMP has no ports but types and codes");
		if (r < 0)
			return r;
	}
	if (q.type.kind == ICMP_QUERY_TEXT && is_a_name(q.family, q.type.text))
		q.type.kind = ICMP_QUERY_NAME;
	*ret = q;
	return 0;
}

static bool type_matches(const struct icmp_query *q, const struct icmp_entry *e)
{
	const struct icmp_entry *type = icmp_find(e->family, e->type_lo, ICMP_CODE_ANY);

	switch (q->type.kind) {
	case ICMP_QUERY_ALL:
		return true;
	case ICMP_QUERY_NUMBER:
		return q->type.number >= e->type_lo && q->type.number <= e->type_hi;
	case ICMP_QUERY_NAME:
		return any_name_is(type, q->type.text) ||
		       (q->code.kind == ICMP_QUERY_ALL && any_name_is(e, q->type.text));
	case ICMP_QUERY_TEXT:
		return any_name_holds(q->code.kind == ICMP_QUERY_ALL ? e : type, q->type.text);
	}
	return false;
}

static bool code_matches(const struct icmp_query *q, const struct icmp_entry *e)
{
	switch (q->code.kind) {
	case ICMP_QUERY_ALL:
		return true;
	case ICMP_QUERY_NUMBER:
		return e == icmp_find(e->family, e->type_lo, q->code.number);
	case ICMP_QUERY_NAME:
	case ICMP_QUERY_TEXT:
		return e->code != ICMP_CODE_ANY && any_name_holds(e, q->code.text);
	}
	return false;
}

bool icmp_query_match(const struct icmp_query *q, const struct icmp_entry *e)
{
	return (q->family == 0 || q->family == e->family) && e->risk >= q->min_risk &&
	       type_matches(q, e) && code_matches(q, e);
}

/*
 * How many typing errors lie between @want and the part of @name that is most
 * like it: Sellers' variant of the edit distance, where the text may begin and
 * end anywhere in the name.
 */
static unsigned distance(const char *want, const char *name)
{
	size_t n = strlen(want);
	unsigned col[ICMP_QUERY_LEN], best;

	for (size_t i = 0; i <= n; i++)
		col[i] = (unsigned)i;
	best = col[n];
	for (; *name; name++) {
		unsigned diagonal = 0;

		for (size_t i = 1; i <= n; i++) {
			unsigned up = col[i] + 1, left = col[i - 1] + 1;
			unsigned by = diagonal + (fold(want[i - 1]) != fold(*name));

			diagonal = col[i];
			col[i] = MIN(MIN(up, left), by);
		}
		best = MIN(best, col[n]);
	}
	return best;
}

/* Weights of what makes a name far; names are shorter than FAR_FAMILY. */
#define FAR_ERROR  1024
#define FAR_FAMILY 512

struct nearest {
	const char *name;
	const struct icmp_entry *entry;
	unsigned far; /* typing errors, then the wrong family, then how long the name is */
};

static void nearest_offer(struct nearest *best, const char *want, unsigned family,
			  const struct icmp_entry *e)
{
	for (size_t i = 0; i + 1 < NAMES; i++) {
		const char *name = name_of(e, i);
		unsigned far, len;

		if (!name || is_digit(*name))
			continue;
		len = (unsigned)strlen(name);
		far = distance(want, name) * FAR_ERROR + len;
		if (family && family != e->family)
			far += FAR_FAMILY;
		if (!best->name || far < best->far)
			*best = (struct nearest){ name, e, far };
	}
}

/* Offer the names of all types and codes, or those of the codes of the types that match. */
static struct nearest nearest_to(const struct icmp_query *q, const char *want, bool by_code)
{
	struct icmp_query type_only = { .type = q->type };
	struct nearest best = { 0 };

	for (size_t i = 0; i < icmp_registry_count(); i++) {
		const struct icmp_entry *e = icmp_registry_at(i);

		if (by_code && (e->code == ICMP_CODE_ANY || !icmp_query_match(&type_only, e)))
			continue;
		nearest_offer(&best, want, q->family, e);
	}
	/* A third of the letters wrong is another word. */
	if (best.far / FAR_ERROR > strlen(want) / 3)
		best.name = NULL;
	return best;
}

const char *icmp_query_nearest(const struct icmp_query *q, const struct icmp_entry **ret_entry)
{
	struct nearest best = { 0 };

	if (q->code.kind == ICMP_QUERY_TEXT)
		best = nearest_to(q, q->code.text, true);
	if (!best.name && (q->type.kind == ICMP_QUERY_TEXT || q->type.kind == ICMP_QUERY_NAME))
		best = nearest_to(q, q->type.text, false);
	if (best.name && ret_entry)
		*ret_entry = best.entry;
	return best.name;
}
