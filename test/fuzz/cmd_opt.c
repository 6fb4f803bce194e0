/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line of arbitrary octets (a NUL or line end parts the words) against a table
 * with every kind of option: a refusal says why and leaves all as it was.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/opt.h"

#define ARGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct given {
	bool flag;
	uint8_t set, word;
	uint64_t count, wait_ns;
	const char *text, *pos;
	struct opt_each each;
	struct opt_rest rest;
};

static const char *const words[] = { "even", "odd", NULL };

static const struct opt table[] = {
	OPT_FLAG('a', "all", struct given, flag, "everything"),
	OPT_SET('4', NULL, struct given, set, 4, "IPv4"),
	OPT_SET('6', "ipv6", struct given, set, 6, "IPv6"),
	OPT_UINT('c', "count", struct given, count, "N", 1, 1000, "how many"),
	OPT_NSEC('w', "wait", struct given, wait_ns, "TIME", 1, 3600 * NS_PER_S, "how long"),
	OPT_TEXT('n', "name", struct given, text, "NAME", "called what"),
	OPT_EACH('e', "each", struct given, each, "NAME", "some"),
	OPT_WORD('p', "parity", struct given, word, "WORD", words, "even or odd"),
	OPT_PAIR_TEXT("iL", struct given, text, "FILE", "a list"),
	OPT_PAIR_SET("sU", struct given, set, 6, "so"),
	OPT_PAIR_FLAG("sS", struct given, flag, "or so"),
	OPT_POS("FIRST", struct given, pos, "the first"),
	OPT_REST("MORE", struct given, rest, 1, "the others"),
	OPT_END,
};

static void must(bool held)
{
	if (!held)
		abort();
}

static int split(char *text, size_t len, char **argv)
{
	int argc = 0;

	argv[argc++] = text + len; /* an empty word; nobody reads it */
	for (char *p = text; p < text + len && argc < ARGS_MAX; p += strlen(p) + 1)
		argv[argc++] = p;
	argv[argc] = NULL;
	return argc;
}

static void check_taken(const struct given *g, int argc)
{
	must(g->count == 7 || (g->count >= 1 && g->count <= 1000));
	must(g->wait_ns >= 1 && g->wait_ns <= 3600 * NS_PER_S);
	must(g->word <= 1 && (g->set == 0 || g->set == 4 || g->set == 6));
	must(g->rest.n < (size_t)argc && g->each.n < (size_t)argc);
	for (size_t i = 0; i < g->each.n && i < OPT_EACH_MAX; i++)
		must(g->each.item[i] != NULL);
	for (size_t i = 0; i < g->rest.n; i++)
		must(g->rest.item[i] != NULL);
}

static void check(int argc, char **argv)
{
	struct given g, was;
	struct opt_common common, none;
	struct err err = { "" };
	int r;

	memset(&g, 0, sizeof(g)); /* the padding too: it is compared */
	memset(&common, 0, sizeof(common));
	g.count = 7;
	g.wait_ns = NS_PER_S;
	memcpy(&was, &g, sizeof(g));
	memcpy(&none, &common, sizeof(common));
	r = opt_parse(table, argc, argv, &g, &common, &err);
	must(r == 0 || r == -EINVAL);
	if (r == 0) {
		check_taken(&g, argc);
		must(common.colour <= 2);
		return;
	}
	must(err.text[0] != '\0');
	must(memcmp(&g, &was, sizeof(g)) == 0);
	must(memcmp(&common, &none, sizeof(common)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *argv[ARGS_MAX + 1];
	char *text = calloc(1, len + 1);

	if (!text)
		return 0;
	if (len > 0)
		memcpy(text, data, len);
	for (size_t i = 0; i < len; i++)
		text[i] = text[i] == '\n' ? '\0' : text[i];
	check(split(text, len, argv), argv);
	free(text);
	return 0;
}
