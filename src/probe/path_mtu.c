/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/path_mtu.h"

#include <errno.h>
#include <string.h>

#include "probe/path_mtu_own.h"

#define BURST_MAX 16
#define TRIES_MAX 16
#define ENOUGH_NS NS_PER_S
#define HOPS_FAR  64 /* hop limit of what is to reach the target */

static bool conf_good(const struct path_mtu_conf *c)
{
	uint16_t least = hop_shot_least((enum ask_kind)c->kind, c->dst.family);

	return (c->kind == ASK_ECHO || c->kind == ASK_UDP) && least > 0 && c->most >= least &&
	       c->most < UINT16_MAX && c->hops <= TRACE_HOPS_MAX && c->tries >= 1 &&
	       c->tries <= TRIES_MAX && c->timeout_ns > 0 && c->timeout_ns <= TRACE_NEVER / 4 &&
	       c->spacing_ns <= TRACE_NEVER / 4 && c->first_number >= 1 &&
	       c->first_number <= UINT16_MAX - PATH_MTU_PROBES && c->flow < HOP_FLOWS_MAX;
}

size_t path_mtu_size(const struct path_mtu_conf *conf)
{
	return conf_good(conf) ? sizeof(struct path_mtu) + sizeof(struct mtu_core) : 0;
}

/* A target that was not reached is stood in for by the farthest hop that answers. */
static uint8_t goal_of(const struct path_mtu_conf *c)
{
	unsigned h = TRACE_HOPS_MAX;

	if (c->hops > 0)
		return HOPS_FAR;
	while (h > 0 && !(c->answering[h / 8] >> h % 8 & 1))
		h--;
	return (uint8_t)h;
}

struct path_mtu *path_mtu_init(void *mem, const struct path_mtu_conf *conf, uint64_t now_ns)
{
	struct path_mtu *p = mem;
	struct mtu_core *c = (struct mtu_core *)(p + 1);

	memset(mem, 0, path_mtu_size(conf));
	p->core = c;
	c->conf = *conf;
	c->next_ns = now_ns;
	c->small = hop_shot_least((enum ask_kind)conf->kind, conf->dst.family);
	c->hi = (uint16_t)(conf->most + 1);
	c->goal = goal_of(conf);
	if (c->goal == 0) {
		c->over = true;
		c->result.end = PATH_MTU_UNKNOWN;
	} else {
		path_mtu_round_first(c);
	}
	return p;
}

/* Where some of the small ones are lost too, more are sent, until enough of them have come through. */
static bool wants(const struct mtu_core *c, const struct mtu_test *t)
{
	unsigned tries = t->tries;

	if (!t->sweep && c->small_ok > 0 && c->small_ok < c->conf.tries)
		tries *= 3;
	return t->state == MTU_OPEN && t->sent < tries;
}

static bool any_open(const struct mtu_core *c)
{
	for (unsigned i = 0; i < c->test_n; i++) {
		if (c->test[i].state == MTU_OPEN)
			return true;
	}
	return false;
}

static bool any_wants(const struct mtu_core *c)
{
	for (unsigned i = 0; i < c->test_n; i++) {
		if (wants(c, &c->test[i]))
			return true;
	}
	return false;
}

/*
 * Later tries are waited for longer; the last of all as long as anything where it is to be confirmed that a
 * size vanishes, else as long as the path has shown to be more than enough.
 */
static uint64_t wave_end(const struct mtu_core *c)
{
	uint64_t wait_ns = c->conf.timeout_ns, rtt_ns = c->conf.rtt_ns;

	if (rtt_ns > 0 && rtt_ns < wait_ns / 8 && any_wants(c))
		wait_ns = MIN(wait_ns, (2 * rtt_ns + 50 * NS_PER_MS) << MIN(c->wave, 4));
	else if (rtt_ns > 0 && c->why != MTU_CONFIRM)
		wait_ns = MIN(wait_ns, MAX(ENOUGH_NS, 8 * rtt_ns));
	return c->wave_ns + wait_ns;
}

