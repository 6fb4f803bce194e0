/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/trace_view.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "test.h"
#include "tui/spark.h"

#define WIDTH_MAX  400
#define HEIGHT_MAX 100
#define MS         ((int64_t)NS_PER_MS)

/* The grid: ASCII as it is, anything else '#'; what is outside of it fails. */
static char grid[HEIGHT_MAX][WIDTH_MAX + 1];
static struct tui_paint paint;

static void put(void *to UNUSED, unsigned y, unsigned x, unsigned width,
		enum text_style style UNUSED, const char *text)
{
	size_t left = strlen(text), n;

	CHECK(y < paint.height);
	CHECK(width > 0 && x + width <= paint.width);
	for (; left > 0 && width > 0; text += n, left -= n, width--, x++) {
		n = utf8_len(text, left);
		CHECK(n > 0);
		grid[y][x] = n == 1 ? *text : '#';
	}
}

static const int64_t recent[] = { 5 * MS, 6 * MS, SPARK_LOST, 9 * MS, SPARK_WAITING };

static struct tui_trace_row row_of(int64_t ttl, const char *addr, int64_t p50, int64_t loss)
{
	struct tui_trace_row r = {
		.hop = { .ttl = ttl,
			 .rtt_us = { p50, p50, p50, p50, p50, p50, 0 },
			 .jitter_us = MS / 10,
			 .sent = 4,
			 .received = 4,
			 .loss_pct = loss,
			 .verdict = loss ? FACT_HOP_LIMITS : FACT_HOP_OK },
		.recent = recent,
		.recent_n = ARRAY_LEN(recent),
	};

	if (!addr) {
		r.hop.rtt_us.p50 = FACT_NONE;
		r.hop.received = 0;
		r.hop.verdict = FACT_HOP_SILENT;
	} else {
		CHECK_EQ(ip_scan(addr, &r.hop.addr), 0);
	}
	return r;
}

static struct tui_trace_row rows[8];

static struct tui_trace_shown shown_of(void)
{
	size_t n = 0;

	rows[n++] = row_of(1, "10.0.0.1", 1 * MS, 0);
	rows[n++] = row_of(2, "10.0.1.1", 9 * MS, 66700);
	rows[n++] = row_of(2, "10.0.1.2", 8 * MS, 66700);
	rows[n++] = row_of(3, NULL, FACT_NONE, 100000);
	rows[n++] = row_of(4, "2001:db8::1", 4 * MS, 0);
	rows[n++] = row_of(5, NULL, FACT_NONE, 100000);
	rows[n++] = row_of(6, NULL, FACT_NONE, 100000);
	rows[0].hop.name = "gw.example";
	return (struct tui_trace_shown){ .name = "www.example",
					 .addr = "2001:db8::1",
					 .kind = "echo",
					 .targets = 1,
					 .row = rows,
					 .row_n = n,
					 .rounds = 4,
					 .elapsed_ns = 65 * NS_PER_S,
					 .meaning = "Nothing is lost." };
}

static void draw(struct tui_trace *v, const struct tui_trace_shown *s, unsigned width,
		 unsigned height, bool utf8)
{
	memset(grid, 0, sizeof(grid));
	for (unsigned y = 0; y < height; y++)
		memset(grid[y], ' ', width);
	paint = (struct tui_paint){ .put = put, .width = width, .height = height, .utf8 = utf8 };
	tui_trace_draw(v, s, &paint);
}

TEST(view_shows_target_hops_bars_and_what_stands_out)
{
	struct tui_trace v = { .names = true };
	const struct tui_trace_shown s = shown_of();

	draw(&v, &s, 110, 20, false);
	CHECK_HAS(grid[0], "www.example (2001:db8::1)  echo  round 4  1:05");
	CHECK_HAS(grid[1], "? help");
	CHECK_HAS(grid[2], "HOP ADDRESS");
	CHECK_HAS(grid[2], "LATEST");
	CHECK_HAS(grid[3], "  1 gw.example (10.0.0.1)");
	CHECK_HAS(grid[3], " ok ");
	CHECK_HAS(grid[3], "_.x#?");
	CHECK_HAS(grid[4], "  2 10.0.1.1");
	CHECK_HAS(grid[4], "66.7%");
	CHECK_HAS(grid[4], "limits");
	CHECK_HAS(grid[5], "    10.0.1.2");
	CHECK_HAS(grid[6], "  3 *");
	CHECK_HAS(grid[7], "  4 2001:db8::1");
	CHECK_HAS(grid[8], "  5-6  silent");
	CHECK_HAS(grid[19], "Nothing is lost.");
	draw(&v, &s, 110, 20, true);
	CHECK_HAS(grid[3], "##x#?");
}

