/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/mend.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/look.h"

#define SYSCTL_NAMES 6 /* interfaces named one by one in a command; more: a pattern */

static bool is_iptables(const struct fact_audit *a, const struct fact_rule *at)
{
	const char *backend = at && at->backend ? at->backend : a->firewall;

	return backend && strncmp(backend, "iptables", 8) == 0;
}

/*
 * @word as one word of the shell: names of chains and interfaces may hold anything
 * but blanks and slashes, and whoever made them need not be who runs the line.
 */
void mend_word(struct note_text *t, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-+./:=@%,";

	if (*word && word[strspn(word, plain)] == '\0') {
		note_put(t, "%s", word);
		return;
	}
	note_put(t, "'");
	for (; *word; word++) {
		if (*word == '\'')
			note_put(t, "'\\'");
		note_put(t, "%c", *word);
	}
	note_put(t, "'");
}

/*
 * "iptables-nft", "ip6tables-legacy": never the plain name, which may be the other
 * one. Where the host has several back ends ("a+b") it is the first.
 */
static void put_program(struct note_text *t, const char *backend, unsigned family)
{
	const char *kind = backend + strlen("iptables");

	note_put(t, "ip%stables%.*s", family == 6 ? "6" : "", (int)strcspn(kind, "+"), kind);
}

static void put_table_option(struct note_text *t, const struct fact_rule *r)
{
	if (!r || !r->table || strcmp(r->table, "filter") == 0)
		return;
	note_put(t, " -t ");
	mend_word(t, r->table);
}

bool mend_is_policy(const struct fact_rule *r)
{
	return r->handle == FACT_NONE && r->position == FACT_NONE;
}

static void put_iptables(struct note_text *t, const struct fact_audit *a,
			 const struct fact_rule *at, bool head, unsigned family,
			 const struct mend_rule *m)
{
	const char *backend = at && at->backend ? at->backend : a->firewall;

	if (m->types)
		note_put(t, "for t in %s; do ", m->types);
	put_program(t, backend, family);
	put_table_option(t, at);
	note_put(t, !head && at && mend_is_policy(at) ? " -A " : " -I ");
	mend_word(t, at ? at->chain : "INPUT");
	if (!head && at && at->position != FACT_NONE)
		note_put(t, " %" PRId64, at->position);
	note_put(t, " %s", m->iptables);
	if (m->types)
		note_put(t, "; done");
}

static void put_chain(struct note_text *t, const struct fact_rule *r)
{
	mend_word(t, r->table);
	note_put(t, " ");
	mend_word(t, r->chain);
}

static void put_nft(struct note_text *t, const struct fact_rule *at, bool head,
		    const struct mend_rule *m)
{
	bool end = !head && mend_is_policy(at);

	note_put(t, "nft %s rule %s ", end ? "add" : "insert", at->family);
	put_chain(t, at);
	note_put(t, " ");
	if (!head && at->handle != FACT_NONE)
		note_put(t, "handle %" PRId64 " ", at->handle);
	note_put(t, "%s", m->nft);
}

/* There is no chain to put it in: bring one along. One word for the shell, so no quotes within. */
static void put_nft_alone(struct note_text *t, const struct mend_rule *m)
{
	note_put(t, "nft 'add table inet filter; add chain inet filter input "
		    "{ type filter hook input priority filter; policy accept; }; "
		    "add rule inet filter input ");
	for (const char *c = m->nft; *c; c++)
		if (*c != '\'')
			note_put(t, "%c", *c);
	note_put(t, "'");
}

static void put_mend(struct note_text *t, const struct fact_audit *a, const struct fact_rule *at,
		     bool head, unsigned family, const struct mend_rule *m)
{
	if (is_iptables(a, at))
		put_iptables(t, a, at, head, family, m);
	else if (at && at->family && at->table && at->chain)
		put_nft(t, at, head, m);
	else
		put_nft_alone(t, m);
}

void mend_before(struct note_text *t, const struct fact_audit *a, const struct fact_rule *at,
		 unsigned family, const struct mend_rule *m)
{
	put_mend(t, a, at ? at : look_input(a, family), !at, family, m);
}

