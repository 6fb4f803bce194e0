/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The live view of a trace: a table of hops with what came of the latest probes, and the keys that
 * change it. It draws and it reads keys as numbers; the terminal is tui/screen.h's business, probes
 * the caller's.
 */
#pragma once

#include "fact/trace.h"
#include "tui/paint.h"

struct tui_trace_row {
	struct fact_hop hop;   /* one hop limit and one address there */
	const int64_t *recent; /* oldest first: ns, or enum spark_none of tui/spark.h */
	size_t recent_n;
};

struct tui_trace_shown {
	const char *name, *addr, *kind; /* "www.example", "192.0.2.1", "echo" */
	size_t target, targets;         /* index, how many */
	const struct tui_trace_row *row;
	size_t row_n;
	uint64_t rounds, elapsed_ns;
	const char *meaning; /* what stands out; NULL: nothing */
};

enum tui_trace_sort { TUI_SORT_TTL, TUI_SORT_LOSS, TUI_SORT_RTT, TUI_SORTS };
enum tui_trace_mode { TUI_MODE_BOTH, TUI_MODE_NUMBERS, TUI_MODE_SPARK, TUI_MODES };

/* Zeroed, it is what one sees first, but for .names. */
struct tui_trace {
	uint8_t sort, mode;
	bool help, paused, names;
	size_t top;        /* rows scrolled away */
	char message[200]; /* of the last line, until the next key; "": none */
};

/* What a key asks of the caller. */
enum tui_trace_wish {
	TUI_TRACE_DRAW, /* nothing but to be drawn again */
	TUI_TRACE_QUIT,
	TUI_TRACE_RESET,
	TUI_TRACE_SAVE,
	TUI_TRACE_NEXT, /* target */
	TUI_TRACE_BEFORE,
};

#define TUI_KEY_UP        0x1001
#define TUI_KEY_DOWN      0x1002
#define TUI_KEY_PAGE_UP   0x1003
#define TUI_KEY_PAGE_DOWN 0x1004
#define TUI_KEY_HOME      0x1005
#define TUI_KEY_BACKTAB   0x1006

/** @key: a character, or one of the above. Unknown ones change nothing. */
enum tui_trace_wish tui_trace_key(struct tui_trace *v, int key);

/** The whole grid, which is empty before. Any size will do; .top is brought within bounds. */
void tui_trace_draw(struct tui_trace *v, const struct tui_trace_shown *s,
		    const struct tui_paint *p);
