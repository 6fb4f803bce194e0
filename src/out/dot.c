/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/dot.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Colours that are told apart by those who see no red or green too. */
static const char *const verdict_colours[] = {
	[FACT_HOP_OK] = "#1b7837",
	[FACT_HOP_LIMITS] = "#b8860b",
	[FACT_HOP_LOSES] = "#b2182b",
	[FACT_HOP_SILENT] = "#808080",
};
static const char *const verdict_labels[] = {
	[FACT_HOP_OK] = NULL,
	[FACT_HOP_LIMITS] = "limits its ICMP",
	[FACT_HOP_LOSES] = "loses packets",
	[FACT_HOP_SILENT] = NULL,
};

/* Within a quoted string a backslash would begin an escape of labels; what is no text is '?'. */
static void put_quoted(struct out_sink *to, const char *text)
{
	for (size_t left = strlen(text), n; left > 0; text += n, left -= n) {
		n = utf8_len(text, left);
		if (n == 0 || (unsigned char)*text < 0x20 || *text == 0x7f) {
			out_char(to, '?');
			n = n ? n : 1;
			continue;
		}
		if (*text == '"' || *text == '\\')
			out_char(to, '\\');
		out_put(to, text, n);
	}
}

/* What a node is known by: its address, or the silence behind another node. */
static void put_id(struct out_sink *to, const struct branches *b, size_t i)
{
	char addr[IP_TEXT_LEN];

	out_char(to, '"');
	while (b->node[i].addr.family == 0) {
		out_printf(to, "silent %lld after ", (long long)b->node[i].ttl);
		if (b->node[i].before == BRANCHES_NONE) {
			out_text(to, "this host\"");
			return;
		}
		i = b->node[i].before;
	}
	out_printf(to, "%s\"", ip_format(&b->node[i].addr, addr));
}

static void put_label(struct out_sink *to, const struct branches_node *n)
{
	const struct fact_hop *h = n->hop;
	/* Searching for branches keeps the least time only. */
	int64_t ns = h && h->rtt_us.p50 != FACT_NONE ? h->rtt_us.p50
		     : h                             ? h->rtt_us.min
						     : FACT_NONE;
	char addr[IP_TEXT_LEN];

	out_printf(to, "%lld: %s", (long long)n->ttl,
		   n->addr.family ? ip_format(&n->addr, addr) : "silent");
	if (!h)
		return;
	if (h->name) {
		out_text(to, "\\n");
		put_quoted(to, h->name);
	}
	if (n->addr.family && ns != FACT_NONE)
		out_printf(to, "\\n%.2f ms", (double)ns / (double)NS_PER_MS);
	if (h->verdict < ARRAY_LEN(verdict_labels) && verdict_labels[h->verdict])
		out_printf(to, "\\n%s", verdict_labels[h->verdict]);
}

static void put_node(struct out_sink *to, const struct fact_trace *trace, const struct branches *b,
		     size_t i)
{
	const struct branches_node *n = &b->node[i];
	uint8_t verdict = n->addr.family == 0 ? (uint8_t)FACT_HOP_SILENT
			  : n->hop            ? n->hop->verdict
					      : (uint8_t)FACT_HOP_OK;

	out_char(to, '\t');
	put_id(to, b, i);
	out_text(to, " [label=\"");
	put_label(to, n);
	out_printf(to, "\", color=\"%s\"%s",
		   verdict_colours[verdict < ARRAY_LEN(verdict_colours) ? verdict : 0],
		   n->addr.family == 0 ? ", style=dashed" : "");
	if (trace->state == FACT_TRACE_REACHED && n->addr.family && ip_eq(&n->addr, &trace->addr))
		out_text(to, ", peripheries=2");
	out_text(to, "];\n");
}

/* Ways of unequal length lead to it: the shortest one's number is its own. */
static bool is_again(const struct branches *b, size_t i)
{
	for (size_t k = 0; k < i && b->node[i].addr.family; k++)
		if (ip_eq(&b->node[k].addr, &b->node[i].addr))
			return true;
	return false;
}

/* Nobody goes on to it: it comes right behind this host, or nothing is known of what is between. */
static bool is_first(const struct branches *b, size_t i)
{
	for (size_t e = 0; e < b->edge_n; e++)
		if (b->edge[e].to == i)
			return false;
	return true;
}

void dot_begin(struct out_sink *to)
{
	out_text(to, "strict digraph trace {\n"
		     "\trankdir=LR;\n"
		     "\tnode [shape=box, fontname=\"sans-serif\", fontsize=11];\n"
		     "\t\"this host\" [shape=ellipse];\n");
}

void dot_target(struct out_sink *to, const struct fact_trace *trace, const struct branches *b)
{
	out_text(to, "\t// ");
	for (const char *p = trace->target ? trace->target : ""; *p; p++)
		out_char(to, (unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p);
	out_char(to, '\n');
	for (size_t i = 0; i < b->node_n; i++)
		if (!is_again(b, i))
			put_node(to, trace, b, i);
	for (size_t i = 0; i < b->node_n; i++) {
		if (!is_first(b, i))
			continue;
		out_text(to, "\t\"this host\" -> ");
		put_id(to, b, i);
		out_text(to, ";\n");
	}
	for (size_t e = 0; e < b->edge_n; e++) {
		out_char(to, '\t');
		put_id(to, b, b->edge[e].from);
		out_text(to, " -> ");
		put_id(to, b, b->edge[e].to);
		out_text(to, ";\n");
	}
}

void dot_end(struct out_sink *to)
{
	out_text(to, "}\n");
}
