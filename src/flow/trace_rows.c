/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an engine knows of each hop limit, put into facts. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/trace_own.h"
#include "icmp/number.h"
#include "icmp/registry.h"
#include "wire/icmpext.h"

static void set_end(struct trace_sight *s, const struct ip_addr *from, uint8_t kind, uint8_t type,
		    uint8_t code)
{
	s->end_from = *from;
	s->end_kind = kind;
	s->end_type = type;
	s->end_code = code;
}

static void look_at_trace(struct trace *t, const struct flow_trace_conf *c, struct trace_sight *s)
{
	const struct trace_ender *ender = trace_ender(t);
	uint8_t last;

	s->end = trace_so_far(t, &s->end_hops);
	last = s->end == TRACE_REACHED || s->end == TRACE_UNREACHABLE ? s->end_hops : c->last;
	for (unsigned h = c->first; h <= last && s->end != TRACE_UNSENT; h++) {
		struct trace_who *w = trace_who(t, (uint8_t)h, 0);

		/* Stopped before it was asked; what is behind was not asked either. */
		if (trace_hop(t, (uint8_t)h)->sent == 0 && !w)
			break;
		s->failed += trace_hop(t, (uint8_t)h)->failed;
		trace_tally(t, (uint8_t)h, &s->tally[s->n]);
		if (w)
			s->addr[s->n] = w->addr;
		if (w && w->kind == REPLY_ERROR && w->quote.translated && s->nat_hops == 0)
			s->nat_hops = (uint8_t)h;
		if (trace_hop(t, (uint8_t)h)->who_n > 1 && s->spread_hops == 0) {
			s->spread_hops = (uint8_t)h;
			s->spread_n = trace_hop(t, (uint8_t)h)->who_n;
		}
		s->n++;
	}
	if (ender)
		set_end(s, &ender->from, ender->kind, ender->type, ender->code);
}

/* Of branches no loss is told: flows are asked until they answer. */
static void look_at_paths(const struct mda *m, const struct flow_trace_conf *c,
			  struct trace_sight *s)
{
	uint16_t most[TRACE_HOPS_MAX] = { 0 };

	s->end = mda_end(m, &s->end_hops);
	for (size_t i = 0; i < mda_nodes(m); i++) {
		const struct mda_node *n = mda_node(m, i);
		unsigned at = n->hops - c->first;

		if (n->hops < c->first || n->hops > c->last)
			continue;
		s->n = (uint8_t)MAX(s->n, at + 1);
		if (n->addr.family == 0)
			continue;
		s->tally[at].received += n->flows;
		if (n->flows > most[at]) {
			most[at] = n->flows;
			s->addr[at] = n->addr;
			if (n->hops == s->end_hops)
				set_end(s, &n->addr, n->kind, n->type, n->code);
		}
	}
	for (unsigned i = 0; i < s->n; i++) {
		s->tally[i].sent = MAX(s->tally[i].received, 1);
		s->tally[i].end = i + c->first == s->end_hops;
	}
}

void trace_look(struct trace_slot *s, const struct flow_trace_conf *c, struct trace_sight *ret)
{
	*ret = (struct trace_sight){ .first = c->first };
	if (s->trace)
		look_at_trace(s->trace, c, ret);
	else
		look_at_paths(s->mda, c, ret);
	hop_judge(ret->tally, ret->n, ret->judged);
}

static struct fact_list read_mpls(const struct icmpext *ext, struct trace_row_text *text)
{
	struct fact_list list = { text->mpls, 0 };

	for (unsigned i = 0; i < ext->n; i++) {
		struct icmpext_label label[ICMPEXT_LABELS_MAX];
		int n = icmpext_mpls_parse(&ext->obj[i], label);

		for (int k = 0; k < n && list.n < TRACE_MPLS_MAX; k++)
			text->mpls[list.n++] = (struct fact_mpls){ label[k].label, label[k].tc,
								   label[k].ttl, label[k].bottom };
	}
	return list;
}

static struct fact_list read_ifaces(const struct icmpext *ext, struct trace_row_text *text)
{
	static const char *const roles[] = { "incoming", "sub-ip", "outgoing", "next-hop" };
	struct fact_list list = { text->iface, 0 };

	for (unsigned i = 0; i < ext->n && list.n < TRACE_IFACES_MAX; i++) {
		struct icmpext_iface f;
		char *name = text->iface_name[list.n];

		if (icmpext_iface_parse(&ext->obj[i], &f) < 0)
			continue;
		_Static_assert(sizeof(text->iface_name[0]) >= ICMPEXT_NAME_LEN, "room for names");
		snprintf(name, sizeof(text->iface_name[0]), "%s", f.name);
		text->iface[list.n++] = (struct fact_hop_iface){
			.role = roles[f.role % ARRAY_LEN(roles)],
			.ifindex = f.has_ifindex ? (int64_t)f.ifindex : FACT_NONE,
			.mtu = f.has_mtu ? (int64_t)f.mtu : FACT_NONE,
			.addr = f.addr,
			.name = name[0] ? name : NULL,
		};
	}
	return list;
}

