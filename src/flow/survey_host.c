/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host as a fact: what answered, its link address, who spoke in its place. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow/survey_own.h"

static struct ip_addr who(const struct survey *s, uint16_t index, const struct ip_addr *target)
{
	if (index == 0)
		return *target;
	if (index > s->from.n)
		return (struct ip_addr){ .family = 0 };
	return s->from.addr[index];
}

static const char *reply_word(enum reply_kind kind)
{
	switch (kind) {
	case REPLY_SYNACK:
		return "syn-ack";
	case REPLY_RST:
		return "rst";
	case REPLY_ERROR:
		return "icmp";
	case REPLY_ANSWER:
	case REPLY_NONE:
		break;
	}
	return "answer";
}

/* Answers of UDP and of links have no ICMP type to tell (ND's is the same for all). */
static bool has_icmp(const struct probe_cell *c, enum ask_kind kind)
{
	return c->kind == REPLY_ERROR || kind == ASK_ECHO || kind == ASK_TIMESTAMP ||
	       kind == ASK_MASK || kind == ASK_INFO;
}

static struct fact_by by_cell(const struct survey *s, const struct probe_cell *c,
			      const struct ask *ask, const struct ip_addr *target,
			      struct keep *keep)
{
	char text[ASK_TEXT_LEN];
	bool icmp = has_icmp(c, ask->kind);

	return (struct fact_by){
		.probe = keep_str(keep, ask_format(ask, text)),
		.reply = reply_word(c->kind),
		.from = who(s, c->from, target),
		.icmp_type = icmp ? c->type : FACT_NONE,
		.code = icmp ? c->code : FACT_NONE,
		.ttl = c->ttl > 0 ? c->ttl : FACT_NONE,
		.rtt_us = c->rtt_us != UINT32_MAX ? (int64_t)c->rtt_us * 1000 : FACT_NONE,
		.tries = c->tries,
	};
}

static struct fact_list all_answers(const struct survey *s, const struct survey_finder *f,
				    uint32_t slot, const struct ip_addr *target, struct keep *keep)
{
	struct fact_by *by = keep_alloc(keep, (f->link.n + f->far.n) * sizeof(*by));
	size_t n = 0;

	for (unsigned i = 0; i < 2 && by; i++) {
		const struct survey_part *p = &f->stage[i].part[0];
		const struct probe_cell *cell;

		if (!f->used[i] || (i == 0 && !f->link_asked))
			continue;
		cell = &p->cell[(size_t)slot * p->asks->n];
		for (uint32_t a = 0; a < p->asks->n; a++) {
			if (cell[a].state == CELL_ANSWERED)
				by[n++] = by_cell(s, &cell[a], &p->asks->ask[a], target, keep);
		}
	}
	return (struct fact_list){ by, n };
}

static const char *mac_text(const struct survey_group *g, uint32_t slot, struct keep *keep)
{
	static const struct eth_addr none;
	const uint8_t *o;

	if (!g->mac || memcmp(&g->mac[slot], &none, sizeof(none)) == 0)
		return NULL;
	o = g->mac[slot].octet;
	return keep_format(keep, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4],
			   o[5]);
}

/* Read when the first one is wanted: most runs never do. */
static const char *vendor(struct survey *s, const struct survey_group *g, uint32_t slot)
{
	if (!s->vendors && vendors_read(&s->vendors, NULL) < 0)
		return NULL;
	return vendors_name(s->vendors, g->mac[slot].octet);
}

/* Why it could not be asked. */
static const char *error_text(int error)
{
	const char *text = verdict_errno(error);

	return text ? text : strerror(error);
}

void survey_host_fact(struct survey *s, const struct survey_finder *f, const struct survey_group *g,
		      uint32_t slot, struct keep *keep, struct fact_host *ret)
{
	struct ip_addr addr = survey_group_addr(s, g, slot);
	struct verdict_host v = survey_find_verdict(f, g, slot, addr.family);

	if (v.state == FACT_HOST_UNKNOWN && v.error != 0)
		s->failed = true;
	*ret = (struct fact_host){
		.addr = addr,
		.name = flow_list_name(s->conf->targets, &addr),
		.state = v.state,
		.by_who = v.who != 0 ? who(s, v.who, &addr) : (struct ip_addr){ .family = 0 },
		.by = all_answers(s, f, slot, &addr, keep),
		.mac = mac_text(g, slot, keep),
		.error = v.error != 0 ? error_text(v.error) : NULL,
	};
	if (ret->mac)
		ret->vendor = vendor(s, g, slot);
}
