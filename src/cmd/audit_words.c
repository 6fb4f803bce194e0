/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/audit_words.h"

#include <stdio.h>

const char *audit_words_rule(const struct fact_rule *r, char buf[static AUDIT_RULE_LEN])
{
	if (!r)
		snprintf(buf, AUDIT_RULE_LEN, "no rule");
	else if (r->handle != FACT_NONE)
		snprintf(buf, AUDIT_RULE_LEN, "%s %s %s handle %lld: %s", r->family, r->table,
			 r->chain, (long long)r->handle, r->text);
	else if (r->position != FACT_NONE)
		snprintf(buf, AUDIT_RULE_LEN, "%s %s %s rule %lld: %s", r->family, r->table,
			 r->chain, (long long)r->position, r->text);
	else
		snprintf(buf, AUDIT_RULE_LEN, "%s %s %s: %s", r->family, r->table, r->chain,
			 r->text);
	return buf;
}
