/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole terminal, by ncurses: it is drawn upon, its keys are read, and it is given back as it
 * was, with what stood there before. One at a time. Signals of its size and of job control are ncurses';
 * those that end the program stay the program's, which must close the screen then.
 */
#pragma once

#include "base/err.h"
#include "tui/paint.h"

struct screen;

/**
 * @colour  whether it may
 *
 * Returns 0 with *@ret owned by the caller; -ENOTTY: standard input or output is no terminal;
 * -ENOTSUP: the terminal is unknown or can not be drawn upon; -ENOMEM; @err tells.
 */
int screen_open(bool colour, struct screen **ret, struct err *err);
void screen_close(struct screen *s); /* NULL is fine */

/** Empty the grid and give it for drawing; its size may be another each time. */
const struct tui_paint *screen_begin(struct screen *s);
/** Show what was drawn. */
void screen_end(struct screen *s);

/** A key that was pressed, as tui/trace_view.h has them; 0: the size changed; -1: none. */
int screen_key(struct screen *s);
