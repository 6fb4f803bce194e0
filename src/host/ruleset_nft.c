/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nftables' part of a ruleset: JSON says what there is, text says it in the host's words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/nft_text.h"
#include "host/ruleset_build.h"
#include "host/shape_value.h"

#define NFT       "nftables"
#define NAME_ROOM 256

static const struct hook {
	const char *name;
	uint16_t bit;
} ruleset_hooks[] = {
	{ "ingress", RULE_HOOK_INGRESS }, { "prerouting", RULE_HOOK_PREROUTING },
	{ "input", RULE_HOOK_INPUT },     { "forward", RULE_HOOK_FORWARD },
	{ "output", RULE_HOOK_OUTPUT },   { "postrouting", RULE_HOOK_POSTROUTING },
	{ "egress", RULE_HOOK_EGRESS },
};

static uint16_t hook_bit(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(ruleset_hooks); i++)
		if (strcmp(ruleset_hooks[i].name, name) == 0)
			return ruleset_hooks[i].bit;
	return 0;
}

static struct build_table *find_table(struct build *b, const char *family, const char *name)
{
	for (size_t i = b->table_n; i > 0; i--) { /* the last one is the likely one */
		struct build_table *t = &b->table[i - 1];

		if (strcmp(t->name, name) == 0 && strcmp(t->family, family) == 0)
			return t;
	}
	return NULL;
}

static int add_table(struct build *b, const json_t *o)
{
	if (ruleset_grow(&b->table, &b->table_room, b->table_n, sizeof(*b->table)) < 0)
		return -ENOMEM;
	b->table[b->table_n++] = (struct build_table){
		.backend = NFT,
		.family = keep_str(&b->keep, shape_text(o, "family")),
		.name = keep_str(&b->keep, shape_text(o, "name")),
	};
	return 0;
}

/* A base chain as iptables makes it: its name is its hook's, in capitals. */
static bool is_builtin(const char *name)
{
	static const char *const builtin[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT",
					       "POSTROUTING" };

	for (size_t i = 0; i < ARRAY_LEN(builtin); i++)
		if (strcmp(builtin[i], name) == 0)
			return true;
	return false;
}

static int add_chain(struct build *b, const json_t *o)
{
	const char *hook = shape_text(o, "hook"), *type = shape_text(o, "type");
	struct build_table *t = find_table(b, shape_text(o, "family"), shape_text(o, "table"));
	bool base = *hook != '\0';
	struct host_chain c;

	if (!t)
		return 0;
	c = (struct host_chain){
		.backend = NFT,
		.family = t->family,
		.table = t->name,
		.name = keep_str(&b->keep, shape_text(o, "name")),
		.type = base ? keep_str(&b->keep, type) : NULL,
		.hook = hook_bit(hook),
		.priority = (int32_t)json_integer_value(json_object_get(o, "prio")),
	};
	t->foreign |= base && !is_builtin(c.name);
	if (!base)
		return ruleset_add_chain(b, &c, -1) < 0 ? -ENOMEM : 0;
	return ruleset_add_chain(b, &c,
				 strcmp(shape_text(o, "policy"), "drop") == 0 ? RULE_DROP
									      : RULE_ACCEPT) < 0
		       ? -ENOMEM
		       : 0;
}

static int add_rule(struct build *b, const json_t *o)
{
	const char *family = shape_text(o, "family"), *table = shape_text(o, "table");
	const json_t *expr = json_object_get(o, "expr");
	struct build_table *t = find_table(b, family, table);
	int64_t chain = ruleset_find_chain(b, false, family, table, shape_text(o, "chain"));
	bool counted = false;

	if (chain < 0 || !t)
		return 0;
	for (size_t i = 0; i < json_array_size(expr); i++) {
		const json_t *e = json_array_get(expr, i);

		t->has_xt |= json_object_get(e, "xt") != NULL;
		counted |= json_object_get(e, "counter") != NULL;
	}
	t->foreign |= !counted; /* iptables-nft counts in every rule */
	return ruleset_add_rule(
		b, &(struct build_rule){
			   .chain = (uint32_t)chain,
			   .handle = (uint64_t)json_integer_value(json_object_get(o, "handle")),
			   .json = o,
		   });
}

