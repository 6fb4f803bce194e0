/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help in every form that the option tables can take: screen, manual, completions. */
#pragma once

#include <stdio.h>

#include "cmd/cmd.h"

/** One line of usage, and where to read on. */
void help_usage(FILE *to);

/**
 * The help of @cmd, or of the program when NULL, on standard output; with --json only
 * the summary line. Returns APP_YES, APP_FAILED.
 */
int help_show(const struct cmd *cmd, const struct opt_common *common);

/* Parts of the manual and shell completions; cmd/help_forms.c. */
void help_scdoc(struct out_sink *to, const struct cmd *cmd);
void help_bash(struct out_sink *to);
void help_zsh(struct out_sink *to);
void help_fish(struct out_sink *to);

/** "[OPTIONS] TARGET…" as the table of @cmd says. */
void help_synopsis(struct out_sink *to, const struct cmd *cmd);

/** "-c, --count N" into @buf. Returns @buf. */
const char *help_option(const struct opt *o, char buf[static 64]);
