/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/trace_join.h"

#include <stdlib.h>
#include <string.h>

#define HASH_LEN (TRACE_OPEN_MAX * 4) /* a power of two */
#define IP4_LEN  20
#define IP6_LEN  40

enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58, PROTO_UDPLITE = 136 };

/* A packet under way. */
struct flight {
	uint32_t id; /* the kernel's, worth something only while this is open */
	bool open;
	struct trace_packet p;
	struct trace_chain chain[TRACE_CHAINS_MAX];
	uint32_t hit[TRACE_HITS_MAX];
};

struct trace_join {
	const struct twin_fw *fw;
	bool hits;
	uint32_t *limit; /* rules with a limit */
	size_t limit_n;
	uint64_t first, last;    /* the ring: flights [first, last) */
	uint16_t hash[HASH_LEN]; /* id -> place in the ring + 1; 0: free */
	struct flight flight[TRACE_OPEN_MAX];
};

/*
 * A limited return that only spares a packet the log entries behind it, as ufw's
 * ufw-logging-deny has: the packet goes on in the same place either way.
 */
static bool only_skips_logs(const struct host_ruleset *rs, size_t i)
{
	const struct host_chain *c = &rs->chain[rs->rule[i].chain];

	if (rs->rule[i].shape.verdict != RULE_RETURN || c->hook)
		return false;
	for (size_t k = i + 1; k < c->first + c->rule_n; k++)
		if (rs->rule[k].shape.verdict != RULE_CONTINUE || rs->rule[k].shape.alters)
			return false;
	return !rs->rule[i].shape.alters;
}

static bool find_limits(struct trace_join *j)
{
	const struct host_ruleset *rs = j->fw ? twin_fw_ruleset(j->fw) : NULL;

	j->limit = calloc(rs ? rs->rule_n + 1 : 1, sizeof(*j->limit));
	if (!j->limit)
		return false;
	for (size_t i = 0; rs && i < rs->rule_n; i++) {
		const struct rule_shape *s = &rs->rule[i].shape;

		/* A limited log entry decides nothing. */
		if (s->has_limit && (s->verdict != RULE_CONTINUE || s->alters) &&
		    !only_skips_logs(rs, i) && twin_fw_has(j->fw, i))
			j->limit[j->limit_n++] = (uint32_t)i;
	}
	return true;
}

struct trace_join *trace_join_new(const struct twin_fw *fw)
{
	struct trace_join *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->fw = fw;
	if (!find_limits(j)) {
		free(j);
		return NULL;
	}
	return j;
}

void trace_join_free(struct trace_join *join)
{
	if (join)
		free(join->limit);
	free(join);
}

void trace_join_hits(struct trace_join *join, bool on)
{
	join->hits = on;
}

static struct flight *at(struct trace_join *j, uint64_t n)
{
	return &j->flight[n % TRACE_OPEN_MAX];
}

/* Where @id stands in the hash, or would. Entries go one by one only at the ring's end: linear probing. */
static size_t slot_of(const struct trace_join *j, uint32_t id)
{
	size_t i = (id * 2654435761u) % HASH_LEN;

	while (j->hash[i] && j->flight[j->hash[i] - 1].id != id)
		i = (i + 1) % HASH_LEN;
	return i;
}

static struct flight *find(struct trace_join *j, uint32_t id)
{
	uint16_t n = j->hash[slot_of(j, id)];

	return n && j->flight[n - 1].open ? &j->flight[n - 1] : NULL;
}

static void rehash(struct trace_join *j)
{
	memset(j->hash, 0, sizeof(j->hash));
	for (uint64_t n = j->first; n < j->last; n++)
		if (at(j, n)->open)
			j->hash[slot_of(j, at(j, n)->id)] = (uint16_t)(n % TRACE_OPEN_MAX + 1);
}

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* What identifies a probe among its window's: identification, or flow label. */
static uint32_t mark_of(const struct trace_packet *p)
{
	return p->family == 4 ? p->ip_id : p->label;
}

/* The IP header. False: none that is whole. */
static bool read_network(struct span s, struct trace_packet *p)
{
	if (s.len >= IP4_LEN && s.p[0] >> 4 == 4) {
		p->family = 4;
		p->ip_id = be16(s.p + 4);
		p->proto = s.p[9];
		p->src = ip_from(4, s.p + 12);
		p->dst = ip_from(4, s.p + 16);
		return true;
	}
	if (s.len < IP6_LEN || s.p[0] >> 4 != 6)
		return false;
	p->family = 6;
	p->label = (uint32_t)(s.p[1] & 0xf) << 16 | be16(s.p + 2);
	p->proto = s.p[6];
	p->src = ip_from(6, s.p + 8);
	p->dst = ip_from(6, s.p + 24);
	/* Extension headers are not in the trace; nothing but ICMPv6 is sent behind them. */
	if (p->proto == 0 || p->proto == 43 || p->proto == 44 || p->proto == 60)
		p->proto = PROTO_ICMP6;
	return true;
}

