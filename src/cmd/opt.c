/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/opt.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"

#define OPT_MAX   64
#define LONG_BASE 256 /* getopt's value of row i's long word */

const char *const opt_colour_words[] = { "auto", "always", "never", NULL };

const struct opt opt_common_table[] = {
	OPT_FLAG(0, "json", struct opt_common, json, "write JSON, one object a line"),
	OPT_WORD(0, "color", struct opt_common, colour, "WHEN", opt_colour_words,
		 "auto, always or never (auto: on a terminal, unless NO_COLOR is set)"),
	OPT_FLAG('h', "help", struct opt_common, help, "show this help"),
	OPT_END,
};

static const char *shown(const struct opt *o, char buf[static 48])
{
	if (opt_is_positional(o))
		snprintf(buf, 48, "%s", o->name);
	else if (o->name)
		snprintf(buf, 48, "--%s", o->name);
	else if (o->pair)
		snprintf(buf, 48, "-%s", o->pair);
	else
		snprintf(buf, 48, "-%c", o->letter);
	return buf;
}

/* Decimal digits only; false also when it does not fit. */
static bool digits(const char **text, uint64_t *v)
{
	const char *p = *text;

	*v = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*v, 10u, v) ||
		    __builtin_add_overflow(*v, (unsigned)(*p - '0'), v))
			return false;
	if (p == *text)
		return false;
	*text = p;
	return true;
}

static int uint_value(const struct opt *o, const char *text, uint64_t *ret, struct err *err)
{
	const char *p = text;
	char name[48];
	uint64_t v;

	if (!digits(&p, &v) || *p || v < o->min || v > o->max)
		return err_set(err, -EINVAL, "%s: '%.40s' is not a whole number from %llu to %llu",
			       shown(o, name), text, (unsigned long long)o->min,
			       (unsigned long long)o->max);
	*ret = v;
	return 0;
}

static uint64_t unit_ns(const char *text)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_S },         { "s", NS_PER_S }, { "ms", NS_PER_MS },
		{ "us", NS_PER_US },      { "ns", 1 },       { "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S },
	};

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(text, units[i].name) == 0)
			return units[i].ns;
	return 0;
}

static const char *ns_text(uint64_t ns, char buf[static 32])
{
	if (ns % NS_PER_S == 0)
		snprintf(buf, 32, "%llus", (unsigned long long)(ns / NS_PER_S));
	else if (ns % NS_PER_MS == 0)
		snprintf(buf, 32, "%llums", (unsigned long long)(ns / NS_PER_MS));
	else if (ns % NS_PER_US == 0)
		snprintf(buf, 32, "%lluus", (unsigned long long)(ns / NS_PER_US));
	else
		snprintf(buf, 32, "%lluns", (unsigned long long)ns);
	return buf;
}

/* "1.5s": whole part, up to nine decimals, unit. */
static bool duration(const char *text, uint64_t *ret_ns)
{
	uint64_t whole = 0, part = 0, scale = 1, unit, v;
	bool have = digits(&text, &whole);

	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9'; text++, have = true) {
			if (scale >= NS_PER_S)
				continue;
			part = part * 10 + (uint64_t)(*text - '0');
			scale *= 10;
		}
	}
	unit = unit_ns(text);
	if (!have || unit == 0 || __builtin_mul_overflow(whole, unit, &v))
		return false;
	/* part < scale, so neither product exceeds unit; one divides the other but for rounding. */
	part = unit >= scale ? part * (unit / scale) : part / (scale / unit);
	if (__builtin_add_overflow(v, part, &v))
		return false;
	*ret_ns = v;
	return true;
}

static int nsec_value(const struct opt *o, const char *text, uint64_t *ret, struct err *err)
{
	char name[48], lo[32], hi[32];
	uint64_t v;

	if (!duration(text, &v) || v < o->min || v > o->max)
		return err_set(
			err, -EINVAL,
			"%s: '%.40s' is not a time from %s to %s (seconds, or with ns, us, ms, m, h)",
			shown(o, name), text, ns_text(o->min, lo), ns_text(o->max, hi));
	*ret = v;
	return 0;
}

