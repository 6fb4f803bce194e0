/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html.h"

#include <string.h>

#include "base/when.h"
#include "out/html_picture.h"
#include "out/html_style.h"
#include "out/html_table.h"
#include "out/html_text.h"

#define SEVERITIES 4

static void put_head(struct out_sink *to, const struct fact_audit *a)
{
	out_text(to, "<!DOCTYPE html>\n"
		     "<html lang=\"en\">\n<head>\n"
		     "<meta charset=\"utf-8\"/>\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "style-src '");
	out_text(to, html_style_hash);
	out_text(to, "'; base-uri 'none'; form-action 'none'\"/>\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		     "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		     "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>Audit of ");
	html_text(to, a->host ? a->host : "this host");
	out_text(to, "</title>\n<style>");
	out_text(to, html_style);
	out_text(to, "</style>\n</head>\n");
}

struct counts {
	size_t n[SEVERITIES]; /* findings of each enum fact_severity */
};

static struct counts count(const struct fact_audit *a)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < a->finding_n; i++)
		c.n[a->finding[i].severity]++;
	return c;
}

/* One sentence that a person who reads no further may take away. */
static void put_verdict(struct out_sink *to, const struct fact_audit *a, const struct counts *c)
{
	const char *class = c->n[FACT_HIGH]     ? "high"
			    : c->n[FACT_MEDIUM] ? "medium"
			    : c->n[FACT_LOW]    ? "low"
						: "fine";
	const char *says = c->n[FACT_HIGH] ? "Something is broken or dangerous now."
			   : c->n[FACT_MEDIUM]
				   ? "Nothing is broken, but something should be mended."
			   : c->n[FACT_LOW] ? "In order, with details worth a look."
			   : a->proved      ? "In order."
					    : "Nothing was proved.";

	out_printf(to, "<p class=\"verdict %s\">%s</p>\n<ul class=\"counts\">", class, says);
	for (int severity = FACT_HIGH; severity >= FACT_INFO; severity--) {
		out_printf(to, "<li class=\"%s%s\"><b>", fact_severity_words[severity],
			   c->n[severity] ? "" : " none");
		html_text_count(to, c->n[severity]);
		out_printf(to, "</b> %s</li>", fact_severity_words[severity]);
	}
	out_text(to, "</ul>\n");
}

/* Ports that were probed, counted once for each place they were seen from. */
static uint64_t count_ports(const struct fact_audit *a)
{
	uint64_t n = 0;

	for (size_t i = 0; i < a->group_n; i++)
		n += (uint64_t)MAX(a->group[i].count, 0);
	return n;
}

static size_t count_probed(const struct fact_audit *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->iface_n; i++)
		n += a->iface[i].in_twin;
	return n;
}

static void put_proof(struct out_sink *to, const struct fact_audit *a)
{
	char when[WHEN_TEXT_LEN];

	when_format(a->time_ns, when);
	out_printf(to, "<p class=\"note\">Read on %.10s at %.8s UTC. Firewall: ", when, when + 11);
	html_text(to, a->firewall ? a->firewall : "could not be read");
	out_text(to, ". ");
	if (!a->proved) {
		out_text(to, "<strong>Nothing here is proved by packets</strong>: no copy of the "
			     "host could be built.</p>\n");
		return;
	}
	out_text(to, "Proved by real packets on a sealed copy of the host, seen through ");
	html_text_many(to, count_probed(a), "interface", "interfaces");
	out_text(to, ": ");
	html_text_many(to, count_ports(a), "port probe", "port probes");
	out_text(to, ", ");
	html_text_many(to, a->verdict_n, "ICMP probe", "ICMP probes");
	out_text(to, ", ");
	html_text_many(to, a->proof_n, "firewall rule", "firewall rules");
	out_text(to, ". No packet left the machine.</p>\n");
}

static void put_finding(struct out_sink *to, const struct fact_finding *f)
{
	const char *severity = fact_severity_words[f->severity];

	out_printf(to, "<article class=\"finding %s\"><h3><span class=\"badge\">%s</span> ",
		   severity, severity);
	html_text(to, f->id);
	if (f->family)
		out_printf(to, " <span class=\"family\">IPv%u</span>", f->family);
	out_text(to, "</h3>\n<p class=\"subject\">");
	html_text(to, f->subject);
	out_text(to, "</p>\n<dl><dt>Seen</dt><dd>");
	html_text(to, f->evidence);
	out_text(to, "</dd><dt>Why it matters</dt><dd>");
	html_text(to, f->why);
	out_text(to, "</dd><dt>What mends it</dt><dd><pre>");
	html_text(to, f->fix);
	out_text(to, "</pre></dd></dl></article>\n");
}

static void put_findings(struct out_sink *to, const struct fact_audit *a)
{
	size_t n = MIN(a->finding_n, HTML_FINDINGS);

	out_text(to, "<section><h2>Findings</h2>\n");
	if (n == 0)
		out_text(to, "<p>None.</p>\n");
	else
		out_text(to, "<p class=\"note\">Worst first. A click on a command selects all of "
			     "it.</p>\n");
	for (size_t i = 0; i < n; i++)
		put_finding(to, &a->finding[i]);
	if (n < a->finding_n) {
		out_text(to, "<p class=\"more\">… and ");
		html_text_count(to, a->finding_n - n);
		out_text(to, " more. The first ");
		html_text_count(to, n);
		out_text(to, " are shown here; <code>sonde --json audit</code> lists all.</p>\n");
	}
	out_text(to, "</section>\n");
}

void html_audit(struct out_sink *to, const struct fact_audit *audit)
{
	struct counts c = count(audit);

	put_head(to, audit);
	out_text(to, "<body>\n<header><h1>Audit of ");
	html_text(to, audit->host ? audit->host : "this host");
	out_text(to,
		 "</h1>\n<p class=\"lead\">What can the network see of this host, why, and what "
		 "should change?</p>\n");
	put_verdict(to, audit, &c);
	put_proof(to, audit);
	out_text(to, "</header>\n<main>\n");
	html_picture(to, audit);
	put_findings(to, audit);
	html_table_all(to, audit);
	out_text(to, "</main>\n<footer><p>Made by sonde audit.</p></footer>\n</body>\n</html>\n");
}
