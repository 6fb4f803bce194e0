/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_picture.h"

#include <string.h>

#include "out/html.h"
#include "page.h"
#include "sample.h"

static const char *draw(const struct fact_audit *a)
{
	html_picture(page_begin(), a);
	return page_end();
}

TEST(html_picture_shows_services_and_icmp_types_with_their_rules)
{
	const char *p = draw(sample_audit());

	CHECK_HAS(p, "tcp/22 sshd");
	CHECK_HAS(p, "3/4 fragmentation needed");
	CHECK_HAS(p, "135 neighbour solicitation");
	CHECK_HAS(p, "inet filter input, handle 9");
	CHECK_HAS(p, "inet filter input, policy");
	CHECK_HAS(p, "<line class=\"cut\"");
	CHECK_HAS(p, "<line class=\"in\"");
	CHECK_HAS(p, "<line class=\"back\"");
	CHECK(!strstr(p, "<script"));
}

TEST(html_picture_draws_one_line_where_all_meet_the_same_fate)
{
	struct fact_audit a = *sample_audit();

	a.verdict_n = 0;
	a.exposure_n = 1;
	CHECK_EQ(page_count(draw(&a), "<line "), 1);
	CHECK_HAS(draw(&a), ">stranger<");
	a = *sample_audit();
	a.exposure_n = 0;
	a.verdict_n = 4; /* 3/4 from both, about own flows and unasked: all dropped */
	CHECK_EQ(page_count(draw(&a), "<line "), 1);
	CHECK_HAS(draw(&a), ">anyone<");
}

TEST(html_picture_is_bounded_and_says_what_it_left_out)
{
	static struct fact_exposure e[1000];
	struct fact_audit a = *sample_audit();
	const char *p;

	for (int i = 0; i < 1000; i++) {
		e[i] = a.exposure[0];
		e[i].port = 1000 + i;
		e[i].state = i == 999 ? FACT_OPEN : FACT_FILTERED;
	}
	a.exposure = e;
	a.exposure_n = ARRAY_LEN(e);
	a.verdict_n = 0;
	p = draw(&a);
	CHECK_EQ(page_count(p, "class=\"box "), HTML_SERVICES);
	CHECK_HAS(p, "… and 976 more services");
	CHECK_HAS(p, "tcp/1999"); /* what strangers reach comes first */
}

TEST(html_picture_of_nothing_is_nothing)
{
	struct fact_audit a = { .host = "x" };

	CHECK_STR(draw(&a), "");
}
