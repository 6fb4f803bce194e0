/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/sieve.h"

#include <errno.h>

#include "test.h"

/* 10.0.0.1 > 10.0.0.2: ICMP echo request, bare. */
static const uint8_t echo[28] = {
	0x45, 0, 0, 28, [8] = 64, 1, [12] = 10, 0, 0, 1, 10, 0, 0, 2, 8, 0,
};

static bool passes(struct sieve *s, enum link_type link, size_t len)
{
	return sieve_passes(s, link, (struct span){ echo, len }, sizeof(echo));
}

TEST(a_sieve_lets_pass_what_its_filter_names)
{
	static const struct {
		const char *text;
		bool passes;
	} cases[] = {
		{ "icmp", true },           { "icmp[icmptype] == 8 and src host 10.0.0.1", true },
		{ "host 10.0.0.3", false }, { "icmp6", false },
		{ "less 28", true },        { "greater 29", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sieve *s = NULL;
		struct err err;

		CHECK_EQ(sieve_open(cases[i].text, &s, &err), 0);
		CHECK_EQ(passes(s, LINK_RAW, sizeof(echo)), cases[i].passes);
		CHECK(!passes(s, LINK_TYPES, sizeof(echo)));
		CHECK(sieve_fault(s) == NULL);
		sieve_close(s);
	}
}

TEST(a_frame_cut_before_what_the_filter_reads_does_not_pass)
{
	struct sieve *s = NULL;
	struct err err;

	CHECK_EQ(sieve_open("icmp", &s, &err), 0);
	CHECK(!passes(s, LINK_RAW, 4));
	CHECK(!passes(s, LINK_RAW, 0));
	sieve_close(s);
	sieve_close(NULL);
}

TEST(what_is_no_filter_is_refused_with_its_text)
{
	struct sieve *s = NULL;
	struct err err;

	CHECK_EQ(sieve_open("host and", &s, &err), -EINVAL);
	CHECK(s == NULL);
	CHECK_HAS(err.text, "host and");
}

TEST(a_filter_that_fits_no_link_of_a_kind_is_told_once)
{
	struct sieve *s = NULL;
	struct err err;

	CHECK_EQ(sieve_open("ether host 02:00:00:00:00:01", &s, &err), 0);
	CHECK(!passes(s, LINK_SLIP, sizeof(echo)));
	CHECK_HAS(sieve_fault(s), "left out");
	CHECK(sieve_fault(s) == NULL);
	CHECK(!passes(s, LINK_SLIP, sizeof(echo)));
	CHECK(sieve_fault(s) == NULL);
	sieve_close(s);
}
