/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "cmd/cmd.h"
#include "probe/probe.h"

TEST(ping_offers_every_probe_module_in_order)
{
	const struct opt *query = cmd_ping.opts;
	size_t n = 0;

	while (query->help && (!query->name || strcmp(query->name, "query") != 0))
		query++;
	CHECK(query->help && query->kind == OPT_KIND_WORD);
	for (; probe_at(n); n++) {
		CHECK_STR(query->words[n], probe_at(n)->name);
		CHECK_HAS(query->help, probe_at(n)->name);
	}
	CHECK(query->words[n] == NULL);
}