TEST(view_hides_names_on_a_key)
{
	struct tui_trace v = { .names = true };
	const struct tui_trace_shown s = shown_of();

	CHECK_EQ(tui_trace_key(&v, 'n'), TUI_TRACE_DRAW);
	draw(&v, &s, 110, 20, false);
	CHECK_HAS(grid[3], "  1 10.0.0.1");
	CHECK(strstr(grid[3], "gw.example") == NULL);
}

TEST(view_sorts_by_hop_loss_and_time_and_leaves_the_silent_end_at_the_end)
{
	struct tui_trace v = { 0 };
	const struct tui_trace_shown s = shown_of();

	tui_trace_key(&v, 's');
	draw(&v, &s, 110, 20, false);
	CHECK_HAS(grid[1], "(loss)");
	CHECK_HAS(grid[3], "  3 *");
	CHECK_HAS(grid[4], "  2 10.0.1.1");
	CHECK_HAS(grid[5], "  2 10.0.1.2");
	CHECK_HAS(grid[6], "  1 10.0.0.1");
	CHECK_HAS(grid[8], "  5-6  silent");
	tui_trace_key(&v, 's');
	draw(&v, &s, 110, 20, false);
	CHECK_HAS(grid[1], "(time)");
	CHECK_HAS(grid[3], "  2 10.0.1.1");
	CHECK_HAS(grid[7], "  3 *");
	tui_trace_key(&v, 's');
	draw(&v, &s, 110, 20, false);
	CHECK_HAS(grid[3], "  1 10.0.0.1");
}

TEST(view_changes_its_columns)
{
	struct tui_trace v = { 0 };
	const struct tui_trace_shown s = shown_of();

	tui_trace_key(&v, 'd');
	draw(&v, &s, 110, 20, false);
	CHECK(strstr(grid[2], "LATEST") == NULL);
	CHECK_HAS(grid[2], "JITTER");
	tui_trace_key(&v, 'd');
	draw(&v, &s, 110, 20, false);
	CHECK_HAS(grid[2], "LATEST");
	CHECK(strstr(grid[2], "JITTER") == NULL);
	CHECK_HAS(grid[2], "VERDICT");
	tui_trace_key(&v, 'd');
	draw(&v, &s, 110, 20, false);
	CHECK_HAS(grid[2], "LATEST");
	CHECK_HAS(grid[2], "RCVD");
}

TEST(view_pauses_goes_on_and_says_so)
{
	struct tui_trace v = { 0 };
	const struct tui_trace_shown s = shown_of();

	tui_trace_key(&v, 'p');
	CHECK(v.paused);
	draw(&v, &s, 80, 20, false);
	CHECK_HAS(grid[0], "PAUSED");
	tui_trace_key(&v, ' ');
	CHECK(!v.paused);
	draw(&v, &s, 80, 20, false);
	CHECK(strstr(grid[0], "PAUSED") == NULL);
	tui_trace_key(&v, ' ');
	CHECK(!v.paused);
	tui_trace_key(&v, 'p');
	tui_trace_key(&v, 'p');
	CHECK(!v.paused);
}

TEST(view_keys_ask_of_the_caller)
{
	static const struct {
		int key;
		enum tui_trace_wish wish;
	} keys[] = {
		{ 'q', TUI_TRACE_QUIT }, { 27, TUI_TRACE_QUIT },
		{ 3, TUI_TRACE_QUIT },   { 'r', TUI_TRACE_RESET },
		{ 'w', TUI_TRACE_SAVE }, { '\t', TUI_TRACE_NEXT },
		{ 'x', TUI_TRACE_DRAW }, { TUI_KEY_BACKTAB, TUI_TRACE_BEFORE },
		{ 'Z', TUI_TRACE_DRAW }, { 0x7fff, TUI_TRACE_DRAW },
		{ 'h', TUI_TRACE_DRAW },
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct tui_trace v = { 0 };

		CHECK_EQ(tui_trace_key(&v, keys[i].key), keys[i].wish);
	}
}

