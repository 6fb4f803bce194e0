/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/types_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDENT    11 /* columns: the widest head of a card's line, and a blank */
#define COLUMNS   8
#define NARROW_AT 100 /* below so many columns class and status are left out */

static const char *numbers(const struct icmp_entry *e, char buf[static 16])
{
	if (e->code != ICMP_CODE_ANY)
		snprintf(buf, 16, "%u/%d", e->type_lo, e->code);
	else if (e->type_lo != e->type_hi)
		snprintf(buf, 16, "%u-%u", e->type_lo, e->type_hi);
	else
		snprintf(buf, 16, "%u", e->type_lo);
	return buf;
}

static enum text_style risk_style(enum icmp_risk risk)
{
	return risk == ICMP_RISK_HIGH     ? TEXT_BAD
	       : risk == ICMP_RISK_MEDIUM ? TEXT_WARN
					  : TEXT_PLAIN;
}

static void line(const struct text_out *t, const char *head, const char *text)
{
	char lead[INDENT + 1];

	snprintf(lead, sizeof(lead), "  %s", head);
	text_wrap(t, INDENT, lead, text);
}

static void title(const struct text_out *t, const struct icmp_entry *e)
{
	const struct icmp_entry *type = icmp_find(e->family, e->type_lo, ICMP_CODE_ANY);
	const char *protocol = e->family == 6 ? "ICMPv6" : "ICMP";
	char head[48], text[384];

	if (e->code != ICMP_CODE_ANY)
		snprintf(head, sizeof(head), "%s type %u code %d: ", protocol, e->type_lo, e->code);
	else if (e->type_lo != e->type_hi)
		snprintf(head, sizeof(head), "%s types %u to %u: ", protocol, e->type_lo,
			 e->type_hi);
	else
		snprintf(head, sizeof(head), "%s type %u: ", protocol, e->type_lo);
	snprintf(text, sizeof(text), "%s%s%s", type == e ? "" : type->name, type == e ? "" : ": ",
		 e->name);
	text_wrap(t, (unsigned)strlen(head), head, text);
}

static void names(const struct text_out *t, const struct icmp_entry *e)
{
	char text[256];

	snprintf(text, sizeof(text), "%s; nftables: %s%s; iptables: %s", e->machine_name,
		 e->code == ICMP_CODE_ANY ? "type " : "code ", e->nft_name,
		 e->iptables_name ? e->iptables_name : "has no name for it");
	line(t, "Name", text);
}

/* The advice in words that need no manual. */
static void advice(const struct text_out *t, const char *head, const struct icmp_entry *e,
		   enum icmp_act act)
{
	const char *state = e->class == ICMP_CLASS_REPLY ? "established" : "related";
	char text[384];

	switch (act) {
	case ICMP_ACT_DROP:
	case ICMP_ACT_ACCEPT:
		snprintf(text, sizeof(text), "%s", icmp_act_name(act));
		break;
	case ICMP_ACT_RATELIMIT:
		snprintf(text, sizeof(text), "%s: accept up to a rate", icmp_act_name(act));
		break;
	case ICMP_ACT_ACCEPT_IF_RELATED:
		snprintf(text, sizeof(text), "%s: conntrack state %s; without conntrack, accept",
			 icmp_act_name(act), state);
		break;
	case ICMP_ACT_LOCAL_ONLY:
		snprintf(text, sizeof(text), "%s: only what is genuine on this link",
			 icmp_act_name(act));
		break;
	case ICMP_ACT_N:
		return;
	}
	line(t, head, text);
}

void types_text_card(const struct text_out *t, const struct icmp_entry *e)
{
	char text[256];

	title(t, e);
	names(t, e);
	snprintf(text, sizeof(text), "%s, %s", icmp_class_name(e->class),
		 icmp_status_name(e->status));
	line(t, "Class", text);
	if (e->valid_codes)
		line(t, "Codes", e->valid_codes);
	line(t, "Defined", e->rfc ? e->rfc : "nowhere");
	line(t, "Meaning", e->meaning);
	line(t, "Cause", e->cause);
	snprintf(text, sizeof(text), "%s: %s", icmp_risk_name(e->risk), e->risk_why);
	line(t, "Risk", text);
	line(t, "Blocked", e->breakage);
	advice(t, "Input", e, e->act_input);
	advice(t, "Output", e, e->act_output);
	advice(t, "Forward", e, e->act_forward);
	if (e->ttl_rule)
		line(t, "Genuine", e->ttl_rule);
	if (e->policy_note)
		line(t, "Mind", e->policy_note);
}