static void read_ext(struct span ext, struct trace_row_text *text, struct fact_hop *f)
{
	struct icmpext e;

	if (ext.len == 0 || icmpext_parse(ext, &e) < 0 || !e.sum_ok)
		return;
	f->mpls = read_mpls(&e, text);
	f->iface = read_ifaces(&e, text);
}

static void append(char buf[static TRACE_QUOTED_LEN], const char *what)
{
	size_t len = strlen(buf);

	snprintf(buf + len, TRACE_QUOTED_LEN - len, "%s%s", len > 0 ? ", " : "", what);
}

static void append_end(char buf[static TRACE_QUOTED_LEN], const char *which,
		       const struct ip_addr *a, uint16_t port)
{
	char addr[IP_TEXT_LEN], text[IP_TEXT_LEN + 32];

	ip_format(a, addr);
	if (port > 0)
		snprintf(text, sizeof(text), a->family == 6 ? "%s [%s]:%u" : "%s %s:%u", which,
			 addr, port);
	else
		snprintf(text, sizeof(text), "%s %s", which, addr);
	append(buf, text);
}

/* A packet that expires has 1 left, or 0 where routers count before they look; what is over that was changed. */
static void read_quote(const struct trace_run *r, const struct trace_slot *s,
		       const struct trace_who *w, struct trace_row_text *text, struct fact_hop *f)
{
	const struct hop_quote *q = &w->quote;
	const struct ip_addr *own = &shooter_path(r->shooter, &s->addr)->source;
	bool expired = w->type == (s->addr.family == 4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED);
	char word[32];

	if (w->kind != REPLY_ERROR)
		return;
	f->quoted_ttl = q->ttl >= 0 ? q->ttl : FACT_NONE;
	f->quoted_tos = q->tos >= 0 ? q->tos : FACT_NONE;
	f->nat = q->translated;
	text->quoted[0] = '\0';
	if (q->translated) {
		bool other = !ip_eq(&q->dst, &s->addr) ||
			     (r->conf->kind != ASK_ECHO && q->dport != r->conf->port);

		if (!other || !ip_eq(&q->src, own))
			append_end(text->quoted, "source", &q->src, q->sport);
		if (other)
			append_end(text->quoted, "target", &q->dst, q->dport);
	}
	if (q->tos >= 0 && q->tos != r->conf->tos) {
		snprintf(word, sizeof(word), "%s 0x%02x",
			 s->addr.family == 4 ? "TOS" : "traffic class", (unsigned)q->tos);
		append(text->quoted, word);
	}
	if (expired && q->ttl > 1) {
		snprintf(word, sizeof(word), "%s %d", s->addr.family == 4 ? "TTL" : "hop limit",
			 q->ttl);
		append(text->quoted, word);
	}
	f->quoted = text->quoted[0] ? text->quoted : NULL;
}

/* What came; @type is told of ICMP only. */
static void read_reply(int family, uint8_t ask, uint8_t kind, uint8_t type, uint8_t code,
		       struct fact_hop *f)
{
	bool icmp = kind == REPLY_ERROR || (kind == REPLY_ANSWER && ask == ASK_ECHO);
	const struct icmp_entry *e = icmp ? icmp_find((unsigned)family, type, code) : NULL;

	f->reply = trace_word_reply(family, ask, kind, type);
	if (!icmp)
		return;
	f->icmp_type = type;
	f->code = code;
	f->icmp_name = e ? e->machine_name : NULL;
	f->meaning = e ? e->meaning : NULL;
}

/* What all rows of a hop limit have in common. */
static struct fact_hop hop_of(const struct trace_sight *sight, uint8_t i,
			      struct trace_row_text *text)
{
	const struct hop_tally *t = &sight->tally[i];
	struct fact_hop f = {
		.ttl = sight->first + i,
		.rtt_us = { FACT_NONE, FACT_NONE, FACT_NONE, FACT_NONE, FACT_NONE, FACT_NONE,
			    FACT_NONE },
		.jitter_us = FACT_NONE,
		.sent = (int64_t)t->sent,
		.loss_pct = FACT_NONE,
		.verdict = (uint8_t)sight->judged[i].verdict,
		.evidence = text->evidence,
		.icmp_type = FACT_NONE,
		.code = FACT_NONE,
		.reply_ttl = FACT_NONE,
		.quoted_ttl = FACT_NONE,
		.quoted_tos = FACT_NONE,
	};

