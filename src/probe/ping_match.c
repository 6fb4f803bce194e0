/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/ping.h"

#include <errno.h>

#include "icmp/number.h"
#include "probe/ping_state.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/ip4.h"

#define HEADER_LEN 8 /* octets in front of an ICMP message's body */

/* An ICMP message of either family. */
struct message {
	uint8_t type, code;
	uint32_t rest; /* octets 4..7 */
	struct span body;
};

/* What an error says about one question, however we learnt of it. */
struct report {
	uint8_t type, code; /* of the error */
	uint32_t mtu;
	struct ip_addr src, dst; /* of the quoted packet; src family 0: not told */
	struct message quoted;   /* its body may be cut anywhere */
};

/* The question @wire_seq of target @i, if it was sent and is still remembered. */
static struct asked *slot_find(const struct ping *p, size_t i, uint32_t wire_seq)
{
	return asked_find(&p->asked, i, wire_seq, probe_cut_seq(p->conf.probe, UINT32_MAX));
}

static enum ping_verdict stray(struct ping *p, enum ping_verdict verdict)
{
	if (verdict == PING_FORGED)
		p->strays.forged++;
	else
		p->strays.foreign++;
	return verdict;
}

/*
 * Which target does an answer speak for? A tag says so even where the answer comes from
 * another address, as multicast's and multihomed hosts' do; whether the tag is genuine is
 * checked afterwards. Without one the sender's address must be a target's.
 */
static size_t answer_target(const struct ping *p, const struct ip_addr *from, struct span body)
{
	struct probe_tag tag;

	if (p->conf.probe->sized && p->conf.size >= PROBE_TAG_LEN && probe_tag_parse(body, &tag) &&
	    tag.index < p->conf.targets)
		return tag.index;
	return ping_addr_find(p, from);
}

static uint64_t since(uint64_t t_ns, uint64_t sent_ns)
{
	return t_ns > sent_ns ? t_ns - sent_ns : 0;
}

/* @s was found, so that asked_settle() knows it. */
static enum ping_verdict answer_count(struct ping *p, size_t i, struct asked *s, uint64_t t_ns,
				      uint64_t *ret_rtt_ns)
{
	struct ping_target *t = &p->target[i];
	enum asked_verdict v = asked_settle(&p->asked, s, t_ns, p->conf.timeout_ns, ret_rtt_ns);

	if (v == ASKED_DUPLICATE) {
		t->duplicates++;
		return PING_DUPLICATE;
	}
	t->received++;
	stats_add(&t->rtt, *ret_rtt_ns);
	if (v == ASKED_FIRST)
		return PING_REPLY;
	t->late++;
	return PING_LATE;
}

static enum ping_verdict on_answer(struct ping *p, const struct ping_arrival *in,
				   const struct message *m, struct ping_event *ret_event)
{
	const struct probe_ops *ops = p->conf.probe;
	size_t i = answer_target(p, &in->from, m->body);
	struct probe_answer answer = { FACT_NONE, FACT_NONE, FACT_NONE, FACT_NONE, FACT_NONE };
	struct probe_ask ask;
	enum ping_verdict verdict;
	struct asked *s;
	uint64_t rtt;

	if (i >= p->conf.targets || m->rest >> 16 != p->target[i].id)
		return stray(p, PING_NOT_OURS);
	s = slot_find(p, i, probe_wire_seq(ops, m->rest));
	if (!s || p->target[i].addr.family != in->from.family || (m->code != 0 && !ops->any_code))
		return stray(p, PING_FORGED);
	ask = ping_ask_of(p, i, s->seq, s->mark);
	if (ops->check && !ops->check(&ask, m->rest, m->body, &answer))
		return stray(p, PING_FORGED);
	verdict = answer_count(p, i, s, in->t_ns, &rtt);
	*ret_event = (struct ping_event){
		.verdict = verdict,
		.target = i,
		.seq = s->seq,
		.type = m->type,
		.code = m->code,
		.mtu = FACT_NONE,
		.ttl = in->ttl < 0 ? FACT_NONE : in->ttl,
		.rtt_ns = rtt,
		.bytes = in->octets.len,
		.from = in->from,
		.answer = answer,
	};
	return verdict;
}

/* The quoted body may be cut anywhere; what there is of a tag must be ours. */
static bool quote_body_fits(const struct ping *p, const struct probe_ask *ask, struct span body)
{
	struct probe_tag tag;

	if (!p->conf.probe->sized || p->conf.size < PROBE_TAG_LEN || !probe_tag_parse(body, &tag))
		return true;
	return tag.index == ask->index && tag.seq == ask->seq && tag.cookie == probe_cookie(ask);
}

/* Redirect and source quench do not say that the question failed. */
static bool fatal(const struct report *r)
{
	return r->dst.family != 4 || (r->type != ICMP4_REDIRECT && r->type != ICMP4_SOURCE_QUENCH);
}

