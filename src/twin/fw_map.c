/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the host's rules a rule of the twin is: the same place in the same chain. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "sys/nl.h"
#include "twin/fw_load.h"

static const struct {
	const char *name;
	uint8_t nfproto;
} fw_families[] = {
	{ "ip", NFPROTO_IPV4 },       { "ip6", NFPROTO_IPV6 }, { "inet", NFPROTO_INET },
	{ "netdev", NFPROTO_NETDEV }, { "arp", NFPROTO_ARP },  { "bridge", NFPROTO_BRIDGE },
};

static const char *family_name(uint8_t nfproto)
{
	for (size_t i = 0; i < ARRAY_LEN(fw_families); i++)
		if (fw_families[i].nfproto == nfproto)
			return fw_families[i].name;
	return "";
}

static uint32_t mix(uint32_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (uint8_t)*text) *
		    16777619u; /* FNV-1a: the host's own names, no adversary */
	return (h ^ 0xff) * 16777619u;
}

static uint32_t hash_of(const char *family, const char *table, uint64_t handle, const char *chain)
{
	uint32_t h = mix(mix(2166136261u, family), table);

	h = (h ^ (uint32_t)handle) * 2654435761u;
	return chain ? mix(h, chain) : h ^ h >> 15;
}

static bool is_legacy(const char *backend)
{
	return strcmp(backend, "iptables-legacy") == 0;
}

static void put_key(struct fw_key *key, size_t room, uint32_t hash, size_t at)
{
	size_t i = hash & (room - 1);

	while (key[i].at)
		i = (i + 1) & (room - 1);
	key[i] = (struct fw_key){ (uint32_t)at + 1, hash };
}

/* A table at most half full, for @n entries. */
static struct fw_key *new_keys(size_t n, size_t *ret_room)
{
	size_t room = 16;

	while (room < 2 * n)
		room *= 2;
	*ret_room = room;
	return calloc(room, sizeof(struct fw_key));
}

int fw_map_chains(struct twin_fw *fw)
{
	const struct host_ruleset *rs = fw->rs;

	fw->chain_key = new_keys(rs->chain_n, &fw->chain_room);
	if (!fw->chain_key)
		return -ENOMEM;
	for (size_t i = 0; i < rs->chain_n; i++) {
		const struct host_chain *c = &rs->chain[i];

		put_key(fw->chain_key, fw->chain_room,
			hash_of(c->family, c->table, is_legacy(c->backend), c->name), i);
	}
	return 0;
}

static int64_t find_chain(const struct twin_fw *fw, bool legacy, const char *family,
			  const char *table, const char *name)
{
	uint32_t hash = hash_of(family, table, legacy, name);
	size_t i = hash & (fw->chain_room - 1);

	for (; fw->chain_key && fw->chain_key[i].at; i = (i + 1) & (fw->chain_room - 1)) {
		const struct host_chain *c = &fw->rs->chain[fw->chain_key[i].at - 1];

		if (fw->chain_key[i].hash == hash && strcmp(c->name, name) == 0 &&
		    strcmp(c->table, table) == 0 && strcmp(c->family, family) == 0 &&
		    is_legacy(c->backend) == legacy)
			return fw->chain_key[i].at - 1;
	}
	return -1;
}

int64_t fw_map_nth(const struct twin_fw *fw, bool legacy, const char *family, const char *table,
		   const char *chain, uint32_t n)
{
	int64_t at = find_chain(fw, legacy, family, table, chain);

	if (at < 0 || n >= fw->rs->chain[at].rule_n)
		return -1;
	return fw->rs->chain[at].first + (int64_t)n;
}

struct reading {
	struct twin_fw *fw;
	uint32_t *seen; /* of each chain: its host rules passed so far, left out ones included */
};

/* A name of a message, or "". */
static const char *text_attr(const struct nlattr *a)
{
	return a && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0 ? mnl_attr_get_str(a) : "";
}

