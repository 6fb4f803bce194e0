/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

#define RULE_MAX 400 /* characters of a rule's text in a page */

static const char replacement[] = "\xef\xbf\xbd";

static uint32_t code_point(const char *p, size_t n)
{
	uint32_t v = n == 1 ? (uint8_t)*p : (uint8_t)*p & (0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++)
		v = v << 6 | ((uint8_t)p[i] & 0x3fu);
	return v;
}

/* Controls, U+FFFE and U+FFFF (no XML characters), and what turns the direction of text round. */
static bool is_shown(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe)
		return false;
	return c != 0x200e && c != 0x200f && !(c >= 0x202a && c <= 0x202e) &&
	       !(c >= 0x2066 && c <= 0x2069);
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
	case '\t':
	case '\r':
		return " ";
	default:
		return NULL;
	}
}

void html_text_cut(struct out_sink *to, const char *text, size_t max)
{
	size_t left = text ? strlen(text) : 0;

	if (!text)
		out_char(to, '-');
	for (; left > 0 && max > 0; max--) {
		size_t n = utf8_len(text, left);
		const char *as = n == 1 ? entity(*text) : NULL;

		if (as)
			out_text(to, as);
		else if (n == 0 || !is_shown(code_point(text, n)))
			out_text(to, replacement);
		else
			out_put(to, text, n);
		n = n ? n : 1;
		text += n;
		left -= n;
	}
	if (left > 0)
		out_text(to, "…");
}

void html_text(struct out_sink *to, const char *text)
{
	html_text_cut(to, text, SIZE_MAX);
}

void html_text_count(struct out_sink *to, uint64_t n)
{
	if (n < 1000) {
		out_printf(to, "%" PRIu64, n);
		return;
	}
	html_text_count(to, n / 1000);
	out_printf(to, ",%03u", (unsigned)(n % 1000));
}

void html_text_many(struct out_sink *to, uint64_t n, const char *one, const char *many)
{
	html_text_count(to, n);
	out_char(to, ' ');
	out_text(to, n == 1 ? one : many);
}

void html_text_place(struct out_sink *to, const struct fact_rule *rule)
{
	if (!rule) {
		out_char(to, '-');
		return;
	}
	html_text(to, rule->family);
	out_char(to, ' ');
	html_text(to, rule->table);
	out_char(to, ' ');
	html_text(to, rule->chain);
	if (rule->handle != FACT_NONE)
		out_printf(to, ", handle %" PRId64, rule->handle);
	else if (rule->position != FACT_NONE)
		out_printf(to, ", rule %" PRId64, rule->position);
	else
		out_text(to, ", policy");
}

void html_text_rule(struct out_sink *to, const struct fact_rule *rule)
{
	html_text_place(to, rule);
	if (!rule || !rule->text)
		return;
	out_text(to, " <code>");
	html_text_cut(to, rule->text, RULE_MAX);
	out_text(to, "</code>");
}

void html_text_service(struct out_sink *to, const struct fact_exposure *e)
{
	out_printf(to, "%s/%" PRId64, fact_proto_words[e->proto], e->port);
	if (e->program || e->service) {
		out_char(to, ' ');
		html_text(to, e->program ? e->program : e->service);
	}
}
