/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde detect` found, as lines for people. */
#pragma once

#include "fact/alert.h"
#include "fact/detect.h"
#include "out/text.h"

/** One line: when, how bad, what, who to whom, why. */
void detect_text_alert(const struct text_out *t, const struct fact_alert *a);

/** What it was found in, and what was not told; @lines alerts stand above. */
void detect_text_sum(const struct text_out *t, const struct fact_detect_sum *s, uint64_t lines);
