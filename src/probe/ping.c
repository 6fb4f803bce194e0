/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/ping.h"

#include <stdalign.h>

#include "probe/ping_state.h"

#define SAMPLES_MIN 16         /* kept per target, whatever the number of targets */
#define SAMPLES_ALL (1u << 20) /* kept over all targets: 8 MiB */
#define WINDOW_MIN  4
#define BURST_MAX   16  /* questions sent at once to make up for a timer that woke us late */
#define SEQ8_WINDOW 128 /* half of what an 8-bit sequence number can tell apart */

static uint64_t pow2_above(uint64_t n)
{
	uint64_t p = 1;

	while (p < n)
		p *= 2;
	return p;
}

/* Twice what can be under way before the timeout, so that late and doubled answers are known too. */
static uint32_t window_of(const struct ping_conf *c)
{
	uint64_t pace = MAX(MAX(c->interval_ns, c->spacing_ns * c->targets), 1);
	uint64_t n = pow2_above(MIN(c->timeout_ns / pace + 1, PING_WINDOW_MAX)) * 2;

	if (c->count > 0)
		n = MIN(n, pow2_above(c->count));
	n = MIN(MAX(n, WINDOW_MIN), PING_WINDOW_MAX);
	return (uint32_t)(c->probe->seq_bits == 8 ? MIN(n, SEQ8_WINDOW) : n);
}

static uint32_t samples_of(const struct ping_conf *c)
{
	uint64_t n = MAX(SAMPLES_ALL / c->targets, SAMPLES_MIN);

	if (c->count > 0)
		n = MIN(n, c->count);
	return (uint32_t)MIN(n, STATS_ROOM_FULL);
}

static size_t buckets_of(const struct ping_conf *c)
{
	return pow2_above(c->targets * 2);
}

static bool conf_good(const struct ping_conf *c)
{
	if (c->targets < 1 || c->targets > PING_TARGETS_MAX)
		return false;
	for (size_t i = 0; i < c->targets; i++) {
		if (probe_types(c->probe, c->addr[i].family).ask == PROBE_NONE)
			return false;
	}
	return true;
}

/* Members in the order of falling alignment: each begins where the one before ends. */
size_t ping_size(const struct ping_conf *conf)
{
	size_t n = conf->targets;

	_Static_assert(alignof(struct ping_target) == 8 && alignof(struct asked) == 8, "layout");
	if (!conf_good(conf))
		return 0;
	return sizeof(struct ping) + n * sizeof(struct ping_target) +
	       n * window_of(conf) * sizeof(struct asked) +
	       n * samples_of(conf) * sizeof(uint64_t) + buckets_of(conf) * sizeof(uint32_t);
}

static size_t bucket(const struct ping *p, const struct ip_addr *a)
{
	return hash(&p->conf.key, (struct span){ a->octet, sizeof(a->octet) }) & (p->buckets - 1);
}

static void addr_add(struct ping *p, size_t i)
{
	size_t b = bucket(p, &p->target[i].addr);

	while (p->by_addr[b] != 0)
		b = (b + 1) & (p->buckets - 1);
	p->by_addr[b] = (uint32_t)i + 1;
}

/* The same link-local address may be another host on another link. */
static bool same(const struct ip_addr *a, const struct ip_addr *b)
{
	return ip_eq(a, b) && (a->zone == b->zone || a->zone == 0 || b->zone == 0);
}

size_t ping_addr_find(const struct ping *p, const struct ip_addr *a)
{
	for (size_t b = bucket(p, a); p->by_addr[b] != 0; b = (b + 1) & (p->buckets - 1)) {
		if (same(&p->target[p->by_addr[b] - 1].addr, a))
			return p->by_addr[b] - 1;
	}
	return p->conf.targets;
}

