/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same service, open over one of IPv4 and IPv6 and shut over the other: two firewalls that differ. */
#include <inttypes.h>
#include <stdio.h>

#include "policy/look.h"
#include "policy/mend.h"
#include "policy/ports.h"

#define SHOWN 12 /* told one by one; the rest in one */

enum { OPEN4 = 1, OPEN6 = 2, SHUT4 = 4, SHUT6 = 8 };

/*
 * Only what strangers see counts: which neighbours may come in often depends on
 * their addresses, and those differ between the families by nature.
 */
static uint8_t bits(const struct fact_audit *a, const struct fact_exposure *e)
{
	const struct fact_rule_proof *proof;

	if (e->reach != FACT_REACH_ANY || e->from != FACT_STRANGER || e->state == FACT_CLOSED)
		return 0;
	if (e->state != FACT_OPEN && e->state != FACT_FORWARDED)
		return e->family == 6 ? SHUT6 : SHUT4;
	proof = look_proof(a, e->rule);
	if (proof && proof->restricts)
		return 0;
	return e->family == 6 ? OPEN6 : OPEN4;
}

static bool listens(const struct fact_audit *a, uint8_t proto, int64_t port, unsigned family)
{
	if (a->socket_n == 0)
		return true; /* not read: the exposure itself says that it listens */
	for (size_t i = 0; i < a->socket_n; i++) {
		const struct fact_socket *s = &a->socket[i];

		if (s->proto == proto && s->local.port == port &&
		    (s->family == family || (s->family == 6 && family == 4 && !s->v6only)))
			return true;
	}
	return false;
}

/* A rule that opens it can go; where a policy does, or no rule at all, one that shuts it is needed. */
static void put_shut(struct note_text *t, const struct fact_audit *a,
		     const struct fact_exposure *open)
{
	char nft[96], iptables[64];
	struct mend_rule m = { nft, iptables, NULL };

	note_put(t, " # opens both; to shut both instead: ");
	if (open->rule && !mend_is_policy(open->rule)) {
		note_put(t, "remove ");
		note_put_rule(t, open->rule);
		return;
	}
	snprintf(nft, sizeof(nft), "meta nfproto ipv%u %s dport %" PRId64 " drop", open->family,
		 fact_proto_words[open->proto], open->port);
	snprintf(iptables, sizeof(iptables), "-p %s --dport %" PRId64 " -j DROP",
		 fact_proto_words[open->proto], open->port);
	mend_before(t, a, open->rule, open->family, &m);
}

static void tell_one(const struct fact_audit *a, uint8_t proto, int64_t port, bool open_is_6,
		     struct review *to)
{
	const struct fact_exposure *open =
		ports_find(a, proto, port, bits, open_is_6 ? OPEN6 : OPEN4);
	const struct fact_exposure *shut =
		ports_find(a, proto, port, bits, open_is_6 ? SHUT4 : SHUT6);
	unsigned shut_family = open_is_6 ? 4 : 6;
	char nft[96], iptables[64];
	struct mend_rule m = { nft, iptables, NULL };
	struct note n;

	snprintf(nft, sizeof(nft), "meta nfproto ipv%u %s dport %" PRId64 " accept", shut_family,
		 fact_proto_words[proto], port);
	snprintf(iptables, sizeof(iptables), "-p %s --dport %" PRId64 " -j ACCEPT",
		 fact_proto_words[proto], port);
	note_init(&n, &review_family_asymmetry, FACT_MEDIUM, shut_family);
	note_put_service(&n.subject, open);
	note_put(&n.evidence, "IPv%u, ", open->family);
	note_put_exposure(&n.evidence, open);
	note_put(&n.evidence, "; but IPv%u, ", shut->family);
	note_put_exposure(&n.evidence, shut);
	note_put(&n.why,
		 "The service listens on both families, and the firewall treats them "
		 "differently: either users with IPv%u wait for a timeout before they fall "
		 "back (RFC 8305), or IPv%u leaves a door open that somebody meant to shut.",
		 shut->family, open->family);
	mend_before(&n.fix, a, shut->rule, shut_family, &m);
	put_shut(&n.fix, a, open);
	note_tell(&n, to);
}

static void tell_rest(size_t n_rest, const struct note_text *ports, struct review *to)
{
	struct note n;

	note_init(&n, &review_family_asymmetry, FACT_MEDIUM, 0);
	note_put(&n.subject, "%zu more services", n_rest);
	note_put(&n.evidence, "open over one family and shut over the other: %s", ports->p);
	note_put(&n.why, "The firewall treats the families differently.");
	note_put(&n.fix,
		 "compare the rules for IPv4 with those for IPv6 # one table of family inet "
		 "holds both");
	note_tell(&n, to);
}

static bool differs(const struct fact_audit *a, uint8_t proto, int port, uint8_t mark)
{
	if (mark != (OPEN4 | SHUT6) && mark != (OPEN6 | SHUT4))
		return false;
	return listens(a, proto, port, 4) && listens(a, proto, port, 6);
}

static void check(const struct fact_audit *a, struct review *to)
{
	struct note_text rest = { 0 };
	size_t told = 0, rest_n = 0;
	struct ports ports;

	for (uint8_t proto = FACT_TCP; proto <= FACT_UDP; proto++) {
		ports_mark(&ports, a, proto, bits);
		for (int port = 0; port <= 65535; port++) {
			uint8_t mark = ports.mark[port];

			if (!mark || !differs(a, proto, port, mark))
				continue;
			if (told++ < SHOWN)
				tell_one(a, proto, port, mark & OPEN6, to);
			else
				ports_list(&rest, proto, port, rest_n++);
		}
	}
	if (rest_n)
		tell_rest(rest_n, &rest, to);
}

const struct review_rule review_family_asymmetry = {
	.id = "family-asymmetry",
	.summary = "a service is open over one of IPv4 and IPv6 and shut over the other",
	.check = check,
};
