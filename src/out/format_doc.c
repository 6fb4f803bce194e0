/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/format_doc.h"

#include <stdio.h>

#include "fact/field.h"
#include "out/json.h"

static const char *const kind_words[] = {
	[FACT_BOOL] = "true or false",
	[FACT_INT] = "integer or null",
	[FACT_U8] = "integer",
	[FACT_ENUM] = "text",
	[FACT_TEXT] = "text or null",
	[FACT_IP] = "address or null",
	[FACT_TIME] = "time",
	[FACT_US] = "number or null",
	[FACT_PCT] = "number or null",
	[FACT_SHARE] = "number or null",
	[FACT_OBJ] = "object",
	[FACT_REF] = "object or null",
	[FACT_LIST] = "list of objects",
};

/* A bar would end the table's cell. */
static void word(struct out_sink *to, const char *text)
{
	out_char(to, '`');
	for (; *text; text++) {
		if (*text == '|')
			out_char(to, '\\');
		out_char(to, *text);
	}
	out_char(to, '`');
}

static void words(struct out_sink *to, const char *const *w)
{
	out_text(to, ": ");
	for (; *w; w++) {
		word(to, *w);
		if (w[1])
			out_text(to, ", ");
	}
}

/* Objects have no depth bound here: the tables are ours, and no noun holds itself. */
static void rows(struct out_sink *to, const struct fact_type *type, const char *prefix)
{
	for (size_t i = 0; i < type->field_n; i++) {
		const struct fact_field *f = &type->field[i];

		out_printf(to, "| `%s%s` | %s | %s", prefix, f->name, kind_words[f->kind], f->help);
		if (f->kind == FACT_ENUM)
			words(to, f->words);
		out_text(to, " |\n");
		if (f->sub) {
			char deeper[128];

			snprintf(deeper, sizeof(deeper), "%s%s.", prefix, f->name);
			rows(to, f->sub, deeper);
		}
	}
}

void format_doc_write(struct out_sink *to)
{
	out_text(
		to,
		"# The JSON that Sonde writes\n\n"
		"With `--json` every command writes one object a line (NDJSON, UTF-8) on standard output.\n"
		"Each has `schema` (`" OUT_SCHEMA
		"`), `type` and `time` (RFC 3339, UTC, microseconds), then the\n"
		"fields of its type, always all of them and in this order. The last line has the type\n"
		"`summary`, also when the command was interrupted. New fields may be added within a schema\n"
		"version; none is renamed or removed. This page is written by `sonde help --as format`.\n");
	for (size_t i = 0; fact_types[i]; i++) {
		const struct fact_type *t = fact_types[i];

		out_printf(to, "\n## `%s`: %s\n\n| field | value | meaning |\n|---|---|---|\n",
			   t->name, t->summary);
		rows(to, t, "");
	}
}
