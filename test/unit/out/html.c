/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out/html_style.h"
#include "page.h"
#include "sample.h"

static const char *make_page(const struct fact_audit *a)
{
	html_audit(page_begin(), a);
	return page_end();
}

/* xmllint reads the page as XML, which forgives nothing. 0: well-formed; 127: not installed. */
static int lint(const char *page, const char *option)
{
	char path[] = "/tmp/sonde-html-XXXXXX", command[128];
	int fd = mkstemp(path);
	int status;

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, page, strlen(page)), strlen(page));
	close(fd);
	snprintf(command, sizeof(command), "xmllint %s --noout %s 2>/dev/null", option, path);
	status = system(command);
	unlink(path);
	return status >> 8;
}

TEST(html_page_is_well_formed)
{
	struct fact_audit empty = { 0 };
	int status = lint(make_page(sample_audit()), "--nonet");

	if (status == 127)
		test_skip("xmllint is not installed");
	CHECK_EQ(status, 0);
	CHECK_EQ(lint(make_page(&empty), "--nonet"), 0);
	CHECK_EQ(lint(make_page(sample_audit()), "--nonet --html"), 0);
}

TEST(html_page_stands_alone)
{
	static const char *const none[] = {
		"http:",   "https:",  "src=",     "href=", "url(",
		"<script", "@import", "style=\"", "<link", "javascript"
	};
	const char *p = make_page(sample_audit());

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		if (strstr(p, none[i]))
			fail_msg("the page holds '%s'", none[i]);
	CHECK_HAS(p, "content=\"default-src 'none'; style-src 'sha256-");
	CHECK_HAS(p, html_style_hash);
	CHECK_EQ(strlen(html_style_hash), strlen("sha256-") + 44); /* base64 of 32 octets */
}

TEST(html_page_opens_with_the_verdict)
{
	struct fact_audit a = *sample_audit();
	const char *p = make_page(&a);

	CHECK_HAS(p, "<title>Audit of web1.example</title>");
	CHECK_HAS(p, "<p class=\"verdict high\">Something is broken or dangerous now.</p>");
	CHECK_HAS(p, "<li class=\"high\"><b>1</b> high</li>");
	CHECK_HAS(p, "Read on 2026-11-21 at 13:00:00 UTC. Firewall: nftables.");
	CHECK_HAS(p, "No packet left the machine");
	a.finding++; /* without the first, which is high */
	a.finding_n--;
	CHECK_HAS(make_page(&a), "<p class=\"verdict medium\">");
	a.finding_n = 0;
	CHECK_HAS(make_page(&a), "<p class=\"verdict fine\">In order.</p>");
	a.proved = false;
	a.firewall = NULL;
	CHECK_HAS(make_page(&a), "Nothing was proved.");
	CHECK_HAS(make_page(&a), "Firewall: could not be read.");
}

TEST(html_page_holds_each_finding_wholly_and_in_order)
{
	struct fact_audit a = *sample_audit();
	const char *at = make_page(&a);

	for (size_t i = 0; i < a.finding_n; i++) {
		CHECK_HAS(at, a.finding[i].id);
		at = strstr(at, a.finding[i].id);
		CHECK_HAS(at, a.finding[i].subject);
		CHECK_HAS(at, a.finding[i].why);
		CHECK_HAS(at, a.finding[i].fix);
	}
}

TEST(html_page_escapes_what_a_host_may_be_called)
{
	static const struct fact_finding nasty = { "<id>",           FACT_LOW,   4,
						   "</pre><script>", "\xff\x01", "a & b",
						   "echo '<x>'" };
	struct fact_audit a = { .host = "<b>\"x\"</b>", .firewall = "<none>" };
	const char *p;

	a.finding = &nasty;
	a.finding_n = 1;
	p = make_page(&a);
	CHECK_HAS(p, "&lt;b&gt;&quot;x&quot;&lt;/b&gt;");
	CHECK_HAS(p, "&lt;/pre&gt;&lt;script&gt;");
	CHECK_HAS(p, "\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_HAS(p, "echo &#39;&lt;x&gt;&#39;");
	CHECK(lint(p, "--nonet") == 0 || lint(p, "--nonet") == 127);
}

TEST(html_findings_are_bounded)
{
	static struct fact_finding many[HTML_FINDINGS + 7];
	struct fact_audit a = *sample_audit();
	const char *p;

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = a.finding[2];
	a.finding = many;
	a.finding_n = ARRAY_LEN(many);
	p = make_page(&a);
	CHECK_EQ(page_count(p, "<article "), HTML_FINDINGS);
	CHECK_HAS(p, "… and 7 more. The first 500 are shown");
}
