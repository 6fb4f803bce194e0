/* SPDX-License-Identifier: GPL-2.0-or-later */
/* types: what the ICMP types and codes mean, what each may cost, and what to let through. */
#include "cmd/types_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "fact/icmp_type.h"
#include "icmp/query.h"

#define CARDS_MAX 5 /* so many rows are told in full; more become a table */

struct types_args {
	struct opt_rest words;
	uint8_t family;
	uint8_t min_risk;
};

/* The words of the command line with a blank between; longer than any query when too long. */
static void join(const struct opt_rest *words, char *buf, size_t len)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < words->n && at < len; i++)
		at += (size_t)snprintf(buf + at, len - at, "%s%s", i ? " " : "", words->item[i]);
}

static int collect(const struct icmp_query *q, struct types_text_list *ret)
{
	const struct icmp_entry **row =
		calloc(icmp_registry_count(), sizeof(const struct icmp_entry *));
	size_t n = 0;

	if (!row)
		return -ENOMEM;
	for (size_t i = 0; i < icmp_registry_count(); i++)
		if (icmp_query_match(q, icmp_registry_at(i)))
			row[n++] = icmp_registry_at(i);
	*ret = (struct types_text_list){ row, n };
	return 0;
}

static void tell_fact(struct app *app, const struct icmp_entry *e)
{
	struct fact_icmp_type f = {
		.family = e->family,
		.icmp_type = e->type_lo,
		.icmp_type_to = e->type_hi == e->type_lo ? FACT_NONE : e->type_hi,
		.code = e->code == ICMP_CODE_ANY ? FACT_NONE : e->code,
		.name = e->name,
		.machine_name = e->machine_name,
		.class = icmp_class_name(e->class),
		.status = icmp_status_name(e->status),
		.rfc = e->rfc,
		.meaning = e->meaning,
		.cause = e->cause,
		.risk = icmp_risk_name(e->risk),
		.risk_why = e->risk_why,
		.breakage = e->breakage,
		.advice = { icmp_act_name(e->act_input), icmp_act_name(e->act_output),
			    icmp_act_name(e->act_forward) },
		.note = e->policy_note,
	};

	app_fact(app, &fact_icmp_type, &f);
}

static void cards(const struct text_out *t, const struct types_text_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			out_char(t->to, '\n');
		types_text_card(t, list->row[i]);
	}
}

/* Few rows in full, many as a table; a type asked for alone in full, with a table of its codes. */
static int tell_text(struct app *app, const struct icmp_query *q,
		     const struct types_text_list *list)
{
	bool one_type = q->type.kind == ICMP_QUERY_NUMBER || q->type.kind == ICMP_QUERY_NAME;
	struct types_text_list codes = { .row = list->row };
	const struct text_out *t = &app->text;

	if (list->n <= CARDS_MAX) {
		cards(t, list);
		return 0;
	}
	if (!one_type)
		return types_text_table(t, list);
	/* Types in full as they come; the codes gather at the front of the same array. */
	for (size_t i = 0; i < list->n; i++) {
		if (list->row[i]->code != ICMP_CODE_ANY) {
			codes.row[codes.n++] = list->row[i];
			continue;
		}
		types_text_card(t, list->row[i]);
		out_char(t->to, '\n');
	}
	return types_text_table(t, &codes);
}

static void explain_port(struct app *app, const struct icmp_query *q)
{
	char code[24] = "", text[256];

	if (q->code.kind == ICMP_QUERY_NUMBER)
		snprintf(code, sizeof(code), ", code %u", q->code.number);
	snprintf(text, sizeof(text),
		 "ICMP has no ports: TCP and UDP have them. An ICMP message has a type and, within "
		 "it, a code, each from 0 to 255. This is type %u%s%c",
		 q->type.number, code, app->json ? '.' : ':');
	if (app->json) {
		app_note(app, "%s", text);
		return;
	}
	text_wrap(&app->text, 0, "", text);
	out_char(&app->out, '\n');
}

/* Would the query find something without -4, -6 and --risk? */
static size_t unfiltered(const struct icmp_query *q)
{
	struct icmp_query all = *q;
	size_t n = 0;

	all.family = 0;
	all.min_risk = ICMP_RISK_NONE;
	for (size_t i = 0; i < icmp_registry_count(); i++)
		n += icmp_query_match(&all, icmp_registry_at(i));
	return n;
}

