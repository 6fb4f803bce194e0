/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/json.h"

#include <jansson.h>

#include "taken.h"
#include "test.h"

static struct taken got;

struct inner {
	int64_t n;
};

struct noun {
	bool yes;
	int64_t n;
	uint8_t small, word;
	const char *text;
	struct ip_addr ip;
	uint64_t at_ns;
	int64_t us, pct, share;
	struct inner obj;
	const struct inner *ref;
	struct fact_list list;
};

static const struct fact_field inner_fields[] = {
	FACT_FIELD(struct inner, n, FACT_INT, "a number"),
};
static const struct fact_type inner = FACT_TYPE(struct inner, "inner", "within", inner_fields);
static const char *const words[] = { "first", "second", NULL };
static const struct fact_field noun_fields[] = {
	FACT_FIELD(struct noun, yes, FACT_BOOL, "a bool"),
	FACT_FIELD(struct noun, n, FACT_INT, "an int"),
	FACT_FIELD(struct noun, small, FACT_U8, "an octet"),
	FACT_FIELD_ENUM(struct noun, word, words, "a word"),
	FACT_FIELD(struct noun, text, FACT_TEXT, "a text"),
	FACT_FIELD(struct noun, ip, FACT_IP, "an address"),
	FACT_FIELD(struct noun, at_ns, FACT_TIME, "a time"),
	FACT_FIELD(struct noun, us, FACT_US, "a duration"),
	FACT_FIELD(struct noun, pct, FACT_PCT, "a share"),
	FACT_FIELD(struct noun, share, FACT_SHARE, "a share of 1"),
	FACT_FIELD_SUB(struct noun, obj, FACT_OBJ, &inner, "a struct"),
	FACT_FIELD_SUB(struct noun, ref, FACT_REF, &inner, "a pointer"),
	FACT_FIELD_SUB(struct noun, list, FACT_LIST, &inner, "a list"),
};
static const struct fact_type noun = FACT_TYPE(struct noun, "noun", "everything", noun_fields);

/* The line as jansson reads it: one line, nothing behind it. */
static json_t *parsed(const struct noun *fact)
{
	json_error_t e;
	json_t *root;
	const char *text;

	out_json_line(taken_anew(&got), &noun, fact, 1);
	text = taken_text(&got);
	CHECK_EQ(strcspn(text, "\n"), strlen(text) - 1);
	root = json_loads(text, 0, &e);
	if (!root)
		fail_msg("%s in %s", e.text, text);
	return root;
}

static const char *text_of(const char *text)
{
	out_json_text(taken_anew(&got), text);
	return taken_text(&got);
}

TEST(a_line_has_schema_type_and_time_and_then_the_fields_in_order)
{
	static const struct inner one = { 1 }, many[] = { { 2 }, { FACT_NONE } };
	struct noun n = {
		.yes = true,
		.n = -5,
		.small = 255,
		.word = 1,
		.text = "x",
		.ip = { .family = 4, .octet = { 192, 0, 2, 1 } },
		.at_ns = 1000,
		.us = 1500,
		.pct = 33333,
		.share = 20345,
		.obj = { 7 },
		.ref = &one,
		.list = { many, 2 },
	};

	out_json_line(taken_anew(&got), &noun, &n, NS_PER_S);
	CHECK_STR(
		taken_text(&got),
		"{\"schema\":\"sonde/1\",\"type\":\"noun\",\"time\":\"1970-01-01T00:00:01.000000Z\","
		"\"yes\":true,\"n\":-5,\"small\":255,\"word\":\"second\",\"text\":\"x\","
		"\"ip\":\"192.0.2.1\",\"at_ns\":\"1970-01-01T00:00:00.000001Z\",\"us\":1.500,"
		"\"pct\":33.333,\"share\":0.020345,\"obj\":{\"n\":7},\"ref\":{\"n\":1},"
		"\"list\":[{\"n\":2},{\"n\":null}]}\n");
	json_decref(parsed(&n));
}

TEST(what_is_absent_is_null_and_an_empty_list_is_a_list)
{
	struct noun n = { .n = FACT_NONE,
			  .us = FACT_NONE,
			  .pct = FACT_NONE,
			  .share = FACT_NONE,
			  .obj.n = FACT_NONE };
	static const char *const nulls[] = { "n", "text", "ip", "us", "pct", "share", "ref" };
	json_t *root = parsed(&n);

	for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
		CHECK(json_is_null(json_object_get(root, nulls[i])));
	CHECK(json_is_false(json_object_get(root, "yes")));
	CHECK(json_is_null(json_object_get(json_object_get(root, "obj"), "n")));
	CHECK(json_is_array(json_object_get(root, "list")));
	CHECK_EQ(json_array_size(json_object_get(root, "list")), 0);
	json_decref(root);
}

