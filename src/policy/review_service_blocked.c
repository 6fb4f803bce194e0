/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that listen for the network and that nobody out there can reach. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/look.h"
#include "policy/mend.h"
#include "policy/ports.h"

#define SHOWN 6 /* told one by one; the rest in one */

/* A closed port although something listens is the twin's fault, not the firewall's. */
enum { SEEN_OPEN = 1, SEEN_SHUT = 2, SEEN_CLOSED = 4 };

static uint8_t bits(const struct fact_audit *a UNUSED, const struct fact_exposure *e)
{
	if (e->reach != FACT_REACH_ANY && e->reach != FACT_REACH_IFACE)
		return 0;
	if (e->state == FACT_OPEN || e->state == FACT_FORWARDED)
		return SEEN_OPEN;
	return e->state == FACT_CLOSED ? SEEN_CLOSED : SEEN_SHUT;
}

static void put_places(struct note_text *t, const struct fact_audit *a,
		       const struct fact_exposure *like)
{
	struct note_names ifaces = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < a->exposure_n; i++) {
		const struct fact_exposure *e = &a->exposure[i];

		if (e->proto != like->proto || e->port != like->port || !bits(a, e))
			continue;
		note_name(&ifaces, e->iface);
		n++;
	}
	note_put(t, "not reachable from any of %zu places", n);
	if (ifaces.n) {
		note_put(t, " at ");
		note_put_names(t, &ifaces);
	}
}

/* Where the kernel traces the host's rules, what no rule took was taken by something else. */
static bool is_traced(const struct fact_audit *a)
{
	return a->proof_n && a->firewall && !strstr(a->firewall, "legacy");
}

static void put_route(struct note_text *t, const struct fact_exposure *e)
{
	char addr[IP_TEXT_LEN], source[IP_TEXT_LEN];

	ip_format(&e->addr, addr);
	ip_format(&e->source, source);
	note_put(t, "ip route get %s from %s iif ", addr, source);
	mend_word(t, e->iface);
	note_put(t, " # no rule took it: see whether the way back leaves by another interface, "
		    "which rp_filter does not allow");
}

static void tell_one(const struct fact_audit *a, const struct fact_exposure *e, struct review *to)
{
	const char *proto = fact_proto_words[e->proto];
	char nft[64], iptables[64];
	struct mend_rule m = { nft, iptables, NULL };
	struct note n;

	snprintf(nft, sizeof(nft), "%s dport %" PRId64 " accept", proto, e->port);
	snprintf(iptables, sizeof(iptables), "-p %s --dport %" PRId64 " -j ACCEPT", proto, e->port);
	note_init(&n, &review_service_blocked, FACT_LOW, 0);
	note_put_service(&n.subject, e);
	put_places(&n.evidence, a, e);
	note_put(&n.evidence, "; ");
	note_put_exposure(&n.evidence, e);
	note_put(&n.why, "Either its users are locked out, or nobody needs it from outside and it "
			 "should not listen there: the firewall is then all that stands between it "
			 "and the network.");
	if (!e->rule && is_traced(a)) {
		put_route(&n.fix, e);
		note_tell(&n, to);
		return;
	}
	mend_before(&n.fix, a, e->rule, e->family, &m);
	note_put(&n.fix, " # if it should be reached; if not, stop it or bind it to 127.0.0.1");
	note_tell(&n, to);
}

static void tell_rest(size_t n_rest, const struct note_text *ports, struct review *to)
{
	struct note n;

	note_init(&n, &review_service_blocked, FACT_LOW, 0);
	note_put(&n.subject, "%zu more services", n_rest);
	note_put(&n.evidence, "listen, and cannot be reached from outside: %s", ports->p);
	note_put(&n.why, "Either their users are locked out, or they need not listen there.");
	note_put(&n.fix, "ss -lntup # stop what nobody needs, or bind it to 127.0.0.1");
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	struct note_text rest = { 0 };
	size_t told = 0, rest_n = 0;
	struct ports ports;

	for (uint8_t proto = FACT_TCP; proto <= FACT_UDP; proto++) {
		ports_mark(&ports, a, proto, bits);
		for (int port = 0; port <= 65535; port++) {
			if (ports.mark[port] != SEEN_SHUT)
				continue;
			if (told++ < SHOWN)
				tell_one(a, ports_find(a, proto, port, bits, SEEN_SHUT), to);
			else
				ports_list(&rest, proto, port, rest_n++);
		}
	}
	if (rest_n)
		tell_rest(rest_n, &rest, to);
}

const struct review_rule review_service_blocked = {
	.id = "service-blocked",
	.summary = "a service listens for the network and cannot be reached from it",
	.check = check,
};