static int one_rule(const struct nlmsghdr *msg, void *to)
{
	struct reading *rd = to;
	struct twin_fw *fw = rd->fw;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(msg);
	const char *table = "", *chain = "", *family = family_name(nfg->nfgen_family);
	struct nlattr *a; /* libmnl's loop casts the const away */
	const struct host_chain *c;
	uint64_t handle = 0;
	int64_t at;

	if (msg->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE))
		return 0;
	mnl_attr_for_each(a, msg, sizeof(*nfg))
	{
		if (mnl_attr_get_type(a) == NFTA_RULE_TABLE)
			table = text_attr(a);
		else if (mnl_attr_get_type(a) == NFTA_RULE_CHAIN)
			chain = text_attr(a);
		else if (mnl_attr_get_type(a) == NFTA_RULE_HANDLE &&
			 mnl_attr_validate(a, MNL_TYPE_U64) >= 0)
			handle = be64toh(mnl_attr_get_u64(a));
	}
	at = find_chain(fw, false, family, table, chain);
	if (at < 0)
		return 0;
	c = &fw->rs->chain[at];
	while (rd->seen[at] < c->rule_n && fw->out[c->first + rd->seen[at]])
		rd->seen[at]++;
	if (rd->seen[at] < c->rule_n &&
	    fw->rs->rule[c->first + rd->seen[at]].fact.position != FACT_NONE)
		fw->handle[c->first + rd->seen[at]++] = handle;
	return 0;
}

static void restart(void *to)
{
	struct reading *rd = to;

	memset(rd->seen, 0, rd->fw->rs->chain_n * sizeof(*rd->seen));
	memset(rd->fw->handle, 0, rd->fw->rs->rule_n * sizeof(*rd->fw->handle));
}

static int key_rules(struct twin_fw *fw)
{
	free(fw->rule_key);
	fw->rule_key = new_keys(fw->rs->rule_n, &fw->rule_room);
	if (!fw->rule_key)
		return -ENOMEM;
	for (size_t i = 0; i < fw->rs->rule_n; i++) {
		const struct fact_rule *f = &fw->rs->rule[i].fact;

		if (fw->handle[i])
			put_key(fw->rule_key, fw->rule_room,
				hash_of(f->family, f->table, fw->handle[i], NULL), i);
	}
	return 0;
}

int fw_map_read(struct twin_fw *fw, struct err *err)
{
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nfg;
	} msg = {
		.nlh = { .nlmsg_len = sizeof(msg),
			 .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE,
			 .nlmsg_flags = NLM_F_DUMP },
		.nfg = { .nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0 },
	};
	AUTO(nl_closep) struct nl *nl = NULL;
	struct reading rd = { .fw = fw };
	int r = nl_open(NETLINK_NETFILTER, &nl, err);

	if (r < 0)
		return r;
	rd.seen = calloc(fw->rs->chain_n + 1, sizeof(*rd.seen));
	if (!rd.seen)
		return err_set(err, -ENOMEM, "reading the twin's rules: out of memory");
	restart(&rd);
	r = nl_talk(nl, &msg.nlh, one_rule, restart, &rd);
	free(rd.seen);
	if (r == 0)
		r = key_rules(fw);
	return r < 0 ? err_set(err, r, "reading the twin's rules: %s", strerror(-r)) : 0;
}

int64_t twin_fw_find_chain(const struct twin_fw *fw, uint8_t nfproto, const char *table,
			   const char *chain)
{
	return find_chain(fw, false, family_name(nfproto), table, chain);
}

int64_t twin_fw_find(const struct twin_fw *fw, uint8_t nfproto, const char *table,
		     const char *chain, uint64_t handle)
{
	const char *family = family_name(nfproto);
	uint32_t hash = hash_of(family, table, handle, NULL);
	size_t i = hash & (fw->rule_room - 1);

	if (handle == 0) {
		int64_t at = find_chain(fw, false, family, table, chain);
		const struct host_chain *c = at >= 0 ? &fw->rs->chain[at] : NULL;

		return c && c->type ? c->first + (int64_t)c->rule_n - 1 : -1;
	}
	for (; fw->rule_key && fw->rule_key[i].at; i = (i + 1) & (fw->rule_room - 1)) {
		size_t at = fw->rule_key[i].at - 1;
		const struct fact_rule *f = &fw->rs->rule[at].fact;

		if (fw->rule_key[i].hash == hash && fw->handle[at] == handle &&
		    strcmp(f->table, table) == 0 && strcmp(f->family, family) == 0 &&
		    !is_legacy(f->backend))
			return (int64_t)at;
	}
	return -1;
}
