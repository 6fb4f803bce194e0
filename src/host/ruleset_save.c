/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iptables' part of a ruleset, in its own words. iptables-nft keeps its rules in
 * nf_tables, but only it can say all of them; iptables-legacy has its own tables,
 * and asking for them where there are none would load its kernel modules.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/ruleset_build.h"
#include "host/save_text.h"
#include "sys/run.h"

#define NFT_BACKEND    "iptables-nft"
#define LEGACY_BACKEND "iptables-legacy"

static const char *const families[2] = { "ip", "ip6" };

/* What @program prints, kept; NULL, with a gap, when it does not. */
static const char *save(struct build *b, const char *program, const char *means)
{
	const char *argv[] = { program, NULL };
	struct run_result res;
	struct err err;
	const char *text = NULL;
	int r = run_program(&(struct run){ .argv = argv }, &res, &err);

	if (r < 0) {
		ruleset_gap(b, "program", program, err.text, means);
		return NULL;
	}
	if (res.status == 0) {
		text = keep_str(&b->keep, res.out);
	} else {
		res.errs[strcspn(res.errs, "\n")] = '\0';
		ruleset_gap(b, "program", program, res.errs, means);
	}
	run_result_done(&res);
	return text;
}

static bool is_name(struct span s, const char *name)
{
	return s.len == strlen(name) && memcmp(s.p, name, s.len) == 0;
}

/* A table that iptables-nft may have made: right family and name, nothing that only nft has. */
static bool is_candidate(const struct build_table *t)
{
	static const char *const names[] = { "filter", "nat", "mangle", "raw", "security" };

	if (strcmp(t->family, "ip") != 0 && strcmp(t->family, "ip6") != 0)
		return false;
	if (t->has_xt)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(names[i], t->name) == 0)
			return !t->has_object && !t->foreign;
	return false;
}

/* Does the save show as many rules of each chain of @t as nf_tables has? Gives them their lines, if so. */
static bool fit(struct build *b, const struct build_table *t, const char *text, bool write)
{
	uint32_t *seen = calloc(b->chain_n + 1, sizeof(*seen));
	struct save_line line;
	bool in = false, ok = seen != NULL;

	while (ok && save_text_next(&text, &line)) {
		char name[256];
		int64_t at;

		if (line.kind == SAVE_TABLE)
			in = is_name(line.name, t->name);
		if (!in || line.kind != SAVE_RULE)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)line.name.len, (const char *)line.name.p);
		at = ruleset_find_chain(b, false, t->family, t->name, name);
		ok = at >= 0 && seen[at] < b->chain[at].rule_n;
		if (ok && write)
			b->rule[b->chain[at].first + seen[at]].save =
				keep_text(&b->keep, (const char *)line.text.p, line.text.len);
		if (ok)
			seen[at]++;
	}
	for (size_t i = 0; ok && i < b->chain_n; i++)
		if (strcmp(b->chain[i].table, t->name) == 0 &&
		    strcmp(b->chain[i].family, t->family) == 0 &&
		    strcmp(b->chain[i].backend, LEGACY_BACKEND) != 0)
			ok = seen[i] == b->chain[i].rule_n;
	free(seen);
	return ok;
}

static void take_table(struct build *b, struct build_table *t, const char *text)
{
	char which[300];

	if (text && fit(b, t, text, false)) {
		fit(b, t, text, true);
		t->backend = NFT_BACKEND;
		for (size_t i = 0; i < b->chain_n; i++)
			if (strcmp(b->chain[i].table, t->name) == 0 &&
			    strcmp(b->chain[i].family, t->family) == 0 &&
			    strcmp(b->chain[i].backend, LEGACY_BACKEND) != 0)
				b->chain[i].backend = NFT_BACKEND;
		return;
	}
	if (!t->has_xt)
		return;
	snprintf(which, sizeof(which), "%s %s", t->family, t->name);
	ruleset_gap(b, "table", which,
		    "holds iptables matches, but iptables' own program does not show it",
		    "rules with such matches are missing in the twin");
}

int ruleset_read_saves(struct build *b, struct err *err UNUSED)
{
	static const char *const programs[2] = { "iptables-nft-save", "ip6tables-nft-save" };

	for (int f = 0; f < 2; f++) {
		bool any = false, asked = false;

		for (size_t i = 0; i < b->table_n; i++) {
			struct build_table *t = &b->table[i];

			if (strcmp(t->family, families[f]) != 0 || !is_candidate(t))
				continue;
			if (!asked && (t->has_xt || run_exists(programs[f])))
				b->save[BUILD_NFT_SAVE][f] =
					save(b, programs[f],
					     "iptables' rules are shown as nft shows them");
			asked = true;
			take_table(b, t, b->save[BUILD_NFT_SAVE][f]);
			any = true;
		}
		if (!any)
			b->save[BUILD_NFT_SAVE][f] = NULL;
	}
	return 0;
}

