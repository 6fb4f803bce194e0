/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/ping.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/ping_tell.h"
#include "probe/ping.h"
#include "sys/caps.h"
#include "sys/clock.h"
#include "sys/entropy.h"
#include "sys/loop.h"
#include "wire/icmperr.h"

#define FAMILIES     2
#define FRAME_ROOM   2048 /* octets: an ICMPv4 error of 576, an ICMPv6 one of 1280, a common answer */
#define HEADERS_MAX  128             /* octets in front of a body that is as long as a question's */
#define LATER_NS     (5 * NS_PER_MS) /* full buffers empty themselves within that */
#define LATER_MAX    200             /* and if they do not so often, the question has failed */
#define RECV_BATCHES 8               /* batches received before sending goes on */

struct run {
	const struct flow_ping_conf *conf;
	const struct flow_ping_tell *tell;
	struct ping *engine;
	struct loop *loop;
	const struct pio_ops *io[FAMILIES]; /* IPv4, IPv6; NULL: not needed */
	void *self[FAMILIES];
	struct pio_frame frame[PIO_BATCH];
	uint8_t *buf;   /* of .frame */
	uint8_t *out;   /* of the question to be sent */
	size_t room;    /* octets of .out and of each frame's buffer */
	unsigned later; /* times in a row that buffers were full */
	bool interrupted;
};

static int family_at(const struct flow_ping_conf *c, size_t i)
{
	return c->targets->item[i].addr.family;
}

static int check_target(const struct flow_ping_conf *c, size_t i, struct err *err)
{
	int family = family_at(c, i);
	char buf[IP_TEXT_LEN];
	const char *name = flow_targets_name(c->targets, i, buf);

	if (probe_types(c->probe, family).ask == PROBE_NONE)
		return err_set(err, -EINVAL,
			       "%.60s: ICMPv6 has no query '%s'; it has 'echo' and 'probe'", name,
			       c->probe->name);
	if (c->source.family != 0 && c->source.family != family)
		return err_set(err, -EINVAL, "%.60s: an IPv%d target, but -I is an IPv%d address",
			       name, family, c->source.family);
	if (c->probe->sized && family == 4 && c->size > FLOW_PING_BODY4_MAX)
		return err_set(err, -EINVAL, "%.60s: a body over IPv4 has at most %d octets", name,
			       FLOW_PING_BODY4_MAX);
	return 0;
}

int flow_ping_check(const struct flow_ping_conf *c, struct err *err)
{
	int r = 0;

	if (c->iface && if_nametoindex(c->iface) == 0)
		return err_set(err, -EINVAL,
			       "there is no interface '%.60s', nor is that an address", c->iface);
	if (c->interval_ns < FLOW_PING_USER_MIN_NS && !caps_root())
		return err_set(
			err, -EPERM,
			"an interval under 2ms is for root: run with sudo, or ask for -i 2ms");
	for (size_t i = 0; i < c->targets->n && r == 0; i++)
		r = check_target(c, i, err);
	return r;
}

int flow_ping_missing(const char *doing, bool echo, struct err *err)
{
	size_t len;

	caps_missing("CAP_NET_RAW", doing, err);
	if (!err || !echo)
		return -EPERM;
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len,
		 ", or let your group: 'sudo sysctl net.ipv4.ping_group_range=\"%u %u\"'",
		 (unsigned)getegid(), (unsigned)getegid());
	return -EPERM;
}

static int open_family(struct run *r, int family, struct err *err)
{
	const struct flow_ping_conf *c = r->conf;
	struct pio_conf conf = {
		.family = family, .iface = c->iface, .source = c->source, .hops = c->hops
	};
	size_t at = family == 4 ? 0 : 1;
	struct err first;
	int e;

	for (unsigned type = 0; type < 256; type++) {
		if (icmperr_is(family, (uint8_t)type))
			pio_accept(&conf, (uint8_t)type);
	}
	pio_accept(&conf, (uint8_t)probe_types(c->probe, family).answer);
	r->io[at] = &pio_raw;
	e = pio_raw.open(&conf, &r->self[at], &first);
	if (e == -EPERM && c->probe->unprivileged) {
		r->io[at] = &pio_dgram;
		first.text[0] = '\0';
		e = pio_dgram.open(&conf, &r->self[at], &first);
	}
	if (e == -EPERM)
		return flow_ping_missing("this", c->probe->unprivileged, err);
	return e < 0 ? err_set(err, e, "%s", first.text) : 0;
}

