/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user may type behind `sonde types`. What is read finds the row that
 * speaks for it when it asks by number; whatever is refused says why.
 */
#include <stdlib.h>
#include <string.h>

#include "icmp/query.h"
#include "icmp/sysctls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try(const char *text, unsigned family)
{
	struct icmp_query q;
	struct err err = { "" };
	size_t n = 0;

	if (icmp_query_parse(text, family, ICMP_RISK_NONE, &q, &err) < 0) {
		if (!err.text[0])
			abort();
		return;
	}
	for (size_t i = 0; i < icmp_registry_count(); i++)
		n += icmp_query_match(&q, icmp_registry_at(i));
	if (n == 0 && q.type.kind == ICMP_QUERY_NUMBER && q.code.kind != ICMP_QUERY_TEXT)
		abort();
	if (n != icmp_registry_count() && q.type.kind == ICMP_QUERY_ALL && q.family == 0)
		abort();
	icmp_query_nearest(&q, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[ICMP_QUERY_LEN * 2];

	len = len < sizeof(text) ? len : sizeof(text) - 1;
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	try(text, 0);
	try(text, 4);
	try(text, 6);
	icmp_sysctl_find(text);
	return 0;
}
