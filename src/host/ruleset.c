/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/ruleset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/ruleset_build.h"
#include "host/save_text.h"

#define TRIES_MAX 5 /* a firewall that changes while it is listed is listed again */

static void build_done(struct build *b)
{
	free(b->table);
	free(b->chain);
	free(b->policy);
	free(b->rule);
	free(b->way);
	free(b->hash);
	shape_sets_free(b->sets);
	json_decref(b->json);
	keep_done(&b->keep);
	*b = (struct build){ .tell = b->tell, .to = b->to };
}

/* The part of a save that is one table's: "*filter" to COMMIT, kept. */
static const char *save_piece(struct build *b, const char *text, const char *table)
{
	const char *start = NULL;
	struct save_line line;

	while (text && save_text_next(&text, &line)) {
		if (line.kind == SAVE_TABLE && line.name.len == strlen(table) &&
		    memcmp(line.name.p, table, line.name.len) == 0)
			start = (const char *)line.whole.p;
		if (start && line.kind == SAVE_COMMIT)
			return keep_text(&b->keep, start, (size_t)(text - start));
	}
	return "";
}

static uint8_t part_family(const struct build_table *t)
{
	if (strcmp(t->backend, "nftables") == 0)
		return 0;
	return strcmp(t->family, "ip") == 0 ? 4 : 6;
}

/* Neighbouring tables of one back end are loaded at once: hooks of equal priority keep their order. */
static size_t add_parts(struct build *b, struct host_ruleset_part *part)
{
	size_t n = 0;

	for (size_t i = 0; i < b->table_n; i++) {
		const struct build_table *t = &b->table[i];
		uint8_t family = part_family(t);
		const char *text =
			family ? save_piece(b, b->save[BUILD_NFT_SAVE][family == 6], t->name)
			       : keep_text(&b->keep, t->block ? t->block : "", t->block_len);

		if (n && strcmp(part[n - 1].backend, t->backend) == 0 &&
		    part[n - 1].family == family)
			part[n - 1].text = keep_format(&b->keep, "%s%s", part[n - 1].text, text);
		else
			part[n++] = (struct host_ruleset_part){ t->backend, family, text };
	}
	for (int f = 0; f < 2; f++)
		if (b->save[BUILD_LEGACY_SAVE][f])
			part[n++] = (struct host_ruleset_part){ "iptables-legacy", f ? 6 : 4,
								b->save[BUILD_LEGACY_SAVE][f] };
	return n;
}

static const char *firewall_name(struct build *b)
{
	static const char *const names[] = { "nftables", "iptables-nft", "iptables-legacy" };
	const char *all = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		bool any = false;

		for (size_t r = 0; r < b->done_n && !any; r++)
			any = strcmp(b->done[r].fact.backend, names[i]) == 0;
		if (any)
			all = all ? keep_format(&b->keep, "%s+%s", all, names[i]) : names[i];
	}
	return all ? all : "none";
}

/* The result lives in the same memory as all that it points to. */
static struct host_ruleset *finish(struct build *b)
{
	struct host_ruleset *rs = keep_alloc(&b->keep, sizeof(*rs));
	struct build_own *own = keep_alloc(&b->keep, sizeof(*own));
	struct host_chain *chain = keep_alloc(&b->keep, (b->chain_n + 1) * sizeof(*chain));
	struct host_ruleset_part *part = keep_alloc(&b->keep, (b->table_n + 3) * sizeof(*part));

	if (!rs || !own || !chain || !part || ruleset_finish(b) < 0 || ruleset_reach(b, own) < 0)
		return NULL;
	if (b->chain_n)
		memcpy(chain, b->chain, b->chain_n * sizeof(*chain));
	*rs = (struct host_ruleset){
		.firewall = firewall_name(b),
		.rule = b->done,
		.rule_n = b->done_n,
		.chain = chain,
		.chain_n = b->chain_n,
		.part = part,
		.part_n = add_parts(b, part),
		.listing = b->listing,
		.own = own,
	};
	if (b->keep.full)
		return NULL;
	own->keep = b->keep; /* the last change: what follows frees nothing of it */
	b->keep = (struct keep){ 0 };
	return rs;
}

static int read_once(struct build *b, struct host_ruleset **ret, struct err *err)
{
	int r = ruleset_read_nft(b, err);

	if (r == 0)
		r = ruleset_read_legacy(b, err);
	if (r == 0 && ruleset_sort(b) < 0)
		r = err_set(err, -ENOMEM, "reading the firewall: out of memory");
	if (r < 0)
		return r;
	r = ruleset_name_nft(b);
	if (r < 0)
		return err_set(err, r, "the firewall changes faster than it can be read");
	r = ruleset_read_saves(b, err);
	if (r < 0)
		return r;
	*ret = finish(b);
	return *ret ? 0 : err_set(err, -ENOMEM, "reading the firewall: out of memory");
}

int host_ruleset_read(host_gap_tell *tell, void *to, struct host_ruleset **ret_ruleset,
		      struct err *err)
{
	struct build b = { .tell = tell, .to = to };
	struct host_ruleset *rs = NULL;
	int r = -EAGAIN;

	for (int i = 0; r == -EAGAIN && i < TRIES_MAX; i++) {
		r = read_once(&b, &rs, err);
		build_done(&b);
	}
	if (r == 0)
		*ret_ruleset = rs;
	return r;
}

void host_ruleset_free(struct host_ruleset *ruleset)
{
	struct build_own *own = ruleset ? ruleset->own : NULL;
	struct keep keep;

	if (!own)
		return;
	keep = own->keep; /* it holds itself */
	keep_done(&keep);
}

void host_ruleset_freep(struct host_ruleset **ruleset)
{
	host_ruleset_free(*ruleset);
}
