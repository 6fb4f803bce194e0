/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/look.h"

#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 18 /* always fits int64_t */

/* sysctl(8) writes eth0.100 as eth0/100: '.' and '/' are the same here. */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("./", *a) && strchr("./", *b)))
			return false;
	return *a == *b;
}

static int64_t number(const char *text)
{
	int64_t v = 0;
	size_t n = 0;

	for (; text[n] >= '0' && text[n] <= '9'; n++) {
		if (n == DIGITS_MAX)
			return LOOK_UNKNOWN;
		v = v * 10 + (text[n] - '0');
	}
	return n > 0 && text[n] == '\0' ? v : LOOK_UNKNOWN;
}

int64_t look_sysctl(const struct fact_audit *a, const char *name)
{
	for (size_t i = 0; i < a->sysctl_n; i++)
		if (a->sysctl[i].value && same_name(a->sysctl[i].name, name))
			return number(a->sysctl[i].value);
	return LOOK_UNKNOWN;
}

int64_t look_conf(const struct fact_audit *a, unsigned family, const char *iface, const char *key)
{
	char name[128];
	int n = snprintf(name, sizeof(name), "net.ipv%u.conf.%s.%s", family, iface, key);

	if (n < 0 || (size_t)n >= sizeof(name))
		return LOOK_UNKNOWN;
	return look_sysctl(a, name);
}

bool look_forwards(const struct fact_audit *a, unsigned family, const char *iface)
{
	int64_t v = look_conf(a, family, iface, "forwarding");

	if (v == LOOK_UNKNOWN)
		v = look_conf(a, family, "all", "forwarding");
	if (v == LOOK_UNKNOWN && family == 4)
		v = look_sysctl(a, "net.ipv4.ip_forward");
	return v > 0;
}

/*
 * IPv4: all OR interface on a host, all AND interface where it forwards. IPv6:
 * the interface alone, and never where it forwards.
 */
bool look_accepts_redirects(const struct fact_audit *a, unsigned family, const char *iface)
{
	bool mine = look_conf(a, family, iface, "accept_redirects") > 0;
	bool all = look_conf(a, family, "all", "accept_redirects") > 0;
	bool router = look_forwards(a, family, iface);

	if (family == 6)
		return mine && !router;
	return router ? all && mine : all || mine;
}

bool look_sends_redirects(const struct fact_audit *a, const char *iface)
{
	return look_forwards(a, 4, iface) && (look_conf(a, 4, "all", "send_redirects") > 0 ||
					      look_conf(a, 4, iface, "send_redirects") > 0);
}

const struct fact_iface *look_iface(const struct fact_audit *a, const char *name)
{
	for (size_t i = 0; name && i < a->iface_n; i++)
		if (strcmp(a->iface[i].name, name) == 0)
			return &a->iface[i];
	return NULL;
}

static const struct fact_iface_addr *find_addr(const struct fact_iface *iface, unsigned family,
					       bool routed)
{
	const struct fact_iface_addr *addr = iface->addrs.item;

	for (size_t i = 0; i < iface->addrs.n; i++)
		if (addr[i].addr.family == family &&
		    !(routed && ip_kind(&addr[i].addr) == IP_LINK_LOCAL))
			return &addr[i];
	return NULL;
}

bool look_iface_live(const struct fact_iface *iface, unsigned family)
{
	bool loopback = iface->kind && strcmp(iface->kind, "loopback") == 0;

	return iface->up && !loopback && find_addr(iface, family, false);
}

bool look_iface_routed(const struct fact_audit *a, const char *name, unsigned family)
{
	const struct fact_iface *iface = look_iface(a, name);

	return !iface || find_addr(iface, family, true);
}

bool look_iface_prefix(const struct fact_audit *a, const char *name, unsigned family,
		       struct ip_prefix *ret_prefix)
{
	const struct fact_iface *iface = look_iface(a, name);
	const struct fact_iface_addr *addr = iface ? find_addr(iface, family, true) : NULL;

	if (!addr || addr->prefix_len < 0)
		return false;
	*ret_prefix = ip_prefix_of(&addr->addr, (unsigned)addr->prefix_len);
	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool look_rule_same(const struct fact_rule *a, const struct fact_rule *b)
{
	if (!a || !b)
		return false;
	return a == b || (a->handle == b->handle && a->position == b->position &&
			  same_text(a->chain, b->chain) && same_text(a->table, b->table) &&
			  same_text(a->family, b->family) && same_text(a->backend, b->backend));
}

const struct fact_rule_proof *look_proof(const struct fact_audit *a, const struct fact_rule *rule)
{
	for (size_t i = 0; rule && i < a->proof_n; i++)
		if (look_rule_same(a->proof[i].rule, rule))
			return &a->proof[i];
	return NULL;
}

static bool serves(const struct fact_rule *r, unsigned family)
{
	const char *own = family == 6 ? "ip6" : "ip";

	return same_text(r->family, "inet") || same_text(r->family, own);
}

const struct fact_rule *look_input(const struct fact_audit *a, unsigned family)
{
	const struct fact_rule *best = NULL;

	for (size_t i = 0; i < a->proof_n; i++) {
		const struct fact_rule *r = a->proof[i].rule;

		if (!r || !r->chain || !serves(r, family))
			continue;
		if (strcasecmp(r->chain, "input") == 0)
			return r;
		if (!best && strcasestr(r->chain, "input"))
			best = r;
	}
	return best;
}

bool look_arrived(const struct fact_icmp_verdict *v)
{
	return v->verdict == FACT_PASSED || v->verdict == FACT_ANSWERED ||
	       v->verdict == FACT_IGNORED;
}

bool look_family_arrives(const struct fact_audit *a, unsigned family)
{
	for (size_t i = 0; i < a->verdict_n; i++)
		if (a->verdict[i].family == family && look_arrived(&a->verdict[i]))
			return true;
	return false;
}

bool look_no_firewall(const struct fact_audit *a)
{
	return a->firewall && strcmp(a->firewall, "none") == 0;
}
