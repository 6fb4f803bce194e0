/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/format_doc.h"

#include <stdio.h>

#include "fact/field.h"
#include "taken.h"
#include "test.h"

static struct taken got;

static const char *page(void)
{
	format_doc_write(taken_anew(&got));
	return taken_text(&got);
}

TEST(the_page_in_the_tree_is_what_the_field_tables_say)
{
	static char have[sizeof(got.text)];
	FILE *f = fopen(TEST_SOURCE_ROOT "/doc/format.md", "r");

	if (f) {
		have[fread(have, 1, sizeof(have) - 1, f)] = '\0';
		fclose(f);
	}
	if (strcmp(page(), have) != 0)
		fail_msg("doc/format.md is not what the field tables say now; write it anew: "
			 "build/src/sonde help --as format > doc/format.md");
}

TEST(the_page_has_each_noun_and_each_of_its_fields_in_one_row)
{
	const char *text = page();
	char row[256];

	for (size_t i = 0; fact_types[i]; i++) {
		snprintf(row, sizeof(row), "\n## `%s`: %s\n", fact_types[i]->name,
			 fact_types[i]->summary);
		CHECK_HAS(text, row);
		for (size_t k = 0; k < fact_types[i]->field_n; k++) {
			snprintf(row, sizeof(row), "\n| `%s` | ", fact_types[i]->field[k].name);
			CHECK_HAS(text, row);
		}
	}
	CHECK_HAS(text, "| `local.port` | integer or null |");
	CHECK_HAS(text, "`loopback`, `link`, `interface`, `any` |");
}

TEST(no_text_of_the_tables_breaks_a_row)
{
	const char *text = page(), *end;

	CHECK_HAS(text, "`open\\|filtered`");
	for (; *text; text = end + 1) {
		unsigned bars = 0;

		end = strchr(text, '\n');
		CHECK(end != NULL);
		for (const char *p = text; *text == '|' && p < end; p++)
			bars += *p == '|' && p[-1] != '\\';
		CHECK(bars == 0 || bars == 4);
	}
}
