/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/json.h"

#include <string.h>

#include "base/utf8.h"
#include "base/when.h"

/* U+0080 to U+009F are control characters that a terminal may obey, of two octets each. */
static bool is_control(const char *p, size_t n)
{
	return (n == 1 && ((uint8_t)*p < 0x20 || *p == 0x7f)) ||
	       (n == 2 && (uint8_t)p[0] == 0xc2 && (uint8_t)p[1] < 0xa0);
}

/* A control character below U+0100, the quote or the backslash. */
static void escape(struct out_sink *to, char c)
{
	static const char hex[] = "0123456789abcdef";

	switch (c) {
	case '"':
	case '\\':
		out_char(to, '\\');
		out_char(to, c);
		return;
	case '\n':
		out_text(to, "\\n");
		return;
	case '\t':
		out_text(to, "\\t");
		return;
	case '\r':
		out_text(to, "\\r");
		return;
	default:
		out_text(to, "\\u00");
		out_char(to, hex[(uint8_t)c >> 4]);
		out_char(to, hex[c & 15]);
	}
}

/* Octets at the front that stand for themselves. */
static size_t plain_len(const char *text, size_t left)
{
	size_t n = 0;

	while (n < left && text[n] >= ' ' && text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
		n++;
	return n;
}

void out_json_text(struct out_sink *to, const char *text)
{
	size_t left;

	if (!text) {
		out_text(to, "null");
		return;
	}
	out_char(to, '"');
	for (left = strlen(text); left > 0;) {
		size_t n = plain_len(text, left);

		if (n > 0) {
			out_put(to, text, n);
			text += n;
			left -= n;
			continue;
		}
		n = utf8_len(text, left);

		if (n == 0)
			out_text(to, "\xef\xbf\xbd");
		else if (is_control(text, n) || *text == '"' || *text == '\\')
			escape(to, text[n - 1]);
		else
			out_put(to, text, n);
		n = n ? n : 1;
		text += n;
		left -= n;
	}
	out_char(to, '"');
}

/* @v parts of @unit, 1000 or 1000000, as a decimal: whole, or with as many places as @unit has. */
static void decimal(struct out_sink *to, int64_t v, int64_t unit)
{
	if (v == FACT_NONE) {
		out_text(to, "null");
		return;
	}
	if (v < 0) {
		out_char(to, '-');
		v = -v;
	}
	out_int(to, v / unit);
	if (v % unit == 0)
		return;
	out_char(to, '.');
	for (unit /= 10; unit > 0; unit /= 10)
		out_char(to, (char)('0' + v / unit % 10));
}

/* A value without a word is null: a fact never decides how far memory is read. */
static void word(struct out_sink *to, const char *const *words, unsigned i)
{
	for (; i > 0 && *words; i--)
		words++;
	out_json_text(to, *words);
}

static void ip(struct out_sink *to, const struct ip_addr *a)
{
	char buf[IP_TEXT_LEN];

	out_json_text(to, a->family ? ip_format(a, buf) : NULL);
}

static void list(struct out_sink *to, const struct fact_type *sub, const struct fact_list *l)
{
	const char *item = l->item;

	out_char(to, '[');
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			out_char(to, ',');
		out_json_object(to, sub, item + i * sub->size);
	}
	out_char(to, ']');
}

static void time_text(struct out_sink *to, uint64_t ns)
{
	char buf[WHEN_TEXT_LEN];

	out_char(to, '"');
	out_text(to, when_format(ns, buf));
	out_char(to, '"');
}

static void integer(struct out_sink *to, int64_t v)
{
	if (v == FACT_NONE)
		out_text(to, "null");
	else
		out_int(to, v);
}

static void value(struct out_sink *to, const struct fact_field *f, const void *at)
{
	switch (f->kind) {
	case FACT_BOOL:
		out_text(to, *(const bool *)at ? "true" : "false");
		return;
	case FACT_INT:
		integer(to, *(const int64_t *)at);
		return;
	case FACT_U8:
		out_int(to, *(const uint8_t *)at);
		return;
	case FACT_ENUM:
		word(to, f->words, *(const uint8_t *)at);
		return;
	case FACT_TEXT:
		out_json_text(to, *(const char *const *)at);
		return;
	case FACT_IP:
		ip(to, at);
		return;
	case FACT_TIME:
		time_text(to, *(const uint64_t *)at);
		return;
	case FACT_US:
	case FACT_PCT:
		decimal(to, *(const int64_t *)at, 1000);
		return;
	case FACT_SHARE:
		decimal(to, *(const int64_t *)at, 1000000);
		return;
	case FACT_OBJ:
		out_json_object(to, f->sub, at);
		return;
	case FACT_REF:
		if (*(const void *const *)at)
			out_json_object(to, f->sub, *(const void *const *)at);
		else
			out_text(to, "null");
		return;
	case FACT_LIST:
		list(to, f->sub, at);
		return;
	}
}

static void members(struct out_sink *to, const struct fact_type *type, const void *fact, bool first)
{
	for (size_t i = 0; i < type->field_n; i++) {
		const struct fact_field *f = &type->field[i];

		if (!first)
			out_char(to, ',');
		first = false;
		out_char(to, '"');
		out_text(to, f->name);
		out_text(to, "\":");
		value(to, f, (const char *)fact + f->at);
	}
}

void out_json_object(struct out_sink *to, const struct fact_type *type, const void *fact)
{
	out_char(to, '{');
	members(to, type, fact, true);
	out_char(to, '}');
}

void out_json_line(struct out_sink *to, const struct fact_type *type, const void *fact,
		   uint64_t time_ns)
{
	out_text(to, "{\"schema\":\"" OUT_SCHEMA "\",\"type\":");
	out_json_text(to, type->name);
	out_text(to, ",\"time\":");
	time_text(to, time_ns);
	members(to, type, fact, false);
	out_text(to, "}\n");
}
