/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs every TEST that was linked into this program, in TAP. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test *first, **last = &first;
static size_t count;

void test_register(struct test *t)
{
	*last = t;
	last = &t->next;
	count++;
}

void check_has(const char *text, const char *part, const char *file, int line)
{
	if (strstr(text, part))
		return;
	print_error("'%s' does not stand in:\n%s\n", part, text);
	_fail(file, line);
}

int main(void)
{
	struct CMUnitTest *tests = calloc(count + 1, sizeof(*tests));
	size_t n = 0;
	int failed;

	if (!tests || count == 0) {
		fprintf(stderr, "no test is linked into this program\n");
		return 99;
	}
	for (struct test *t = first; t; t = t->next)
		tests[n++] = (struct CMUnitTest){ t->name, t->run, NULL, NULL, NULL };
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests("unit", tests, n, NULL, NULL);
	free(tests);
	return failed ? 1 : 0;
}