static void read_transport(struct span s, struct trace_packet *p)
{
	if ((p->proto == PROTO_ICMP || p->proto == PROTO_ICMP6) && s.len >= 2) {
		p->icmp_type = s.p[0];
		p->icmp_code = s.p[1];
		if (s.len >= 8) {
			p->icmp_id = be16(s.p + 4);
			p->icmp_seq = be16(s.p + 6);
		}
	} else if ((p->proto == PROTO_TCP || p->proto == PROTO_UDP || p->proto == PROTO_UDPLITE) &&
		   s.len >= 4) {
		p->sport = be16(s.p);
		p->dport = be16(s.p + 2);
	}
}

/* The packet as a shape: what rules may ask of it. */
static struct rule_shape shape_of(const struct trace_packet *p)
{
	bool icmp = p->proto == PROTO_ICMP || p->proto == PROTO_ICMP6;

	return (struct rule_shape){
		.family = p->family,
		.proto = p->proto,
		.type = icmp ? p->icmp_type : RULE_ANY,
		.code = icmp ? p->icmp_code : RULE_ANY,
		.sport = icmp ? RULE_ANY : p->sport,
		.dport = icmp ? RULE_ANY : p->dport,
		.ct = p->ct,
		.saddr = { p->src, 0 },
		.daddr = { p->dst, 0 },
	};
}

static bool same_table(const struct host_chain *a, const struct host_chain *b)
{
	return strcmp(a->table, b->table) == 0 && strcmp(a->family, b->family) == 0 &&
	       strcmp(a->backend, b->backend) == 0;
}

/* May @hit have sent the packet into @to? A verdict map may lead anywhere in its table. */
static bool leads_to(const struct host_ruleset *rs, const struct host_rule *hit,
		     const struct host_chain *to)
{
	const struct rule_shape *s = &hit->shape;

	if (!same_table(&rs->chain[hit->chain], to))
		return false;
	if (s->verdict == RULE_JUMP || s->verdict == RULE_GOTO)
		return !s->target || strcmp(s->target, to->name) == 0;
	return s->verdict == RULE_MAPPED || s->verdict == RULE_OTHER;
}

/*
 * Was rule @limit asked at all? Where every rule that fitted is known, so is this: the packet
 * must have come into its chain, and not have left it before.
 */
static bool was_asked(const struct trace_join *j, const struct trace_packet *p, uint32_t limit)
{
	const struct host_ruleset *rs = twin_fw_ruleset(j->fw);
	const struct host_chain *chain = &rs->chain[rs->rule[limit].chain];
	bool came = chain->hook != 0;

	if (!j->hits || p->cut)
		return true;
	for (size_t i = 0; i < p->hit_n; i++) {
		const struct host_rule *hit = &rs->rule[p->hit[i]];

		if (hit->chain == rs->rule[limit].chain && p->hit[i] < limit &&
		    (hit->shape.verdict == RULE_RETURN || hit->shape.verdict == RULE_GOTO))
			return false;
		came |= leads_to(rs, hit, chain);
	}
	return came;
}

/* A limit decides by history. Rules behind the one that decided were never asked. */
static bool is_limited(const struct trace_join *j, const struct trace_packet *p)
{
	const struct host_ruleset *rs = j->fw ? twin_fw_ruleset(j->fw) : NULL;
	const struct rule_shape shape = shape_of(p);
	uint16_t hooks = 0;

	for (size_t i = 0; i < p->chain_n; i++)
		hooks |= p->chain[i].hook;
	for (size_t i = 0; i < j->limit_n; i++) {
		const struct host_rule *l = &rs->rule[j->limit[i]];
		const struct host_rule *by = p->rule >= 0 ? &rs->rule[p->rule] : NULL;

		if ((by && by->chain == l->chain && p->rule < (int64_t)j->limit[i]) ||
		    !was_asked(j, p, j->limit[i]))
			continue;
		if (host_ruleset_may_meet(rs, j->limit[i], hooks, &shape))
			return true;
	}
	return false;
}

static bool is_policy(const struct host_ruleset *rs, int64_t rule)
{
	return rule >= 0 && rs->rule[rule].fact.position == FACT_NONE;
}

/* How much an accepting chain's word weighs: the innermost hook, no translation, a rule before a policy. */
static unsigned weight(const struct trace_join *j, const struct trace_chain *c)
{
	const struct host_ruleset *rs = j->fw ? twin_fw_ruleset(j->fw) : NULL;
	const char *type = rs && c->chain >= 0 ? rs->chain[c->chain].type : NULL;
	bool nat = type && strcmp(type, "nat") == 0;

	if (!rs || c->rule < 0)
		return 0;
	return (nat ? 0 : 1024u) + c->hook * 4u + (is_policy(rs, c->rule) ? 1 : 2);
}

static void decide(const struct trace_join *j, struct trace_packet *p)
{
	unsigned best = 0;

	p->verdict = TRACE_ACCEPT;
	p->rule = -1;
	for (size_t i = 0; i < p->chain_n; i++) {
		const struct trace_chain *c = &p->chain[i];
		unsigned w = c->verdict == TRACE_ACCEPT ? weight(j, c) : 0;

		if (c->verdict == TRACE_DROP) {
			p->verdict = TRACE_DROP;
			p->rule = c->rule;
			return;
		}
		if (c->verdict == TRACE_OTHER)
			p->verdict = TRACE_OTHER;
		if (w && w >= best) {
			best = w;
			p->rule = c->rule;
		}
	}
}

