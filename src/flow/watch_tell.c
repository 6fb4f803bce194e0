/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was seen, as facts. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "flow/watch_own.h"
#include "host/services.h"
#include "icmp/registry.h"

struct fact_icmp_count watch_count_fact(const struct counts_row *row)
{
	bool known = row->type != SIGHT_CUT;
	const struct icmp_entry *e =
		known ? icmp_find(row->family, (uint8_t)row->type,
				  row->code == SIGHT_CUT ? ICMP_CODE_ANY : row->code)
		      : NULL;

	return (struct fact_icmp_count){
		.family = row->family,
		.icmp_type = known ? row->type : FACT_NONE,
		.code = row->code != SIGHT_CUT ? row->code : FACT_NONE,
		.name = e ? e->machine_name : NULL,
		.direction = row->way,
		.packets = (int64_t)row->count.packets,
		.bytes = (int64_t)row->count.bytes,
		.risk = e ? icmp_risk_name(e->risk) : NULL,
	};
}

/* "tcp", "udp", "icmp"; of others the number. */
static const char *proto_name(const struct failure *g, char buf[16])
{
	switch (g->proto) {
	case 0:
		/* A redirect that quotes nothing: IPv6's 0 is an extension header, never the end. */
		return NULL;
	case IP_PROTO_TCP:
		return "tcp";
	case IP_PROTO_UDP:
		return "udp";
	case IP_PROTO_ICMP4:
	case IP_PROTO_ICMP6:
		return "icmp";
	default:
		snprintf(buf, 16, "%u", g->proto);
		return buf;
	}
}

struct fact_failure watch_failure_fact(const struct watch *w, const struct failure *g,
				       char hint[256], char proto[16])
{
	const struct icmp_entry *e = icmp_find(g->src.family, g->type, g->code);
	bool named = g->has_port && (g->proto == IP_PROTO_TCP || g->proto == IP_PROTO_UDP);

	return (struct fact_failure){
		.src = g->src,
		.dst = g->dst,
		.proto = proto_name(g, proto),
		.dport = g->has_port ? g->port : FACT_NONE,
		.service = named ? services_name(w->services,
						 g->proto == IP_PROTO_TCP ? FACT_TCP : FACT_UDP,
						 g->port)
				 : NULL,
		.icmp_type = g->type,
		.code = g->code,
		.name = e ? e->machine_name : NULL,
		.meaning = e ? e->meaning : NULL,
		.offender = g->offender,
		.offenders = g->offenders,
		.count = (int64_t)g->count,
		.first = g->first_ns,
		.last = g->last_ns,
		.mtu = g->mtu ? (int64_t)g->mtu : FACT_NONE,
		.gateway = g->gateway,
		.hint = watch_hint(g, hint, 256),
	};
}

static int most_failures(const void *a_, const void *b_)
{
	const struct failure *a = *(const struct failure *const *)a_,
			     *b = *(const struct failure *const *)b_;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	if (a->first_ns != b->first_ns)
		return a->first_ns > b->first_ns ? 1 : -1;
	return ip_cmp(&a->src, &b->src);
}

static int tell_failures(struct watch *w)
{
	uint32_t n = failures_groups(w->failures), k = 0, at = 0;
	const struct failure **group = calloc(n + 1, sizeof(*group)), *g;

	if (!group)
		return -ENOMEM;
	while (k < n && (g = failures_next(w->failures, &at)))
		group[k++] = g;
	qsort(group, k, sizeof(*group), most_failures);
	for (uint32_t i = 0; i < k; i++) {
		char hint[256], proto[16];
		const struct fact_failure f = watch_failure_fact(w, group[i], hint, proto);

		w->tell->failure(w->tell->to, &f);
	}
	free(group);
	return 0;
}

static int most_pings(const void *a_, const void *b_)
{
	const struct echo_pair *a = *(struct echo_pair *const *)a_,
			       *b = *(struct echo_pair *const *)b_;

	if (a->requests != b->requests)
		return a->requests < b->requests ? 1 : -1;
	if (a->first_ns != b->first_ns)
		return a->first_ns > b->first_ns ? 1 : -1;
	return ip_cmp(&a->dst, &b->dst);
}

