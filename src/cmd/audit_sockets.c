/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who can reach what: one row a port and interface, one column a place to look from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/audit_report.h"
#include "cmd/audit_words.h"

enum {
	COL_PROTO,
	COL_PORT,
	COL_SERVICE,
	COL_PROGRAM,
	COL_IFACE,
	COL_VIEW,
	COL_RULE = COL_VIEW + 4,
	COL_N
};

static const struct text_column columns[COL_N] = {
	[COL_PROTO] = { "Proto", TEXT_LEFT },
	[COL_PORT] = { "Port", TEXT_RIGHT },
	[COL_SERVICE] = { "Service", TEXT_LEFT },
	[COL_PROGRAM] = { "Program", TEXT_LEFT },
	[COL_IFACE] = { "At", TEXT_LEFT },
	[COL_VIEW] = { "4:stranger", TEXT_LEFT },
	[COL_VIEW + 1] = { "4:neighbour", TEXT_LEFT },
	[COL_VIEW + 2] = { "6:stranger", TEXT_LEFT },
	[COL_VIEW + 3] = { "6:neighbour", TEXT_LEFT },
	[COL_RULE] = { "Decided by", TEXT_LEFT },
};

static const enum text_style state_style[] = {
	[FACT_OPEN] = TEXT_WARN,     [FACT_CLOSED] = TEXT_DIM,     [FACT_FILTERED] = TEXT_GOOD,
	[FACT_REJECTED] = TEXT_GOOD, [FACT_FORWARDED] = TEXT_WARN,
};

struct row_text {
	char port[8], program[64], rule[AUDIT_RULE_LEN];
};

static int text_cmp(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int same_row(const struct fact_exposure *a, const struct fact_exposure *b)
{
	int d = (int)a->proto - (int)b->proto;

	if (d == 0)
		d = a->port < b->port ? -1 : a->port > b->port;
	if (d == 0)
		d = text_cmp(a->iface, b->iface);
	if (d == 0)
		d = (int)a->reach - (int)b->reach;
	return d ? d : text_cmp(a->program, b->program);
}

static int order(const void *x, const void *y)
{
	const struct fact_exposure *a = *(const struct fact_exposure *const *)x;
	const struct fact_exposure *b = *(const struct fact_exposure *const *)y;
	int d = same_row(a, b);

	if (d == 0)
		d = (int)a->family - (int)b->family;
	return d ? d : (int)a->from - (int)b->from;
}

static void fill(struct text_cell *cell, struct row_text *text, const struct fact_exposure *e)
{
	snprintf(text->port, sizeof(text->port), "%lld", (long long)e->port);
	if (e->pid != FACT_NONE)
		snprintf(text->program, sizeof(text->program), "%s/%lld",
			 e->program ? e->program : "-", (long long)e->pid);
	else
		snprintf(text->program, sizeof(text->program), "-");
	if (e->reach == FACT_REACH_LOOPBACK)
		snprintf(text->rule, sizeof(text->rule), "bound to loopback only");
	else
		audit_words_rule(e->rule, text->rule);
	cell[COL_PROTO].text = fact_proto_words[e->proto];
	cell[COL_PORT].text = text->port;
	cell[COL_SERVICE].text = e->service;
	cell[COL_PROGRAM].text = text->program;
	cell[COL_IFACE].text = e->iface;
	cell[COL_RULE].text = text->rule;
}

static size_t rows(struct text_cell *cell, struct row_text *text,
		   const struct fact_exposure *const *e, size_t n)
{
	size_t row = 0;

	for (size_t i = 0; i < n; i++) {
		struct text_cell *view;

		if (i == 0 || same_row(e[i - 1], e[i]) != 0)
			fill(&cell[row * COL_N], &text[row], e[i]), row++;
		view = &cell[(row - 1) * COL_N + COL_VIEW + (e[i]->family == 6 ? 2 : 0) +
			     e[i]->from];
		view->text = fact_port_state_words[e[i]->state];
		view->style = state_style[e[i]->state];
	}
	return row;
}

static void table(const struct text_out *t, const struct fact_audit *a)
{
	const struct fact_exposure **e = calloc(a->exposure_n, sizeof(*e));
	struct text_cell *cell = calloc(a->exposure_n, COL_N * sizeof(*cell));
	struct row_text *text = calloc(a->exposure_n, sizeof(*text));

	if (e && cell && text) {
		for (size_t i = 0; i < a->exposure_n; i++)
			e[i] = &a->exposure[i];
		qsort(e, a->exposure_n, sizeof(*e), order);
		text_table(t, columns, COL_N, cell, rows(cell, text, e, a->exposure_n));
	}
	free(e);
	free(cell);
	free(text);
}

/* "tcp/4 from a stranger at eth0: 65,532 ports filtered (1-21,23-…), inet filter input: policy drop" */
static void group(const struct text_out *t, const struct fact_port_group *g)
{
	char rule[AUDIT_RULE_LEN], line[1024], head[64], answer[64] = "";

	audit_words_rule(g->rule, rule);
	if (g->answer && g->answer->icmp_type != FACT_NONE)
		snprintf(answer, sizeof(answer), " with ICMP %lld/%lld",
			 (long long)g->answer->icmp_type, (long long)g->answer->code);
	else if (g->answer)
		snprintf(answer, sizeof(answer), " with %s", g->answer->kind);
	snprintf(line, sizeof(line), "%lld port%s %s%s: %.60s%s%s%s", (long long)g->count,
		 g->count == 1 ? "" : "s", fact_port_state_words[g->state], answer, g->ports,
		 strlen(g->ports) > 60 ? "…" : "", g->rule ? "; " : "", g->rule ? rule : "");
	snprintf(head, sizeof(head), "  %s IPv%u, %s, %s  ", fact_proto_words[g->proto], g->family,
		 g->iface, fact_from_words[g->from]);
	text_wrap(t, 32, head, line);
}

void audit_report_sockets(const struct text_out *t, const struct fact_audit *a)
{
	text_put(t, TEXT_BOLD, "Who can reach what listens here");
	out_text(t->to, "\n");
	if (a->exposure_n > 0)
		table(t, a);
	else if (audit_report_seen(a) > 0)
		out_text(t->to, "Nothing listens.\n");
	else
		out_text(t->to, "Nothing was probed: of the interfaces asked for none but loopback "
				"is up and has an address.\n");
	if (a->group_n == 0)
		return;
	out_text(t->to, "\n");
	text_put(t, TEXT_BOLD, "All ports");
	out_text(t->to, "\n");
	for (size_t i = 0; i < a->group_n; i++)
		group(t, &a->group[i]);
}
