/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tui/screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <term.h>
#include <unistd.h>

#include "base/utf8.h"
#include "tui/trace_view.h"

#define TEXT_LEN   1024
#define ESC_MS     25 /* wait so long for what makes an Esc the beginning of a key */
#define KEY_CTRL_L 12 /* what terminals' users press when something wrote over the screen */
#define STYLES     (TEXT_NOTE + 1)

struct screen {
	SCREEN *term;
	struct tui_paint paint;
	chtype attr[STYLES];
	sigset_t mask; /* as it was */
	int went_on;   /* readable when the program went on after it was stopped */
};

/* As many characters of @text as fit in @width columns and can be shown; each takes one. */
static void cut(const struct screen *s, const char *text, unsigned width, char buf[static TEXT_LEN])
{
	size_t n = 0, len;

	for (size_t left = strlen(text); left > 0 && width > 0 && n + 4 < TEXT_LEN;
	     text += len, left -= len, width--) {
		len = utf8_len(text, left);
		if (len == 0 || (len > 1 && !s->paint.utf8)) {
			buf[n++] = '?';
			len = len ? len : 1;
			continue;
		}
		memcpy(buf + n, text, len);
		n += len;
	}
	buf[n] = '\0';
	text_clean(buf);
}

static void screen_put(void *to, unsigned y, unsigned x, unsigned width, enum text_style style,
		       const char *text)
{
	const struct screen *s = to;
	char buf[TEXT_LEN];

	cut(s, text, width, buf);
	attrset((int)s->attr[style]);
	mvaddstr((int)y, (int)x, buf);
	attrset(A_NORMAL);
}

static void dress(struct screen *s, bool colour)
{
	static const struct {
		enum text_style style;
		short colour;
	} colours[] = {
		{ TEXT_GOOD, COLOR_GREEN },
		{ TEXT_WARN, COLOR_YELLOW },
		{ TEXT_BAD, COLOR_RED },
		{ TEXT_NOTE, COLOR_CYAN },
	};

	s->attr[TEXT_BOLD] = A_BOLD;
	s->attr[TEXT_DIM] = A_DIM;
	s->attr[TEXT_WARN] = s->attr[TEXT_BAD] = A_BOLD;
	if (!colour || !has_colors() || start_color() == ERR)
		return;
	use_default_colors();
	for (size_t i = 0; i < ARRAY_LEN(colours); i++) {
		short pair = (short)(i + 1);

		if (init_pair(pair, colours[i].colour, -1) == OK)
			s->attr[colours[i].style] = (chtype)COLOR_PAIR(pair);
	}
}

/* Whether the terminal is known and its cursor can be moved. newterm() leaks where it is not known. */
static bool can_draw(void)
{
	const char *move;
	int why;

	if (setupterm(NULL, STDOUT_FILENO, &why) != OK)
		return false;
	move = tigetstr("cup");
	del_curterm(cur_term);
	return move && move != (char *)-1;
}

/* Whoever had the terminal while the program was stopped wrote on it, which ncurses cannot know. */
static void watch_stops(struct screen *s)
{
	sigset_t cont;

	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	sigprocmask(SIG_BLOCK, &cont, &s->mask);
	s->went_on = signalfd(-1, &cont, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void draw_anew_after_stop(const struct screen *s)
{
	struct signalfd_siginfo info;

	if (s->went_on >= 0 && read(s->went_on, &info, sizeof(info)) > 0)
		clearok(curscr, TRUE);
}

int screen_open(bool colour, struct screen **ret, struct err *err)
{
	const char *term = getenv("TERM");
	struct screen *s;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, -ENOTTY,
			       "standard input and output must be a terminal for a screen");
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	setlocale(LC_CTYPE, "");
	s->paint = (struct tui_paint){
		.put = screen_put,
		.to = s,
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
	s->term = can_draw() ? newterm(NULL, stdout, stdin) : NULL;
	if (!s->term) {
		free(s);
		return err_set(err, -ENOTSUP,
			       "a terminal of kind '%.40s' (TERM) cannot be drawn upon",
			       term ? term : "");
	}
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESC_MS);
	/* Arrows as terminals send them that were not told of keypad(). */
	define_key("\033[A", KEY_UP);
	define_key("\033[B", KEY_DOWN);
	curs_set(0);
	dress(s, colour);
	watch_stops(s);
	*ret = s;
	return 0;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	endwin();
	delscreen(s->term);
	if (s->went_on >= 0)
		close(s->went_on);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	free(s);
}

const struct tui_paint *screen_begin(struct screen *s)
{
	int height, width;

	draw_anew_after_stop(s);
	getmaxyx(stdscr, height, width);
	s->paint.height = (unsigned)MAX(height, 1);
	s->paint.width = (unsigned)MAX(width, 1);
	erase();
	return &s->paint;
}

void screen_end(struct screen *s)
{
	(void)s;
	refresh();
}

int screen_key(struct screen *s)
{
	int key = getch();

	(void)s;
	switch (key) {
	case ERR:
		return -1;
	case KEY_CTRL_L:
		clearok(curscr, TRUE);
		return 0;
	case KEY_RESIZE:
		return 0;
	case KEY_UP:
		return TUI_KEY_UP;
	case KEY_DOWN:
		return TUI_KEY_DOWN;
	case KEY_PPAGE:
		return TUI_KEY_PAGE_UP;
	case KEY_NPAGE:
		return TUI_KEY_PAGE_DOWN;
	case KEY_HOME:
		return TUI_KEY_HOME;
	case KEY_BTAB:
		return TUI_KEY_BACKTAB;
	default:
		return key < 0x100 ? key : 0;
	}
}
