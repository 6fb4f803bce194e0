/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last line of every command's JSON. Pure. */
#pragma once

#include "fact/field.h"
#include "fact/host.h"

struct fact_severities {
	int64_t high, medium, low, info;
};

struct fact_summary {
	const char *command;
	int64_t status;                         /* the exit status */
	bool interrupted;                       /* ended by a signal */
	int64_t records;                        /* lines before this one */
	int64_t elapsed_us;                     /* nanoseconds, shown as microseconds */
	const char *error;                      /* what was wrong; NULL: nothing */
	const struct fact_severities *findings; /* audit only; else NULL */
	const struct fact_survey *survey;       /* sweep and scan only; else NULL */
};

extern const struct fact_type fact_summary;
