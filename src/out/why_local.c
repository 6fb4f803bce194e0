/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of an explanation that only this host itself can give: who holds the port, which rule decides. */
#include <string.h>

#include "out/why_text.h"

static const enum fact_proto both[] = { FACT_TCP, FACT_UDP };

static const char *reach_words(uint8_t reach)
{
	switch ((enum fact_reach)reach) {
	case FACT_REACH_LOOPBACK:
		return ", which only this host itself can reach";
	case FACT_REACH_LINK:
		return ", which only neighbours on one link can reach";
	case FACT_REACH_IFACE:
		return " and on no other address";
	case FACT_REACH_ANY:
		break;
	}
	return "";
}

static void put_program(struct why_words *w, const struct fact_socket *k)
{
	if (!k->program) {
		why_text_put(w, "by a program that only root may look into");
		return;
	}
	why_text_put(w, "by ");
	why_text_put(w, k->program);
	if (k->pid != FACT_NONE)
		why_text_number(w, " (process ", k->pid);
	if (k->pid != FACT_NONE && k->user) {
		why_text_put(w, " of ");
		why_text_put(w, k->user);
	}
	why_text_put(w, k->pid != FACT_NONE ? ")" : "");
}

static void say_holder(const struct why_say *s, const struct fact_socket *k)
{
	struct why_words *w = s->to;
	size_t from = w->used;
	char text[IP_TEXT_LEN];

	w->text[from] = '\0';
	why_text_expand(s, k->proto == FACT_TCP ? "TCP port $p is held " : "UDP port $p is held ");
	put_program(w, k);
	if (ip_kind(&k->local.addr) == IP_UNSPECIFIED) {
		why_text_put(w, k->family == 6 && k->v6only ? ", on every IPv6 address"
							    : ", on every address");
	} else {
		why_text_put(w, ", on ");
		why_text_put(w, ip_format(&k->local.addr, text));
		why_text_put(w, reach_words(k->reach));
	}
	why_text_put(w, ".");
	why_text_end(w, "local", from);
}

static void say_holders(const struct fact_why *why, struct why_words *w)
{
	const struct fact_socket *k = why->sockets.item;

	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		struct why_say s = why_text_of(why, both[i], w);
		bool any = false;

		for (size_t j = 0; j < why->sockets.n; j++)
			if (k[j].proto == both[i]) {
				say_holder(&s, &k[j]);
				any = true;
			}
		if (!any)
			why_text_line(&s, "local",
				      both[i] == FACT_TCP
					      ? "No program of this host listens on TCP port $p."
					      : "No program of this host has bound UDP port $p.");
	}
}

void why_local_say(const struct why_about *about, struct why_words *w)
{
	struct why_say s = { about->why, NULL, w };

	if (!about->why->local)
		return;
	if (about->over_loopback)
		why_text_line(
			&s, "local",
			"$h is this host itself. What it sends to itself goes over the loopback "
			"interface (lo), where rules for other interfaces do not apply: others may "
			"get other answers.");
	say_holders(about->why, w);
}

const char *why_local_found(uint8_t state)
{
	switch ((enum fact_port_state)state) {
	case FACT_OPEN:
		return "open";
	case FACT_CLOSED:
		return "closed";
	case FACT_FILTERED:
		return "silent, because what they send is dropped";
	case FACT_REJECTED:
		return "refused by the firewall";
	case FACT_FORWARDED:
		return "handed on to another host or a container";
	}
	return "";
}

static void put_rule(struct why_words *w, const struct fact_rule *r)
{
	if (!r) {
		why_text_put(w, "no firewall rule decides");
		return;
	}
	why_text_put(w, "the rule \"");
	why_text_put(w, r->text ? r->text : "");
	why_text_put(w, "\" decides (");
	why_text_put(w, r->backend ? r->backend : "firewall");
	why_text_put(w, ", table ");
	why_text_put(w, r->family ? r->family : "");
	why_text_put(w, r->family ? " " : "");
	why_text_put(w, r->table ? r->table : "");
	why_text_put(w, ", chain ");
	why_text_put(w, r->chain ? r->chain : "");
	if (r->position != FACT_NONE)
		why_text_number(w, ", rule ", r->position);
	why_text_put(w, ")");
}

static void say_exposure(const struct why_say *s, const struct fact_exposure *e)
{
	struct why_words *w = s->to;
	size_t from = w->used;
	char text[IP_TEXT_LEN];

	w->text[from] = '\0';
	why_text_put(w, e->from == FACT_STRANGER ? "Strangers (such as "
						 : "Neighbours on the link (such as ");
	why_text_put(w, ip_format(&e->source, text));
	why_text_put(w, ") who come in by ");
	why_text_put(w, e->iface ? e->iface : "an interface");
	why_text_expand(s, e->proto == FACT_TCP ? " find TCP port $p " : " find UDP port $p ");
	why_text_put(w, why_local_found(e->state));
	why_text_put(w, ": ");
	put_rule(w, e->rule);
	why_text_put(w, ".");
	why_text_end(w, "rule", from);
}

void why_local_rules(const struct why_about *about, struct why_words *w)
{
	const struct fact_exposure *e = about->why->exposures.item;
	struct why_say s = { about->why, NULL, w };
	size_t from = w->used;

	if (!about->why->local)
		return;
	for (size_t i = 0; i < about->why->exposures.n; i++)
		say_exposure(&s, &e[i]);
	if (about->no_twin) {
		from = w->used;
		why_text_put(w, "What others get was not tested: ");
		why_text_put(w, about->no_twin);
		why_text_put(w, ".");
		why_text_end(w, "rule", from);
	} else if (about->why->exposures.n == 0) {
		why_text_line(&s, "rule", "Nobody outside this host can send anything to $h.");
	}
}
