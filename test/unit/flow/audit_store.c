/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/audit_store.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

TEST(a_new_store_is_empty_and_may_be_done_with_at_once)
{
	struct audit_store s;

	audit_store_init(&s);
	CHECK_EQ(s.finding.n, 0);
	CHECK(!s.full);
	audit_store_done(&s);
}

TEST(a_list_grows_and_keeps_its_order)
{
	struct audit_store s;

	audit_store_init(&s);
	for (int64_t i = 0; i < 1000; i++)
		audit_add(&s, &s.burst, &(struct fact_burst){ .sent = i, .answered = -i });
	CHECK_EQ(s.burst.n, 1000);
	for (int64_t i = 0; i < 1000; i++) {
		const struct fact_burst *b = (const struct fact_burst *)s.burst.item + i;

		CHECK_EQ(b->sent, i);
		CHECK_EQ(b->answered, -i);
	}
	audit_store_done(&s);
}

TEST(each_list_is_of_its_own_noun)
{
	struct audit_store s;

	audit_store_init(&s);
	CHECK_EQ(s.exposure.size, sizeof(struct fact_exposure));
	CHECK_EQ(s.group.size, sizeof(struct fact_port_group));
	CHECK_EQ(s.verdict.size, sizeof(struct fact_icmp_verdict));
	CHECK_EQ(s.burst.size, sizeof(struct fact_burst));
	CHECK_EQ(s.proof.size, sizeof(struct fact_rule_proof));
	CHECK_EQ(s.gap.size, sizeof(struct fact_gap));
	CHECK_EQ(s.finding.size, sizeof(struct fact_finding));
	CHECK_EQ(s.iface.size, sizeof(struct fact_iface));
	audit_store_done(&s);
}

TEST(texts_stay_where_they_are_however_many_follow)
{
	enum { N = 20000 };
	static const char *kept[N];
	struct audit_store s;
	char text[32];

	audit_store_init(&s);
	for (int i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		kept[i] = audit_text(&s, text);
		CHECK(kept[i] != text);
	}
	for (int i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		CHECK_STR(kept[i], text);
	}
	audit_store_done(&s);
}

TEST(a_text_longer_than_a_chunk_is_kept_whole)
{
	static char much[200000];
	struct audit_store s;
	const char *before, *kept, *after;

	memset(much, 'x', sizeof(much) - 1);
	audit_store_init(&s);
	before = audit_text(&s, "before");
	kept = audit_text(&s, much);
	after = audit_text(&s, "after");
	CHECK_STR(before, "before");
	CHECK_STR(kept, much);
	CHECK_STR(after, "after");
	CHECK_STR(audit_text(&s, ""), "");
	CHECK(audit_text(&s, NULL) == NULL);
	audit_store_done(&s);
}

TEST(an_answer_is_copied_to_where_its_type_may_stand)
{
	struct audit_store s;
	struct fact_answer a = { .kind = "icmp", .icmp_type = 3, .code = 13, .ttl = 64 };
	const struct fact_answer *kept;

	audit_store_init(&s);
	audit_text(&s, "odd");
	kept = audit_answer(&s, &a);
	a.code = 1;
	CHECK_EQ((uintptr_t)kept % _Alignof(struct fact_answer), 0);
	CHECK_EQ(kept->code, 13);
	CHECK_STR(kept->kind, "icmp");
	CHECK(audit_answer(&s, NULL) == NULL);
	audit_store_done(&s);
}

TEST(findings_and_gaps_own_their_texts)
{
	struct audit_store s;
	char text[] = "first";
	const struct fact_finding *f;
	const struct fact_gap *g;

	audit_store_init(&s);
	audit_add_finding(&s, &(struct fact_finding){ .id = text,
						      .severity = FACT_HIGH,
						      .family = 6,
						      .subject = text,
						      .evidence = text,
						      .why = text });
	audit_add_gap(
		&s, &(struct fact_gap){ .what = text, .which = text, .why = text, .means = text });
	memset(text, '-', sizeof(text) - 1);
	f = s.finding.item;
	g = s.gap.item;
	CHECK_STR(f->id, "first");
	CHECK_STR(f->subject, "first");
	CHECK_STR(f->evidence, "first");
	CHECK_STR(f->why, "first");
	CHECK(f->fix == NULL);
	CHECK_EQ(f->severity, FACT_HIGH);
	CHECK_EQ(f->family, 6);
	CHECK_STR(g->what, "first");
	CHECK_STR(g->which, "first");
	CHECK_STR(g->why, "first");
	CHECK_STR(g->means, "first");
	audit_store_done(&s);
}
