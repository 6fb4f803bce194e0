/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that the parts of an audit's report share. */
#pragma once

#include "fact/audit.h"

#define AUDIT_RULE_LEN 320

/** "inet filter input handle 7: tcp dport 22 accept" into @buf; "no rule" for NULL. Returns @buf. */
const char *audit_words_rule(const struct fact_rule *r, char buf[static AUDIT_RULE_LEN]);
