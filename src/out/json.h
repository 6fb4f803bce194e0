/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts as NDJSON: one object a line, walked from the noun's field table.
 * Octets that are no UTF-8 become U+FFFD, so that no input makes a line invalid.
 *
 * Pure. The names say out_ because jansson, linked into the same program, has the others.
 * Source: RFC 8259; one line an object as in ndjson's specification.
 */
#pragma once

#include "fact/field.h"
#include "out/sink.h"

#define OUT_SCHEMA "sonde/1"

/** One whole line: schema, type, time (@time_ns since 1970), then every field of @fact. */
void out_json_line(struct out_sink *to, const struct fact_type *type, const void *fact,
		   uint64_t time_ns);

/** The fields of @fact alone, as an object. */
void out_json_object(struct out_sink *to, const struct fact_type *type, const void *fact);

/** @text (NULL: null) with its quotes. */
void out_json_text(struct out_sink *to, const char *text);