/* An identifier that other pings on this host are unlikely to use, and strangers cannot guess. */
static uint16_t id_of(const struct ping *p, size_t i)
{
	const struct ip_addr *a = &p->target[i].addr;
	int32_t fixed = a->family == 4 ? p->conf.id4 : p->conf.id6;
	uint8_t in[5] = { 'i', (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
			  (uint8_t)i };

	if (fixed != PING_ID_FREE)
		return (uint16_t)fixed;
	return (uint16_t)hash(&p->conf.key, (struct span){ in, sizeof(in) });
}

struct ping *ping_init(void *mem, const struct ping_conf *conf, uint64_t now_ns)
{
	struct ping *p = mem;
	uint32_t samples = samples_of(conf), window = window_of(conf);
	uint64_t *sample;

	memset(mem, 0, ping_size(conf));
	p->conf = *conf;
	p->buckets = buckets_of(conf);
	p->next_ns = now_ns;
	p->last_sent_ns = now_ns;
	p->target = (struct ping_target *)(p + 1);
	asked_init(&p->asked, (struct asked *)(p->target + conf->targets), window);
	sample = (uint64_t *)(p->asked.slot + conf->targets * window);
	p->by_addr = (uint32_t *)(sample + conf->targets * samples);
	for (size_t i = 0; i < conf->targets; i++) {
		struct ping_target *t = &p->target[i];

		t->addr = conf->addr[i];
		t->next_seq = 1;
		t->due_ns = now_ns;
		t->id = id_of(p, i);
		stats_init(&t->rtt, sample + i * samples, samples);
		addr_add(p, i);
	}
	p->conf.addr = NULL;
	return p;
}

struct probe_ask ping_ask_of(const struct ping *p, size_t target, uint32_t seq, uint32_t token)
{
	return (struct probe_ask){
		.key = &p->conf.key,
		.about = p->conf.about,
		.dst = p->target[target].addr,
		.index = (uint32_t)target,
		.seq = seq,
		.id = p->target[target].id,
		.size = p->conf.size,
		.token = token,
	};
}

void ping_next(const struct ping *p, uint64_t now_ns, struct ping_step *ret_step)
{
	const struct ping_target *t = &p->target[p->turn];
	bool all_sent = p->finished == p->conf.targets;
	uint64_t until;

	*ret_step = (struct ping_step){ .what = PING_DONE };
	if (p->stopped || now_ns >= p->conf.stop_ns)
		return;
	until = all_sent ? p->last_sent_ns + p->conf.timeout_ns : MAX(t->due_ns, p->next_ns);
	if (all_sent && (p->asked.waiting == 0 || now_ns >= until))
		return;
	if (!all_sent && now_ns >= until) {
		ret_step->what = PING_SEND;
		ret_step->target = p->turn;
		ret_step->seq = t->next_seq;
		return;
	}
	ret_step->what = PING_WAIT;
	ret_step->until_ns = MIN(until, p->conf.stop_ns);
}

/* Milliseconds since midnight UT; the high bit would say "not standard" (RFC 792 p. 17). */
static uint32_t day_ms(uint64_t wall_ns)
{
	return (uint32_t)(wall_ns / NS_PER_MS % (24 * 60 * 60 * 1000));
}

int ping_build(const struct ping *p, struct ping_step *step, uint64_t wall_ns, struct wcur *out)
{
	struct probe_ask ask;

	step->token = day_ms(wall_ns);
	ask = ping_ask_of(p, step->target, step->seq, step->token);
	return probe_build(p->conf.probe, &ask, NULL, out);
}

/* The pace is kept over time, but a delay is made up for with a short burst only. */
static void turn_on(struct ping *p, struct ping_target *t, uint64_t now_ns)
{
	uint64_t credit = MIN(now_ns, p->conf.spacing_ns * BURST_MAX);

	p->next_ns = MAX(p->next_ns + p->conf.spacing_ns, now_ns - credit);
	t->due_ns += p->conf.interval_ns;
	if (t->due_ns <= now_ns)
		t->due_ns = now_ns + p->conf.interval_ns;
	t->next_seq++;
	if (p->conf.count > 0 && t->next_seq > p->conf.count)
		p->finished++;
	p->turn = (p->turn + 1) % p->conf.targets;
}

/* Times of the day in milliseconds, as tokens are, fit in a mark. */
static void remember(struct ping *p, const struct ping_step *step, uint64_t now_ns,
		     enum asked_state state)
{
	const struct asked question = {
		.sent_ns = now_ns,
		.seq = step->seq,
		.mark = step->token & ((1u << ASKED_MARK_BITS) - 1),
		.state = (uint32_t)state & 7,
	};

	asked_put(&p->asked, step->target, &question);
	turn_on(p, &p->target[step->target], now_ns);
}

void ping_sent(struct ping *p, const struct ping_step *step, uint64_t now_ns)
{
	p->target[step->target].sent++;
	p->last_sent_ns = now_ns;
	remember(p, step, now_ns, ASKED_WAITING);
}

void ping_send_failed(struct ping *p, const struct ping_step *step, uint64_t now_ns)
{
	p->target[step->target].failed++;
	remember(p, step, now_ns, ASKED_FAILED);
}

void ping_send_later(struct ping *p, uint64_t later_ns)
{
	p->next_ns += later_ns;
}

void ping_stop(struct ping *p)
{
	p->stopped = true;
}

struct ping_target *ping_target(struct ping *p, size_t i)
{
	return &p->target[i];
}

struct ping_strays ping_strays(const struct ping *p)
{
	return p->strays;
}