static int word_value(const struct opt *o, const char *text, uint8_t *ret, struct err *err)
{
	char name[48], list[160] = "";

	for (size_t i = 0; o->words[i]; i++) {
		size_t at = strlen(list);

		if (strcmp(o->words[i], text) == 0) {
			*ret = (uint8_t)i;
			return 0;
		}
		snprintf(list + at, sizeof(list) - at, "%s%s", i ? ", " : "", o->words[i]);
	}
	return err_set(err, -EINVAL, "%s: '%.40s' is none of %s", shown(o, name), text, list);
}

static void each_value(const char *text, struct opt_each *ret)
{
	if (ret->n < OPT_EACH_MAX)
		ret->item[ret->n] = text;
	ret->n++;
}

int opt_value(const struct opt *o, const char *text, void *args, struct err *err)
{
	void *at = (char *)args + o->at;

	switch (o->kind) {
	case OPT_KIND_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_KIND_SET:
		*(uint8_t *)at = (uint8_t)o->value;
		return 0;
	case OPT_KIND_UINT:
		return uint_value(o, text, at, err);
	case OPT_KIND_NSEC:
		return nsec_value(o, text, at, err);
	case OPT_KIND_TEXT:
	case OPT_KIND_POS:
		*(const char **)at = text;
		return 0;
	case OPT_KIND_EACH:
		each_value(text, at);
		return 0;
	case OPT_KIND_WORD:
		return word_value(o, text, at, err);
	case OPT_KIND_REST:
		break;
	}
	return err_set(err, -EINVAL, "option table: a row of kind %d takes no single value",
		       o->kind);
}

/* Both tables as one, for getopt; rows keep their order, the command's own first. */
struct merged {
	const struct opt *row[OPT_MAX];
	bool common[OPT_MAX];
	size_t n;
	const struct opt_habit *habits; /* of the command; NULL: none */
	char letters[4 * OPT_MAX + 2];
	struct option words[OPT_MAX + 1];
};

static bool has_letter(const struct merged *m, char letter)
{
	for (size_t i = 0; letter && i < m->n; i++)
		if (m->row[i]->letter == letter)
			return true;
	return false;
}

/* Letters that rows of two begin with take an argument: what stands behind them. */
static void merge_pairs(struct merged *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *pair = m->row[i]->pair;
		size_t at = strlen(m->letters);

		if (!pair || strchr(m->letters, pair[0]))
			continue;
		m->letters[at] = pair[0];
		m->letters[at + 1] = ':';
	}
}

static void merge(struct merged *m, const struct opt *opts, bool common)
{
	size_t at = strlen(m->letters), w = 0;

	while (m->words[w].name)
		w++;
	for (; opts->help && m->n < OPT_MAX; opts++) {
		bool free_letter = opts->letter && !has_letter(m, opts->letter);

		if (opt_is_positional(opts))
			continue;
		if (free_letter) {
			m->letters[at++] = opts->letter;
			if (opts->arg)
				m->letters[at++] = ':';
		}
		if (opts->name)
			m->words[w++] = (struct option){ opts->name, opts->arg != NULL, NULL,
							 LONG_BASE + (int)m->n };
		m->common[m->n] = common;
		m->row[m->n++] = opts;
	}
	if (!common)
		m->habits = opts->habits;
}

/*
 * Whether another tool has an option called @word. 1: it changes nothing here; -EINVAL with
 * @err: what to do instead; 0: nothing is known of it.
 */
static int habit(const struct merged *m, const char *word, struct err *err)
{
	size_t len = strcspn(word, "=");

	for (const struct opt_habit *h = m->habits; h && h->word; h++) {
		if (strlen(h->word) != len || memcmp(h->word, word, len) != 0)
			continue;
		if (!h->instead)
			return 1;
		return err_set(err, -EINVAL, "%s%s is not here: %s", len > 2 ? "--" : "-", h->word,
			       h->instead);
	}
	return 0;
}

