/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text within a page: escaped, and the phrases that its parts share. Pure. */
#pragma once

#include "fact/audit.h"
#include "out/sink.h"

/**
 * @text as character data, also fit for a quoted attribute. NULL is "-". Octets
 * that are no UTF-8, control characters, what XML forbids, and what reverses the
 * direction of text become U+FFFD; line ends and tabs become blanks.
 */
void html_text(struct out_sink *to, const char *text);

/** html_text of at most @max characters, "…" behind it when there were more. */
void html_text_cut(struct out_sink *to, const char *text, size_t max);

/** "4,812". */
void html_text_count(struct out_sink *to, uint64_t n);

/** "1 probe", "4,812 probes". */
void html_text_many(struct out_sink *to, uint64_t n, const char *one, const char *many);

/** "inet filter input, handle 12"; "-" for NULL. */
void html_text_place(struct out_sink *to, const struct fact_rule *rule);

/** Its place, and its text behind it as code; "-" for NULL. */
void html_text_rule(struct out_sink *to, const struct fact_rule *rule);

/** "tcp/22 sshd". */
void html_text_service(struct out_sink *to, const struct fact_exposure *e);
