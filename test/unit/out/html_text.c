/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_text.h"

#include <stdio.h>
#include <string.h>

#include "page.h"

#define BAD "\xef\xbf\xbd"

static const char *text(const char *raw)
{
	html_text(page_begin(), raw);
	return page_end();
}

TEST(html_text_escapes_what_means_something_in_a_page)
{
	CHECK_STR(text("<a href=\"x\">'&amp;'</a>"),
		  "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;");
	CHECK_STR(text("a\nb\tc\rd"), "a b c d");
	CHECK_STR(text(""), "");
	CHECK_STR(text(NULL), "-");
	CHECK_STR(text("Grüße, 日本, 😀"), "Grüße, 日本, 😀");
}

TEST(html_text_lets_no_octet_through_that_could_break_the_page)
{
	for (int c = 1; c < 256; c++) {
		char raw[2] = { (char)c, '\0' };
		const char *out = text(raw);

		if (c >= 0x80 || c == 0x7f || (c < 0x20 && !strchr("\n\t\r", c)))
			CHECK_STR(out, BAD);
		else if (strchr("<>&\"'", c))
			CHECK(out[0] == '&' && out[strlen(out) - 1] == ';');
		else
			CHECK_EQ(strlen(out), 1);
	}
}

TEST(html_text_replaces_what_is_no_text)
{
	static const struct {
		const char *raw, *want;
	} cases[] = {
		{ "a\xff"
		  "b",
		  "a" BAD "b" },                         /* no lead octet */
		{ "\xc3", BAD },                         /* cut short */
		{ "\xc3(", BAD "(" },                    /* wrong second octet */
		{ "\xc0\xaf", BAD BAD },                 /* overlong */
		{ "\xed\xa0\x80", BAD BAD BAD },         /* a surrogate */
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD }, /* above U+10FFFF */
		{ "\xc2\x85", BAD },                     /* U+0085, a control */
		{ "\xef\xbf\xbe", BAD },                 /* U+FFFE: XML forbids it */
		{ "x\xe2\x80\xae"
		  "y",
		  "x" BAD "y" }, /* U+202E turns text round */
		{ "x\xe2\x81\xa6"
		  "y",
		  "x" BAD "y" }, /* U+2066 too */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(text(cases[i].raw), cases[i].want);
}

TEST(html_text_cut_counts_characters_and_says_that_it_cut)
{
	html_text_cut(page_begin(), "äöü<>", 4);
	CHECK_STR(page_end(), "äöü&lt;…");
	html_text_cut(page_begin(), "äöü", 3);
	CHECK_STR(page_end(), "äöü");
}

TEST(html_text_count_groups_thousands)
{
	static const struct {
		uint64_t n;
		const char *want;
	} cases[] = { { 0, "0" },
		      { 999, "999" },
		      { 1000, "1,000" },
		      { 4812, "4,812" },
		      { 1000001, "1,000,001" },
		      { UINT64_MAX, "18,446,744,073,709,551,615" } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		html_text_count(page_begin(), cases[i].n);
		CHECK_STR(page_end(), cases[i].want);
	}
	html_text_many(page_begin(), 1, "probe", "probes");
	CHECK_STR(page_end(), "1 probe");
	html_text_many(page_begin(), 0, "probe", "probes");
	CHECK_STR(page_end(), "0 probes");
}

TEST(html_text_names_rules_by_handle_number_or_policy)
{
	struct fact_rule r = { "nftables", "inet", "filter", "input", 12, 3, "a < b" };

	html_text_rule(page_begin(), &r);
	CHECK_STR(page_end(), "inet filter input, handle 12 <code>a &lt; b</code>");
	r.handle = FACT_NONE;
	html_text_place(page_begin(), &r);
	CHECK_STR(page_end(), "inet filter input, rule 3");
	r.position = FACT_NONE;
	html_text_place(page_begin(), &r);
	CHECK_STR(page_end(), "inet filter input, policy");
	html_text_rule(page_begin(), NULL);
	CHECK_STR(page_end(), "-");
}
