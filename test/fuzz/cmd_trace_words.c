/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of targets: its words are no blanks, have an end, and stand in a line that there is. */
#include <stdlib.h>
#include <string.h>

#include "cmd/trace_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	FILE *file = len ? fmemopen((void *)(uintptr_t)data, len, "r") : NULL;
	struct trace_words words = { file, "list", 1 };
	char word[TRACE_WORDS_LEN];
	unsigned lines = 1;
	struct err err = { "" };
	int r;

	if (!file)
		return 0;
	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	while ((r = trace_words_next(&words, word, &err)) > 0)
		if (!*word || !memchr(word, '\0', sizeof(word)) || word[strcspn(word, " \t\r\n")] ||
		    words.line < 1 || words.line > lines)
			abort();
	if (r < 0 && !err.text[0])
		abort();
	fclose(file);
	return 0;
}
