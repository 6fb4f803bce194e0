/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field tables of host, port and why: every member is shown, by the kind it has. */
#include <string.h>

#include "fact/host.h"
#include "fact/port.h"
#include "fact/why.h"
#include "test.h"

static size_t words_n(const char *const *w)
{
	size_t n = 0;

	while (w[n])
		n++;
	return n;
}

TEST(every_state_has_its_word)
{
	CHECK_EQ(words_n(fact_host_state_words), FACT_HOST_UNKNOWN + 1);
	CHECK_STR(fact_host_state_words[FACT_HOST_UP], "up");
	CHECK_STR(fact_host_state_words[FACT_HOST_DOWN], "down");
	CHECK_STR(fact_host_state_words[FACT_HOST_PROHIBITED], "prohibited");
	CHECK_STR(fact_host_state_words[FACT_HOST_UNREACHABLE], "unreachable");
	CHECK_STR(fact_host_state_words[FACT_HOST_UNKNOWN], "unknown");
	CHECK_EQ(words_n(fact_verdict_words), FACT_VERDICT_UNFILTERED + 1);
	CHECK_STR(fact_verdict_words[FACT_VERDICT_OPEN], "open");
	CHECK_STR(fact_verdict_words[FACT_VERDICT_CLOSED], "closed");
	CHECK_STR(fact_verdict_words[FACT_VERDICT_FILTERED], "filtered");
	CHECK_STR(fact_verdict_words[FACT_VERDICT_OPEN_FILTERED], "open|filtered");
	CHECK_STR(fact_verdict_words[FACT_VERDICT_UNRESOLVED], "unresolved");
	CHECK_STR(fact_verdict_words[FACT_VERDICT_UNREACHABLE], "unreachable");
	CHECK_STR(fact_verdict_words[FACT_VERDICT_UNFILTERED], "unfiltered");
	CHECK_EQ(words_n(fact_confidence_words), FACT_DOUBTFUL + 1);
	CHECK_STR(fact_confidence_words[FACT_CERTAIN], "certain");
	CHECK_STR(fact_confidence_words[FACT_DOUBTFUL], "doubtful");
}

static size_t size_of(const struct fact_field *f)
{
	switch (f->kind) {
	case FACT_BOOL:
		return sizeof(bool);
	case FACT_INT:
	case FACT_US:
	case FACT_PCT:
	case FACT_SHARE:
		return sizeof(int64_t);
	case FACT_TIME:
		return sizeof(uint64_t);
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

TEST(every_member_has_one_row)
{
	covers(&fact_by);
	covers(&fact_host);
	covers(&fact_survey);
	covers(&fact_reason);
	covers(&fact_port);
	covers(&fact_why_line);
	covers(&fact_why);
}
