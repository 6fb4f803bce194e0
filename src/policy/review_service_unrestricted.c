/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that listen on every address and that nothing keeps strangers from. */
#include <inttypes.h>
#include <stdio.h>

#include "policy/look.h"
#include "policy/mend.h"
#include "policy/ports.h"

#define SHOWN 12 /* findings of one severity told one by one; the rest in one */

enum { OPEN4 = 1, OPEN6 = 2 };

static uint8_t bits(const struct fact_audit *a, const struct fact_exposure *e)
{
	const struct fact_rule_proof *proof;

	if (e->from != FACT_STRANGER)
		return 0;
	if (e->state != FACT_FORWARDED && (e->state != FACT_OPEN || e->reach != FACT_REACH_ANY))
		return 0;
	proof = look_proof(a, e->rule);
	proof = look_proof(a, e->rule);
	/* Rules that hand on always name an interface, the inner one. */
	if (proof && proof->restricts && e->state != FACT_FORWARDED)
		return 0;
	return e->family == 6 ? OPEN6 : OPEN4;
}

static unsigned family_of(uint8_t mark)
{
	return mark == (OPEN4 | OPEN6) ? 0 : mark == OPEN6 ? 6 : 4;
}

/*
 * Only the interface's own network stays admitted, and this host to itself (a proxy in
 * front of the service, say): the command needs no guess then.
 */
static void put_restrict(struct note_text *t, const struct fact_audit *a,
			 const struct fact_exposure *e)
{
	char prefix_text[IP_TEXT_LEN], nft[160], iptables[160];
	const char *proto = fact_proto_words[e->proto];
	struct ip_prefix prefix;
	struct mend_rule m = { nft, iptables, NULL };

	if (!look_iface_prefix(a, e->iface, e->family, &prefix)) {
		note_put(t, "bind it to 127.0.0.1 or to the address that its users need");
		return;
	}
	ip_prefix_format(&prefix, prefix_text);
	if (e->state == FACT_FORWARDED) {
		mend_published(t, a, e, prefix_text);
		return;
	}
	snprintf(nft, sizeof(nft), "iif != lo %s dport %" PRId64 " %s saddr != %s drop", proto,
		 e->port, e->family == 6 ? "ip6" : "ip", prefix_text);
	snprintf(iptables, sizeof(iptables), "! -i lo -p %s --dport %" PRId64 " ! -s %s -j DROP",
		 proto, e->port, prefix_text);
	mend_before(t, a, e->rule, e->family, &m);
}

static void put_open(struct note *n, const struct fact_audit *a, const struct fact_exposure *e,
		     bool second)
{
	note_put(&n->evidence, "%s", second ? "; " : "");
	note_put_exposure(&n->evidence, e);
	note_put(&n->fix, "%s", second ? "; " : "");
	put_restrict(&n->fix, a, e);
}

static void tell_one(const struct fact_audit *a, uint8_t proto, int64_t port, uint8_t mark,
		     struct review *to)
{
	const struct fact_exposure *four = ports_find(a, proto, port, bits, OPEN4 & mark);
	const struct fact_exposure *six = ports_find(a, proto, port, bits, OPEN6 & mark);
	const struct fact_exposure *any = four ? four : six;
	const char *risk = ports_risk(proto, port);
	struct note n;

	note_init(&n, &review_service_unrestricted, risk ? FACT_MEDIUM : FACT_LOW, family_of(mark));
	note_put_service(&n.subject, any);
	note_put(&n.evidence, any->state == FACT_FORWARDED ? "published by rules of translation; "
							   : "listens on all addresses; ");
	if (four)
		put_open(&n, a, four, false);
	if (six)
		put_open(&n, a, six, four);
	if (risk)
		note_put(&n.why, "Anybody on any network can connect, and %s.", risk);
	else
		note_put(&n.why,
			 "Anybody on any network can connect. Fine for a public service; if it "
			 "has a known circle of users, admit only them.");
	mend_keep(&n.fix, a, any->rule);
	if (any->state == FACT_FORWARDED)
		note_put(&n.fix, "; the input chain has no say here; or publish it at the one "
				 "address that needs it (docker: -p 127.0.0.1:PORT:PORT)");
	else
		note_put(&n.fix, "; or bind it to the one address that needs it");
	note_tell(&n, to);
}

struct rest {
	size_t n;
	struct note_text ports;
};

static void tell_rest(const struct rest *rest, bool risky, struct review *to)
{
	struct note n;

	note_init(&n, &review_service_unrestricted, risky ? FACT_MEDIUM : FACT_LOW, 0);
	note_put(&n.subject, "%zu more services", rest->n);
	note_put(&n.evidence, "listen on all addresses and are open to strangers: %s",
		 rest->ports.p);
	note_put(&n.why, "Anybody on any network can connect to them.");
	note_put(&n.fix,
		 "ss -lntup # stop what nobody needs, bind the others to the addresses that "
		 "their users need");
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	struct rest rest[2] = { 0 }; /* ordinary, risky */
	size_t told[2] = { 0 };
	struct ports ports;

	for (uint8_t proto = FACT_TCP; proto <= FACT_UDP; proto++) {
		ports_mark(&ports, a, proto, bits);
		for (int port = 0; port <= 65535; port++) {
			bool risky = ports_risk(proto, port);

			if (!ports.mark[port])
				continue;
			if (told[risky]++ < SHOWN)
				tell_one(a, proto, port, ports.mark[port], to);
			else
				ports_list(&rest[risky].ports, proto, port, rest[risky].n++);
		}
	}
	for (int risky = 0; risky < 2; risky++)
		if (rest[risky].n)
			tell_rest(&rest[risky], risky, to);
}

const struct review_rule review_service_unrestricted = {
	.id = "service-unrestricted",
	.summary = "a service listens on all addresses and no rule restricts who may connect",
	.check = check,
};