static void tell_pair(struct watch *w, struct echo_pair *p)
{
	uint64_t decided = p->replies + p->lost;
	struct fact_echo_rtt e = {
		.src = p->src,
		.dst = p->dst,
		.requests = (int64_t)p->requests,
		.replies = (int64_t)p->replies,
		.lost = (int64_t)p->lost,
		.duplicates = (int64_t)p->duplicates,
		.unasked = (int64_t)p->unasked,
		.loss = decided ? (int64_t)(p->lost * 100000 / decided) : FACT_NONE,
		.first = p->first_ns,
		.last = p->last_ns,
	};

	/* Those who answer a group answer by their own addresses. */
	if (ip_kind(&p->dst) == IP_MULTICAST || ip_kind(&p->dst) == IP_BROADCAST)
		e.loss = FACT_NONE;
	stats_rtt(&p->rtt, &e.rtt_us);
	w->tell->echo(w->tell->to, &e);
}

static int tell_echoes(struct watch *w)
{
	uint32_t n = echoes_pairs(w->echoes), k = 0, at = 0;
	struct echo_pair **pair = calloc(n + 1, sizeof(*pair)), *p;

	if (!pair)
		return -ENOMEM;
	while (k < n && (p = echoes_next(w->echoes, &at)))
		pair[k++] = p;
	qsort(pair, k, sizeof(*pair), most_pings);
	for (uint32_t i = 0; i < k; i++)
		tell_pair(w, pair[i]);
	free(pair);
	return 0;
}

static int tell_talkers(struct watch *w, const struct talkers *t, enum fact_talker_role role)
{
	struct talker *top = calloc(w->conf->top + 1, sizeof(*top));
	size_t n = top ? talkers_top(t, top, w->conf->top) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct fact_talker f = { .addr = top[i].addr,
					       .role = role,
					       .packets = (int64_t)top[i].packets,
					       .bytes = (int64_t)top[i].bytes,
					       .error = (int64_t)top[i].error };

		w->tell->talker(w->tell->to, &f);
	}
	free(top);
	return top ? 0 : -ENOMEM;
}

int watch_tell_all(struct watch *w)
{
	struct counts_row row;
	int r = 0;

	for (uint32_t at = 0; counts_next(w->counts, &at, &row);) {
		const struct fact_icmp_count c = watch_count_fact(&row);

		w->tell->count(w->tell->to, &c);
	}
	if (w->conf->counts)
		return 0;
	r = tell_failures(w);
	if (r == 0)
		r = tell_echoes(w);
	if (r == 0)
		r = tell_talkers(w, w->source, FACT_TALKER_SOURCE);
	if (r == 0)
		r = tell_talkers(w, w->destination, FACT_TALKER_DESTINATION);
	return r;
}

static void tell_fragments(struct frags_sum f, uint32_t waiting, struct fact_watch_sum *sum)
{
	sum->reassembled = (int64_t)f.whole;
	sum->unassembled = (int64_t)(f.late + f.evicted + waiting);
	sum->overlaps = (int64_t)(f.overlaps + f.oversize);
}

void watch_tell_sum(const struct watch *w, struct fact_watch_sum *sum)
{
	const struct counts *c = w->counts;

	sum->frames = (int64_t)c->frames;
	sum->icmp = (int64_t)counts_icmp(c).packets;
	sum->other = (int64_t)c->other;
	sum->not_opened = (int64_t)w->not_opened;
	sum->unreadable = (int64_t)(c->nothing - w->not_opened);
	sum->fragments = (int64_t)c->fragments;
	sum->cut = (int64_t)c->cut;
	sum->first = w->first_ns;
	sum->last = w->last_ns;
	if (w->conf->counts) {
		/* Nobody looked. */
		sum->reassembled = sum->unassembled = sum->overlaps = sum->bad_checksum = FACT_NONE;
		sum->errors = FACT_NONE;
		sum->failures = sum->failures_forgotten = sum->unfit = sum->unquoted = FACT_NONE;
		sum->pairs = sum->pairs_forgotten = FACT_NONE;
		return;
	}
	sum->bad_checksum = (int64_t)w->bad_checksum;
	sum->errors = (int64_t)w->errors;
	sum->failures = failures_groups(w->failures);
	sum->failures_forgotten = (int64_t)failures_forgotten(w->failures);
	sum->unfit = (int64_t)failures_unfit(w->failures);
	sum->unquoted = (int64_t)failures_unread(w->failures);
	sum->pairs = echoes_pairs(w->echoes);
	sum->pairs_forgotten = (int64_t)echoes_forgotten(w->echoes);
	tell_fragments(frags_told(w->frags), frags_waiting(w->frags), sum);
}
