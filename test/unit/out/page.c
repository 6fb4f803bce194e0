/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <stdlib.h>
#include <string.h>

static char *page;
static size_t page_len;
static struct out_sink sink;

static int keep(void *to UNUSED, const char *p, size_t len)
{
	page = realloc(page, page_len + len + 1);
	assert_non_null(page);
	memcpy(page + page_len, p, len);
	page_len += len;
	page[page_len] = '\0';
	return 0;
}

struct out_sink *page_begin(void)
{
	page_len = 0;
	keep(NULL, "", 0);
	out_init(&sink, keep, NULL);
	return &sink;
}

const char *page_end(void)
{
	CHECK_EQ(out_flush(&sink), 0);
	return page;
}

size_t page_count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, part)); at++)
		n++;
	return n;
}
