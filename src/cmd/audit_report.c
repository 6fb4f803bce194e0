/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/audit_report.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "policy/note.h"

static const enum text_style severity_style[] = {
	[FACT_INFO] = TEXT_NOTE,
	[FACT_LOW] = TEXT_PLAIN,
	[FACT_MEDIUM] = TEXT_WARN,
	[FACT_HIGH] = TEXT_BAD,
};

unsigned audit_report_seen(const struct fact_audit *a)
{
	unsigned seen = 0;

	for (size_t i = 0; a->proved && i < a->iface_n; i++)
		seen += a->iface[i].in_twin && a->iface[i].up &&
			strcmp(a->iface[i].kind, "loopback") != 0;
	return seen;
}

static void head(const struct text_out *t, const struct fact_audit *a)
{
	char when[WHEN_TEXT_LEN];
	unsigned seen = audit_report_seen(a);

	when_format(a->time_ns, when);
	text_put(t, TEXT_BOLD, "Audit of ");
	text_put(t, TEXT_BOLD, a->host);
	out_printf(t->to, ", %.16sZ\n", when);
	out_printf(t->to, "Firewall: %s, %zu rules.",
		   a->firewall ? a->firewall : "could not be read", a->proof_n);
	if (a->proved)
		out_printf(t->to, " Probed in a sealed copy, through %u interface%s.\n", seen,
			   seen == 1 ? "" : "s");
	else
		out_text(t->to, " Nothing was probed: what follows was read, not proved.\n");
}

static void one_finding(const struct text_out *t, const struct fact_finding *f)
{
	const char *word = fact_severity_words[f->severity];
	char upper[16];
	size_t i;

	for (i = 0; word[i] && i < sizeof(upper) - 1; i++)
		upper[i] = (char)(word[i] - 'a' + 'A');
	upper[i] = '\0';
	text_put(t, severity_style[f->severity], upper);
	out_printf(t->to, "%*s", (int)(8 - strlen(upper)), "");
	text_put(t, TEXT_BOLD, f->id);
	out_printf(t->to, "%s", f->family ? (f->family == 4 ? "  IPv4  " : "  IPv6  ") : "  ");
	text_put(t, TEXT_PLAIN, f->subject ? f->subject : "");
	out_text(t->to, "\n");
	text_wrap(t, 14, "        Seen  ", f->evidence);
	text_wrap(t, 14, "        Why   ", f->why);
	/* A command is copied, so it is never wrapped. */
	text_put(t, TEXT_BOLD, "        Mend  ");
	for (const char *p = f->fix; p && *p;) {
		size_t n = strcspn(p, "\n");
		char line[NOTE_LEN]; /* what is cut must not be run */

		snprintf(line, sizeof(line), "%.*s", (int)n, p);
		text_put(t, TEXT_GOOD, line);
		p += n;
		if (*p == '\n' && *++p)
			out_text(t->to, "\n              ");
	}
	out_text(t->to, "\n\n");
}

static void findings(const struct text_out *t, const struct fact_audit *a)
{
	text_put(t, TEXT_BOLD, "Findings");
	out_text(t->to, "\n");
	for (size_t i = 0; i < a->finding_n; i++)
		one_finding(t, &a->finding[i]);
}

static void gaps(const struct text_out *t, const struct fact_audit *a)
{
	if (a->gap_n == 0)
		return;
	text_put(t, TEXT_BOLD, "What the copy lacks");
	out_text(t->to, "\n");
	for (size_t i = 0; i < a->gap_n; i++) {
		char line[1024];

		snprintf(line, sizeof(line), "%s: %s; %s", a->gap[i].which, a->gap[i].why,
			 a->gap[i].means);
		text_wrap(t, 14, a->gap[i].what, line);
	}
	out_text(t->to, "\n");
}

static void tally(const struct text_out *t, const struct fact_audit *a)
{
	unsigned n[4] = { 0 };

	for (size_t i = 0; i < a->finding_n; i++)
		n[a->finding[i].severity]++;
	if (a->finding_n == 0) {
		/* What was not looked at is not praised. */
		if (audit_report_seen(a) > 0)
			text_put(t, TEXT_GOOD, "Nothing to change.");
		else
			text_put(t, TEXT_WARN, "Nothing found in what could be read.");
		out_text(t->to, "\n");
		return;
	}
	out_printf(t->to, "%zu finding%s:", a->finding_n, a->finding_n == 1 ? "" : "s");
	for (int s = FACT_HIGH; s >= FACT_INFO; s--) {
		char part[32];

		if (n[s] == 0)
			continue;
		snprintf(part, sizeof(part), " %u %s", n[s], fact_severity_words[s]);
		text_put(t, severity_style[s], part);
	}
	out_text(t->to, "\n");
}

void audit_report(const struct text_out *t, const struct fact_audit *a)
{
	head(t, a);
	out_text(t->to, "\n");
	if (a->proved) {
		audit_report_sockets(t, a);
		out_text(t->to, "\n");
		audit_report_icmp(t, a);
	}
	gaps(t, a);
	if (a->finding_n > 0)
		findings(t, a);
	tally(t, a);
}
