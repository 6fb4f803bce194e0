/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which hosts of a group are there: on links by ARP and neighbour discovery, then whatever else
 * was asked for, of those that need it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/ping.h"
#include "flow/survey_own.h"

#define MLD_WAIT_NS (700 * NS_PER_MS)
#define TRIES_MIN   2 /* of a silent target: a loss that no canary showed yet is not a verdict */

/* ICMP, and a port that firewalls let through more often than not, in both ways. */
static const struct ask default_far[] = {
	{ .kind = ASK_ECHO },
	{ .kind = ASK_TIMESTAMP },
	{ .kind = ASK_TCP_SYN, .port = 443 },
	{ .kind = ASK_TCP_ACK, .port = 80 },
};

/* Without rights: connections, to the two ports that most have open. */
static const struct ask default_sockets[] = {
	{ .kind = ASK_ECHO },
	{ .kind = ASK_TCP_SYN, .port = 443 },
	{ .kind = ASK_TCP_SYN, .port = 80 },
};

static bool is_link_ask(enum ask_kind kind)
{
	return kind == ASK_ARP || kind == ASK_ND;
}

static bool fits_any(const struct survey *s, enum ask_kind kind)
{
	return ((s->families & 1u << 4) && ask_fits(kind, 4)) ||
	       ((s->families & 1u << 6) && ask_fits(kind, 6));
}

/* The links' own asks: who has an address answers them, whatever its firewall says. */
static int new_link_asks(struct survey *s, struct survey_finder *f)
{
	struct ask link[2];
	uint32_t n = 0;

	if ((s->families & 1u << 4) && shooter_can(s->shooter, ASK_ARP))
		link[n++] = (struct ask){ .kind = ASK_ARP };
	if ((s->families & 1u << 6) && shooter_can(s->shooter, ASK_ND))
		link[n++] = (struct ask){ .kind = ASK_ND };
	return survey_asks_new(&f->link, link, n);
}

/* Asks that this user may not send, for a message. */
struct refused {
	char list[128];
	unsigned n;
	bool echo;
};

static void refuse(struct refused *r, const struct ask *ask)
{
	size_t len = strlen(r->list);
	char text[ASK_TEXT_LEN];

	r->n++;
	r->echo = r->echo || ask->kind == ASK_ECHO;
	snprintf(r->list + len, sizeof(r->list) - len, "%s%s", len ? ", " : "",
		 ask_format(ask, text));
}

/* What is asked of the others: without what this host may not send or no target understands. */
static uint32_t choose_far(struct survey *s, struct survey_finder *f, const struct ask *ask,
			   size_t n, struct ask *ret, struct refused *ret_refused)
{
	uint32_t got = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_link_ask(ask[i].kind)) {
			f->link_asked = true;
			if (!shooter_can(s->shooter, ask[i].kind))
				refuse(ret_refused, &ask[i]);
			continue;
		}
		if (!fits_any(s, ask[i].kind))
			continue;
		if (!shooter_can(s->shooter, ask[i].kind)) {
			refuse(ret_refused, &ask[i]);
			continue;
		}
		ret[got++] = ask[i];
	}
	return got;
}

/* Some may be asked, and some not. Of the default without rights, echo alone is a loss. */
static void tell_refused(const struct survey *s, const struct refused *r, bool custom)
{
	struct err err;

	if (custom) {
		flow_ping_missing(r->list, r->echo, &err);
		survey_note(s, "left out: %s", err.text);
	} else if (r->echo) {
		flow_ping_missing("echo is left out: it", true, &err);
		survey_note(s, "%s", err.text);
	}
}

int survey_finder_new(struct survey *s, struct survey_finder *f, const struct ask *ask, size_t n,
		      bool no_arp, struct err *err)
{
	struct ask far[SWEEP_ASKS_MAX];
	struct refused refused = { .n = 0 };
	bool custom = ask != NULL;
	uint32_t far_n;

	if (!custom) {
		bool packets = shooter_can(s->shooter, ASK_TCP_ACK);

		ask = packets ? default_far : default_sockets;
		n = packets ? ARRAY_LEN(default_far) : ARRAY_LEN(default_sockets);
	}
	*f = (struct survey_finder){ .link_asked = !custom, .quiet = f->quiet };
	far_n = choose_far(s, f, ask, MIN(n, (size_t)SWEEP_ASKS_MAX), far, &refused);
	if (survey_asks_new(&f->far, far, far_n) < 0 || new_link_asks(s, f) < 0)
		return err_set(err, -ENOMEM, "getting ready to probe: out of memory");
	if (no_arp)
		f->link_asked = false;
	f->far_on_link = far_n > 0 && (custom || no_arp || f->link.n == 0);
	if (far_n == 0 && (!f->link_asked || f->link.n == 0)) {
		if (refused.n > 0)
			return flow_ping_missing(refused.list, refused.echo, err);
		return err_set(err, -EINVAL, "none of these probes fits any of these targets");
	}
	if (far_n == 0 && !f->quiet && (s->nears & ~(1u << SURVEY_LINK)))
		survey_note(s, "arp and nd ask addresses on a network of this host: others are not "
			       "asked");
	if (refused.n > 0 && !f->quiet)
		tell_refused(s, &refused, custom);
	return 0;
}

void survey_finder_done(struct survey_finder *f)
{
	survey_stage_done(&f->stage[0]);
	survey_stage_done(&f->stage[1]);
	survey_asks_done(&f->link);
	survey_asks_done(&f->far);
}

static bool has_mac(const struct survey_group *g, uint32_t slot)
{
	static const struct eth_addr none;

	return g->mac && memcmp(&g->mac[slot], &none, sizeof(none)) != 0;
}

