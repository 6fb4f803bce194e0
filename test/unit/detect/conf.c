/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect/detector.h"
#include "test.h"

TEST(thresholds_are_set_within_their_bounds)
{
	struct detect_conf conf;
	struct err err;

	detect_defaults(&conf);
	CHECK(conf.threshold[DETECT_run] == 12);
	CHECK_EQ(detect_set(&conf, "run", "15", &err), 0);
	CHECK(conf.threshold[DETECT_run] == 15);
	CHECK_EQ(detect_set(&conf, "cusum", "3.25", &err), 0);
	CHECK(conf.threshold[DETECT_cusum] == 3.25);
}

TEST(thresholds_out_of_bounds_are_refused_and_change_nothing)
{
	static const char *const bad[] = { "3", "1001", "", "x", "-5", "1e2", "12 ", ".", "1.2.3" };
	struct detect_conf conf;

	detect_defaults(&conf);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = { .text = "" };

		CHECK_EQ(detect_set(&conf, "run", bad[i], &err), -EINVAL);
		CHECK_HAS(err.text, "from 4 to 1000");
		CHECK(conf.threshold[DETECT_run] == 12);
	}
}

TEST(thresholds_that_do_not_exist_are_refused)
{
	struct detect_conf conf;
	struct err err;

	detect_defaults(&conf);
	CHECK_EQ(detect_set(&conf, "runs", "15", &err), -ENOENT);
	CHECK_HAS(err.text, "runs");
}

static char *read_doc(void)
{
	FILE *f = fopen(TEST_SOURCE_ROOT "/doc/detection.md", "r");
	char *text = calloc(1, 1 << 17);

	CHECK(f && text);
	CHECK(fread(text, 1, (1 << 17) - 1, f) > 0);
	fclose(f);
	return text;
}

TEST(thresholds_stand_in_the_manual_as_they_are)
{
	char *text = read_doc();
	size_t i = 0;

	for (const struct detect_threshold_info *t; (t = detect_threshold_at(i)); i++) {
		char row[512];

		CHECK(t->least <= t->value && t->value <= t->most);
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(detect_threshold_at(k)->name, t->name) != 0);
		snprintf(row, sizeof(row), "| `%s` | %.10g | %.10g..%.10g | %s |\n", t->name,
			 t->value, t->least, t->most, t->help);
		CHECK_HAS(text, row);
	}
	CHECK_EQ(i, DETECT_THRESHOLDS);
	free(text);
}

#define DETECTOR(name) &detect_##name,
static const struct detector_ops *const detectors[] = {
#include "detect/detectors.def"
};
#undef DETECTOR

TEST(detectors_have_a_name_a_summary_and_a_section)
{
	char *text = read_doc();

	for (size_t i = 0; i < ARRAY_LEN(detectors); i++) {
		const struct detector_ops *o = detectors[i];
		char row[256];

		CHECK(o->on != 0 && o->packet);
		CHECK(o->summary[strlen(o->summary) - 1] != '.');
		snprintf(row, sizeof(row), "\n### `%s`: %s\n", o->name, o->summary);
		CHECK_HAS(text, row);
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(detectors[k]->name, o->name) != 0);
	}
	free(text);
}

TEST(memory_is_at_most_what_was_asked_for)
{
	struct detect_conf conf;

	detect_defaults(&conf);
	for (size_t mb = 4; mb <= 1024; mb *= 2) {
		conf.memory = mb << 20;
		CHECK(detect_size(&conf) > conf.memory / 2);
		CHECK(detect_size(&conf) <= conf.memory);
	}
	conf.memory = DETECT_MEMORY_MIN - 1;
	CHECK_EQ(detect_size(&conf), 0);
}