	trace_word_evidence(sight, i, text->evidence);
	if (t->sent > 0)
		f.loss_pct = (int64_t)((t->sent - MIN(t->received, t->sent)) * 100000 / t->sent);
	return f;
}

static const char *name_of(const struct trace_run *r, const struct ip_addr *a)
{
	const char *name = NULL;

	return r->names && flow_names_take(r->names, a, &name) == 1 ? name : NULL;
}

static void who_row(const struct trace_run *r, const struct trace_slot *s, struct trace_who *w,
		    struct trace_row_text *text, struct fact_hop *f)
{
	f->addr = w->addr;
	f->name = name_of(r, &w->addr);
	f->received = (int64_t)w->received;
	stats_rtt(&w->rtt, &f->rtt_us);
	if (w->jitter_n > 0)
		f->jitter_us = (int64_t)(w->jitter_sum_ns / w->jitter_n);
	f->reply_ttl = w->ttl >= 0 ? w->ttl : FACT_NONE;
	read_reply(s->addr.family, r->conf->kind, w->kind, w->type, w->code, f);
	read_quote(r, s, w, text, f);
	read_ext(w->ext, text, f);
}

static size_t rows_of_trace(struct trace_run *r, struct trace_slot *s,
			    const struct trace_sight *sight)
{
	size_t n = 0;

	for (uint8_t i = 0; i < sight->n; i++) {
		uint8_t hops = (uint8_t)(sight->first + i);
		const struct trace_hop *h = trace_hop(s->trace, hops);
		unsigned who = 0;
		struct trace_who *w;

		do {
			struct flow_trace_row *row = &r->row[n];

			*row = (struct flow_trace_row){ .hop = hop_of(sight, i, &r->text[n]) };
			row->hop.duplicates = (int64_t)h->duplicates;
			row->hop.late = (int64_t)h->late;
			w = trace_who(s->trace, hops, who++);
			if (w)
				who_row(r, s, w, &r->text[n], &row->hop);
			if (r->recent) {
				int64_t *recent = r->recent + (size_t)i * TRACE_RECENT;

				row->recent_n = trace_recent(s->trace, hops, recent, TRACE_RECENT);
				row->recent = recent;
			}
			n++;
		} while (who < h->who_n && n < r->row_room);
	}
	return n;
}

static size_t rows_of_paths(struct trace_run *r, struct trace_slot *s,
			    const struct trace_sight *sight)
{
	size_t n = 0, nodes = mda_nodes(s->mda);

	for (uint8_t i = 0; i < sight->n; i++) {
		for (size_t k = 0; k < nodes && n < r->row_room; k++) {
			const struct mda_node *node = mda_node(s->mda, k);
			struct fact_hop *f = &r->row[n].hop;

			if (node->hops != sight->first + i ||
			    (node->addr.family == 0 && !trace_branch_has(r, k)))
				continue;
			r->row[n] = (struct flow_trace_row){ .hop = hop_of(sight, i, &r->text[n]) };
			f->sent = FACT_NONE;
			f->loss_pct = FACT_NONE;
			f->addr = node->addr;
			n++;
			if (node->addr.family == 0)
				continue;
			f->received = node->flows;
			f->rtt_us.min = (int64_t)node->rtt_ns;
			f->name = name_of(r, &node->addr);
			read_reply(s->addr.family, r->conf->kind, node->kind, node->type,
				   node->code, f);
		}
	}
	return n;
}

static size_t rows_needed(struct trace_slot *s, const struct trace_sight *sight)
{
	size_t n = 0;

	if (!s->trace)
		return mda_nodes(s->mda);
	for (uint8_t i = 0; i < sight->n; i++)
		n += MAX(trace_hop(s->trace, (uint8_t)(sight->first + i))->who_n, 1);
	return n;
}

static bool make_room(struct trace_run *r, size_t n)
{
	n = MAX(n, (size_t)TRACE_HOPS_MAX);
	if (n <= r->row_room)
		return true;
	free(r->row);
	free(r->text);
	r->row_room = 0;
	r->row = malloc(n * sizeof(*r->row));
	r->text = malloc(n * sizeof(*r->text));
	if (r->row && r->text)
		r->row_room = n;
	return r->row_room > 0;
}

int trace_rows(struct trace_run *r, struct trace_slot *s, const struct trace_sight *sight)
{
	size_t n;

	if (!make_room(r, rows_needed(s, sight)))
		return -ENOMEM;
	n = s->trace ? rows_of_trace(r, s, sight) : rows_of_paths(r, s, sight);
	return (int)n;
}
