/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for people: wrapped paragraphs, tables, colours. Control characters of
 * what the network or /proc named never reach a terminal: they are shown as '?'.
 *
 * Pure: width and colour are told, not asked of a terminal.
 */
#pragma once

#include "out/sink.h"

enum text_style {
	TEXT_PLAIN,
	TEXT_BOLD,
	TEXT_DIM,
	TEXT_GOOD, /* green */
	TEXT_WARN, /* yellow */
	TEXT_BAD,  /* red */
	TEXT_NOTE, /* cyan */
};

struct text_out {
	struct out_sink *to;
	unsigned width; /* columns; 0: do not wrap, do not cut */
	bool colour;
};

/** @text in @style; only what a terminal may show. */
void text_put(const struct text_out *t, enum text_style style, const char *text);

/** Make @text one line that a terminal may show, in place: for messages outside of a text_out. */
void text_clean(char *text);

/**
 * A paragraph: words are wrapped at t->width, the first line begins with @head
 * (which may be wider than @indent columns), the others with @indent blanks.
 * Blanks and line ends in @text only part its words.
 */
void text_wrap(const struct text_out *t, unsigned indent, const char *head, const char *text);

enum text_align { TEXT_LEFT, TEXT_RIGHT };

struct text_column {
	const char *title;
	enum text_align align;
};

#define TEXT_COLUMN_MAX 16

/* One cell; its text is borrowed until the table is written. NULL shows as "-". */
struct text_cell {
	const char *text;
	enum text_style style;
};

/**
 * @row_n rows of @column_n cells under their titles, each column as wide as its
 * widest cell; the last column may run on. Column titles are bold.
 */
void text_table(const struct text_out *t, const struct text_column *column, size_t column_n,
		const struct text_cell *cell, size_t row_n);
