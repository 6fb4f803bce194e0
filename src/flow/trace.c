/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of a trace: whoever is due is asked for its next probe, a batch leaves, what has arrived is given to the
 * engine of the target it is for. It waits only when nobody is due.
 */
#include "flow/trace.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/ping.h"
#include "flow/trace_own.h"
#include "pio/packet.h"
#include "sys/clock.h"
#include "sys/entropy.h"

#define BATCH 64
#define RING_FEW \
	(1u << 20) /* octets to receive in, for few targets: more takes milliseconds to get */
#define LATER_NS \
	(50 * NS_PER_US) /* before what could not leave is tried again; doubled each time … */
#define LATER_LONG  5    /* … so often */
#define LATER_MOST  2500 /* times: 4 s; then it has failed */
#define LIVE_NS     (100 * NS_PER_MS)
#define LIVE_MOST   16               /* targets shown each time */
#define LOOK_NS     (50 * NS_PER_MS) /* between two looks at what the user wants, however busy */
#define PROGRESS_NS (200 * NS_PER_MS)
#define NAMES_NS    (5 * NS_PER_MS) /* between two looks at names, however busy */
#define DEAF_NS \
	(250 * NS_PER_MS) /* for the first word of a resolver that has said nothing at all */

static bool is_mapped(const struct ip_addr *a)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return a->family == 6 && memcmp(a->octet, prefix, sizeof(prefix)) == 0;
}

/* A way leads to one host, and by one family. */
static int check_target(const struct flow_trace_conf *c, size_t i, struct err *err)
{
	const struct ip_addr *a = &c->targets->item[i].addr;
	char buf[IP_TEXT_LEN];
	const char *name = flow_targets_name(c->targets, i, buf);

	if (ip_kind(a) == IP_MULTICAST)
		return err_set(err, -EINVAL,
			       "%.60s: a multicast address has many ways: name one host", name);
	if (is_mapped(a))
		return err_set(err, -EINVAL,
			       "%.60s: that is IPv4 in the clothes of IPv6: say %u.%u.%u.%u", name,
			       a->octet[12], a->octet[13], a->octet[14], a->octet[15]);
	if (c->source.family != 0 && a->family != c->source.family)
		return err_set(err, -EINVAL,
			       "%.60s: an IPv%d target, but the source is an IPv%d address", name,
			       a->family, c->source.family);
	return 0;
}

