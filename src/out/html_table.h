/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of a page: what was seen of everything, cut at the bounds of out/html.h. Pure. */
#pragma once

#include "fact/audit.h"
#include "out/sink.h"

/** Every table that has a row, each under its heading. */
void html_table_all(struct out_sink *to, const struct fact_audit *audit);
