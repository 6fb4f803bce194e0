/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report's style sheet, src/out/html.css as tools/embed makes it C. Pure: data only. */
#pragma once

extern const char html_style[];
extern const char html_style_hash[]; /* "sha256-…", for the content security policy */