static void add_object(struct build *b, const json_t *o)
{
	struct build_table *t = find_table(b, shape_text(o, "family"), shape_text(o, "table"));

	if (t)
		t->has_object = true;
}

/* Chains before rules, whatever the order of the listing. */
static int add_all(struct build *b)
{
	const json_t *all = json_object_get(b->json, "nftables");
	int r = 0;

	for (int pass = 0; pass < 3; pass++) {
		for (size_t i = 0; r == 0 && i < json_array_size(all); i++) {
			json_t *o = json_array_get(all, i);
			void *it = json_object_iter(o);
			const char *kind = it ? json_object_iter_key(it) : "";
			const json_t *value = it ? json_object_iter_value(it) : NULL;

			if (strcmp(kind, "table") == 0)
				r = pass == 0 ? add_table(b, value) : 0;
			else if (strcmp(kind, "chain") == 0)
				r = pass == 1 ? add_chain(b, value) : 0;
			else if (strcmp(kind, "rule") == 0)
				r = pass == 2 ? add_rule(b, value) : 0;
			else if (pass == 2)
				add_object(b, value);
		}
	}
	return r;
}

/* libnftables misnames codes of ICMP types other than unreachable: such rules are told in numbers. */
static bool mentions_code(const json_t *value, int depth)
{
	json_t *v = (json_t *)(uintptr_t)value;

	if (depth > 8)
		return false;
	if (strcmp(shape_text(value, "field"), "code") == 0)
		return true;
	for (void *it = json_object_iter(v); it; it = json_object_iter_next(v, it))
		if (mentions_code(json_object_iter_value(it), depth + 1))
			return true;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (mentions_code(json_array_get(value, i), depth + 1))
			return true;
	return false;
}

static int list(struct build *b, struct host_nft *nft, unsigned flags, const char **ret,
		struct err *err)
{
	char *text;
	int r = host_nft_run(nft, "list ruleset", flags, &text, err);

	if (r < 0)
		return r;
	*ret = keep_str(&b->keep, text);
	free(text);
	return 0;
}

static int read_json(struct build *b, struct host_nft *nft, struct err *err)
{
	int r = ruleset_list_json(b, nft, err);

	if (r < 0)
		return r;
	b->sets = shape_sets_new(b->json);
	r = b->sets ? add_all(b) : -ENOMEM;
	return r < 0 ? err_set(err, r, "reading the firewall: out of memory") : 0;
}

int ruleset_read_nft(struct build *b, struct err *err)
{
	AUTO(host_nft_closep) struct host_nft *nft = NULL;
	bool codes = false;
	int r = host_nft_open(&nft, err);

	b->listing = "";
	if (r == -EOPNOTSUPP)
		return 0;
	if (r < 0)
		return r;
	r = list(b, nft, HOST_NFT_HANDLES, &b->listing, err);
	if (r < 0)
		return r;
	r = read_json(b, nft, err);
	for (size_t i = 0; r == 0 && !codes && i < b->rule_n; i++)
		codes = mentions_code(b->rule[i].json, 0);
	if (r == 0 && codes)
		r = list(b, nft, HOST_NFT_HANDLES | HOST_NFT_NUMERIC, &b->numeric, err);
	return r;
}

static bool name_text(char *buf, struct span s)
{
	if (s.len >= 2 && s.p[0] == '"') {
		s.p++;
		s.len -= 2;
	}
	if (s.len >= NAME_ROOM)
		return false;
	memcpy(buf, s.p, s.len);
	buf[s.len] = '\0';
	return true;
}