static size_t row_of(const struct merged *m, int value)
{
	if (value >= LONG_BASE)
		return (size_t)(value - LONG_BASE);
	for (size_t i = 0; i < m->n; i++)
		if (m->row[i]->letter == value)
			return i;
	return m->n;
}

/* Do two long words begin with @typed? getopt tells that no better than an unknown word. */
static bool ambiguous(const struct merged *m, const char *typed, const char *ret_two[static 2])
{
	size_t found = 0;

	for (size_t i = 0; *typed && i < m->n && found < 2; i++)
		if (m->row[i]->name && strncmp(m->row[i]->name, typed, strlen(typed)) == 0)
			ret_two[found++] = m->row[i]->name;
	return found == 2;
}

static int unknown(const struct merged *m, const char *word, struct err *err)
{
	char typed[NEAREST_LEN_MAX + 2]; /* cut words stay longer than any that is near */
	const char *near = NULL, *two[2];
	unsigned least = NEAREST_LEN_MAX;

	snprintf(typed, sizeof(typed), "%.*s", (int)MIN(strcspn(word, "="), sizeof(typed)), word);
	if (ambiguous(m, typed, two))
		return err_set(err, -EINVAL, "option '--%s' may be --%s or --%s: write more of it",
			       typed, two[0], two[1]);
	for (size_t i = 0; i < m->n; i++) {
		const char *name = m->row[i]->name;

		if (name && nearest_is(typed, name) && nearest_distance(typed, name) < least) {
			least = nearest_distance(typed, name);
			near = name;
		}
	}
	if (near)
		return err_set(err, -EINVAL, "unknown option '--%.60s': did you mean --%s?", typed,
			       near);
	return err_set(err, -EINVAL, "unknown option '--%.60s' (--help lists them)", typed);
}

/*
 * optopt is a letter, or a long word's value; 0 for an ambiguous or unknown word. Among
 * letters argv[optind - 1] is not yet the argument at fault, so it is read for words only.
 * 0: it may be passed over.
 */
static int complain(const struct merged *m, int result, char **argv, struct err *err)
{
	size_t row = optopt ? row_of(m, optopt) : m->n;
	char name[48], letter[2] = { (char)optopt, '\0' };
	int r = 0;

	if (row == m->n)
		r = habit(m, optopt ? letter : argv[optind - 1] + 2, err);
	if (r != 0)
		return MIN(r, 0);
	if (optopt == 0)
		return unknown(m, argv[optind - 1] + 2, err);
	if (row == m->n)
		return err_set(err, -EINVAL, "unknown option '-%c' (--help lists them)", optopt);
	if (result == ':')
		return err_set(err, -EINVAL, "%s needs an argument: %s", shown(m->row[row], name),
			       m->row[row]->arg);
	return err_set(err, -EINVAL, "%s takes no argument", shown(m->row[row], name));
}

/* Positional arguments from argv[optind] on; with @args NULL they are only counted. */
static int positionals(const struct opt *opts, int argc, char **argv, void *args, struct err *err)
{
	int at = optind;

	for (; opts->help; opts++) {
		if (opts->kind == OPT_KIND_POS && at < argc) {
			if (args)
				opt_value(opts, argv[at], args, err);
			at++;
		}
		if (opts->kind != OPT_KIND_REST)
			continue;
		if ((uint64_t)(argc - at) < opts->min)
			return err_set(err, -EINVAL, "%s is missing: %s", opts->name, opts->help);
		if (args)
			*(struct opt_rest *)(void *)((char *)args + opts->at) =
				(struct opt_rest){ (const char *const *)(argv + at),
						   (size_t)(argc - at) };
		at = argc;
	}
	if (at < argc)
		return err_set(err, -EINVAL, "'%.60s' is one argument too many", argv[at]);
	return 0;
}

/* One option of the command line; with @args NULL the command's own are only judged. */
static int take(const struct merged *m, size_t row, const char *text, void *args,
		struct opt_common *common, struct err *err)
{
	struct opt nowhere = *m->row[row];
	union {
		uint64_t one;
		struct opt_each each;
	} value = { .each.n = 0 };