static int open_all(struct run *r, struct err *err)
{
	bool need[FAMILIES] = { false };
	int e = 0;

	for (size_t i = 0; i < r->conf->targets->n; i++)
		need[family_at(r->conf, i) == 6] = true;
	for (size_t i = 0; i < FAMILIES && e == 0; i++) {
		if (need[i])
			e = open_family(r, i == 0 ? 4 : 6, err);
	}
	return e == 0 ? loop_open(&r->loop, err) : e;
}

static int make_buffers(struct run *r, struct err *err)
{
	r->room = probe_len(r->conf->probe, r->conf->about, r->conf->size) + HEADERS_MAX;
	r->room = MAX(r->room, FRAME_ROOM);
	r->buf = calloc(PIO_BATCH + 1, r->room);
	if (!r->buf)
		return err_set(err, -ENOMEM, "making buffers: out of memory");
	r->out = r->buf + PIO_BATCH * r->room;
	for (size_t i = 0; i < PIO_BATCH; i++) {
		r->frame[i].p = r->buf + i * r->room;
		r->frame[i].room = (uint32_t)r->room;
	}
	return 0;
}

static int32_t id_of(const struct run *r, size_t at)
{
	int id = r->io[at] ? r->io[at]->id(r->self[at]) : -1;

	return id < 0 ? PING_ID_FREE : id;
}

static int make_engine(struct run *r, struct err *err)
{
	const struct flow_ping_conf *c = r->conf;
	uint64_t now = clock_mono_ns();
	struct ping_conf conf = {
		.probe = c->probe,
		.about = c->about,
		.targets = c->targets->n,
		.count = c->count,
		.size = c->size,
		.interval_ns = c->interval_ns,
		.spacing_ns = NS_PER_S / FLOW_PING_RATE_MAX,
		.timeout_ns = c->timeout_ns,
		.stop_ns = c->deadline_ns > 0 ? now + c->deadline_ns : PING_NEVER,
		.id4 = id_of(r, 0),
		.id6 = id_of(r, 1),
	};
	struct ip_addr *addr = calloc(conf.targets, sizeof(*addr));
	size_t size;
	int e = entropy_fill(&conf.key, sizeof(conf.key), err);

	for (size_t i = 0; addr && i < conf.targets; i++)
		addr[i] = c->targets->item[i].addr;
	conf.addr = addr;
	size = addr ? ping_size(&conf) : 0;
	r->engine = size > 0 ? malloc(size) : NULL;
	if (r->engine && e == 0)
		ping_init(r->engine, &conf, now);
	free(addr);
	if (e == 0 && !r->engine)
		e = err_set(err, -ENOMEM, "making room for %zu targets: out of memory",
			    conf.targets);
	return e;
}

static void run_done(struct run *r)
{
	for (size_t i = 0; i < FAMILIES; i++) {
		if (r->io[i])
			r->io[i]->close(r->self[i]);
	}
	loop_close(r->loop);
	free(r->engine);
	free(r->buf);
}

/* Full buffers are waited for; every other reason is this question's end. */
static void on_send_error(struct run *r, const struct ping_step *step, int e, uint64_t now)
{
	if ((e == -EAGAIN || e == -ENOBUFS) && r->later++ < LATER_MAX) {
		ping_send_later(r->engine, LATER_NS);
		return;
	}
	r->later = 0;
	ping_send_failed(r->engine, step, now);
	r->tell->unsent(r->tell->to, step->target, step->seq, -e);
}

static void send_one(struct run *r, struct ping_step *step)
{
	size_t at = family_at(r->conf, step->target) == 4 ? 0 : 1;
	struct wcur out = wcur(r->out, r->room);
	struct pio_frame f = { .p = r->out, .peer = r->conf->targets->item[step->target].addr };
	uint64_t now;
	int e = ping_build(r->engine, step, clock_wall_ns(), &out);

	f.len = (uint32_t)wcur_len(&out);
	now = clock_mono_ns();
	if (e == 0)
		e = r->io[at]->send(r->self[at], &f, 1);
	if (e < 0) {
		on_send_error(r, step, e, now);
		return;
	}
	r->later = 0;
	ping_sent(r->engine, step, now);
}

