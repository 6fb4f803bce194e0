/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/text.h"

#include <string.h>

#include "base/utf8.h"

static const char *const sgr[] = {
	[TEXT_PLAIN] = "",        [TEXT_BOLD] = "\033[1m",  [TEXT_DIM] = "\033[2m",
	[TEXT_GOOD] = "\033[32m", [TEXT_WARN] = "\033[33m", [TEXT_BAD] = "\033[31m",
	[TEXT_NOTE] = "\033[36m",
};

/*
 * U+0080 to U+009F are control characters too: a terminal may obey them. U+200E, U+200F,
 * U+202A to U+202E and U+2066 to U+2069 turn the direction of text, so that a name can
 * pretend to be another (CVE-2021-42574).
 */
static bool is_control(const char *p, size_t n)
{
	const uint8_t *o = (const uint8_t *)p;

	if (n == 1)
		return o[0] < 0x20 || o[0] == 0x7f;
	if (n == 2)
		return o[0] == 0xc2 && o[1] < 0xa0;
	if (n != 3 || o[0] != 0xe2)
		return false;
	return o[1] == 0x80 ? o[2] == 0x8e || o[2] == 0x8f || (o[2] >= 0xaa && o[2] <= 0xae)
			    : o[1] == 0x81 && o[2] >= 0xa6 && o[2] <= 0xa9;
}

static void put_shown(struct out_sink *to, const char *p, size_t left)
{
	while (left > 0) {
		size_t n = utf8_len(p, left);

		if (n == 0 || is_control(p, n))
			out_char(to, '?');
		else
			out_put(to, p, n);
		n = n ? n : 1;
		p += n;
		left -= n;
	}
}

void text_put(const struct text_out *t, enum text_style style, const char *text)
{
	bool dress = t->colour && style != TEXT_PLAIN && *text;

	if (dress)
		out_text(t->to, sgr[style]);
	put_shown(t->to, text, strlen(text));
	if (dress)
		out_text(t->to, "\033[0m");
}

void text_clean(char *text)
{
	char *to = text;
	size_t n;

	for (size_t left = strlen(text); left > 0; text += n, left -= n) {
		n = utf8_len(text, left);
		if (*text == '\n' || *text == '\t') {
			*to++ = ' ';
		} else if (n == 0 || is_control(text, n)) {
			*to++ = '?';
			n = n ? n : 1;
		} else {
			memmove(to, text, n);
			to += n;
		}
	}
	*to = '\0';
}

static void blanks(struct out_sink *to, size_t n)
{
	while (n-- > 0)
		out_char(to, ' ');
}

/* Columns of the first @n octets. */
static size_t width_of(const char *p, size_t n)
{
	size_t w = 0;

	for (size_t len; n > 0; p += len, n -= len, w++) {
		len = utf8_len(p, n);
		len = len ? len : 1;
	}
	return w;
}

void text_wrap(const struct text_out *t, unsigned indent, const char *head, const char *text)
{
	size_t wide = utf8_width(head), at = MAX(wide, (size_t)indent);

	text_put(t, TEXT_BOLD, head);
	blanks(t->to, at - wide);
	text += strspn(text, " \n");
	for (bool first = true; *text; first = false) {
		size_t n = strcspn(text, " \n"), w = width_of(text, n);

		if (!first && t->width && at + 1 + w > t->width) {
			out_char(t->to, '\n');
			blanks(t->to, indent);
			at = indent;
		} else if (!first) {
			out_char(t->to, ' ');
			at++;
		}
		put_shown(t->to, text, n);
		at += w;
		text += n;
		text += strspn(text, " \n");
	}
	out_char(t->to, '\n');
}

static const char *cell_text(const struct text_cell *c)
{
	return c->text && *c->text ? c->text : "-";
}

static void put_cell(const struct text_out *t, const char *text, enum text_style style,
		     size_t width, enum text_align align, bool last)
{
	size_t w = utf8_width(text), pad = width > w ? width - w : 0;

	if (align == TEXT_RIGHT)
		blanks(t->to, pad);
	text_put(t, style, text);
	if (align == TEXT_LEFT && !last)
		blanks(t->to, pad);
	out_text(t->to, last ? "\n" : "  ");
}

void text_table(const struct text_out *t, const struct text_column *column, size_t column_n,
		const struct text_cell *cell, size_t row_n)
{
	size_t width[TEXT_COLUMN_MAX], stride = column_n;

	column_n = MIN(column_n, (size_t)TEXT_COLUMN_MAX);
	for (size_t c = 0; c < column_n; c++) {
		width[c] = utf8_width(column[c].title);
		for (size_t r = 0; r < row_n; r++)
			width[c] = MAX(width[c], utf8_width(cell_text(&cell[r * stride + c])));
	}
	for (size_t c = 0; c < column_n; c++)
		put_cell(t, column[c].title, TEXT_BOLD, width[c], column[c].align,
			 c + 1 == column_n);
	for (size_t r = 0; r < row_n; r++) {
		for (size_t c = 0; c < column_n; c++) {
			const struct text_cell *k = &cell[r * stride + c];

			put_cell(t, cell_text(k), k->style, width[c], column[c].align,
				 c + 1 == column_n);
		}
	}
}
