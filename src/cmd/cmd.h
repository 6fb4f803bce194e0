/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: one file and one line in cmd/commands.def each. A command says in
 * tables what it takes; parsing, help, man page and completions follow from them.
 */
#pragma once

#include "base/err.h"
#include "cmd/app.h"
#include "cmd/opt.h"

struct cmd_example {
	const char *line;  /* "sonde ping -c 3 192.0.2.1" */
	const char *shows; /* what one learns from it */
};

struct cmd {
	const char *name;
	const char *summary;    /* one line, no full stop */
	const char *about;      /* a paragraph or more, "\n\n" between them */
	const char *status_no;  /* when it exits 1, for the manual: "no target answered" */
	const struct opt *opts; /* ends with OPT_END */
	size_t args_size;       /* of the struct that opts fill */
	const void *defaults;   /* of that struct; NULL: zeroes */
	const struct cmd_example *examples; /* ends with a NULL line */

	/*
	 * Do it. Returns APP_YES or APP_NO; or -errno with @err: -EINVAL becomes exit
	 * status 2, -EPERM and -EACCES 3, everything else 4.
	 */
	int (*run)(struct app *app, const void *args, struct err *err);
};

#define COMMAND(name) extern const struct cmd cmd_##name;
#include "cmd/commands.def"
#undef COMMAND

/** Every command, in the order of commands.def, NULL at the end. */
extern const struct cmd *const cmd_table[];

/**
 * The command called @word, or the only one that begins with it.
 *
 * Returns 0; -EINVAL with @err: ambiguous, or unknown (the nearest is suggested).
 */
int cmd_find(const char *word, const struct cmd **ret_cmd, struct err *err);

/** The whole program: returns its exit status. */
int cmd_main(int argc, char **argv);
