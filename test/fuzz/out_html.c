/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a host or a rule is called, it is text in the page and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "out/html_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int look(void *to UNUSED, const char *p, size_t len)
{
	for (size_t n; len > 0; p += n, len -= n) {
		n = utf8_len(p, len);
		if (n == 0 || (n == 1 && ((uint8_t)*p < 0x20 || strchr("<>\"'\x7f", *p))))
			abort();
		if (*p == '&' && !memchr(p, ';', MIN(len, 6)))
			abort();
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct out_sink sink;
	char text[2048];

	len = len < sizeof(text) ? len : sizeof(text) - 1;
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	out_init(&sink, look, NULL);
	html_text(&sink, text);
	html_text_cut(&sink, text, 7);
	if (out_flush(&sink) != 0)
		abort();
	return 0;
}
