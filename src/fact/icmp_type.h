/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row of the registry of ICMP types and codes, as `sonde types` tells it. Pure. */
#pragma once

#include "fact/field.h"

struct fact_advice {
	const char *input;   /* what to do with one that arrives for this host */
	const char *output;  /* with one that this host sends */
	const char *forward; /* with one that passes through */
};

struct fact_icmp_type {
	uint8_t family;       /* 4 or 6 */
	int64_t icmp_type;    /* 0..255; the first of a range */
	int64_t icmp_type_to; /* the last of a range; FACT_NONE: one type */
	int64_t code;         /* 0..255; FACT_NONE: every code without a row of its own */
	const char *name;     /* "Destination Unreachable" */
	const char *machine_name;
	const char *class;  /* error, query, reply, … */
	const char *status; /* current, deprecated, … */
	const char *rfc;
	const char *meaning;
	const char *cause;
	const char *risk; /* none, low, medium, high: of letting it in */
	const char *risk_why;
	const char *breakage; /* what stops working when it is blocked */
	struct fact_advice advice;
	const char *note;
};

extern const struct fact_type fact_icmp_type;
