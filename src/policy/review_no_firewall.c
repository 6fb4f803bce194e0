/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No firewall at all. */
#include <inttypes.h>
#include <string.h>

#include "base/portset.h"
#include "policy/look.h"
#include "policy/note.h"

#define PORTS_TEXT 400 /* octets of port ranges in the fix */

struct opened {
	struct portset tcp, udp; /* open to anybody, or likely to be */
	struct portset seen_tcp, seen_udp;
	const struct fact_exposure *first;
	size_t n;   /* distinct ports that strangers were seen to reach, of both protocols */
	size_t all; /* those in .tcp and .udp */
};

static void add(struct portset *set, int64_t port, size_t *n)
{
	if (port < 0 || port > 65535 || portset_has(set, (uint16_t)port))
		return;
	portset_add(set, (uint16_t)port);
	++*n;
}

static void add_exposures(const struct fact_audit *a, struct opened *o)
{
	for (size_t i = 0; i < a->exposure_n; i++) {
		const struct fact_exposure *e = &a->exposure[i];
		bool udp = e->proto == FACT_UDP;

		if (e->state != FACT_OPEN)
			continue;
		add(udp ? &o->udp : &o->tcp, e->port, &o->all);
		if (e->from != FACT_STRANGER)
			continue;
		add(udp ? &o->seen_udp : &o->seen_tcp, e->port, &o->n);
		o->first = o->first ? o->first : e;
	}
}

/*
 * The rule proposed is for the whole host, and what was looked at may be less: one
 * interface, one family, no stranger where no route leads to one, or nothing.
 */
static void add_listeners(const struct fact_audit *a, struct opened *o)
{
	for (size_t i = 0; i < a->socket_n; i++) {
		const struct fact_socket *s = &a->socket[i];

		if (s->reach == FACT_REACH_LOOPBACK)
			continue;
		if (s->proto == FACT_TCP && s->state == FACT_LISTEN)
			add(&o->tcp, s->local.port, &o->all);
		else if (s->proto == FACT_UDP && s->state == FACT_UNCONN)
			add(&o->udp, s->local.port, &o->all);
	}
}

/* Nobody can come in where no interface but loopback has an address. */
static bool has_network(const struct fact_audit *a)
{
	for (size_t i = 0; i < a->iface_n; i++)
		if (look_iface_live(&a->iface[i], 4) || look_iface_live(&a->iface[i], 6))
			return true;
	return a->iface_n == 0;
}

static void put_ports(struct note_text *t, const char *proto, const struct portset *set)
{
	char text[PORTS_TEXT];
	size_t len = portset_format(set, text, sizeof(text));

	if (len == 0)
		return;
	/* A list that was cut would lock somebody out: rather leave all of them open. */
	note_put(t, "%s dport { %s } accept; ", proto, len < sizeof(text) ? text : "1-65535");
}

static void put_fix(struct note_text *t, const struct opened *o)
{
	note_put(t,
		 "nft 'table inet filter { chain input { type filter hook input priority filter; "
		 "policy drop; iif lo accept; icmpv6 type { nd-router-advert, "
		 "nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query } accept; "
		 "ct state established,related accept; "
		 "icmp type echo-request accept; icmpv6 type echo-request accept; ");
	put_ports(t, "tcp", &o->tcp);
	put_ports(t, "udp", &o->udp);
	note_put(t, "}; }' # what is open now stays open: take out what need not be; keep it in "
		    "/etc/nftables.conf");
}

static void put_open(struct note *n, const struct opened *o)
{
	note_put(&n->evidence, "neither nftables nor iptables holds a rule");
	if (o->n) {
		note_put(&n->evidence, "; strangers reach %zu port%s, the first ", o->n,
			 o->n == 1 ? "" : "s");
		note_put_service(&n->evidence, o->first);
	} else if (o->all) {
		note_put(&n->evidence,
			 "; %zu port%s for the network, and no stranger was seen to reach %s",
			 o->all, o->all == 1 ? " listens" : "s listen", o->all == 1 ? "it" : "one");
	} else {
		note_put(&n->evidence, "; no service is open to strangers");
	}
	note_put(&n->why, "%s",
		 o->all ? "Every service that is ever started here is open to everybody at once, "
			  "and nothing but its own care protects it."
			: "Nothing is exposed now, but the next service that listens will be, at "
			  "once.");
}

static void check(const struct fact_audit *a, struct review *to)
{
	struct opened o = { 0 };
	struct note n;

	if (!look_no_firewall(a) || !has_network(a))
		return;
	add_exposures(a, &o);
	add_listeners(a, &o);
	note_init(&n, &review_no_firewall, o.n ? FACT_MEDIUM : FACT_LOW, 0);
	note_put(&n.subject, "%s", a->host ? a->host : "this host");
	put_open(&n, &o);
	put_fix(&n.fix, &o);
	note_tell(&n, to);
}

const struct review_rule review_no_firewall = {
	.id = "no-firewall",
	.summary = "the host has no firewall",
	.check = check,
};
