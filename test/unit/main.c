/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs every TEST that was linked into this program, in TAP. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test *first, **last = &first;
static size_t count;

/* The running test's name as cmocka will print it, and where it goes when it is skipped. */
static char title[512];
static jmp_buf skipped;

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

/* cmocka's own skip() says "not ok", which is a failure in TAP, and has no word for the reason. */
void test_skip(const char *why)
{
	size_t len = strlen(title);

	snprintf(title + len, sizeof(title) - len, " # SKIP %s", why);
	longjmp(skipped, 1);
}

/* cmocka prints the name after the run: all tests share one, which is written here. */
static void run(void **state)
{
	struct test *t = *state;

	snprintf(title, sizeof(title), "%s", t->name);
	if (setjmp(skipped) == 0)
		t->run(state);
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
		tests[n++] = (struct CMUnitTest){ title, run, NULL, NULL, t };
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests("unit", tests, n, NULL, NULL);
	free(tests);
	return failed ? 1 : 0;
}