static int64_t chain_of(const struct build *b, const struct nft_item *item)
{
	char family[NAME_ROOM], table[NAME_ROOM], chain[NAME_ROOM];

	if (!name_text(family, item->family) || !name_text(table, item->table) ||
	    !name_text(chain, item->chain))
		return -1;
	return ruleset_find_chain(b, false, family, table, chain);
}

/* "counter packets 3 bytes 180": what a rule says is "counter". */
static const char *rule_text(struct build *b, struct span text)
{
	char *buf = keep_alloc(&b->keep, text.len + 2);
	size_t n;

	if (!buf)
		return "";
	n = nft_text_plain((const char *)text.p, text.len, buf);
	while (n > 0 && buf[n - 1] == '\n')
		buf[--n] = '\0';
	return buf;
}

/* `device "eth0"` or `devices = { "eth0", lo }`, from a chain's type line. */
static const char *const *devices(struct build *b, struct span spec)
{
	const char *text = keep_text(&b->keep, (const char *)spec.p, spec.len);
	const char *p = strstr(text, "device"), *end = p ? strstr(p, " priority") : NULL;
	size_t n = 0, room = 2;
	const char **name;

	for (const char *c = p; c && c < end; c++)
		room += *c == ',';
	name = end ? keep_alloc(&b->keep, (room + 1) * sizeof(*name)) : NULL;
	if (!name)
		return NULL;
	p += strcspn(p, " ");
	while (n < room) {
		size_t len;

		p += strspn(p, " ={},\"");
		len = strcspn(p, " ={},\"");
		if (p >= end || len == 0)
			break;
		name[n++] = keep_text(&b->keep, p, len);
		p += len;
	}
	return n ? name : NULL;
}

/* Each rule's words stand in the listing at its own place in its chain. */
static int name_rules(struct build *b, const char *listing, bool codes_only)
{
	struct nft_scan scan = nft_text_scan(listing, strlen(listing));
	uint32_t *seen = calloc(b->chain_n + 1, sizeof(*seen));
	struct nft_item item;
	int r = seen ? 0 : -ENOMEM;

	while (r == 0 && nft_text_next(&scan, &item)) {
		int64_t at = item.chain.len ? chain_of(b, &item) : -1;
		struct build_rule *rule;

		if (item.kind == NFT_ITEM_CHAIN && at >= 0 && !codes_only)
			b->chain[at].device = devices(b, item.text);
		if (item.kind != NFT_ITEM_RULE)
			continue;
		if (at < 0 || seen[at] == b->chain[at].rule_n) {
			r = -EAGAIN;
			break;
		}
		rule = &b->rule[b->chain[at].first + seen[at]++];
		if (rule->handle != item.handle)
			r = -EAGAIN;
		else if (!codes_only || mentions_code(rule->json, 0))
			rule->text = rule_text(b, item.text);
	}
	free(seen);
	return r;
}

static void name_tables(struct build *b)
{
	struct nft_scan scan = nft_text_scan(b->listing, strlen(b->listing));
	struct build_table *last = NULL;
	struct nft_item item;

	while (nft_text_next(&scan, &item)) {
		char family[NAME_ROOM], name[NAME_ROOM];

		if (item.kind != NFT_ITEM_TABLE)
			continue;
		if (last)
			last->block_len = (size_t)((const char *)item.text.p - last->block);
		last = name_text(family, item.family) && name_text(name, item.table)
			       ? find_table(b, family, name)
			       : NULL;
		if (last)
			last->block = (const char *)item.text.p;
	}
	if (last)
		last->block_len = strlen(last->block);
}

int ruleset_name_nft(struct build *b)
{
	int r = name_rules(b, b->listing, false);

	if (r == 0 && b->numeric)
		r = name_rules(b, b->numeric, true);
	for (size_t i = 0; r == 0 && i < b->rule_n; i++)
		if (b->rule[i].json && !b->rule[i].text)
			r = -EAGAIN;
	name_tables(b);
	return r;
}
