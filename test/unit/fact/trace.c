/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field tables of a trace: every member is shown, by the kind it has; words and the engine's values agree. */
#include <string.h>

#include "fact/trace.h"
#include "probe/hop_verdict.h"
#include "test.h"

static size_t words_n(const char *const *w)
{
	size_t n = 0;

	while (w[n])
		n++;
	return n;
}

TEST(trace_words_are_in_the_order_of_the_values)
{
	CHECK_EQ(words_n(fact_hop_verdict_words), FACT_HOP_SILENT + 1);
	CHECK_STR(fact_hop_verdict_words[FACT_HOP_OK], "ok");
	CHECK_STR(fact_hop_verdict_words[FACT_HOP_LIMITS], "limits");
	CHECK_STR(fact_hop_verdict_words[FACT_HOP_LOSES], "loses");
	CHECK_STR(fact_hop_verdict_words[FACT_HOP_SILENT], "silent");
	CHECK_EQ(words_n(fact_trace_state_words), FACT_TRACE_UNSENT + 1);
	CHECK_STR(fact_trace_state_words[FACT_TRACE_REACHED], "reached");
	CHECK_STR(fact_trace_state_words[FACT_TRACE_UNREACHABLE], "unreachable");
	CHECK_STR(fact_trace_state_words[FACT_TRACE_SILENT], "silent");
	CHECK_STR(fact_trace_state_words[FACT_TRACE_UNSENT], "unsent");
}

TEST(trace_verdicts_are_the_engine_s)
{
	CHECK_EQ(FACT_HOP_OK, HOP_OK);
	CHECK_EQ(FACT_HOP_LIMITS, HOP_LIMITS);
	CHECK_EQ(FACT_HOP_LOSES, HOP_LOSES);
	CHECK_EQ(FACT_HOP_SILENT, HOP_SILENT);
}

static size_t size_of(const struct fact_field *f)
{
	switch (f->kind) {
	case FACT_BOOL:
		return sizeof(bool);
	case FACT_U8:
	case FACT_ENUM:
		return sizeof(uint8_t);
	case FACT_TEXT:
	case FACT_REF:
		return sizeof(void *);
	case FACT_IP:
		return sizeof(struct ip_addr);
	case FACT_OBJ:
		return f->sub->size;
	case FACT_LIST:
		return sizeof(struct fact_list);
	case FACT_INT:
	case FACT_TIME:
	case FACT_US:
	case FACT_PCT:
	case FACT_SHARE:
		return sizeof(int64_t);
	}
	return 0;
}

/* No octet of the struct but padding (less than 8 in a row) is left without a row. */
static void covers(const struct fact_type *t)
{
	static bool seen[4096];

	CHECK(t->size <= sizeof(seen));
	memset(seen, 0, sizeof(seen));
	for (size_t i = 0; i < t->field_n; i++) {
		const struct fact_field *f = &t->field[i];

		CHECK(f->at + size_of(f) <= t->size);
		for (size_t k = 0; k < size_of(f); k++) {
			CHECK(!seen[f->at + k]);
			seen[f->at + k] = true;
		}
	}
	for (size_t i = 0, hole = 0; i < t->size; i++) {
		hole = seen[i] ? 0 : hole + 1;
		CHECK(hole < 8);
	}
}

TEST(trace_facts_show_every_member)
{
	static const struct fact_type *const all[] = {
		&fact_mpls, &fact_hop_iface, &fact_hop,   &fact_path_hop,
		&fact_path, &fact_path_mtu,  &fact_trace,
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		covers(all[i]);
}

TEST(trace_times_are_times_and_losses_per_cent)
{
	for (size_t i = 0; i < fact_hop.field_n; i++) {
		const struct fact_field *f = &fact_hop.field[i];

		if (strstr(f->name, "_us") && f->kind != FACT_OBJ)
			CHECK_EQ(f->kind, FACT_US);
		if (strstr(f->name, "_pct"))
			CHECK_EQ(f->kind, FACT_PCT);
	}
	for (size_t i = 0; i < fact_trace.field_n; i++)
		if (strstr(fact_trace.field[i].name, "_pct"))
			CHECK_EQ(fact_trace.field[i].kind, FACT_PCT);
}