int flow_trace_check(const struct flow_trace_conf *c, struct err *err)
{

	if (c->targets->n == 0)
		return err_set(err, -EINVAL, "there is no target to trace");
	if (c->first < 1 || c->first > c->last || c->last > TRACE_HOPS_MAX)
		return err_set(err, -EINVAL,
			       "hop limits %u to %u: they go from 1 to %d, the first "
			       "not over the last",
			       c->first, c->last, TRACE_HOPS_MAX);
	if (c->kind != ASK_ECHO && c->kind != ASK_UDP && c->kind != ASK_TCP_SYN)
		return err_set(err, -EINVAL, "paths are traced with echo, UDP or TCP SYN");
	if (c->flow >= HOP_FLOWS_MAX)
		return err_set(err, -EINVAL, "flow %u: there are 0 to %d", c->flow,
			       HOP_FLOWS_MAX - 1);
	if (c->paths && !(c->confidence >= 0.5 && c->confidence <= 0.9999))
		return err_set(err, -EINVAL, "a confidence of %g: it is from 0.5 to 0.9999",
			       c->confidence);
	if (c->paths && c->live)
		return err_set(err, -EINVAL,
			       "branches are searched for once: not with a live view");
	if (c->iface && if_nametoindex(c->iface) == 0)
		return err_set(err, -EINVAL,
			       "-s: '%.60s' is neither an address nor an interface of this host",
			       c->iface);
	for (size_t i = 0; i < c->targets->n; i++) {
		int r = check_target(c, i, err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int check_can(struct trace_run *r, struct err *err)
{
	const struct flow_trace_conf *c = r->conf;
	bool one_flow, any;

	if (!shooter_can_hops(r->shooter, (enum ask_kind)c->kind, &one_flow))
		return flow_ping_missing("tracing by echo", c->kind == ASK_ECHO, err);
	if (c->paths && !one_flow)
		return err_set(err, -EPERM,
			       "branches need flows that stay the same, and TCP without privilege "
			       "has none: ask by UDP or echo, or run with sudo");
	r->several_flows = !one_flow;
	r->mtu_by_echo = shooter_can_hops(r->shooter, ASK_ECHO, &any);
	return 0;
}

static int open_all(struct trace_run *r, struct err *err)
{
	const struct flow_trace_conf *c = r->conf;
	struct shooter_conf shooter = {
		.backend = c->backend,
		.iface = c->iface,
		.source = c->source,
		.source_port = trace_ports_take(&r->ports_fd),
		.hops_run = true,
		.flows = c->paths ? 0 : (uint16_t)(c->flow + 1),
		.ring_len = c->targets->n > BATCH ? 0 : RING_FEW,
		.room = c->mtu ? HOP_LEN_MAX : MAX(c->len, PIO_PACKET_ROOM),
		.mem = c->mem,
	};
	struct pace_conf pace = { .fixed_pps = c->rate_pps ? c->rate_pps : FLOW_TRACE_RATE,
				  /* Few targets wait for no batch to come together. */
				  .batch = c->targets->n > BATCH ? BATCH : 1 };
	int e = entropy_fill(&r->key, sizeof(r->key), err);

	if (e == 0)
		e = shooter_open(&shooter, &r->shooter, err);
	if (e == 0)
		e = check_can(r, err);
	if (e == 0)
		e = loop_open(&r->loop, err);
	if (e == 0)
		e = trace_pool_open(r, err);
	if (e == 0 && c->live) {
		r->recent = calloc((size_t)TRACE_HOPS_MAX * TRACE_RECENT, sizeof(*r->recent));
		e = r->recent ? 0 : err_set(err, -ENOMEM, "making room to look: out of memory");
	}
	r->start_ns = clock_mono_ns();
	pace_init(&r->pace, &pace, r->start_ns);
	r->wake_fd = c->live && r->tell->wake_fd ? r->tell->wake_fd(r->tell->to) : -1;
	return e;
}

static void run_done(struct trace_run *r)
{
	flow_names_close(r->names);
	trace_pool_close(r);
	loop_close(r->loop);
	shooter_close(r->shooter);
	if (r->ports_fd >= 0)
		close(r->ports_fd);
	free(r->row);
	free(r->branch);
	free(r->text);
	free(r->recent);
}

/* The resolvers are started when there is a first address to ask for, after the first probes. */
static void ask_name(struct trace_run *r, const struct ip_addr *a)
{
	if (!r->conf->names)
		return;
	if (!r->names && flow_names_open(&r->names, NULL) < 0)
		return;
	flow_names_ask(r->names, a);
}

static void took(void *to, const struct hop_reply *reply)
{
	struct trace_run *r = to;
	struct trace_slot *s = trace_pool_find(r, &reply->dst);

	if (!s || trace_step_match(s, reply) == TRACE_NOT_OURS)
		return;
	r->received++;
	/* What is due may be otherwise now, or nothing more. */
	trace_pool_wake(r, s, MIN(s->wake_ns, clock_mono_ns()));
	ask_name(r, &reply->from);
}

static void finish(struct trace_run *r, struct trace_slot *s)
{
	r->naming -= s->phase == TRACE_PHASE_NAMES;
	trace_tell_target(r, s);
	trace_pool_release(r, s);
}

/* The engine has no more to ask: the next one's turn, or names are waited for, a bounded time, or it is told. */
static void phase_over(struct trace_run *r, struct trace_slot *s, uint64_t now)
{
	if (s->phase != TRACE_PHASE_NAMES && trace_step_advance(r, s, now)) {
		trace_pool_wake(r, s, now);
		return;
	}
	if (s->phase != TRACE_PHASE_NAMES) {
		s->phase = TRACE_PHASE_NAMES;
		s->names_ns = now + FLOW_NAMES_ONE_NS;
		r->naming++;
		if (!r->stopping && !trace_tell_named(r, s)) {
			trace_pool_wake(r, s, now + DEAF_NS);
			return;
		}
	} else if (!r->stopping && now < s->names_ns && flow_names_heard(r->names)) {
		trace_pool_wake(r, s, s->names_ns);
		return;
	}
	finish(r, s);
}

/* Whoever waits for no name any more is over. */
static void look_at_names(struct trace_run *r, uint64_t now)
{
	r->names_ns = now + NAMES_NS;
	flow_names_read(r->names);
	for (uint32_t i = 0; r->naming > 0 && i < r->slot_used; i++) {
		struct trace_slot *s = &r->slot[i];

		if (s->phase == TRACE_PHASE_NAMES && trace_tell_named(r, s))
			finish(r, s);
	}
}

struct batch {
	struct shooter_hop hop[BATCH];
	struct trace_step step[BATCH];
	struct trace_slot *slot[BATCH];
	unsigned n;
};

/* One probe of each that is due, the longest due first. */
static void gather(struct trace_run *r, struct batch *b, uint64_t now, uint64_t *ret_paced)
{
	unsigned most = MIN(pace_allow(&r->pace, now, ret_paced), BATCH);
	struct trace_slot *s;

	b->n = 0;
	while (b->n < most && (s = trace_pool_due(r, now)) != NULL) {
		struct trace_step *step = &b->step[b->n];

		trace_step_next(s, now, step);
		switch (step->what) {
		case TRACE_SEND:
			b->hop[b->n] =
				(struct shooter_hop){ .shot = step->shot,
						      .until_ns = now + r->conf->timeout_ns };
			b->slot[b->n++] = s;
			break;
		case TRACE_WAIT:
			trace_pool_wake(r, s, step->until_ns);
			break;
		case TRACE_DONE:
			phase_over(r, s, now);
			break;
		}
	}
}

/* What became of one probe. */
static void settle(struct trace_run *r, const struct batch *b, unsigned i, uint64_t now)
{
	struct trace_slot *s = b->slot[i];
	int e = b->hop[i].result < 0 ? -b->hop[i].result : b->hop[i].result;

	if (e == 0) {
		trace_step_sent(s, &b->step[i], now);
	} else if ((e == EAGAIN || e == ENOBUFS) && s->later < LATER_MOST) {
		uint64_t later = LATER_NS << MIN(s->later, LATER_LONG);

		trace_step_later(s, later);
		trace_pool_wake(r, s, now + later);
		return;
	} else {
		trace_step_failed(s, &b->step[i], e == EAGAIN ? EHOSTUNREACH : e, now);
	}
	trace_pool_wake(r, s, now);
}

/* Returns how many left; *@ret_wake: when the next may. */
static unsigned send_some(struct trace_run *r, uint64_t now, uint64_t *ret_wake)
{
	uint64_t paced = 0;
	struct batch b;
	unsigned left;

	gather(r, &b, now, &paced);
	if (b.n == 0) {
		*ret_wake = MAX(paced, trace_pool_next(r));
		return 0;
	}
	if (!r->begun) {
		r->begun = true;
		r->tell->begin(r->tell->to);
		now = clock_mono_ns();
	}
	left = shooter_send_hops(r->shooter, b.hop, b.n);
	pace_sent(&r->pace, left);
	r->sent += left;
	for (unsigned i = 0; i < b.n; i++)
		settle(r, &b, i, now);
	*ret_wake = trace_pool_next(r);
	return left;
}

static void stop_all(struct trace_run *r, uint64_t now)
{
	r->stopping = true;
	r->paused = false;
	for (uint32_t i = 0; i < r->slot_used; i++) {
		struct trace_slot *s = &r->slot[i];

		if (s->phase == TRACE_PHASE_FREE)
			continue;
		trace_step_stop(s);
		trace_pool_wake(r, s, now);
	}
}

static void tell_live(struct trace_run *r, uint64_t now)
{
	uint32_t first = r->live_slot;

	r->live_ns = now + LIVE_NS;
	if (!r->conf->live || !r->tell->live)
		return;
	/* Some after others where there are many. */
	for (uint32_t i = 0, n = 0; i < r->slot_used && n < LIVE_MOST; i++) {
		struct trace_slot *s = &r->slot[(first + i) % r->slot_used];

		if (s->phase == TRACE_PHASE_FREE)
			continue;
		trace_tell_live(r, s, now);
		r->live_slot = (uint32_t)(s - r->slot) + 1;
		n++;
	}
}

static void obey(struct trace_run *r, uint64_t now)
{
	enum flow_trace_wish wish = r->tell->wish ? r->tell->wish(r->tell->to) : FLOW_TRACE_GO;
	bool was = r->paused;

	r->look_ns = now + LOOK_NS;
	switch (wish) {
	case FLOW_TRACE_STOP:
		r->interrupted = true;
		if (!r->stopping)
			stop_all(r, now);
		return;
	case FLOW_TRACE_RESET:
		for (uint32_t i = 0; i < r->slot_used; i++) {
			if (r->slot[i].phase == TRACE_PHASE_HOPS)
				trace_reset(r->slot[i].trace, now);
		}
		tell_live(r, now);
		return;
	case FLOW_TRACE_PAUSE:
		r->paused = !r->stopping;
		break;
	case FLOW_TRACE_GO:
		r->paused = false;
		break;
	}
	if (was != r->paused)
		tell_live(r, now);
}

static void tell_progress(struct trace_run *r, uint64_t now)
{
	if (r->tell->progress)
		r->tell->progress(r->tell->to, r->done, r->conf->targets->n, r->sent);
	r->progress_ns = now + PROGRESS_NS;
}

/* @until_ns 0: only let signals through. */
static int wait_for(struct trace_run *r, uint64_t until_ns, struct err *err)
{
	int fd[LOOP_FDS_MAX], e;
	uint32_t ready = 0, n = 0;
	uint64_t now;

	if (until_ns > 0) {
		n = shooter_fds(r->shooter, fd, LOOP_FDS_MAX - 2);
		until_ns = MIN(until_ns, shooter_next_ns(r->shooter));
		until_ns = MIN(until_ns,
			       MIN(r->progress_ns, r->conf->live ? r->live_ns : CLOCK_NEVER));
		fd[n++] = r->names ? flow_names_fd(r->names) : -1;
	}
	fd[n++] = r->wake_fd;
	e = loop_wait(r->loop, fd, n, until_ns, &ready);
	if (e < 0)
		return err_set(err, e, "waiting for answers: %s", strerror(-e));
	now = clock_mono_ns();
	if (n > 1 && (ready >> (n - 2) & 1))
		r->names_ns = 0;
	if (e == LOOP_INTERRUPTED) {
		r->interrupted = true;
		if (!r->stopping)
			stop_all(r, now);
	}
	if (e == LOOP_INTERRUPTED || now >= r->look_ns || (ready >> (n - 1) & 1))
		obey(r, now);
	return 0;
}

/* Give what arrived to whom it is for. */
static int receive(struct trace_run *r, struct err *err)
{
	int got = shooter_recv_hops(r->shooter, took, r);
	const char *down;
	char text[96];

	if (got == -ENETDOWN) {
		down = shooter_down(r->shooter);
		snprintf(text, sizeof(text), "interface %s went down", down ? down : "in use");
		if (r->tell->note)
			r->tell->note(r->tell->to, text);
		return 0;
	}
	return got < 0 ? err_set(err, got, "receiving: %s", strerror(-got)) : got;
}

static int one_turn(struct trace_run *r, struct err *err)
{
	uint64_t now = clock_mono_ns(), wake = CLOCK_NEVER;
	unsigned sent = 0;
	int got, e = trace_pool_admit(r, now, err);

	if (e < 0)
		return e;
	if (!r->paused)
		sent = send_some(r, now, &wake);
	got = receive(r, err);
	if (got < 0)
		return got;
	if (r->names && now >= r->names_ns)
		look_at_names(r, now);
	if (now >= r->progress_ns)
		tell_progress(r, now);
	if (r->conf->live && now >= r->live_ns)
		tell_live(r, now);
	if (r->busy == 0)
		return 0;
	if (sent == 0 && got == 0)
		return wait_for(r, wake, err);
	return now >= r->look_ns ? wait_for(r, 0, err) : 0;
}

int flow_trace_run(const struct flow_trace_conf *conf, const struct flow_trace_tell *tell,
		   struct flow_trace_sum *ret_sum, struct err *err)
{
	AUTO(run_done)
	struct trace_run r = { .conf = conf, .tell = tell, .wake_fd = -1, .ports_fd = -1 };
	int e = flow_trace_check(conf, err);

	if (e == 0)
		e = open_all(&r, err);
	if (e == 0)
		e = trace_pool_admit(&r, r.start_ns, err);
	while (e == 0 && r.busy > 0)
		e = one_turn(&r, err);
	if (e < 0)
		return e;
	if (conf->targets->n > 1)
		tell_progress(&r, clock_mono_ns());
	*ret_sum = (struct flow_trace_sum){
		.reached = r.reached,
		.sent = r.sent,
		.received = r.received,
		.forged = shooter_forged(r.shooter),
		.elapsed_ns = clock_mono_ns() - r.start_ns,
		.interrupted = r.interrupted,
		.several_flows = r.several_flows,
	};
	return 0;
}
