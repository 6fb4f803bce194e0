/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doc/format.md, written from the field tables: what each line of --json holds. Pure. */
#pragma once

#include "out/sink.h"

void format_doc_write(struct out_sink *to);
