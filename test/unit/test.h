/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TEST(a_sentence_in_words) { CHECK(…); } registers itself with the room's unit
 * test program; cmocka runs it. CHECK_EQ compares integers, CHECK_STR texts.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct test {
	const char *name, *file;
	void (*run)(void **state);
	struct test *next;
};

void test_register(struct test *t);

#define TEST(sentence)                                                                 \
	static void test_##sentence(void **state);                                     \
	__attribute__((constructor)) static void register_##sentence(void)             \
	{                                                                              \
		static struct test t = { #sentence, __FILE__, test_##sentence, NULL }; \
		test_register(&t);                                                     \
	}                                                                              \
	static void test_##sentence(void **state __attribute__((unused)))

#define CHECK(x)              assert_true(x)
#define CHECK_EQ(a, b)        assert_int_equal((intmax_t)(a), (intmax_t)(b))
#define CHECK_STR(a, b)       assert_string_equal(a, b)
#define CHECK_MEM(a, b, n)    assert_memory_equal(a, b, n)
#define CHECK_HAS(text, part) check_has(text, part, __FILE__, __LINE__)

/** Fails, showing both, unless @part stands in @text. */
void check_has(const char *text, const char *part, const char *file, int line);

/** Ends the running test as one that this machine cannot make; the report says @why. */
_Noreturn void test_skip(const char *why);
