/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/scan_own.h"
#include "sys/caps.h"

#define GROUP_MAX 65536 /* targets looked for at once */

int scan_check(const struct scan_conf *c, struct err *err)
{
	unsigned tcp = c->tcp != SCAN_TCP_NONE ? portset_count(c->tcp_ports) : 0;
	unsigned udp = c->udp && c->udp_ports ? portset_count(c->udp_ports) : 0;

	if (tcp + udp == 0)
		return err_set(err, -EINVAL, "there is no port to ask");
	if (c->ask_n > SWEEP_ASKS_MAX)
		return err_set(err, -EINVAL, "at most %d kinds of probes", SWEEP_ASKS_MAX);
	if (c->survey.targets->space.total == 0)
		return err_set(err, -EINVAL, "there is no target left to ask");
	return survey_check(&c->survey, err);
}

static uint64_t digest_asks(const struct scan_conf *c)
{
	const uint8_t flags[] = { c->tcp, c->udp, c->no_discovery };
	uint64_t d = survey_digest(2, flags, sizeof(flags));

	if (c->tcp != SCAN_TCP_NONE)
		d = survey_digest(d, c->tcp_ports->word, sizeof(c->tcp_ports->word));
	if (c->udp && c->udp_ports)
		d = survey_digest(d, c->udp_ports->word, sizeof(c->udp_ports->word));
	for (size_t i = 0; c->ask && i < c->ask_n; i++) {
		d = survey_digest(d, &c->ask[i].kind, sizeof(c->ask[i].kind));
		d = survey_digest(d, &c->ask[i].port, sizeof(c->ask[i].port));
	}
	return d;
}

/* What the asks and the groups need. */
static int plan(struct scan *c, struct err *err)
{
	const struct scan_conf *conf = c->conf;
	struct survey_plan p = { .what = 2,
				 .stem = "scan",
				 .asks_digest = digest_asks(conf),
				 .cells = conf->ask ? MAX((uint32_t)conf->ask_n, 2u) : 4,
				 .slots_max = GROUP_MAX };
	int r;

	c->by_sockets = shooter_connects(c->survey.shooter);
	if (conf->tcp == SCAN_TCP_ACK && !shooter_can(c->survey.shooter, ASK_TCP_ACK))
		return caps_missing("CAP_NET_RAW", "asking with TCP ACKs", err);
	r = services_read(&c->services, err);
	if (r == 0)
		r = survey_plan(&c->survey, &conf->survey.targets->space, &p, err);
	if (r == 0)
		r = scan_asks(c, err);
	c->finder.quiet = conf->no_discovery;
	if (r == 0 && c->survey.count > 0)
		r = survey_finder_new(&c->survey, &c->finder, conf->ask, conf->ask_n, false, err);
	c->finder.enough = true;
	c->batch_slots = scan_batch_slots(c);
	c->back = malloc(c->survey.group_slots * sizeof(*c->back));
	c->family = malloc(c->batch_slots);
	if (r == 0 && (!c->back || !c->family))
		r = err_set(err, -ENOMEM, "getting ready to scan: out of memory");
	c->survey.progress.total = c->survey.count * (c->tcp_n + c->udp.n);
	return r;
}

static uint8_t state_of(const struct scan *c, uint32_t slot)
{
	int family = survey_group_addr(&c->survey, &c->group, slot).family;

	return survey_find_verdict(&c->finder, &c->group, slot, family).state;
}

static bool is_there(void *to, uint32_t slot)
{
	const struct scan *c = to;

	return c->conf->no_discovery || state_of(c, slot) == FACT_HOST_UP;
}

/* Not scanned, but somebody said why. */
static bool is_refused(void *to, uint32_t slot)
{
	const struct scan *c = to;
	uint8_t state;

	if (c->conf->no_discovery)
		return false;
	state = state_of(c, slot);
	return state != FACT_HOST_UP && state != FACT_HOST_DOWN;
}

static int tell_refused(struct scan *c, struct err *err)
{
	const struct survey_tell *tell = c->survey.tell;
	uint32_t *slot = NULL, n = 0;

	if (survey_group_sorted(&c->survey, &c->group, is_refused, c, &slot, &n) < 0)
		return err_set(err, -ENOMEM, "telling hosts: out of memory");
	for (uint32_t i = 0; i < n; i++) {
		struct keep keep = { .last = NULL };
		struct fact_host host;

		survey_host_fact(&c->survey, &c->finder, &c->group, slot[i], &keep, &host);
		tell->host(tell->to, &host);
		tell->host_end(tell->to, &host);
		keep_done(&keep);
	}
	free(slot);
	return 0;
}

static int run_group(struct scan *c, uint64_t number, struct err *err)
{
	struct survey *s = &c->survey;
	uint64_t ports = c->tcp_n + c->udp.n;
	int r = survey_group_begin(s, &c->group, number, err);

	s->done_base = c->group.first * ports;
	s->done_weight = 0;
	if (r == 0)
		r = survey_find(s, &c->finder, &c->group, err);
	if (r < 0 || s->stopping)
		return r;
	free(c->host);
	c->host = NULL;
	r = survey_group_sorted(s, &c->group, is_there, c, &c->host, &c->host_n);
	if (r < 0)
		return err_set(err, r, "getting ready to scan: out of memory");
	s->done_base += (c->group.slots - c->host_n) * ports;
	for (uint32_t first = 0; r == 0 && first < c->host_n && !s->stopping;
	     first += c->batch_slots) {
		uint32_t n = MIN(c->batch_slots, c->host_n - first);

		s->done_weight = n * ports;
		r = scan_batch(c, first, err);
		s->done_base += n * ports;
	}
	return r == 0 ? tell_refused(c, err) : r;
}

static int run(struct scan *c, struct err *err)
{
	struct survey *s = &c->survey;
	uint64_t groups = (s->count + s->group_slots - 1) / s->group_slots;
	int r = 0;

	survey_tell_begin(s, scan_expected(c));
	for (uint64_t g = 0; g < groups && r == 0 && !s->stopping; g++) {
		c->last_group = g == groups - 1;
		r = run_group(c, g, err);
	}
	return r;
}

static void done(struct scan *c)
{
	survey_finder_done(&c->finder);
	survey_group_done(&c->group);
	survey_asks_done(&c->tcp);
	survey_asks_done(&c->udp);
	services_free(c->services);
	survey_close(&c->survey);
	free(c->host);
	free(c->back);
	free(c->family);
	free(c);
}

int scan_run(const struct scan_conf *conf, const struct survey_tell *tell,
	     struct survey_sum *ret_sum, struct err *err)
{
	struct scan *c;
	int r = scan_check(conf, err);

	if (r < 0)
		return r;
	c = calloc(1, sizeof(*c));
	if (!c)
		return err_set(err, -ENOMEM, "getting ready to scan: out of memory");
	c->conf = conf;
	c->survey_conf = conf->survey;
	c->survey_conf.connect = conf->tcp == SCAN_TCP_CONNECT;
	r = survey_open(&c->survey, &c->survey_conf, !c->conf->udp, tell, err);
	if (r == 0)
		r = plan(c, err);
	if (r == 0)
		r = run(c, err);
	if (r == 0)
		survey_sum_up(&c->survey, ret_sum);
	done(c);
	return r;
}
