/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table per noun says which members a fact has: JSON, text columns, the
 * documentation of the format and --fields all walk it, so a new member is one row.
 *
 * Pure: data only.
 */
#pragma once

#include "base/base.h"
#include "base/ip.h"

#define FACT_NONE INT64_MIN /* an integer that is not known or does not apply: JSON null */

enum fact_kind {
	FACT_BOOL, /* bool */
	FACT_INT,  /* int64_t; FACT_NONE is null */
	FACT_U8,   /* uint8_t, never null */
	FACT_ENUM, /* uint8_t index into .words */
	FACT_TEXT, /* const char *; NULL is null */
	FACT_IP,   /* struct ip_addr; family 0 is null */
	FACT_TIME, /* uint64_t, ns since 1970; JSON: RFC 3339 text */
	FACT_US, /* int64_t nanoseconds, shown as microseconds with three decimals; FACT_NONE is null */
	FACT_PCT,   /* int64_t thousandths of a per cent, shown as a per cent; FACT_NONE is null */
	FACT_SHARE, /* int64_t millionths, shown as a share of 1; FACT_NONE is null */
	FACT_OBJ,   /* a struct within, described by .sub */
	FACT_REF,   /* pointer to a struct described by .sub; NULL is null */
	FACT_LIST,  /* struct fact_list of .sub */
};

struct fact_list {
	const void *item; /* .n structs of the field's .sub, borrowed */
	size_t n;
};

struct fact_type;

struct fact_field {
	const char *name; /* as in JSON */
	const char *help; /* a phrase with its unit */
	size_t at;        /* offset in the struct */
	const struct fact_type *sub;
	const char *const *words; /* FACT_ENUM: index -> word, NULL at the end */
	enum fact_kind kind;
};

struct fact_type {
	const char *name;    /* the value of "type" */
	const char *summary; /* one line, no full stop */
	const struct fact_field *field;
	size_t field_n;
	size_t size; /* octets of the struct */
};

#define FACT_FIELD(T, member, k, h)                                                  \
	{                                                                            \
		.name = #member, .help = (h), .at = offsetof(T, member), .kind = (k) \
	}
#define FACT_FIELD_AS(T, member, json, k, h)                                        \
	{                                                                           \
		.name = (json), .help = (h), .at = offsetof(T, member), .kind = (k) \
	}
#define FACT_FIELD_ENUM(T, member, w, h)                                               \
	{                                                                              \
		.name = #member, .help = (h), .at = offsetof(T, member), .words = (w), \
		.kind = FACT_ENUM                                                      \
	}
#define FACT_FIELD_SUB(T, member, k, s, h)                                                       \
	{                                                                                        \
		.name = #member, .help = (h), .at = offsetof(T, member), .sub = (s), .kind = (k) \
	}
#define FACT_TYPE(T, n, s, f)                                                       \
	{                                                                           \
		.name = (n), .summary = (s), .field = (f), .field_n = ARRAY_LEN(f), \
		.size = sizeof(T)                                                   \
	}

/** Every noun that may be a line of output, NULL at the end; doc/format.md is written from it. */
extern const struct fact_type *const fact_types[];
