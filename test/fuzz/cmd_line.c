/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a command line: its words, joined, give the same words again. */
#include <stdlib.h>
#include <string.h>

#include "cmd/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool held)
{
	if (!held)
		abort();
}

static void check(const char *text)
{
	struct line l, again;
	struct err err;
	char *joined;

	if (line_split(text, &l, &err) < 0)
		return;
	joined = line_join(NULL, l.n, (const char *const *)l.word);
	must(joined && line_split(joined, &again, &err) == 0 && again.n == l.n);
	for (int i = 0; i < l.n; i++)
		must(strcmp(l.word[i], again.word[i]) == 0);
	free(joined);
	line_done(&again);
	line_done(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = calloc(1, len + 1);

	if (!text)
		return 0;
	if (len > 0)
		memcpy(text, data, len);
	check(text);
	free(text);
	return 0;
}