	if (m->common[row])
		return opt_value(m->row[row], text, common, err);
	if (args)
		return opt_value(m->row[row], text, args, err);
	nowhere.at = 0;
	return opt_value(&nowhere, text, &value, err);
}

static size_t row_of_pair(const struct merged *m, char first, char second)
{
	for (size_t i = 0; i < m->n; i++) {
		const char *pair = m->row[i]->pair;

		if (pair && pair[0] == first && pair[1] == second)
			return i;
	}
	return m->n;
}

/*
 * Whether letter @first is the first of two, of which @behind (NULL: nothing) goes on in the same word.
 * A letter of its own, that takes a number, is so only with the second letter behind it.
 */
static bool begins_pair(const struct merged *m, int first, const char *behind)
{
	if (row_of(m, first) < m->n)
		return behind && row_of_pair(m, (char)first, behind[0]) < m->n;
	for (size_t i = 0; i < m->n; i++)
		if (m->row[i]->pair && m->row[i]->pair[0] == first)
			return true;
	return false;
}

/* "-sSU": getopt gave "SU" for the argument of 's', or the next word when nothing stood there. */
static int pairs(const struct merged *m, int first, int argc, char **argv, void *args,
		 struct opt_common *common, struct err *err)
{
	int r = 0;

	if (optarg == argv[optind - 1]) {
		r = habit(m, (char[2]){ (char)first, '\0' }, err);
		return r < 0 ? r
			     : err_set(err, -EINVAL, "unknown option '-%c' (--help lists them)",
				       first);
	}
	for (const char *p = optarg; r == 0 && *p; p++) {
		size_t row = row_of_pair(m, (char)first, *p);
		const char *text = p + 1;

		if (row == m->n) {
			r = habit(m, (char[3]){ (char)first, *p, '\0' }, err);
			if (r == 0)
				return err_set(err, -EINVAL,
					       "unknown option '-%c%c' (--help lists them)", first,
					       *p);
			r = MIN(r, 0);
			continue;
		}
		if (m->row[row]->attached)
			return take(m, row, text, args, common, err);
		if (!m->row[row]->arg) {
			r = take(m, row, NULL, args, common, err);
			continue;
		}
		if (!*text && optind >= argc)
			return err_set(err, -EINVAL, "-%s needs an argument: %s", m->row[row]->pair,
				       m->row[row]->arg);
		return take(m, row, *text ? text : argv[optind++], args, common, err);
	}
	return r;
}

/* The options of argv in order; with @args NULL the command's own are only judged. */
static int options(const struct merged *m, int argc, char **argv, void *args,
		   struct opt_common *common, struct err *err)
{
	int v, r = 0;

	opterr = 0;
	optind = 0; /* GNU: begin anew */
	while (r == 0 && (v = getopt_long(argc, argv, m->letters, m->words, NULL)) != -1) {
		size_t row = v == '?' || v == ':' ? m->n : row_of(m, v);
		const char *behind = optarg == argv[optind - 1] ? NULL : optarg;

		if (v != '?' && v != ':' && v < LONG_BASE && begins_pair(m, v, behind))
			r = pairs(m, v, argc, argv, args, common, err);
		else if (row < m->n)
			r = take(m, row, optarg, args, common, err);
		else
			r = complain(m, v, argv, err);
	}
	return r;
}

int opt_parse(const struct opt *opts, int argc, char **argv, void *args, struct opt_common *common,
	      struct err *err)
{
	struct merged m = { .letters = ":" };
	struct opt_common said = *common;
	int r;

	merge(&m, opts, false);
	merge(&m, opt_common_table, true);
	merge_pairs(&m);
	r = options(&m, argc, argv, NULL, &said, err);
	if (r == 0 && !said.help)
		r = positionals(opts, argc, argv, NULL, err);
	if (r < 0)
		return r;
	/* Nothing can fail any more: the second reading is the first one's. */
	options(&m, argc, argv, args, common, err);
	if (!said.help)
		positionals(opts, argc, argv, args, err);
	return 0;
}
