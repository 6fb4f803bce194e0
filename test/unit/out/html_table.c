/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_table.h"

#include <string.h>

#include "out/html.h"
#include "page.h"
#include "sample.h"

static const char *write_tables(const struct fact_audit *a)
{
	html_table_all(page_begin(), a);
	return page_end();
}

TEST(html_tables_hold_every_kind_of_fact)
{
	const char *p = write_tables(sample_audit());

	CHECK_HAS(p, "<h2>Services seen from outside</h2>");
	CHECK_HAS(p, "tcp/5432 postgres");
	CHECK_HAS(p, "<h2>ICMP by type and code</h2>");
	CHECK_HAS(p, "fragmentation-needed");
	CHECK_HAS(p, "; nothing in the kernel &lt;handles&gt; it</td>");
	CHECK_HAS(p, "<h2>All ports</h2>");
	CHECK_HAS(p, "65,530 ports: 1-21,23-79");
	CHECK_HAS(p, "<h2>Rules never hit</h2>");
	CHECK_HAS(p, "&lt;redirect&gt; &amp; co");
	CHECK_HAS(p, "<h2>What could not be copied</h2>");
	CHECK_HAS(p, "one for the whole machine");
	CHECK_HAS(p, "<h2>Interfaces</h2>");
	CHECK_HAS(p, "192.0.2.10/24, 2001:db8::10/64");
	CHECK_HAS(p, "&lt;script&gt;alert(1)&lt;/script&gt;");
}

TEST(html_icmp_table_has_one_row_a_message_and_context)
{
	struct fact_audit a = *sample_audit();
	const char *p;

	a.verdict_n = 4; /* 3/4 from both kinds of senders, in both contexts */
	p = write_tables(&a);
	CHECK_EQ(page_count(p, "<td>3/4</td>"), 2);
	CHECK_EQ(page_count(p, "<td>own flow</td>"), 1);
}

TEST(html_icmp_table_folds_unassigned_types_into_one_row)
{
	static struct fact_icmp_verdict v[200];
	struct fact_audit a = *sample_audit();
	const char *p;

	for (int i = 0; i < 200; i++) {
		v[i] = a.verdict[0];
		v[i].context = FACT_STRAY;
		v[i].icmp_type = 44 + i;
		v[i].code = 0;
		v[i].verdict = i == 7 ? FACT_PASSED : FACT_DROPPED;
	}
	a.verdict = v;
	a.verdict_n = ARRAY_LEN(v);
	p = write_tables(&a);
	CHECK_EQ(page_count(p, "<td>44-252</td>"), 1);
	CHECK_HAS(p, "passed 1, dropped 199");
}

TEST(html_tables_are_bounded_and_say_what_they_left_out)
{
	static struct fact_exposure e[5012];
	static struct fact_rule_proof proof[300];
	struct fact_audit a = *sample_audit();
	const char *p;

	for (size_t i = 0; i < ARRAY_LEN(e); i++)
		e[i] = a.exposure[0];
	for (size_t i = 0; i < ARRAY_LEN(proof); i++)
		proof[i] = a.proof[1];
	a.exposure = e;
	a.exposure_n = ARRAY_LEN(e);
	a.proof = proof;
	a.proof_n = ARRAY_LEN(proof);
	p = write_tables(&a);
	CHECK_HAS(p, "… and 4,812 more. The first 200 are shown here");
	CHECK_EQ(page_count(p, "<td>tcp/22 sshd</td>"), HTML_EXPOSURES);
	CHECK_HAS(p, "… and 100 more. The first 200 are shown here");
}

TEST(html_tables_of_nothing_are_nothing)
{
	struct fact_audit a = { .host = "x" };

	CHECK_STR(write_tables(&a), "");
}