/* To the next probe of the wave, the next wave, the next round: true when one is to be sent. */
static bool move_on(struct mtu_core *c, uint64_t now_ns)
{
	while (!c->over) {
		while (c->cursor > 0 && c->cursor <= c->test_n &&
		       !wants(c, &c->test[c->cursor - 1]))
			c->cursor++;
		if (!any_open(c)) {
			path_mtu_round_end(c);
			continue;
		}
		if (c->cursor <= c->test_n)
			return true;
		if (now_ns < wave_end(c))
			return false;
		if (!any_wants(c)) {
			path_mtu_round_end(c);
			continue;
		}
		c->wave++;
		c->cursor = 0;
	}
	return false;
}

static void shot_make(const struct mtu_core *c, struct hop_shot *ret)
{
	const struct mtu_test *t = c->cursor > 0 ? &c->test[c->cursor - 1] : NULL;

	*ret = (struct hop_shot){
		.dst = c->conf.dst,
		.kind = c->conf.kind,
		.hops = t ? t->hops : c->goal,
		.df = true,
		.port = c->conf.port,
		.flow = c->conf.flow,
		.number = (uint16_t)(c->conf.first_number + c->probe_n),
		.len = t ? t->len : c->small,
	};
}

void path_mtu_next(const struct path_mtu *p, uint64_t now_ns, struct trace_step *ret)
{
	struct mtu_core *c = p->core;
	bool send;

	*ret = (struct trace_step){ .what = TRACE_DONE };
	if (c->stopped)
		return;
	if (c->probe_n == PATH_MTU_PROBES && !c->over) {
		c->over = true;
		c->result.end = PATH_MTU_UNKNOWN;
		c->result.mtu = c->lo;
	}
	send = move_on(c, now_ns);
	if (c->over)
		return;
	if (send && now_ns >= c->next_ns) {
		ret->what = TRACE_SEND;
		shot_make(c, &ret->shot);
		return;
	}
	ret->what = TRACE_WAIT;
	ret->until_ns = send ? c->next_ns : wave_end(c);
}

static void turn_on(struct mtu_core *c, uint64_t now_ns)
{
	uint64_t credit = MIN(now_ns, c->conf.spacing_ns * BURST_MAX);

	c->next_ns = MAX(c->next_ns + c->conf.spacing_ns, now_ns - credit);
	c->wave_ns = now_ns;
	c->cursor++;
	c->probe_n++;
}

static struct mtu_test *keep(struct mtu_core *c, const struct trace_step *step, uint64_t now_ns)
{
	struct mtu_test *t = c->cursor > 0 ? &c->test[c->cursor - 1] : NULL;

	c->sent[c->probe_n] = (struct mtu_sent){
		.sent_ns = now_ns,
		.len = step->shot.len,
		.test = t ? (uint16_t)(c->cursor - 1) : PATH_MTU_TESTS,
		.hops = step->shot.hops,
		.round = c->round,
	};
	if (t)
		t->sent++;
	return t;
}

void path_mtu_sent(struct path_mtu *p, const struct trace_step *step, uint64_t now_ns)
{
	keep(p->core, step, now_ns);
	turn_on(p->core, now_ns);
}

/* Only the size that does not pass is known: whoever said so told the kernel, not us. */
void path_mtu_send_failed(struct path_mtu *p, const struct trace_step *step, int error,
			  uint64_t now_ns)
{
	struct mtu_core *c = p->core;
	struct mtu_test *t = keep(c, step, now_ns);

	c->sent[c->probe_n].answered = true;
	if (t && (error == EMSGSIZE || error == -EMSGSIZE)) {
		t->state = MTU_TOO_BIG;
		if (t->len < c->hi && t->len > c->lo) {
			c->hi = t->len;
			c->hi_silent = false;
		}
	}
	turn_on(c, now_ns);
}

void path_mtu_send_later(struct path_mtu *p, uint64_t later_ns)
{
	p->core->next_ns += MIN(later_ns, TRACE_NEVER / 4);
}