static int finish(struct trace_join *j, struct flight *f, trace_each *each, void *to)
{
	if (!f->open)
		return 0;
	f->open = false;
	f->p.chain = f->chain;
	f->p.hit = f->hit;
	decide(j, &f->p);
	f->p.limited = j->limit_n && is_limited(j, &f->p);
	each(to, &f->p);
	return 1;
}

/* Places of packets that were told in the middle are taken back once all before them are. */
static void shrink(struct trace_join *j)
{
	while (j->first < j->last && !at(j, j->first)->open)
		j->first++;
}

static int begin(struct trace_join *j, const struct trace_event *e, trace_each *each, void *to)
{
	struct flight *f = find(j, e->id);
	struct trace_packet p = { .rule = -1, .iif = e->iif };
	int told = 0;

	if (!read_network(e->network, &p))
		return 0;
	read_transport(e->transport, &p);
	p.out = strcmp(e->table, TRACE_TABLE_OUT) == 0;
	if (f)
		told += finish(j, f, each, to);
	if (j->last - j->first == TRACE_OPEN_MAX)
		told += finish(j, at(j, j->first), each, to);
	shrink(j);
	/* Ids of closed flights fill the hash up; it is made anew once a ring's length. */
	if (j->last % TRACE_OPEN_MAX == 0)
		rehash(j);
	f = at(j, j->last);
	f->id = e->id;
	f->open = true;
	f->p = p;
	j->hash[slot_of(j, e->id)] = (uint16_t)(j->last % TRACE_OPEN_MAX + 1);
	j->last++;
	return told;
}

static void enter_chain(struct trace_join *j, struct flight *f, const struct trace_event *e)
{
	const struct host_ruleset *rs = j->fw ? twin_fw_ruleset(j->fw) : NULL;
	struct trace_chain c = { .rule = -1, .chain = -1, .verdict = TRACE_OTHER };

	if (f->p.chain_n == TRACE_CHAINS_MAX) {
		f->p.cut = true;
		return;
	}
	if (rs)
		c.chain = twin_fw_find_chain(j->fw, e->family, e->table, e->chain);
	if (c.chain >= 0)
		c.hook = rs->chain[c.chain].hook;
	f->chain[f->p.chain_n++] = c;
}

static void judge(struct trace_join *j, struct flight *f, const struct trace_event *e)
{
	bool rule = e->type == TRACE_EVENT_RULE || e->type == TRACE_EVENT_RETURN;
	bool policy = e->type == TRACE_EVENT_POLICY;
	struct trace_chain *c = f->p.chain_n ? &f->chain[f->p.chain_n - 1] : NULL;
	int64_t found = -1;

	if (!policy && !(rule && e->handle)) /* a chain's end: nothing fitted */
		return;
	if (j->fw)
		found = twin_fw_find(j->fw, e->family, e->table, e->chain, policy ? 0 : e->handle);
	if (j->hits && found >= 0) {
		if (f->p.hit_n < TRACE_HITS_MAX)
			f->hit[f->p.hit_n++] = (uint32_t)found;
		else
			f->p.cut = true;
	}
	if (!c || e->verdict < 0)
		return;
	c->rule = found;
	c->verdict = e->verdict == TRACE_EVENT_DROP     ? TRACE_DROP
		     : e->verdict == TRACE_EVENT_ACCEPT ? TRACE_ACCEPT
							: TRACE_OTHER;
}

/* An id that another packet has by now: told by what the headers are. */
static bool is_other(const struct flight *f, const struct trace_event *e)
{
	struct trace_packet p = { 0 };

	return read_network(e->network, &p) &&
	       (p.family != f->p.family || mark_of(&p) != mark_of(&f->p));
}

int trace_join_feed(struct trace_join *join, const struct trace_event *event, trace_each *each,
		    void *to)
{
	struct flight *f;

	if (strcmp(event->table, TRACE_TABLE) == 0 || strcmp(event->table, TRACE_TABLE_OUT) == 0)
		return event->network.len ? begin(join, event, each, to) : 0;
	f = find(join, event->id);
	if (!f)
		return 0;
	if (event->network.len) {
		if (is_other(f, event))
			return finish(join, f, each, to);
		enter_chain(join, f, event);
	}
	if (event->has_ct)
		f->p.ct |= (uint8_t)event->ct_state;
	judge(join, f, event);
	return 0;
}

int trace_join_end(struct trace_join *join, trace_each *each, void *to)
{
	int told = 0;

	for (; join->first < join->last; join->first++)
		told += finish(join, at(join, join->first), each, to);
	trace_join_drop(join);
	return told;
}

void trace_join_drop(struct trace_join *join)
{
	for (; join->first < join->last; join->first++)
		at(join, join->first)->open = false;
	join->first = join->last = 0;
	memset(join->hash, 0, sizeof(join->hash));
}