/* On standard error: the filter that leaves nothing, or the name that was meant. */
static void tell_nothing(struct app *app, const struct icmp_query *q, const char *text)
{
	const struct icmp_entry *e = NULL;
	const char *near = icmp_query_nearest(q, &e);
	size_t n = unfiltered(q);
	char code[24] = "";

	if (n > 0) {
		app_note(app, "'%s' matches nothing%s%s%s, but %zu type%s or code%s otherwise",
			 text,
			 q->family == 0   ? ""
			 : q->family == 6 ? " in ICMPv6"
					  : " in ICMP (IPv4)",
			 q->min_risk == ICMP_RISK_NONE ? "" : " with --risk ",
			 q->min_risk == ICMP_RISK_NONE ? "" : icmp_risk_name(q->min_risk), n,
			 n == 1 ? "" : "s", n == 1 ? "" : "s");
	} else if (near) {
		if (e->code != ICMP_CODE_ANY)
			snprintf(code, sizeof(code), " code %d", e->code);
		app_note(app,
			 "no ICMP type or code matches '%s': did you mean '%s' (%s type %u%s)?",
			 text, near, e->family == 6 ? "ICMPv6" : "ICMP", e->type_lo, code);
	} else {
		app_note(app, "no ICMP type or code matches '%s'; 'sonde types' lists them all",
			 text);
	}
}

static int tell(struct app *app, const struct icmp_query *q, const char *text,
		const struct types_text_list *list)
{
	if (q->says_port)
		explain_port(app, q);
	if (list->n == 0) {
		tell_nothing(app, q, text);
		return APP_NO;
	}
	if (!app->json)
		return tell_text(app, q, list);
	for (size_t i = 0; i < list->n && !app_interrupted(app); i++)
		tell_fact(app, list->row[i]);
	return APP_YES;
}

static int types_run(struct app *app, const void *args_, struct err *err)
{
	const struct types_args *args = args_;
	struct types_text_list list = { 0 };
	char text[ICMP_QUERY_LEN * 2];
	struct icmp_query q;
	int r;

	join(&args->words, text, sizeof(text));
	r = icmp_query_parse(text, args->family, args->min_risk, &q, err);
	if (r < 0)
		return err_wrap(err, r, "QUERY");
	r = collect(&q, &list);
	if (r == 0)
		r = tell(app, &q, text, &list);
	free(list.row);
	return r < 0 ? err_set(err, r, "looking up '%.40s': out of memory", text) : r;
}

static const struct opt types_opts[] = {
	OPT_SET('4', NULL, struct types_args, family, 4, "only ICMP, the one of IPv4"),
	OPT_SET('6', NULL, struct types_args, family, 6, "only ICMPv6"),
	OPT_WORD(0, "risk", struct types_args, min_risk, "LEVEL", icmp_risk_words,
		 "only what is of risk LEVEL or above: none, low, medium, high [none]"),
	OPT_REST("QUERY", struct types_args, words, 0,
		 "a type (3), type and code (3/13), a name or a part of one; nothing: all"),
	OPT_END,
};

static const struct cmd_example types_examples[] = {
	{ "sonde types", "the table of all types and codes" },
	{ "sonde types 3/13", "everything about type 3 code 13, of both families" },
	{ "sonde types unreach", "all whose name holds 'unreach'" },
	{ "sonde types -6 --risk high", "what is dangerous to let in over IPv6" },
	{ "sonde types port 3", "why ICMP has no ports, and what type 3 is" },
	{ NULL, NULL },
};

const struct cmd cmd_types = {
	.name = "types",
	.summary = "explain ICMP types and codes, their risk, and what to let through",
	.about = "Shows the registry of ICMP types and codes: name, meaning, RFC, status, likely "
		 "cause, risk of letting it in, what breaks when it is blocked, and the advice for "
		 "a firewall: input (what arrives for this host), output (what it sends), forward "
		 "(what a router passes on).\n\n"
		 "QUERY is a type (3), a type and a code (3/13), or a name or a part of one, as "
		 "IANA, nftables or iptables call it; a part may stand on either side of the slash "
		 "(redirect/host). A whole name stands for itself alone. Few matches are shown in "
		 "full, many as a table.",
	.status_no = "nothing matches; the nearest name is suggested",
	.opts = types_opts,
	.args_size = sizeof(struct types_args),
	.examples = types_examples,
	.run = types_run,
};
