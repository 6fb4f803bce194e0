/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading nftables text: all of it, else table by table, else whatever halves load. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/nft_text.h"
#include "twin/fw_load.h"

struct table {
	struct nft_item *item; /* [0] is the table itself */
	bool *out;
	size_t n, room;
};

static void table_done(struct table *t)
{
	free(t->item);
	free(t->out);
}

static int table_add(struct table *t, const struct nft_item *item)
{
	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 64;
		struct nft_item *more = reallocarray(t->item, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		t->item = more;
		t->room = room;
	}
	t->item[t->n++] = *item;
	return 0;
}

/* Chains first: maps and rules may name them. Then sets: rules name them. Rules keep their order. */
static int arrange(struct table *t)
{
	static const enum nft_item_kind order[] = { NFT_ITEM_TABLE, NFT_ITEM_SPEC, NFT_ITEM_CHAIN,
						    NFT_ITEM_OBJECT, NFT_ITEM_RULE };
	struct nft_item *sorted = calloc(t->n, sizeof(*sorted));
	size_t n = 0;

	t->out = calloc(t->n, sizeof(*t->out));
	if (!sorted || !t->out) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t k = 0; k < ARRAY_LEN(order); k++)
		for (size_t i = 0; i < t->n; i++)
			if (t->item[i].kind == order[k])
				sorted[n++] = t->item[i];
	free(t->item);
	t->item = sorted;
	t->room = n;
	return 0;
}

static void put(FILE *f, struct span s)
{
	fwrite(s.p, 1, s.len, f);
}

