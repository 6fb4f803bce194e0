/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_copy [again|shapes]: read the firewall of this namespace, load it into a new
 * namespace, and tell what came of it, for fw_copy.sh. With "again" it is loaded
 * afresh once more; with "shapes" only what was read is told.
 */
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/nft.h"
#include "host/nft_text.h"
#include "sys/ns.h"
#include "twin/fw.h"

static void tell(void *to, const struct fact_gap *gap)
{
	(void)to;
	printf("gap %s | %s | %s\n", gap->what, gap->which, gap->why);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint8_t nfproto(struct span family)
{
	static const struct {
		const char *name;
		uint8_t number;
	} known[] = {
		{ "ip6", NFPROTO_IPV6 },      { "inet", NFPROTO_INET },
		{ "netdev", NFPROTO_NETDEV }, { "bridge", NFPROTO_BRIDGE },
		{ "arp", NFPROTO_ARP },       { "ip", NFPROTO_IPV4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (nft_text_begins(family, known[i].name))
			return known[i].number;
	return 0;
}

/* Every rule of the twin's own listing must lead back to the host's rule with the same words. */
static int wrong_handles(const struct twin_fw *fw, const char *listing, int *ret_right)
{
	struct nft_scan s = nft_text_scan(listing, strlen(listing));
	const struct host_ruleset *rs = twin_fw_ruleset(fw);
	struct nft_item item;
	int wrong = 0;

	while (nft_text_next(&s, &item)) {
		char table[256], chain[256], *text;
		int64_t at;

		if (item.kind != NFT_ITEM_RULE)
			continue;
		snprintf(table, sizeof(table), "%.*s", (int)item.table.len,
			 (const char *)item.table.p);
		snprintf(chain, sizeof(chain), "%.*s", (int)item.chain.len,
			 (const char *)item.chain.p);
		at = twin_fw_find(fw, nfproto(item.family), table, chain, item.handle);
		text = calloc(1, item.text.len + 2);
		if (!text)
			abort();
		nft_text_plain((const char *)item.text.p, item.text.len, text);
		text[strcspn(text, "\n")] = '\0';
		if (at < 0 || (strcmp(rs->rule[at].fact.backend, "nftables") == 0 &&
			       !strstr(rs->rule[at].fact.text, " code ") &&
			       strcmp(rs->rule[at].fact.text, text) != 0)) {
			printf("wrong %s: %s\n", text, at < 0 ? "none" : rs->rule[at].fact.text);
			wrong++;
		} else {
			(*ret_right)++;
		}
		free(text);
	}
	return wrong;
}

static int check(int ns, const struct twin_fw *fw)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(ns, NULL);
	AUTO(host_nft_closep) struct host_nft *nft = NULL;
	int right = 0, wrong;
	char *listing;

	if (v.r < 0 || host_nft_open(&nft, NULL) < 0 ||
	    host_nft_run(nft, "list ruleset", HOST_NFT_HANDLES, &listing, NULL) < 0)
		return 4;
	wrong = wrong_handles(fw, listing, &right);
	free(listing);
	printf("handles %d right, %d wrong\n", right, wrong);
	return 0;
}

static int copy(const struct host_ruleset *rs, bool again)
{
	AUTO(twin_fw_freep) struct twin_fw *fw = NULL;
	struct err err;
	double start;
	int ns, r = 0;

	if (ns_new(&ns, &err) < 0) {
		printf("error %s\n", err.text);
		return 4;
	}
	start = now();
	r = twin_fw_load(ns, rs, tell, NULL, &fw, &err);
	fprintf(stderr, "loaded in %.1f ms\n", now() - start);
	start = now();
	if (r == 0 && again) {
		r = twin_fw_reload(fw, &err);
		fprintf(stderr, "loaded afresh in %.1f ms\n", now() - start);
	}
	if (r < 0)
		printf("error %s\n", err.text);
	else
		r = check(ns, fw);
	close(ns);
	return r;
}

static void tell_shapes(const struct host_ruleset *rs)
{
	for (size_t i = 0; i < rs->rule_n; i++) {
		const struct host_rule *h = &rs->rule[i];
		struct rule_shape p;

		printf("%s %s %s: %s%s%s%s", h->fact.family, h->fact.table, h->fact.chain,
		       h->fact.text, h->shape.has_limit ? " [limit]" : "",
		       h->shape.restricts_source ? " [source]" : "",
		       h->shape.hooks & RULE_HOOK_INWARD ? " [inward]" : "");
		if (host_ruleset_path(rs, (uint32_t)i, RULE_HOOK_INWARD, &p) == 0)
			printf(" -> proto %d type %d code %d dport %d ct %d", p.proto, p.type,
			       p.code, p.dport, p.ct);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	AUTO(host_ruleset_freep) struct host_ruleset *rs = NULL;
	const char *how = argc > 1 ? argv[1] : "";
	double start = now();
	struct err err;

	if (host_ruleset_read(tell, NULL, &rs, &err) < 0) {
		printf("error %s\n", err.text);
		return 4;
	}
	fprintf(stderr, "read in %.1f ms\n", now() - start);
	printf("firewall %s, %zu rules and policies, %zu chains\n", rs->firewall, rs->rule_n,
	       rs->chain_n);
	if (strcmp(how, "shapes") == 0) {
		tell_shapes(rs);
		return 0;
	}
	return copy(rs, strcmp(how, "again") == 0);
}
