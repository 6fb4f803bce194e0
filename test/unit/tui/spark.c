/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/spark.h"

#include "base/utf8.h"
#include "test.h"

#define MS ((int64_t)NS_PER_MS)

TEST(spark_goes_from_the_least_to_the_greatest)
{
	const int64_t ns[] = { 10 * MS, 30 * MS, 20 * MS, 50 * MS };
	int8_t level[4];

	spark_scale(ns, 4, level);
	CHECK_EQ(level[0], 0);
	CHECK_EQ(level[3], SPARK_LEVELS - 1);
	CHECK(level[0] < level[2] && level[2] < level[1] && level[1] < level[3]);
}

TEST(spark_makes_no_mountain_of_small_differences)
{
	const int64_t far[] = { 100 * MS, 101 * MS, 100 * MS };
	const int64_t near[] = { 20000, 60000, 20000 };
	int8_t level[3];

	spark_scale(far, 3, level);
	CHECK_EQ(level[1], 0);
	spark_scale(near, 3, level);
	CHECK_EQ(level[1], 0);
}

TEST(spark_keeps_what_is_no_time)
{
	const int64_t ns[] = { SPARK_LOST, 5 * MS, SPARK_WAITING, SPARK_NONE, -77, INT64_MIN };
	int8_t level[6];

	spark_scale(ns, 6, level);
	CHECK_EQ(level[0], SPARK_LOST);
	CHECK_EQ(level[1], 0);
	CHECK_EQ(level[2], SPARK_WAITING);
	CHECK_EQ(level[3], SPARK_NONE);
	CHECK_EQ(level[4], SPARK_NONE);
	CHECK_EQ(level[5], SPARK_NONE);
}

TEST(spark_bears_any_times)
{
	const int64_t ns[] = { 0, INT64_MAX };
	int8_t level[2];

	spark_scale(ns, 2, level);
	CHECK_EQ(level[0], 0);
	CHECK_EQ(level[1], SPARK_LEVELS - 1);
	spark_scale(ns, 0, level);
}

TEST(spark_glyphs_take_one_column_and_are_ascii_where_they_must)
{
	for (int8_t l = SPARK_NONE; l <= SPARK_LEVELS; l++) {
		CHECK_EQ(utf8_width(spark_glyph(l, true)), 1);
		CHECK((unsigned char)spark_glyph(l, false)[0] < 0x80);
		CHECK_EQ(utf8_width(spark_glyph(l, false)), 1);
	}
	CHECK_STR(spark_glyph(0, true), "▁");
	CHECK_STR(spark_glyph(SPARK_LEVELS - 1, true), "█");
	CHECK_STR(spark_glyph(SPARK_LOST, true), "x");
	CHECK_STR(spark_glyph(SPARK_NONE, false), " ");
}