/* Whether iptables-legacy has tables for family @f in the calling thread's namespace. */
static bool has_legacy(int f)
{
	static const char *const files[2] = { "/proc/thread-self/net/ip_tables_names",
					      "/proc/thread-self/net/ip6_tables_names" };
	FILE *file = fopen(files[f], "re");
	int c = file ? getc(file) : EOF;

	if (file)
		fclose(file);
	return c != EOF;
}

/* The kernel's own order (NF_IP_PRI_*). */
static int32_t legacy_priority(const char *table, uint16_t hook)
{
	static const struct {
		const char *table;
		int32_t priority;
	} known[] = {
		{ "raw", -300 }, { "mangle", -150 }, { "nat", -100 },
		{ "filter", 0 }, { "security", 50 },
	};

	if (strcmp(table, "nat") == 0 && (hook == RULE_HOOK_INPUT || hook == RULE_HOOK_POSTROUTING))
		return 100;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].table, table) == 0)
			return known[i].priority;
	return 0;
}

static uint16_t legacy_hook(const char *chain)
{
	static const struct {
		const char *name;
		uint16_t bit;
	} known[] = {
		{ "PREROUTING", RULE_HOOK_PREROUTING },   { "INPUT", RULE_HOOK_INPUT },
		{ "FORWARD", RULE_HOOK_FORWARD },         { "OUTPUT", RULE_HOOK_OUTPUT },
		{ "POSTROUTING", RULE_HOOK_POSTROUTING },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].name, chain) == 0)
			return known[i].bit;
	return 0;
}

static int add_legacy_chain(struct build *b, int f, const char *table, const struct save_line *line)
{
	const char *name = keep_text(&b->keep, (const char *)line->name.p, line->name.len);
	bool base = !is_name(line->text, "-");
	uint16_t hook = base ? legacy_hook(name) : 0;
	struct host_chain c = {
		.backend = LEGACY_BACKEND,
		.family = families[f],
		.table = table,
		.name = name,
		.type = base ? (strcmp(table, "nat") == 0 ? "nat" : "filter") : NULL,
		.hook = hook,
		.priority = base ? legacy_priority(table, hook) : 0,
	};
	int policy = base ? (is_name(line->text, "DROP") ? RULE_DROP : RULE_ACCEPT) : -1;

	return ruleset_add_chain(b, &c, policy) < 0 ? -ENOMEM : 0;
}

static int add_legacy_rule(struct build *b, int f, const char *table, const struct save_line *line)
{
	const char *name = keep_text(&b->keep, (const char *)line->name.p, line->name.len);
	int64_t chain = ruleset_find_chain(b, true, families[f], table, name);

	if (chain < 0)
		return 0;
	return ruleset_add_rule(
		b, &(struct build_rule){
			   .chain = (uint32_t)chain,
			   .save = keep_text(&b->keep, (const char *)line->text.p, line->text.len),
		   });
}

static int add_legacy(struct build *b, int f, const char *text)
{
	const char *table = "";
	struct save_line line;
	int r = 0;

	while (r == 0 && save_text_next(&text, &line)) {
		if (line.kind == SAVE_TABLE)
			table = keep_text(&b->keep, (const char *)line.name.p, line.name.len);
		else if (line.kind == SAVE_CHAIN)
			r = add_legacy_chain(b, f, table, &line);
		else if (line.kind == SAVE_RULE)
			r = add_legacy_rule(b, f, table, &line);
	}
	return r;
}

int ruleset_read_legacy(struct build *b, struct err *err)
{
	static const char *const programs[2] = { "iptables-legacy-save", "ip6tables-legacy-save" };

	for (int f = 0; f < 2; f++) {
		const char *text;

		if (!has_legacy(f))
			continue;
		text = save(b, programs[f], "iptables-legacy's rules are missing in the twin");
		b->save[BUILD_LEGACY_SAVE][f] = text;
		if (text && add_legacy(b, f, text) < 0)
			return err_set(err, -ENOMEM, "reading the firewall: out of memory");
	}
	return 0;
}
