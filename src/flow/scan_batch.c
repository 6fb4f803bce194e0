/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the ports of some hosts: TCP by the fast engine, UDP by the patient one, at once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/scan_own.h"
#include "sys/clock.h"

#define TRIES_MIN    2    /* of a silent port */
#define UDP_SHARE    0.95 /* of the rate a limiter lets through */
#define CONTROL_LOW  20000
#define CONTROL_SPAN 20000
#define PORTS        65536

static enum ask_kind tcp_kind(const struct scan *c)
{
	return c->conf->tcp == SCAN_TCP_ACK ? ASK_TCP_ACK : ASK_TCP_SYN;
}

static uint32_t put_ports(const struct portset *set, enum ask_kind kind, struct ask *ret)
{
	uint32_t n = 0;

	for (int port = portset_next(set, 0); port >= 0;
	     port = portset_next(set, (unsigned)port + 1))
		ret[n++] = (struct ask){ .kind = (uint8_t)kind, .port = (uint16_t)port };
	return n;
}

/* Ports that nobody wanted and nothing has a name for, by the seed. */
static uint32_t put_controls(const struct scan *c, struct ask *ret)
{
	uint64_t random = c->survey.seed.k[0] ^ c->survey.seed.k[1] << 1;
	uint32_t n = 0;

	for (unsigned i = 0; i < 64 && n < SCAN_CONTROLS; i++) {
		uint16_t port;

		random = random * 6364136223846793005u + 1442695040888963407u;
		port = (uint16_t)(CONTROL_LOW + (random >> 33) % CONTROL_SPAN);
		if (portset_has(c->conf->tcp_ports, port) ||
		    (c->services && services_name(c->services, FACT_TCP, port)) ||
		    (n > 0 && ret[n - 1].port == port))
			continue;
		ret[n++] = (struct ask){ .kind = ASK_TCP_SYN, .port = port };
	}
	return n;
}

int scan_asks(struct scan *c, struct err *err)
{
	struct ask *ask = malloc(PORTS * sizeof(*ask));
	uint32_t n = 0, controls = 0;
	int r = ask ? 0 : -ENOMEM;

	if (r == 0 && c->conf->tcp != SCAN_TCP_NONE)
		n = put_ports(c->conf->tcp_ports, tcp_kind(c), ask);
	c->tcp_n = n;
	if (n >= SCAN_CONTROL_MIN && n + SCAN_CONTROLS < PORTS && !c->by_sockets &&
	    c->conf->tcp == SCAN_TCP_SYN)
		controls = put_controls(c, ask + n);
	if (r == 0)
		r = survey_asks_new(&c->tcp, ask, n + controls);
	n = 0;
	if (r == 0 && c->conf->udp && c->conf->udp_ports)
		n = put_ports(c->conf->udp_ports, ASK_UDP, ask);
	if (r == 0)
		r = survey_asks_new(&c->udp, ask, n);
	free(ask);
	return r < 0 ? err_set(err, r, "getting ready to scan: out of memory") : 0;
}

uint32_t scan_batch_slots(const struct scan *c)
{
	uint32_t asks = MAX(MAX(c->tcp.n, c->udp.n), 1u);

	return MIN(MAX(GRID_CELLS_MAX / asks, 1u), (uint32_t)SCAN_BATCH_MAX);
}

static void conf_tcp(struct scan *c, struct survey_stage *st, struct survey_part *p)
{
	const struct survey_conf *conf = c->survey.conf;
	uint8_t most = conf->tries_max ? conf->tries_max : SURVEY_TRIES_MAX;
	uint64_t wait = c->survey.wait_max_ns;

	p->rtt = &c->survey.rtt[1];
	p->grid_conf = (struct grid_conf){
		.slots = st->slots,
		.ask_n = c->tcp.n,
		.tries_min = MIN((uint8_t)TRIES_MIN, most),
		.tries_max = most,
		.miss_max = SURVEY_MISS_MAX,
		.wait_first_ns = MIN(SURVEY_FIRST_NS, wait),
		.wait_min_ns = MIN(SURVEY_WAIT_MIN_NS, wait),
		.wait_max_ns = wait,
		.seed = c->survey.seed,
	};
}

static struct limited_conf limited_conf(const struct scan *c, uint32_t slots)
{
	const struct survey_conf *conf = c->survey.conf;
	uint64_t wait = c->survey.wait_max_ns, more = conf->sources ? conf->sources->total : 0;

	return (struct limited_conf){
		.slots = slots,
		.ask_n = c->udp.n,
		.ask = c->udp.ask,
		.sources = (uint16_t)MIN(1 + more, (uint64_t)LIMITED_SOURCES_MAX),
		.family = c->family,
		.local = c->local,
		.share = UDP_SHARE,
		.miss_max = SURVEY_MISS_MAX,
		.tries_max = conf->tries_max ? conf->tries_max : SURVEY_TRIES_MAX,
		.wait_first_ns = MIN(SURVEY_FIRST_NS, wait),
		.wait_min_ns = MIN(SURVEY_WAIT_MIN_NS, wait),
		.wait_max_ns = wait,
		.host_timeout_ns = conf->host_timeout_ns,
		.impatient = c->conf->impatient,
		.seed = c->survey.seed,
	};
}