void mend_first(struct note_text *t, const struct fact_audit *a, unsigned family,
		const struct mend_rule *m)
{
	put_mend(t, a, look_input(a, family), true, family, m);
}

/* Before the translation: behind it the port is another, and docker's own chains come first. */
void mend_published(struct note_text *t, const struct fact_audit *a, const struct fact_exposure *e,
		    const char *from)
{
	const char *proto = fact_proto_words[e->proto];
	const char *backend = e->rule && e->rule->backend ? e->rule->backend : a->firewall;

	if (is_iptables(a, e->rule)) {
		put_program(t, backend, e->family);
		note_put(t, " -t raw -I PREROUTING -i ");
		mend_word(t, e->iface);
		note_put(t, " -p %s --dport %" PRId64 " ! -s %s -j DROP", proto, e->port, from);
		return;
	}
	note_put(t, "nft 'add table inet guard; add chain inet guard published "
		    "{ type filter hook prerouting priority raw; policy accept; }'; "
		    "nft add rule inet guard published iifname ");
	mend_word(t, e->iface);
	note_put(t, " %s dport %" PRId64 " %s saddr != %s drop", proto, e->port,
		 e->family == 6 ? "ip6" : "ip", from);
}

void mend_delete(struct note_text *t, const struct fact_rule *r)
{
	unsigned family = r->family && strcmp(r->family, "ip6") == 0 ? 6 : 4;

	if (mend_is_policy(r))
		return;
	if (r->backend && strncmp(r->backend, "iptables", 8) == 0) {
		put_program(t, r->backend, family);
		put_table_option(t, r);
		note_put(t, " -D ");
		mend_word(t, r->chain);
		note_put(t, " %" PRId64, r->position);
		return;
	}
	note_put(t, "nft delete rule %s ", r->family);
	put_chain(t, r);
	note_put(t, " handle %" PRId64, r->handle);
}

void mend_keep(struct note_text *t, const struct fact_audit *a, const struct fact_rule *at)
{
	if (at && at->chain && strncmp(at->chain, "ufw", 3) == 0)
		note_put(t, " # ufw rewrites its chains: keep it in /etc/ufw/before%s.rules",
			 at->family && strcmp(at->family, "ip6") == 0 ? "6" : "");
	else if (at && at->table && strcmp(at->table, "firewalld") == 0)
		note_put(t, " # firewalld rewrites its table: keep it with firewall-cmd "
			    "--permanent");
	else if (is_iptables(a, at))
		note_put(t, " # keep it: netfilter-persistent save");
	else
		note_put(t, " # keep it: the same line in /etc/nftables.conf");
}

/* An interface's dots are slashes to sysctl(8). */
static void put_conf(struct note_text *t, unsigned family, const char *name, const char *key)
{
	char word[128];
	int at = snprintf(word, sizeof(word), "net.ipv%u.conf.", family), n;

	n = snprintf(word + at, sizeof(word) - (size_t)at, "%s.%s=0", name, key);
	if (at + n >= (int)sizeof(word))
		return;
	for (size_t i = (size_t)at, end = i + strlen(name); i < end; i++)
		if (word[i] == '.')
			word[i] = '/';
	note_put(t, " ");
	mend_word(t, word);
}

void mend_conf_off(struct note_text *t, unsigned family, const struct note_names *ifaces,
		   const char *key, bool all, const char *file)
{
	if (ifaces->n > SYSCTL_NAMES) {
		note_put(t,
			 "for f in /proc/sys/net/ipv%u/conf/*/%s; do echo 0 >\"$f\"; done; "
			 "echo 'net.ipv%u.conf.*.%s = 0' >/etc/sysctl.d/%s.conf",
			 family, key, family, key, file);
		return;
	}
	note_put(t, "sysctl -w");
	if (all)
		put_conf(t, family, "all", key);
	put_conf(t, family, "default", key);
	for (size_t i = 0; i < ifaces->n; i++)
		put_conf(t, family, ifaces->name[i], key);
	note_put(t, " | tee /etc/sysctl.d/%s.conf", file);
}
