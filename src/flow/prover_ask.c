/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One probe at a time, followed all the way: trace, oracle, answer. */
#include "flow/prover_own.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "icmp/registry.h"
#include "sys/ns.h"
#include "wire/ip4.h"

#define TRIES_MAX 25 /* waits of a millisecond for a trace that a busy machine defers */
#define QUIET_MAX 3  /* waits when there is no trace to wait for */

struct trace_taker {
	struct prover *p;
	bool told;
};

/* Something the twin sends to the prober, of the probe's protocol or an error about it. */
static bool is_answer(const struct prover *p, const struct trace_packet *t)
{
	bool icmp = t->proto == IP_PROTO_ICMP4 || t->proto == IP_PROTO_ICMP6;

	if (!ip_eq(&t->dst, &p->place.source) && !ip_eq(&t->dst, &p->place.link_source))
		return false;
	if (icmp)
		return true;
	return p->watch.proto != FACT_ICMP && t->dport == p->watch.sport;
}

static void on_trace(void *to, const struct trace_packet *t)
{
	struct trace_taker *taker = to;
	struct prover *p = taker->p;
	struct prover_fate *f = p->watch.fate;
	uint32_t tag = (t->family == 4 ? t->ip_id : t->label) & PROVER_LABEL_MASK;

	for (size_t i = 0; i < t->hit_n; i++)
		if (t->hit[i] < p->conf.rule_n)
			p->hit[t->hit[i]]++;
	if (t->out) {
		if (t->verdict == TRACE_DROP && f->out_rule < 0 && is_answer(p, t))
			f->out_rule = t->rule;
		return;
	}
	if (t->family != p->place.addr.family || tag != p->watch.tag)
		return;
	taker->told = true;
	f->traced = true;
	f->dropped = t->verdict == TRACE_DROP;
	f->limited = t->limited;
	p->spent |= t->limited;
	f->ct = t->ct;
	f->rule = t->rule;
	for (size_t i = 0; i < t->chain_n; i++) {
		f->input |= t->chain[i].hook == RULE_HOOK_INPUT;
		f->forward |= (t->chain[i].hook & (RULE_HOOK_FORWARD | RULE_HOOK_POSTROUTING)) != 0;
	}
}

/* Until the trace has told of it; without a trace until something saw it, or nothing moves. */
static int follow(struct prover *p)
{
	struct trace_taker taker = { .p = p };
	struct prover_fate *f = p->watch.fate;
	int r = 0;

	for (int i = 0; i < (p->conf.trace ? TRIES_MAX : QUIET_MAX); i++) {
		if (p->conf.trace) {
			r = twin_trace_drain(p->conf.trace, on_trace, &taker);
			if (r < 0 && r != -ENOBUFS)
				return r;
		}
		r = prover_drain(p);
		if (r < 0)
			return r;
		if (p->conf.trace ? taker.told : f->answered || f->reached)
			break;
		prover_wait(p, 1);
	}
	return prover_drain(p);
}

static int ask(struct prover *p, const struct wcur *frame, struct prover_fate *fate,
	       struct err *err)
{
	struct span s = { frame->start, wcur_len(frame) };
	int r;

	*fate = (struct prover_fate){ .rule = -1, .out_rule = -1 };
	if (prover_stopped(p))
		return -EINTR;
	p->watch.fate = fate;
	r = prover_send(p, &s, 1);
	if (r == 0)
		r = follow(p);
	p->watch = (struct prover_watch){ 0 };
	return r < 0 ? err_set(err, r, "probing the twin: %s", strerror(-r)) : 0;
}

static int ask_port_once(struct prover *p, enum fact_proto proto, uint16_t port,
			 struct prover_fate *ret, struct err *err)
{
	uint8_t buf[PROOF_FRAME_MAX];
	struct wcur w = wcur(buf, sizeof(buf));
	struct proof_port what = { .proto = (uint8_t)proto,
				   .port = port,
				   .traced = p->conf.trace != NULL };
	int r;

	what.sport = prover_next_sport(p);
	what.tag = prover_next_tag(p);
	r = proof_port_build(&p->place, &what, &w);
	if (r < 0)
		return err_set(err, r, "building a probe for port %u", port);
	p->watch = (struct prover_watch){
		.proto = (uint8_t)proto,
		.sport = what.sport,
		.port = port,
		.tag = what.tag,
	};
	return ask(p, &w, ret, err);
}

static int ask_icmp_once(struct prover *p, uint8_t type, uint8_t code, struct span quote,
			 struct prover_fate *ret, struct err *err)
{
	uint8_t buf[PROOF_FRAME_MAX];
	struct wcur w = wcur(buf, sizeof(buf));
	struct proof_icmp what = {
		.type = type,
		.code = code,
		.tag = prover_next_tag(p),
		.traced = p->conf.trace != NULL,
		.quote = quote,
	};
	int r = proof_icmp_build(&p->place, &what, &w);

	if (r < 0)
		return err_set(err, r, "building ICMP type %u code %u", type, code);
	p->watch = (struct prover_watch){
		.proto = FACT_ICMP,
		.icmp_type = type,
		.icmp_code = code,
		.tag = what.tag,
	};
	return ask(p, &w, ret, err);
}

