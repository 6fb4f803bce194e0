/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a view draws: a grid of columns and lines. The views know nothing of terminals, so their
 * tests need none.
 */
#pragma once

#include "out/text.h"

struct tui_paint {
	/**
	 * @text, one line of at most @width columns at @x, @y; what goes beyond is cut. @text may be
	 * anything: what a terminal may not show is shown as '?'.
	 */
	void (*put)(void *to, unsigned y, unsigned x, unsigned width, enum text_style style,
		    const char *text);
	void *to;
	unsigned width, height; /* at least 1 */
	bool utf8;              /* characters beyond ASCII can be shown */
};
