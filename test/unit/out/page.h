/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a writer wrote, as one text. */
#pragma once

#include "out/sink.h"
#include "test.h"

/** A sink that keeps everything; begins a new text. One at a time. */
struct out_sink *page_begin(void);

/** All that was written since page_begin; terminated, lives until the next page_begin. */
const char *page_end(void);

/** How often @part stands in @text. */
size_t page_count(const char *text, const char *part);