static void report_count(struct ping *p, size_t i, struct asked *s, const struct report *r)
{
	if (!fatal(r))
		return;
	p->target[i].errors++;
	asked_close(&p->asked, s, ASKED_ERROR);
}

/* An error comes to the address the question came from, or the quote is somebody's invention. */
static bool source_fits(const struct ping_arrival *in, const struct report *r)
{
	return in->to.family == 0 || r->src.family == 0 || ip_eq(&in->to, &r->src);
}

static enum ping_verdict on_report(struct ping *p, const struct ping_arrival *in,
				   const struct report *r, struct ping_event *ret_event)
{
	const struct probe_ops *ops = p->conf.probe;
	size_t i = ping_addr_find(p, &r->dst);
	struct probe_ask ask;
	struct asked *s;

	if (i >= p->conf.targets || r->quoted.rest >> 16 != p->target[i].id ||
	    r->quoted.type != probe_types(ops, r->dst.family).ask)
		return stray(p, PING_NOT_OURS);
	s = slot_find(p, i, probe_wire_seq(ops, r->quoted.rest));
	if (!s || r->quoted.code != 0 || !source_fits(in, r))
		return stray(p, PING_FORGED);
	ask = ping_ask_of(p, i, s->seq, s->mark);
	if (!quote_body_fits(p, &ask, r->quoted.body))
		return stray(p, PING_FORGED);
	report_count(p, i, s, r);
	*ret_event = (struct ping_event){
		.verdict = PING_ERROR,
		.target = i,
		.seq = s->seq,
		.type = r->type,
		.code = r->code,
		.mtu = r->mtu > 0 ? (int64_t)r->mtu : FACT_NONE,
		.ttl = in->ttl < 0 ? FACT_NONE : in->ttl,
		.rtt_ns = since(in->t_ns, s->sent_ns),
		.bytes = in->octets.len,
		.from = in->from,
	};
	return PING_ERROR;
}

static enum ping_verdict on_error(struct ping *p, const struct ping_arrival *in,
				  struct ping_event *ret_event)
{
	int family = in->from.family;
	struct icmperr e;
	const struct icmperr_quote *q = &e.quote;
	struct report r;

	if (icmperr_parse(family, in->octets, &e) < 0 || q->family != family || q->later_fragment ||
	    !q->has_echo || q->proto != (family == 4 ? IP_PROTO_ICMP4 : IP_PROTO_ICMP6))
		return stray(p, PING_NOT_OURS);
	r = (struct report){
		.type = e.type, .code = e.code, .mtu = e.mtu, .src = q->src, .dst = q->dst
	};
	r.quoted.type = q->icmp_type;
	r.quoted.code = q->icmp_code;
	r.quoted.rest = (uint32_t)q->icmp_id << 16 | q->icmp_seq;
	if (q->l4.len > HEADER_LEN)
		r.quoted.body = (struct span){ q->l4.p + HEADER_LEN, q->l4.len - HEADER_LEN };
	return on_report(p, in, &r, ret_event);
}

static enum ping_verdict on_quote(struct ping *p, const struct ping_arrival *in,
				  struct ping_event *ret_event)
{
	struct report r = { .type = in->type, .code = in->code, .mtu = in->mtu, .dst = in->dst };
	struct icmp4_msg msg; /* both families have the same first eight octets */

	if (icmp4_peek(in->octets, &msg) < 0)
		return stray(p, PING_NOT_OURS);
	r.quoted = (struct message){ msg.type, msg.code, msg.rest, msg.body };
	return on_report(p, in, &r, ret_event);
}

/* Without the address it came to, an ICMPv6 checksum cannot be checked, nor the message believed. */
static int message_parse(const struct ping_arrival *in, struct message *ret_message)
{
	struct icmp4_msg m4;
	struct icmp6_msg m6;
	int r;

	if (in->from.family == 4) {
		r = in->verified ? icmp4_peek(in->octets, &m4) : icmp4_parse(in->octets, &m4);
		if (r == 0)
			*ret_message = (struct message){ m4.type, m4.code, m4.rest, m4.body };
		return r;
	}
	if (in->from.family != 6 || (!in->verified && in->to.family != 6))
		return -EINVAL;
	r = in->verified ? icmp6_peek(in->octets, &m6)
			 : icmp6_parse(&in->from, &in->to, in->octets, &m6);
	if (r == 0)
		*ret_message = (struct message){ m6.type, m6.code, m6.rest, m6.body };
	return r;
}

enum ping_verdict ping_match(struct ping *p, const struct ping_arrival *in,
			     struct ping_event *ret_event)
{
	struct message m;

	if (in->kind == PING_QUOTE)
		return on_quote(p, in, ret_event);
	if (message_parse(in, &m) != 0)
		return stray(p, PING_NOT_OURS);
	if (m.type == probe_types(p->conf.probe, in->from.family).answer)
		return on_answer(p, in, &m, ret_event);
	if (icmperr_is(in->from.family, m.type))
		return on_error(p, in, ret_event);
	return stray(p, PING_NOT_OURS);
}