/* As if one host were scanned, as often as there are batches: within one they share the time. */
uint64_t scan_expected(const struct scan *c)
{
	const struct survey *s = &c->survey;
	const struct pace_conf *p = &s->pace.conf;
	uint64_t pps = p->fixed_pps ? p->fixed_pps : p->max_pps;
	uint64_t batches = (s->count + c->batch_slots - 1) / c->batch_slots, ns = 0;
	struct limited_conf conf = limited_conf(c, 1);
	struct probe_cell *cell = NULL;
	struct pace pace = s->pace;
	struct rtt rtt = s->rtt[1];
	void *memory = NULL;

	if (pps > 0)
		ns = (uint64_t)((double)s->count * (c->tcp.n + c->udp.n) * NS_PER_S / (double)pps);
	if (c->udp.n == 0 || c->conf->impatient || s->nears == 1u << SURVEY_LOCAL)
		return ns;
	c->family[0] = s->families & 1u << 4 ? 4 : 6;
	conf.local = NULL;
	cell = calloc(c->udp.n, sizeof(*cell));
	memory = calloc(1, limited_size(&conf));
	if (cell && memory) {
		uint64_t now = clock_mono_ns();
		struct limited *l = limited_init(&conf, memory, cell, &pace, &rtt, now);

		ns = MAX(ns, batches * limited_left_ns(l, now));
	}
	free(cell);
	free(memory);
	return ns;
}

/* Why none of @slot's ports can be asked, as an errno; 0: they can. */
static int not_asked(struct scan *c, uint32_t slot)
{
	static const struct eth_addr none;
	struct ip_addr a;

	switch (survey_group_near(&c->group, slot)) {
	case SURVEY_NO_WAY:
		a = survey_group_addr(&c->survey, &c->group, slot);
		return shooter_path(c->survey.shooter, &a)->error;
	case SURVEY_LINK:
		if (c->finder.used[0] && memcmp(&c->group.mac[slot], &none, sizeof(none)) == 0)
			return EHOSTUNREACH;
		break;
	case SURVEY_LOCAL:
	case SURVEY_FAR:
		break;
	}
	return 0;
}

static void leave_out(struct scan *c, struct survey_stage *st)
{
	for (uint32_t slot = 0; slot < st->slots; slot++) {
		int why = not_asked(c, st->of[slot]);

		c->family[slot] = survey_stage_addr(&c->survey, st, slot).family;
		c->local[slot] = survey_group_near(&c->group, st->of[slot]) == SURVEY_LOCAL;
		for (unsigned i = 0; i < st->parts && why != 0; i++) {
			struct survey_part *p = &st->part[i];
			struct probe_cell *cell = &p->cell[(size_t)slot * p->asks->n];

			for (uint32_t a = 0; a < p->asks->n; a++) {
				cell[a].state = CELL_UNSENT;
				cell[a].code = (uint8_t)why;
			}
		}
	}
}

static int prepare(struct scan *c, struct survey_stage *st, struct err *err)
{
	int r = 0;

	memset(c->back, 0xff, c->group.slots * sizeof(*c->back));
	for (uint32_t i = 0; i < st->slots; i++)
		c->back[st->of[i]] = i;
	if (c->tcp.n > 0)
		r = survey_stage_add(st, &c->tcp, err);
	if (r == 0 && c->udp.n > 0)
		r = survey_stage_add(st, &c->udp, err);
	if (r < 0)
		return r;
	leave_out(c, st);
	if (scan_tcp_part(c, st))
		conf_tcp(c, st, scan_tcp_part(c, st));
	if (scan_udp_part(c, st)) {
		scan_udp_part(c, st)->rtt = &c->survey.rtt[1];
		scan_udp_part(c, st)->limited_conf = limited_conf(c, st->slots);
	}
	return 0;
}

static const char *doing(const struct scan *c)
{
	if (c->udp.n == 0)
		return "TCP";
	return c->tcp.n == 0 ? "UDP" : "TCP and UDP";
}

int scan_batch(struct scan *c, uint32_t first, struct err *err)
{
	struct survey_stage st = {
		.group = &c->group,
		.number = SCAN_STAGE + first / c->batch_slots,
		.slots = MIN(c->batch_slots, c->host_n - first),
		.of = c->host + first,
		.back = c->back,
		.last = c->last_group && c->host_n - first <= c->batch_slots,
		.doing = doing(c),
	};
	int r = prepare(c, &st, err);

	if (r == 0)
		r = survey_drive(&c->survey, &st, err);
	if (r == 0)
		r = scan_tell(c, &st, err);
	survey_stage_done(&st);
	return r;
}
