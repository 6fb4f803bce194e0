/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The copy against the original: what the same listing says of both. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/nft_text.h"
#include "host/save_text.h"
#include "sys/run.h"
#include "twin/fw_load.h"

#define DIFFS_MAX 20 /* differences told of one part; then only that there are more */
#define MEANS     "what the twin decides here may differ from the host"

struct diff {
	const struct twin_fw *fw;
	unsigned told;
};

static void tell(struct diff *d, const char *which, const char *here, const char *there)
{
	char why[600];

	if (d->told++ == DIFFS_MAX)
		fw_gap(d->fw, "rule", "more rules", "they differ from the host's too", MEANS);
	if (d->told > DIFFS_MAX)
		return;
	snprintf(why, sizeof(why), "the host has '%.250s', the twin '%.250s'", here, there);
	fw_gap(d->fw, "rule", which, why, MEANS);
}

/* Items that both must have; a table's flags are stripped on purpose. */
static int next_item(struct nft_scan *s, struct nft_item *ret)
{
	int r;

	do
		r = nft_text_next(s, ret);
	while (r && ret->kind == NFT_ITEM_SPEC);
	return r;
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static char *plain(struct span text)
{
	char *buf = calloc(1, text.len + 2);

	if (buf)
		nft_text_plain((const char *)text.p, text.len, buf);
	if (buf && strchr(buf, '\n') == strrchr(buf, '\n'))
		buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

static void compare_item(struct diff *d, const struct nft_item *a, const struct nft_item *b)
{
	char *here = plain(a->text), *there = plain(b->text);
	char which[400];

	snprintf(which, sizeof(which), "%.*s %.*s %.*s", (int)a->family.len,
		 (const char *)a->family.p, (int)a->table.len, (const char *)a->table.p,
		 (int)a->chain.len, a->chain.len ? (const char *)a->chain.p : "");
	if (here && there &&
	    (a->kind != b->kind || !same(a->chain, b->chain) || strcmp(here, there) != 0))
		tell(d, which, here, there);
	free(here);
	free(there);
}

static int64_t host_rule(const struct twin_fw *fw, const struct nft_item *item, uint32_t n)
{
	char family[64], table[256], chain[256];

	snprintf(family, sizeof(family), "%.*s", (int)item->family.len,
		 (const char *)item->family.p);
	snprintf(table, sizeof(table), "%.*s", (int)item->table.len, (const char *)item->table.p);
	snprintf(chain, sizeof(chain), "%.*s", (int)item->chain.len, (const char *)item->chain.p);
	return fw_map_nth(fw, false, family, table, chain, n);
}

/* The next item of the host's that was not left out. */
static int next_kept(const struct twin_fw *fw, struct nft_scan *s, uint32_t *nth,
		     struct nft_item *ret)
{
	while (next_item(s, ret)) {
		int64_t at;

		if (ret->kind == NFT_ITEM_CHAIN)
			*nth = 0;
		if (ret->kind != NFT_ITEM_RULE)
			return 1;
		at = host_rule(fw, ret, (*nth)++);
		if (at < 0 || !fw->out[at])
			return 1;
	}
	return 0;
}

/* Move @s to the table that @item names. */
static bool seek_table(struct nft_scan *s, const struct nft_item *item)
{
	struct nft_item at;

	while (nft_text_next(s, &at))
		if (at.kind == NFT_ITEM_TABLE && same(at.family, item->family) &&
		    same(at.table, item->table))
			return true;
	return false;
}

/*
 * Both sides stand in one order, table by table. Left out sets and chains make the two
 * run apart, so the rest of such a table is compared by its rules' count alone: the mapping.
 */
static void compare_nft(struct diff *d, const char *host, const char *twin)
{
	struct nft_scan a = nft_text_scan(host, strlen(host)), b = { 0 };
	struct nft_item mine;
	uint32_t nth = 0;
	bool on = false;

	while (next_kept(d->fw, &a, &nth, &mine)) {
		struct nft_item theirs = { 0 };

		if (mine.kind == NFT_ITEM_TABLE) {
			b = nft_text_scan(twin, strlen(twin));
			on = seek_table(&b, &mine);
			if (!on)
				tell(d, "a table", "it", "nothing");
			continue;
		}
		if (!on)
			continue;
		if (!next_item(&b, &theirs) || theirs.kind == NFT_ITEM_TABLE ||
		    theirs.kind != mine.kind) {
			compare_item(d, &mine, &theirs);
			on = false;
			continue;
		}
		compare_item(d, &mine, &theirs);
	}
}

/* Is the chain one that iptables-nft made, and so was copied by its programs? */
static bool is_saved(const struct twin_fw *fw, const struct nft_item *chain)
{
	for (size_t i = 0; i < fw->rs->chain_n; i++) {
		const struct host_chain *c = &fw->rs->chain[i];

		if (strcmp(c->backend, "iptables-nft") == 0 &&
		    same(chain->family,
			 (struct span){ (const uint8_t *)c->family, strlen(c->family) }) &&
		    same(chain->table,
			 (struct span){ (const uint8_t *)c->table, strlen(c->table) }))
			return true;
	}
	return false;
}

/* Move @s to the chain that @item is. */
static bool seek_chain(struct nft_scan *s, const struct nft_item *item)
{
	struct nft_item at;

	while (nft_text_next(s, &at))
		if (at.kind == NFT_ITEM_CHAIN && same(at.family, item->family) &&
		    same(at.table, item->table) && same(at.chain, item->chain))
			return true;
	return false;
}

/*
 * iptables-nft-save leaves out of a rule what it cannot say (nft's own sets, for one), without a
 * word, and the copy then agrees with the save and not with the host. nft's listing of both tells.
 * Chains may stand in another order.
 */
static void compare_saved(struct diff *d, const char *host, const char *twin)
{
	struct nft_scan a = nft_text_scan(host, strlen(host)), b = { 0 };
	struct nft_item mine;
	uint32_t nth = 0;
	bool on = false;

	while (next_kept(d->fw, &a, &nth, &mine)) {
		struct nft_item theirs = { 0 };

		if (mine.kind == NFT_ITEM_TABLE)
			on = false;
		if (mine.kind == NFT_ITEM_CHAIN) {
			b = nft_text_scan(twin, strlen(twin));
			on = is_saved(d->fw, &mine) && seek_chain(&b, &mine);
		}
		if (!on || mine.kind != NFT_ITEM_RULE)
			continue;
		on = next_item(&b, &theirs) && theirs.kind == NFT_ITEM_RULE;
		compare_item(d, &mine, &theirs);
	}
}

static void check_nft(struct twin_fw *fw, struct diff *d)
{
	struct err err;
	char *twin;
	int r = host_nft_run(fw->nft, "list ruleset", HOST_NFT_HANDLES, &twin, &err);

	if (r < 0) {
		fw_gap(fw, "firewall", "nftables", err.text, "the copy could not be checked");
		return;
	}
	for (size_t i = 0; i < fw->rs->part_n; i++)
		if (!fw->part[i].host->family)
			compare_nft(d, fw->part[i].host->text, twin);
	if (fw->rs->listing)
		compare_saved(d, fw->rs->listing, twin);
	free(twin);
}

/* The next rule of @table; *@in says whether the lines are that table's. */
static int next_rule(const char **text, struct span table, bool *in, struct span *ret)
{
	struct save_line line;

	while (save_text_next(text, &line)) {
		if (line.kind == SAVE_TABLE)
			*in = same(line.name, table);
		if (*in && line.kind == SAVE_RULE) {
			*ret = line.text;
			return 1;
		}
	}
	return 0;
}

static const char *shown(char buf[static 256], int there, struct span text)
{
	snprintf(buf, 256, "%.*s", there ? (int)MIN(text.len, 255) : 7,
		 there ? (const char *)text.p : "nothing");
	return buf;
}

static void compare_table(struct diff *d, const char *backend, struct span table, const char *host,
			  const char *twin)
{
	bool in_a = false, in_b = false;
	int more = 1, also = 1;

	while (more && also) {
		char here[256], there[256];
		struct span a = { 0 }, b = { 0 };

		more = next_rule(&host, table, &in_a, &a);
		also = next_rule(&twin, table, &in_b, &b);
		if (more != also || (more && !same(a, b)))
			tell(d, backend, shown(here, more, a), shown(there, also, b));
	}
}

/* Table by table: the kernel lists iptables-legacy's in the order of their making, newest first. */
static void compare_save(struct diff *d, const struct fw_part *part, const char *twin)
{
	const char *p = part->text;
	struct save_line line;

	while (save_text_next(&p, &line))
		if (line.kind == SAVE_TABLE)
			compare_table(d, part->host->backend, line.name, part->text, twin);
}

static void check_save(struct twin_fw *fw, const struct fw_part *part, struct diff *d)
{
	static const char *const programs[2][2] = {
		{ "iptables-nft-save", "ip6tables-nft-save" },
		{ "iptables-legacy-save", "ip6tables-legacy-save" },
	};
	bool legacy = strcmp(part->host->backend, "iptables-legacy") == 0;
	const char *argv[] = { programs[legacy][part->host->family == 6], NULL };
	struct run_result res;
	struct err err;

	if (run_program(&(struct run){ .argv = argv }, &res, &err) < 0) {
		fw_gap(fw, "program", argv[0], err.text, "the copy could not be checked");
		return;
	}
	if (part->text)
		compare_save(d, part, res.out);
	run_result_done(&res);
}

void fw_check_all(struct twin_fw *fw)
{
	struct diff d = { .fw = fw };

	for (size_t i = 0; i < fw->rs->part_n; i++)
		if (fw->part[i].host->family)
			check_save(fw, &fw->part[i], &d);
	if (fw->rs->part_n > 0 && fw->nft)
		check_nft(fw, &d);
}