TEST(a_word_behind_the_last_is_null_not_a_read_past_the_table)
{
	struct noun n = { .word = 2 };
	json_t *root = parsed(&n);

	CHECK(json_is_null(json_object_get(root, "word")));
	json_decref(root);
	n.word = 255;
	root = parsed(&n);
	CHECK(json_is_null(json_object_get(root, "word")));
	json_decref(root);
}

TEST(numbers_are_exact_at_both_ends)
{
	struct noun n = {
		.n = INT64_MAX, .us = INT64_MAX, .pct = INT64_MIN + 1, .share = -3000000
	};
	json_t *root = parsed(&n);

	CHECK(json_integer_value(json_object_get(root, "n")) == INT64_MAX);
	CHECK_HAS(got.text, "\"us\":9223372036854775.807,");
	CHECK_HAS(got.text, "\"pct\":-9223372036854775.807,");
	CHECK_HAS(got.text, "\"share\":-3,");
	json_decref(root);
	n.n = INT64_MIN + 1;
	root = parsed(&n);
	CHECK(json_integer_value(json_object_get(root, "n")) == INT64_MIN + 1);
	json_decref(root);
}

TEST(thousandths_keep_sign_and_places_and_are_never_rounded)
{
	static const struct {
		int64_t v;
		const char *text;
	} cases[] = {
		{ 0, "\"us\":0," },          { 1, "\"us\":0.001," },
		{ -1, "\"us\":-0.001," },    { 999, "\"us\":0.999," },
		{ 1000, "\"us\":1," },       { -1000, "\"us\":-1," },
		{ -1050, "\"us\":-1.050," }, { 1999999, "\"us\":1999.999," },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct noun n = { .us = cases[i].v };

		json_decref(parsed(&n));
		CHECK_HAS(got.text, cases[i].text);
	}
}

TEST(texts_are_escaped_as_rfc_8259_asks)
{
	static const char *const cases[][2] = {
		{ NULL, "null" },
		{ "", "\"\"" },
		{ "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
		{ "\n\t\r", "\"\\n\\t\\r\"" },
		{ "\x01\x1f", "\"\\u0001\\u001f\"" },
		{ "\x7f", "\"\\u007f\"" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
		  "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(text_of(cases[i][0]), cases[i][1]);
}

TEST(control_characters_of_two_octets_reach_no_terminal_either)
{
	CHECK_STR(text_of("\xc2\x9b"
			  "2J"),
		  "\"\\u009b2J\"");
	CHECK_STR(text_of("\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0"), "\"\\u0080\\u0085\\u009f\xc2\xa0\"");
}

TEST(octets_that_are_no_utf8_become_replacement_characters)
{
	static const char *const cases[][2] = {
		{ "\xff", "\"\xef\xbf\xbd\"" },
		{ "a\x80z", "\"a\xef\xbf\xbdz\"" },
		{ "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },                 /* overlong */
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, /* surrogate */
		{ "x\xe2\x82", "\"x\xef\xbf\xbd\xef\xbf\xbd\"" },               /* cut short */
		{ "\xc3\"", "\"\xef\xbf\xbd\\\"\"" }, /* the quote is no second octet */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(text_of(cases[i][0]), cases[i][1]);
}

TEST(every_octet_alone_and_every_pair_makes_a_line_that_parses)
{
	char text[3] = "";

	for (unsigned a = 1; a < 256; a++) {
		for (unsigned b = 0; b < 256; b += 5) {
			struct noun n = { .text = text };

			text[0] = (char)a;
			text[1] = (char)b;
			json_decref(parsed(&n));
		}
	}
}

TEST(every_noun_of_the_program_makes_a_line_from_zeroes)
{
	static const _Alignas(max_align_t) uint8_t zero[4096];
	json_error_t e;

	for (size_t i = 0; fact_types[i]; i++) {
		json_t *root;

		CHECK(fact_types[i]->size <= sizeof(zero));
		out_json_line(taken_anew(&got), fact_types[i], zero, 0);
		root = json_loads(taken_text(&got), JSON_REJECT_DUPLICATES, &e);
		if (!root)
			fail_msg("%s: %s", fact_types[i]->name, e.text);
		CHECK_STR(json_string_value(json_object_get(root, "type")), fact_types[i]->name);
		CHECK_EQ(json_object_size(root), fact_types[i]->field_n + 3);
		json_decref(root);
	}
}