static bool says_too_big(const struct hop_reply *r)
{
	return r->kind == REPLY_ERROR &&
	       (r->dst.family == 6 ? r->type == 2 && r->code == 0 : r->type == 3 && r->code == 4);
}

static bool says_expired(const struct hop_reply *r)
{
	return r->kind == REPLY_ERROR && r->type == (r->dst.family == 6 ? 3 : 11) && r->code == 0;
}

/* Whoever says it of the smallest packet is the one who sets the path's MTU. */
static void too_big(struct mtu_core *c, const struct mtu_sent *s, const struct hop_reply *r)
{
	struct path_mtu_result *res = &c->result;

	if (s->len <= c->lo)
		return;
	if (s->len < c->hi || (s->len == c->hi && c->hi_silent)) {
		c->hi = s->len;
		c->hi_silent = false;
	}
	if (c->told_len != 0 && s->len >= c->told_len)
		return;
	if (!ip_eq(&res->set_by, &r->from))
		res->set_hops = 0;
	c->told_len = s->len;
	res->set_by = r->from;
	res->said = (uint16_t)MIN(r->mtu, UINT16_MAX);
	res->lied = res->said != 0 &&
		    (res->said >= s->len || res->said < (r->dst.family == 6 ? 1280 : 68));
}

/* It passed though it had seemed to vanish: what is above is open again. */
static void passed(struct mtu_core *c, uint16_t len)
{
	c->lo = MAX(c->lo, len);
	if (c->hi <= c->lo) {
		c->hi = (uint16_t)(c->conf.most + 1);
		c->hi_silent = false;
	}
}

static struct mtu_sent *sent_of(struct mtu_core *c, const struct hop_reply *r)
{
	struct mtu_sent *found = NULL;
	unsigned i = (unsigned)r->number - c->conf.first_number, waiting = 0;

	if (r->flow != c->conf.flow)
		return NULL;
	if (r->number != 0)
		return r->number >= c->conf.first_number && i < c->probe_n ? &c->sent[i] : NULL;
	for (i = 0; i < c->probe_n; i++) {
		if (c->sent[i].answered || c->sent[i].round != c->round)
			continue;
		found = &c->sent[i];
		waiting++;
	}
	return waiting == 1 ? found : NULL;
}

/* Without a target that answers, whoever stands in for it lets packets expire; nothing else arrives there. */
static bool arrived(const struct mtu_core *c, const struct mtu_sent *s, const struct hop_reply *r)
{
	return s->hops == c->goal && (c->conf.hops == 0 || !says_expired(r));
}

enum trace_verdict path_mtu_match(struct path_mtu *p, const struct hop_reply *r, uint8_t *ret_hops)
{
	struct mtu_core *c = p->core;
	struct mtu_sent *s = sent_of(c, r);
	struct mtu_test *t;

	*ret_hops = s ? s->hops : 0;
	if (!s)
		return TRACE_NOT_OURS;
	if (s->answered)
		return TRACE_DUPLICATE;
	s->answered = true;
	t = s->round == c->round && s->test < c->test_n ? &c->test[s->test] : NULL;
	if (says_too_big(r)) {
		too_big(c, s, r);
		if (t)
			t->state = MTU_TOO_BIG;
	} else {
		if (arrived(c, s, r))
			passed(c, s->len);
		if (t && (t->sweep || arrived(c, s, r)))
			t->state = MTU_PASSED;
		if (s->test == PATH_MTU_TESTS && s->round == c->round && arrived(c, s, r))
			c->small_ok++;
	}
	return r->t_ns > s->sent_ns + c->conf.timeout_ns ? TRACE_LATE : TRACE_FIRST;
}

void path_mtu_stop(struct path_mtu *p)
{
	p->core->stopped = true;
}

bool path_mtu_result(const struct path_mtu *p, struct path_mtu_result *ret)
{
	*ret = p->core->result;
	ret->mtu = p->core->lo;
	return p->core->over;
}