/* A table that its maker's death removes would vanish with our socket as well: owner is stripped. */
static void put_spec(FILE *f, struct span text)
{
	static const char flags[] = "flags ";
	bool first = true;
	const char *p = (const char *)text.p, *end = p + text.len;

	if (!nft_text_begins(text, flags)) {
		put(f, text);
		fputs("\n", f);
		return;
	}
	for (p += strlen(flags); p < end;) {
		size_t len = 0, blank = 0;

		while (p + len < end && p[len] != ',' && p[len] != ';')
			len++;
		while (blank < len && p[blank] == ' ')
			blank++;
		if (len > blank &&
		    !nft_text_begins((struct span){ (const uint8_t *)p + blank, len - blank },
				     "owner") &&
		    !nft_text_begins((struct span){ (const uint8_t *)p + blank, len - blank },
				     "persist")) {
			fprintf(f, "%s%.*s", first ? flags : ",", (int)(len - blank), p + blank);
			first = false;
		}
		p += len + 1;
	}
	fputs("\n", f);
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static void put_item(FILE *f, const struct nft_item *item, struct span *open)
{
	if (open->len && (item->kind != NFT_ITEM_RULE || !same(*open, item->chain))) {
		fputs("}\n", f);
		open->len = 0;
	}
	switch (item->kind) {
	case NFT_ITEM_TABLE:
		return;
	case NFT_ITEM_SPEC:
		put_spec(f, item->text);
		return;
	case NFT_ITEM_OBJECT:
		put(f, item->text);
		fputs("\n", f);
		return;
	case NFT_ITEM_CHAIN:
	case NFT_ITEM_RULE:
		if (!open->len) {
			fputs("chain ", f);
			put(f, item->chain);
			fputs(" {\n", f);
			*open = item->chain;
		}
		put(f, item->text);
		fputs("\n", f);
		return;
	}
}

/* Items [from, to) of the table that are not left out, as nft reads them. */
static void put_table(FILE *f, const struct table *t, size_t from, size_t to)
{
	struct span open = { 0 };

	fputs("table ", f);
	put(f, t->item[0].family);
	fputs(" ", f);
	put(f, t->item[0].table);
	fputs(" {\n", f);
	for (size_t i = from; i < to; i++)
		if (!t->out[i])
			put_item(f, &t->item[i], &open);
	fputs(open.len ? "}\n}\n" : "}\n", f);
}

static char *table_text(const struct table *t, size_t from, size_t to)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	put_table(f, t, from, to);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int try(struct twin_fw *fw, const struct table *t, size_t from, size_t to, struct err *err)
{
	char *text = table_text(t, from, to);
	int r = text ? host_nft_run(fw->nft, text, 0, NULL, err) : -ENOMEM;

	free(text);
	return r;
}

static const char *cut(char *buf, size_t room, struct span s)
{
	snprintf(buf, room, "%.*s", (int)MIN(s.len, room - 1), (const char *)s.p);
	return buf;
}

/* The host's rule that stands at item @at: the rules of its chain before it are counted. */
static int64_t rule_of(const struct twin_fw *fw, const struct table *t, size_t at)
{
	char family[64], table[256], chain[256];
	uint32_t n = 0;

	for (size_t i = 0; i < at; i++)
		n += t->item[i].kind == NFT_ITEM_RULE && same(t->item[i].chain, t->item[at].chain);
	return fw_map_nth(fw, false, cut(family, sizeof(family), t->item[at].family),
			  cut(table, sizeof(table), t->item[at].table),
			  cut(chain, sizeof(chain), t->item[at].chain), n);
}

static void leave_out(struct twin_fw *fw, struct table *t, size_t at, const char *why)
{
	const struct nft_item *item = &t->item[at];
	int64_t rule = item->kind == NFT_ITEM_RULE ? rule_of(fw, t, at) : -1;
	struct span head = item->kind == NFT_ITEM_CHAIN ? item->chain : item->text;
	const uint8_t *nl = head.len ? memchr(head.p, '{', head.len) : NULL;
	char which[512];

	t->out[at] = true;
	if (rule >= 0) {
		fw_leave_out(fw, (size_t)rule, why);
		return;
	}
	if (nl)
		head.len = (size_t)(nl - head.p);
	snprintf(which, sizeof(which), "%.*s %.*s: %.*s", (int)item->family.len,
		 (const char *)item->family.p, (int)item->table.len, (const char *)item->table.p,
		 (int)MIN(head.len, 200), (const char *)head.p);
	fw_gap(fw, item->kind == NFT_ITEM_CHAIN ? "chain" : "set", which, why,
	       "rules that need it are missing in the twin too");
}

/* Halve until what is refused stands alone. Each success stays: a later half needs no earlier one twice. */
static int halve(struct twin_fw *fw, struct table *t, size_t from, size_t to)
{
	struct err err;
	size_t mid = from + (to - from) / 2;
	int r = from < to ? try(fw, t, from, to, &err) : 0;

	if (r == 0 || r == -ENOMEM)
		return r;
	if (to - from == 1) {
		leave_out(fw, t, from, err.text);
		return 0;
	}
	r = halve(fw, t, from, mid);
	return r < 0 ? r : halve(fw, t, mid, to);
}

/* Split @text into tables; call @each with every one. */
static int each_table(const char *text, int (*each)(void *to, struct table *t), void *to)
{
	struct nft_scan scan = nft_text_scan(text, strlen(text));
	AUTO(table_done) struct table t = { 0 };
	struct nft_item item;
	int r = 0, more;

	do {
		more = nft_text_next(&scan, &item);
		if (t.n && (!more || item.kind == NFT_ITEM_TABLE)) {
			r = arrange(&t);
			if (r == 0)
				r = each(to, &t);
			table_done(&t);
			t = (struct table){ 0 };
		}
		if (r == 0 && more)
			r = table_add(&t, &item);
	} while (r == 0 && more);
	return r;
}

struct loading {
	struct twin_fw *fw;
	FILE *text; /* of all that is not left out */
	bool halving;
};

static int one_table(void *to, struct table *t)
{
	struct loading *l = to;
	int r = l->halving ? halve(l->fw, t, 0, t->n) : 0;

	if (r == 0)
		put_table(l->text, t, 0, t->n);
	return r;
}

/* Write what is to be loaded into part->text; with @halving load it as well. */
static int go_through(struct twin_fw *fw, struct fw_part *part, bool halving)
{
	struct loading l = { .fw = fw, .halving = halving };
	size_t len;
	int r;

	free(part->text);
	part->text = NULL;
	l.text = open_memstream(&part->text, &len);
	if (!l.text)
		return -ENOMEM;
	r = each_table(part->host->text, one_table, &l);
	return fclose(l.text) != 0 && r == 0 ? -ENOMEM : r;
}

int fw_nft_load(struct twin_fw *fw, struct fw_part *part, struct err *err)
{
	int r = go_through(fw, part, false);

	if (r == 0)
		r = host_nft_run(fw->nft, part->text, 0, NULL, err);
	if (r < 0 && r != -ENOMEM && r != -EPERM)
		r = go_through(fw, part, true);
	if (r == -ENOMEM)
		return err_set(err, r, "loading the firewall: out of memory");
	return r;
}
