/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_fold.h"

#include "page.h"

static struct html_fold fold(int first, int second, bool icmp)
{
	struct html_fold f = { 0 };

	for (int i = 0; i < 2; i++) {
		struct fact_exposure e = { .state = (uint8_t)(i ? second : first) };
		struct fact_icmp_verdict v = { .verdict = (uint8_t)(i ? second : first) };

		if (icmp)
			html_fold_verdict(&f, &v);
		else
			html_fold_exposure(&f, &e);
	}
	return f;
}

TEST(html_fold_gives_each_outcome_its_fate)
{
	static const enum html_fate ports[] = { HTML_IN, HTML_IDLE, HTML_CUT, HTML_BACK };
	static const enum html_fate icmp[] = { HTML_IN, HTML_IN, HTML_CUT, HTML_BACK, HTML_IDLE };

	for (int i = FACT_OPEN; i <= FACT_REJECTED; i++) {
		struct html_fold f = fold(i, i, false);

		CHECK_EQ(html_fold_fate(&f), ports[i]);
	}
	for (int i = FACT_PASSED; i <= FACT_IGNORED; i++) {
		struct html_fold f = fold(i, i, true);

		CHECK_EQ(html_fold_fate(&f), icmp[i]);
	}
}

TEST(html_fold_is_mixed_only_when_fates_differ)
{
	struct html_fold f = fold(FACT_PASSED, FACT_ANSWERED, true), none = { 0 };

	CHECK_EQ(html_fold_fate(&f), HTML_IN);
	f = fold(FACT_OPEN, FACT_FILTERED, false);
	CHECK_EQ(html_fold_fate(&f), HTML_MIXED);
	CHECK_EQ(html_fold_fate(&none), HTML_UNTRIED);
}

TEST(html_fold_words_number_what_differs)
{
	struct html_fold f = fold(FACT_OPEN, FACT_FILTERED, false), none = { 0 };

	html_fold_words(page_begin(), &f);
	CHECK_STR(page_end(), "open 1, filtered 1");
	f = fold(FACT_REFUSED, FACT_REFUSED, true);
	html_fold_words(page_begin(), &f);
	CHECK_STR(page_end(), "rejected");
	html_fold_words(page_begin(), &none);
	CHECK_STR(page_end(), "-");
}
