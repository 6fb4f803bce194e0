/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of iptables-save, line by line. Pure and total. */
#pragma once

#include "base/base.h"

enum save_kind {
	SAVE_TABLE,  /* "*filter": .name */
	SAVE_CHAIN,  /* ":INPUT DROP [0:0]": .name, .text "DROP" ("-": the user's own) */
	SAVE_RULE,   /* "[0:0] -A INPUT …": .name of the chain, .text from "-A" on */
	SAVE_COMMIT, /* the table ends */
	SAVE_OTHER,  /* comments and what is not understood */
};

struct save_line {
	enum save_kind kind;
	struct span name, text; /* borrowed */
	struct span whole;      /* the line with its newline */
};

/** Take the next line of *@text (terminated), moving it on. 1; 0 at the end. */
int save_text_next(const char **text, struct save_line *ret_line);