/* Let through, and yet silent: perhaps a rule takes the host's answer. */
static bool answer_may_be_taken(const struct prover *p, const struct prover_fate *f, bool expects)
{
	return p->conf.trace && expects && !f->answered && !f->dropped;
}

/* The same question with the twin's own packets traced; what the first one said stands otherwise. */
static int ask_for_answer(struct prover *p,
			  int (*again)(struct prover *p, const void *what, struct prover_fate *ret,
				       struct err *err),
			  const void *what, struct prover_fate *ret, struct err *err)
{
	struct prover_fate second;
	int r = twin_trace_output(p->conf.trace, true, err), off;

	if (r < 0)
		return r;
	r = again(p, what, &second, err);
	off = twin_trace_output(p->conf.trace, false, r < 0 ? NULL : err);
	if (r < 0 || off < 0)
		return r < 0 ? r : off;
	ret->out_rule = second.out_rule;
	return 0;
}

struct port_question {
	enum fact_proto proto;
	uint16_t port;
};

static int ask_port_again(struct prover *p, const void *what, struct prover_fate *ret,
			  struct err *err)
{
	const struct port_question *q = what;

	return ask_port_once(p, q->proto, q->port, ret, err);
}

int prover_ask_port(struct prover *p, enum fact_proto proto, uint16_t port, struct prover_fate *ret,
		    struct err *err)
{
	struct port_question q = { proto, port };
	int r = ask_port_once(p, proto, port, ret, err);

	if (r < 0 || !answer_may_be_taken(p, ret, proto == FACT_TCP || !ret->reached))
		return r;
	return ask_for_answer(p, ask_port_again, &q, ret, err);
}

struct icmp_question {
	uint8_t type, code;
	struct span quote;
};

static int ask_icmp_again(struct prover *p, const void *what, struct prover_fate *ret,
			  struct err *err)
{
	const struct icmp_question *q = what;

	return ask_icmp_once(p, q->type, q->code, q->quote, ret, err);
}

int prover_ask_icmp(struct prover *p, uint8_t type, uint8_t code, struct span quote,
		    struct prover_fate *ret, struct err *err)
{
	struct icmp_question q = { type, code, quote };
	int r = ask_icmp_once(p, type, code, quote, ret, err);

	if (r < 0 || !answer_may_be_taken(
			     p, ret, ret->reached && icmp_is_request(p->place.addr.family, type)))
		return r;
	return ask_for_answer(p, ask_icmp_again, &q, ret, err);
}

static socklen_t sockaddr_of(const struct ip_addr *a, uint16_t port, uint32_t scope,
			     struct sockaddr_storage *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (a->family == 4) {
		struct sockaddr_in *in = (struct sockaddr_in *)ret;

		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, a->octet, 4);
		return sizeof(*in);
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, a->octet, 16);
	in6->sin6_scope_id = ip_kind(a) == IP_LINK_LOCAL ? scope : 0;
	return sizeof(*in6);
}

/* A socket of @type inside that talks to the prober; it is closed at once, the packet is on its way. */
static int speak(struct prover *p, int type, struct err *err)
{
	struct sockaddr_storage own, to;
	socklen_t len = sockaddr_of(&p->place.addr, 0, (uint32_t)p->port->index, &own);
	int fd, r;

	sockaddr_of(&p->place.source, 33434, (uint32_t)p->port->index, &to);
	r = ns_socket(twin_inside_fd(p->conf.twin), own.ss_family, type | SOCK_NONBLOCK, 0, &fd,
		      err);
	if (r < 0)
		return r;
	/* Refusals (no route, a rule) show as silence, which is what the caller asks about. */
	if (bind(fd, (struct sockaddr *)&own, len) == 0 &&
	    connect(fd, (struct sockaddr *)&to, len) == 0)
		(void)!send(fd, "sonde", 5, 0);
	close(fd);
	return 0;
}

/* What it answers with is a packet of its own as well. */
static int knock(struct prover *p, uint16_t port)
{
	struct proof_port what = { .proto = FACT_TCP, .port = port, .tag = prover_next_tag(p) };
	struct wcur w = prover_slot(p);
	int r;

	what.sport = prover_next_sport(p);
	r = proof_port_build(&p->place, &what, &w);
	if (r < 0)
		return r;
	prover_push(p, &w);
	return prover_flush(p);
}

static int wait_own(struct prover *p)
{
	int r = prover_drain(p);

	for (int tries = 0; r == 0 && tries < QUIET_MAX && p->watch.own_len == 0; tries++) {
		prover_wait(p, 1);
		r = prover_drain(p);
	}
	return r;
}

int prover_own_packet(struct prover *p, uint16_t open_port, uint8_t buf[static PROOF_FRAME_MAX],
		      struct err *err)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	int r = 0;

	p->watch = (struct prover_watch){ .own = true, .own_buf = buf };
	for (size_t i = 0; i < ARRAY_LEN(types) && r == 0 && p->watch.own_len == 0; i++) {
		r = speak(p, types[i], err);
		if (r == 0)
			r = wait_own(p);
	}
	if (r == 0 && p->watch.own_len == 0 && open_port) {
		r = knock(p, open_port);
		if (r == 0)
			r = wait_own(p);
	}
	r = r < 0 ? r : (int)p->watch.own_len;
	p->watch = (struct prover_watch){ 0 };
	return r;
}