TEST(view_helps_and_any_key_leads_out_of_the_help)
{
	struct tui_trace v = { 0 };
	const struct tui_trace_shown s = shown_of();

	tui_trace_key(&v, '?');
	draw(&v, &s, 80, 24, false);
	CHECK_HAS(grid[2], "this help");
	CHECK_HAS(grid[4], "pause");
	CHECK_EQ(tui_trace_key(&v, 'q'), TUI_TRACE_DRAW);
	CHECK(!v.help);
	CHECK_EQ(tui_trace_key(&v, 'q'), TUI_TRACE_QUIT);
	tui_trace_key(&v, 'h');
	CHECK(v.help);
	tui_trace_key(&v, 'h');
	CHECK(!v.help);
}

TEST(view_scrolls_within_its_rows)
{
	struct tui_trace v = { 0 };
	const struct tui_trace_shown s = shown_of();

	tui_trace_key(&v, 'k');
	CHECK_EQ(v.top, 0);
	for (int i = 0; i < 50; i++)
		tui_trace_key(&v, TUI_KEY_PAGE_DOWN);
	draw(&v, &s, 80, 7, false);
	/* Six lines of rows in three lines. */
	CHECK_EQ(v.top, 3);
	CHECK_HAS(grid[3], "  3 *");
	CHECK_HAS(grid[5], "5-6  silent");
	tui_trace_key(&v, TUI_KEY_UP);
	draw(&v, &s, 80, 7, false);
	CHECK_EQ(v.top, 2);
	tui_trace_key(&v, TUI_KEY_HOME);
	draw(&v, &s, 80, 7, false);
	CHECK_HAS(grid[3], "  1 10.0.0.1");
	draw(&v, &s, 80, 24, false);
	CHECK_EQ(v.top, 0);
}

TEST(view_shows_a_message_until_the_next_key)
{
	struct tui_trace v = { .message = "written to x" };
	const struct tui_trace_shown s = shown_of();

	draw(&v, &s, 80, 24, false);
	CHECK_HAS(grid[23], "written to x");
	draw(&v, &s, 80, 5, false);
	CHECK_HAS(grid[1], "written to x");
	tui_trace_key(&v, 'x');
	draw(&v, &s, 80, 24, false);
	CHECK_HAS(grid[23], "Nothing is lost.");
}

TEST(view_fits_any_terminal)
{
	const struct tui_trace_shown s = shown_of();
	struct tui_trace_shown none = s;

	none.row_n = 0;
	none.meaning = NULL;
	for (unsigned width = 1; width <= 300; width += width < 120 ? 1 : 37)
		for (unsigned height = 1; height <= 60; height += height < 12 ? 1 : 11)
			for (uint8_t mode = 0; mode < TUI_MODES; mode++) {
				struct tui_trace v = { .mode = mode, .names = width % 2 };

				draw(&v, &s, width, height, true);
				draw(&v, &none, width, height, true);
				v.help = v.paused = true;
				draw(&v, &s, width, height, true);
			}
}

TEST(view_of_twenty_by_five_shows_hops)
{
	struct tui_trace v = { 0 };
	const struct tui_trace_shown s = shown_of();

	draw(&v, &s, 20, 5, false);
	CHECK_HAS(grid[3], "  1 10.0.0.1");
	CHECK_HAS(grid[4], "  2 10.0.1.1");
}

TEST(view_bears_more_rows_than_there_can_be)
{
	static struct tui_trace_row many[3000];
	struct tui_trace v = { .sort = TUI_SORT_LOSS };
	struct tui_trace_shown s = shown_of();

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = row_of((int64_t)i, "10.0.0.1", MS, (int64_t)i);
	s.row = many;
	s.row_n = ARRAY_LEN(many);
	draw(&v, &s, 80, 24, false);
}