static void take(struct run *r, const struct pio_frame *f)
{
	struct ping_arrival in = {
		.kind = f->kind == PIO_ERROR ? PING_QUOTE : PING_MESSAGE,
		.verified = f->verified,
		.type = f->type,
		.code = f->code,
		.mtu = f->mtu,
		.ttl = f->hops,
		.t_ns = f->t_ns,
		.from = f->peer,
		.to = f->local,
		.dst = f->dst,
		.octets = f->icmp,
	};
	struct ping_event ev;

	if (ping_match(r->engine, &in, &ev) > PING_FORGED)
		ping_tell_event(r->tell, r->conf->targets, &ev);
}

/* A bounded amount: answers that come faster than they can be told must not stop the questions. */
static void drain(struct run *r)
{
	for (size_t i = 0; i < FAMILIES; i++) {
		int got = r->io[i] ? PIO_BATCH : 0;

		for (unsigned b = 0; b < RECV_BATCHES && got == PIO_BATCH; b++) {
			got = r->io[i]->recv(r->self[i], r->frame, PIO_BATCH);
			for (int k = 0; k < got; k++)
				take(r, &r->frame[k]);
		}
	}
}

static int wait_for(struct run *r, uint64_t until_ns, struct err *err)
{
	int fd[FAMILIES];
	uint32_t ready;
	int e;

	for (size_t i = 0; i < FAMILIES; i++)
		fd[i] = r->io[i] ? r->io[i]->fd(r->self[i]) : -1;
	if (until_ns > 0)
		r->tell->idle(r->tell->to);
	e = loop_wait(r->loop, fd, FAMILIES, until_ns, &ready);
	if (e < 0)
		return err_set(err, e, "waiting for answers: %s", strerror(-e));
	if (e == LOOP_READY)
		drain(r);
	if (e == LOOP_INTERRUPTED || r->tell->stop(r->tell->to)) {
		r->interrupted = true;
		ping_stop(r->engine);
	}
	return 0;
}

/* Between two questions there is always a look at what arrived and at signals, however fast it goes. */
static int ping_loop(struct run *r, struct err *err)
{
	struct ping_step step;
	int e = 0;

	for (;;) {
		ping_next(r->engine, clock_mono_ns(), &step);
		switch (step.what) {
		case PING_SEND:
			send_one(r, &step);
			e = wait_for(r, 0, err);
			break;
		case PING_WAIT:
			e = wait_for(r, step.until_ns, err);
			break;
		case PING_DONE:
			drain(r);
			return 0;
		}
		if (e < 0)
			return e;
	}
}

static struct flow_ping_sum sum_up(struct run *r, uint64_t start_ns)
{
	struct ping_strays strays = ping_strays(r->engine);
	struct flow_ping_sum sum = {
		.elapsed_ns = clock_mono_ns() - start_ns,
		.foreign = strays.foreign,
		.forged = strays.forged,
		.interrupted = r->interrupted,
	};

	for (size_t i = 0; i < r->conf->targets->n; i++) {
		struct ping_target *t = ping_target(r->engine, i);

		sum.answered += t->received > 0;
		ping_tell_target(r->tell, r->conf->targets, i, t);
	}
	r->tell->idle(r->tell->to);
	return sum;
}

int flow_ping_run(const struct flow_ping_conf *conf, const struct flow_ping_tell *tell,
		  struct flow_ping_sum *ret_sum, struct err *err)
{
	AUTO(run_done) struct run r = { .conf = conf, .tell = tell };
	uint64_t start;
	int e = flow_ping_check(conf, err);

	if (e == 0)
		e = open_all(&r, err);
	if (e == 0)
		e = make_buffers(&r, err);
	if (e == 0)
		e = make_engine(&r, err);
	if (e < 0)
		return e;
	tell->begin(tell->to);
	start = clock_mono_ns();
	e = ping_loop(&r, err);
	if (e < 0)
		return e;
	*ret_sum = sum_up(&r, start);
	return 0;
}