/* The advice in a word, as the table's legend explains. */
static const char *act_word(enum icmp_act act)
{
	static const char *const words[ICMP_ACT_N] = {
		[ICMP_ACT_DROP] = "drop",        [ICMP_ACT_ACCEPT] = "accept",
		[ICMP_ACT_RATELIMIT] = "limit",  [ICMP_ACT_ACCEPT_IF_RELATED] = "related",
		[ICMP_ACT_LOCAL_ONLY] = "local",
	};

	return words[act];
}

struct row_text {
	char numbers[16];
	char name[80];
};

/* @wide: with class and status; else the status stands behind the name unless it is current. */
static size_t row_cells(const struct icmp_entry *e, bool wide, struct row_text *text,
			struct text_cell cell[static COLUMNS])
{
	bool plain = wide || e->status == ICMP_STATUS_CURRENT;
	size_t n = 0;

	numbers(e, text->numbers);
	snprintf(text->name, sizeof(text->name), "%s%s%s%s%s", e->code == ICMP_CODE_ANY ? "" : "  ",
		 e->machine_name, plain ? "" : " (", plain ? "" : icmp_status_name(e->status),
		 plain ? "" : ")");
	cell[n++] = (struct text_cell){ text->numbers, TEXT_PLAIN };
	if (wide) {
		cell[n++] = (struct text_cell){ icmp_class_name(e->class), TEXT_PLAIN };
		cell[n++] = (struct text_cell){ icmp_status_name(e->status), TEXT_PLAIN };
	}
	cell[n++] = (struct text_cell){ icmp_risk_name(e->risk), risk_style(e->risk) };
	cell[n++] = (struct text_cell){ act_word(e->act_input), TEXT_PLAIN };
	cell[n++] = (struct text_cell){ act_word(e->act_output), TEXT_PLAIN };
	cell[n++] = (struct text_cell){ act_word(e->act_forward), TEXT_PLAIN };
	cell[n++] = (struct text_cell){ text->name,
					e->status == ICMP_STATUS_CURRENT ? TEXT_PLAIN : TEXT_DIM };
	return n;
}

static void family_table(const struct text_out *t, const struct types_text_list *list,
			 unsigned family, struct row_text *text, struct text_cell *cell)
{
	static const struct text_column wide_columns[COLUMNS] = {
		{ "TYPE", TEXT_LEFT }, { "CLASS", TEXT_LEFT }, { "STATUS", TEXT_LEFT },
		{ "RISK", TEXT_LEFT }, { "IN", TEXT_LEFT },    { "OUT", TEXT_LEFT },
		{ "FWD", TEXT_LEFT },  { "NAME", TEXT_LEFT },
	};
	static const struct text_column narrow_columns[] = {
		{ "TYPE", TEXT_LEFT }, { "RISK", TEXT_LEFT }, { "IN", TEXT_LEFT },
		{ "OUT", TEXT_LEFT },  { "FWD", TEXT_LEFT },  { "NAME", TEXT_LEFT },
	};
	bool wide = t->width == 0 || t->width >= NARROW_AT;
	size_t rows = 0, cells = 0;

	for (size_t i = 0; i < list->n; i++)
		if (list->row[i]->family == family)
			cells += row_cells(list->row[i], wide, &text[rows++], &cell[cells]);
	if (rows == 0)
		return;
	text_put(t, TEXT_BOLD, family == 6 ? "ICMPv6" : "ICMP (IPv4)");
	out_char(t->to, '\n');
	text_table(t, wide ? wide_columns : narrow_columns,
		   wide ? COLUMNS : ARRAY_LEN(narrow_columns), cell, rows);
	out_char(t->to, '\n');
}

int types_text_table(const struct text_out *t, const struct types_text_list *list)
{
	struct row_text *text = calloc(list->n + 1, sizeof(*text));
	struct text_cell *cell = calloc(list->n + 1, COLUMNS * sizeof(*cell));
	int r = text && cell ? 0 : -ENOMEM;

	if (r == 0) {
		family_table(t, list, 4, text, cell);
		family_table(t, list, 6, text, cell);
		text_wrap(
			t, 0, "",
			"IN, OUT, FWD: advice for what arrives, is sent, passes through. related: "
			"what conntrack knows to belong to a flow; limit: up to a rate; local: "
			"only what is genuine on this link.");
	}
	free(text);
	free(cell);
	return r;
}
