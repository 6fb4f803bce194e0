/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option tables: each row binds a letter and a word to a member of the command's
 * argument struct. getopt_long reads them; help, manual and completions print them.
 *
 * Some options have two letters, as nmap's users know them: "-iL FILE", "-iLFILE", "-sS". Those
 * that take no argument may be joined behind their first letter: "-sSU" is "-sS -sU".
 */
#pragma once

#include "base/err.h"

enum opt_kind {
	OPT_KIND_FLAG, /* bool: true when given */
	OPT_KIND_SET,  /* uint8_t: becomes .value */
	OPT_KIND_UINT, /* uint64_t in .min .. .max */
	OPT_KIND_NSEC, /* uint64_t ns in .min .. .max: "2", "0.2", "200ms", "5us", "1m" */
	OPT_KIND_TEXT, /* const char *, borrowed from argv */
	OPT_KIND_WORD, /* uint8_t: index of the word in .words */
	OPT_KIND_EACH, /* struct opt_each: may be given several times, each is kept */
	OPT_KIND_POS,  /* const char *: one optional positional argument */
	OPT_KIND_REST, /* struct opt_rest: all (further) positional arguments, at least .min */
};

struct opt_rest {
	const char *const *item; /* borrowed from argv */
	size_t n;
};

#define OPT_EACH_MAX 64

/* The arguments of an option that may be given several times. */
struct opt_each {
	const char *item[OPT_EACH_MAX]; /* borrowed from argv */
	size_t n; /* how often it was given: the command refuses more than OPT_EACH_MAX */
};

/* A word of another tool that is no option here. */
struct opt_habit {
	const char *word;    /* without dashes; NULL at the end */
	const char *instead; /* a phrase; NULL: it may be given, and changes nothing */
};

struct opt {
	char letter;      /* 0: none */
	const char *name; /* long word; NULL: none; positional: its name in the synopsis */
	const char *arg;  /* what stands for its argument in help; NULL: takes none */
	const char *help; /* a phrase, the default in brackets */
	size_t at;
	uint64_t min, max, value;
	const char *const *words; /* OPT_KIND_WORD: NULL at the end */
	enum opt_kind kind;
	const char *
		pair; /* two letters, "iL"; NULL: none. The first is no row's .letter, but of a number or time */
	bool attached; /* of .pair: its argument stands right behind it, or is left out: "-PS80" */
	const struct opt_habit *habits; /* of the last row; NULL: none */
};

/* clang-format off */
#define OPT_FLAG(l, n, T, m, h) { .letter = (l), .name = (n), .help = (h), .at = offsetof(T, m), .kind = OPT_KIND_FLAG }
#define OPT_SET(l, n, T, m, v, h) { .letter = (l), .name = (n), .help = (h), .at = offsetof(T, m), .value = (v), .kind = OPT_KIND_SET }
#define OPT_UINT(l, n, T, m, a, lo, hi, h) { .letter = (l), .name = (n), .arg = (a), .help = (h), .at = offsetof(T, m), .min = (lo), .max = (hi), .kind = OPT_KIND_UINT }
#define OPT_NSEC(l, n, T, m, a, lo, hi, h) { .letter = (l), .name = (n), .arg = (a), .help = (h), .at = offsetof(T, m), .min = (lo), .max = (hi), .kind = OPT_KIND_NSEC }
#define OPT_TEXT(l, n, T, m, a, h) { .letter = (l), .name = (n), .arg = (a), .help = (h), .at = offsetof(T, m), .kind = OPT_KIND_TEXT }
#define OPT_EACH(l, n, T, m, a, h) { .letter = (l), .name = (n), .arg = (a), .help = (h), .at = offsetof(T, m), .kind = OPT_KIND_EACH }
#define OPT_WORD(l, n, T, m, a, w, h) { .letter = (l), .name = (n), .arg = (a), .help = (h), .at = offsetof(T, m), .words = (w), .kind = OPT_KIND_WORD }
#define OPT_PAIR_FLAG(p, T, m, h) { .pair = (p), .help = (h), .at = offsetof(T, m), .kind = OPT_KIND_FLAG }
#define OPT_PAIR_SET(p, T, m, v, h) { .pair = (p), .help = (h), .at = offsetof(T, m), .value = (v), .kind = OPT_KIND_SET }
#define OPT_PAIR_TEXT(p, T, m, a, h) { .pair = (p), .arg = (a), .help = (h), .at = offsetof(T, m), .kind = OPT_KIND_TEXT }
#define OPT_POS(n, T, m, h) { .name = (n), .help = (h), .at = offsetof(T, m), .kind = OPT_KIND_POS }
#define OPT_REST(n, T, m, lo, h) { .name = (n), .help = (h), .at = offsetof(T, m), .min = (lo), .kind = OPT_KIND_REST }
#define OPT_PAIR_BEHIND(p, T, m, a, h) { .pair = (p), .arg = (a), .help = (h), .at = offsetof(T, m), .kind = OPT_KIND_TEXT, .attached = true }
#define OPT_END { .help = NULL }
#define OPT_END_HABITS(t) { .help = NULL, .habits = (t) }
/* clang-format on */

/* What every command takes besides its own. */
struct opt_common {
	bool json, help, version;
	uint8_t colour; /* enum app_colour */
};

extern const struct opt opt_common_table[];
extern const char *const opt_colour_words[];

static inline bool opt_is_positional(const struct opt *o)
{
	return o->kind == OPT_KIND_POS || o->kind == OPT_KIND_REST;
}

/**
 * Read argv[1..] by @opts into @args (already holding the defaults) and by the
 * common table into @common. Positional arguments may stand anywhere; "--" ends
 * the options. argv is reordered, and @args borrows from it.
 *
 * Returns 0; -EINVAL with @err naming the argument and what would be right, @args and
 * @common untouched.
 */
int opt_parse(const struct opt *opts, int argc, char **argv, void *args, struct opt_common *common,
	      struct err *err);

/** Read one value as @o says. Returns 0; -EINVAL, @args untouched, @err naming @o. */
int opt_value(const struct opt *o, const char *text, void *args, struct err *err);
