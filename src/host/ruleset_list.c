/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nftables' JSON listing. libnftables 1.0.6 reads past a table of its own when it
 * writes a table that has an owner (firewalld's has), so the listing is put together
 * without any table object then: chain by chain, set by set.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/nft_text.h"
#include "host/ruleset_build.h"

static bool has_owner(const char *listing)
{
	struct nft_scan scan = nft_text_scan(listing, strlen(listing));
	struct nft_item item;

	while (nft_text_next(&scan, &item))
		if (item.kind == NFT_ITEM_SPEC && nft_text_begins(item.text, "flags ") &&
		    (memmem(item.text.p, item.text.len, "owner", 5) ||
		     memmem(item.text.p, item.text.len, "persist", 7)))
			return true;
	return false;
}

static int list_one(struct host_nft *nft, const char *command, json_t **ret, struct err *err)
{
	char *text;
	int r = host_nft_run(nft, command, HOST_NFT_JSON | HOST_NFT_NUMERIC, &text, err);
	json_error_t why;
	json_t *json;

	if (r < 0)
		return r;
	json = json_loads(text, 0, &why);
	free(text);
	if (!json)
		return err_set(err, -EPROTO, "reading nftables' JSON: %s", why.text);
	*ret = json;
	return 0;
}

/* "list chain ip t c" and its like, into the array @all. */
static int add_listing(struct host_nft *nft, json_t *all, const char *kind, struct span family,
		       struct span table, struct span name, struct err *err)
{
	char command[800];
	json_t *one = NULL;
	int r, n;

	n = snprintf(command, sizeof(command), "list %s %.*s %.*s %.*s", kind, (int)family.len,
		     (const char *)family.p, (int)table.len, (const char *)table.p, (int)name.len,
		     (const char *)name.p);
	if (n < 0 || (size_t)n >= sizeof(command))
		return err_set(err, -ENAMETOOLONG, "listing a %s: its name is too long", kind);
	r = list_one(nft, command, &one, err);
	if (r < 0)
		return r;
	r = json_array_extend(all, json_object_get(one, "nftables")) < 0 ? -ENOMEM : 0;
	json_decref(one);
	return r;
}

static int add_table(json_t *all, const struct nft_item *item)
{
	json_t *o =
		json_pack("{s:{s:s%,s:s%}}", "table", "family", (const char *)item->family.p,
			  item->family.len, "name", (const char *)item->table.p, item->table.len);

	return !o || json_array_append_new(all, o) < 0 ? -ENOMEM : 0;
}

/* The object that a block such as "set name {" defines. */
static struct span block_name(struct span text, size_t kind_len)
{
	struct span name = { text.p + kind_len, 0 };

	while (kind_len + name.len < text.len && name.p[name.len] != ' ')
		name.len++;
	return name;
}

static int add_item(struct host_nft *nft, json_t *all, const struct nft_item *i, struct err *err)
{
	switch (i->kind) {
	case NFT_ITEM_TABLE:
		return add_table(all, i);
	case NFT_ITEM_CHAIN:
		return add_listing(nft, all, "chain", i->family, i->table, i->chain, err);
	case NFT_ITEM_OBJECT:
		if (nft_text_begins(i->text, "set "))
			return add_listing(nft, all, "set", i->family, i->table,
					   block_name(i->text, 4), err);
		if (nft_text_begins(i->text, "map "))
			return add_listing(nft, all, "map", i->family, i->table,
					   block_name(i->text, 4), err);
		return 0;
	case NFT_ITEM_SPEC:
	case NFT_ITEM_RULE:
		break;
	}
	return 0;
}

static int list_by_parts(struct build *b, struct host_nft *nft, struct err *err)
{
	struct nft_scan scan = nft_text_scan(b->listing, strlen(b->listing));
	struct nft_item item;
	json_t *all = json_array();
	int r = all ? 0 : -ENOMEM;

	while (r == 0 && nft_text_next(&scan, &item))
		r = add_item(nft, all, &item, err);
	if (r == 0)
		b->json = json_pack("{s:O}", "nftables", all);
	json_decref(all);
	return r == 0 && !b->json ? -ENOMEM : r;
}

int ruleset_list_json(struct build *b, struct host_nft *nft, struct err *err)
{
	int r = has_owner(b->listing) ? list_by_parts(b, nft, err)
				      : list_one(nft, "list ruleset", &b->json, err);

	return r == -ENOMEM ? err_set(err, r, "reading the firewall: out of memory") : r;
}