/* Why @slot is not asked what the stage asks, as an errno; 0: it is. */
static int not_asked(struct survey *s, const struct survey_finder *f, const struct survey_group *g,
		     uint32_t slot, bool link)
{
	enum survey_near near = survey_group_near(g, slot);
	struct ip_addr a;

	if (link)
		return near == SURVEY_LINK ? 0 : EPROTONOSUPPORT;
	switch (near) {
	case SURVEY_LINK:
		if (!f->far_on_link)
			return EPROTONOSUPPORT;
		return f->used[0] && !has_mac(g, slot) ? EHOSTUNREACH : 0;
	case SURVEY_NO_WAY:
		a = survey_group_addr(s, g, slot);
		return shooter_path(s->shooter, &a)->error;
	case SURVEY_LOCAL:
	case SURVEY_FAR:
		break;
	}
	return 0;
}

/* Where every target takes every ask, there is nothing to leave out. */
static bool all_alike(const struct survey *s, const struct survey_group *g,
		      const struct survey_asks *asks, bool link)
{
	if (g->near || (s->families & (s->families - 1)))
		return false;
	if (g->near_all == SURVEY_LINK ? !link : link || g->near_all == SURVEY_NO_WAY)
		return false;
	for (uint32_t i = 0; i < asks->n; i++) {
		if (!ask_fits(asks->ask[i].kind, s->families & 1u << 4 ? 4 : 6))
			return false;
	}
	return true;
}

static void leave_out(struct survey *s, const struct survey_finder *f, struct survey_stage *st,
		      bool link)
{
	struct survey_part *p = &st->part[0];
	struct probe_cell *cell = p->cell;

	if (all_alike(s, st->group, p->asks, link))
		return;
	for (uint32_t slot = 0; slot < st->slots; slot++) {
		int why = not_asked(s, f, st->group, slot, link);
		int family = survey_group_addr(s, st->group, slot).family;

		for (uint32_t i = 0; i < p->asks->n; i++, cell++) {
			bool fits = ask_fits(p->asks->ask[i].kind, family);

			if (fits && why == 0)
				continue;
			cell->state = CELL_UNSENT;
			cell->code = (uint8_t)(fits ? why : EPROTONOSUPPORT);
		}
	}
}

static void conf_grid(struct survey *s, const struct survey_finder *f, struct survey_stage *st,
		      struct survey_part *p, bool link)
{
	const struct survey_conf *c = s->conf;

	p->rtt = &s->rtt[link ? 0 : 1];
	p->grid_conf = (struct grid_conf){
		.slots = st->slots,
		.ask_n = p->asks->n,
		.by_slot = true,
		.tries_min = TRIES_MIN,
		.tries_max = c->tries_max ? c->tries_max : SURVEY_TRIES_MAX,
		.miss_max = SURVEY_MISS_MAX,
		.enough = f->enough,
		.wait_first_ns = MIN(link ? SURVEY_FIRST_LINK_NS : SURVEY_FIRST_NS, s->wait_max_ns),
		.wait_min_ns = MIN(SURVEY_WAIT_MIN_NS, s->wait_max_ns),
		.wait_max_ns = s->wait_max_ns,
		.seed = s->seed,
	};
	p->grid_conf.tries_min = MIN(p->grid_conf.tries_min, p->grid_conf.tries_max);
	/* Reports of listeners come when each host likes, within the time the query gives. */
	if (p->asks->alone[ASK_MLD] != SURVEY_NOWHERE)
		p->grid_conf.wait_min_ns = MIN(MLD_WAIT_NS, s->wait_max_ns);
}

static int run_stage(struct survey *s, struct survey_finder *f, struct survey_group *g, bool link,
		     struct err *err)
{
	struct survey_stage *st = &f->stage[link ? 0 : 1];
	int r;

	survey_stage_done(st);
	*st = (struct survey_stage){
		.group = g,
		.number = link ? 0 : 1,
		.slots = g->slots,
		.last = s->last_group && (!link || !f->used[1]),
		.doing = "looking for hosts",
	};
	r = survey_stage_add(st, link ? &f->link : &f->far, err);
	if (r < 0)
		return r;
	leave_out(s, f, st, link);
	conf_grid(s, f, st, &st->part[0], link);
	return survey_drive(s, st, err);
}

static bool any_near(const struct survey_group *g, bool link)
{
	for (uint32_t i = 0; i < (g->near ? g->slots : 1); i++) {
		if ((survey_group_near(g, i) == SURVEY_LINK) == link)
			return true;
	}
	return false;
}

int survey_find(struct survey *s, struct survey_finder *f, struct survey_group *g, struct err *err)
{
	int r = 0;

	f->used[0] = f->link.n > 0 && any_near(g, true);
	f->used[1] = !f->quiet && f->far.n > 0 && (f->far_on_link || any_near(g, false));
	if (f->used[0])
		r = run_stage(s, f, g, true, err);
	if (r == 0 && f->used[1] && !s->stopping)
		r = run_stage(s, f, g, false, err);
	else
		f->used[1] = false;
	return r;
}

struct verdict_host survey_find_verdict(const struct survey_finder *f, const struct survey_group *g,
					uint32_t slot, int family)
{
	struct probe_cell cell[2 + SWEEP_ASKS_MAX];
	bool on_link = survey_group_near(g, slot) == SURVEY_LINK;
	size_t n = 0;

	for (unsigned i = 0; i < 2; i++) {
		const struct survey_part *p = &f->stage[i].part[0];

		if (!f->used[i] || (i == 0 && !f->link_asked))
			continue;
		memcpy(&cell[n], &p->cell[(size_t)slot * p->asks->n], p->asks->n * sizeof(*cell));
		n += p->asks->n;
	}
	return verdict_host(cell, n, family, on_link);
}
