/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/survey_args.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const survey_args_backends[] = { "auto", "packet", "ip", "xdp", "sockets", NULL };
const char *const survey_args_timings[] = { "0",          "1",        "2",      "3",      "4",
					    "5",          "paranoid", "sneaky", "polite", "normal",
					    "aggressive", "insane",   NULL };

#define ASKS_LEN     2048 /* octets of all questions as --with takes them */
#define TARGET_SHOWN 60
#define TIMINGS      6
#define RATE_MAX     100000000ull /* packets a second; nothing sends more */

/* At most so many packets a second; 0: as without -T. */
static const uint64_t timing_pps[TIMINGS] = { 1, 2, 10, 0, 100000, RATE_MAX };

/* Digits off the front of *@text; false: none, or over @max. */
static bool number(const char **text, uint64_t max, uint64_t *ret)
{
	const char *p = *text;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > max)
			return false;
	}
	if (p == *text)
		return false;
	*text = p;
	*ret = v;
	return true;
}

/* "500", "10k", "1m". */
static bool pps_scan(const char *text, uint64_t *ret)
{
	uint64_t v, unit;

	if (!number(&text, RATE_MAX, &v))
		return false;
	unit = *text == 'k' || *text == 'K' ? 1000 : *text == 'm' || *text == 'M' ? 1000000 : 1;
	text += unit > 1;
	if (*text || v == 0 || v * unit > RATE_MAX)
		return false;
	*ret = v * unit;
	return true;
}

int survey_args_rate(const char *text, enum survey_rate *ret_rate, uint64_t *ret_pps,
		     struct err *err)
{
	if (strcmp(text, "auto") == 0 || strcmp(text, "max") == 0) {
		*ret_rate = *text == 'a' ? SURVEY_RATE_AUTO : SURVEY_RATE_MAX;
		*ret_pps = 0;
		return 0;
	}
	if (pps_scan(text, ret_pps)) {
		*ret_rate = SURVEY_RATE_FIXED;
		return 0;
	}
	return err_set(err, -EINVAL,
		       "--rate: '%.40s' is none of auto, max, or packets a second from 1 to 100m "
		       "(500, 10k, 1m)",
		       text);
}

int survey_args_shard(const char *text, uint32_t *ret_shard, uint32_t *ret_shards, struct err *err)
{
	const char *p = text;
	uint64_t i, n;

	if (!number(&p, UINT32_MAX, &i) || *p++ != '/' || !number(&p, UINT32_MAX, &n) || *p ||
	    i < 1 || i > n)
		return err_set(err, -EINVAL,
			       "--shard: '%.40s' is no part of a whole: 1/4 is the first of four",
			       text);
	*ret_shard = (uint32_t)i - 1;
	*ret_shards = (uint32_t)n;
	return 0;
}

/* What a name that does not resolve comes to. */
struct failed {
	struct app *app;
	size_t n;
};

static void name_failed(void *to, const char *text)
{
	struct failed *f = to;
	struct fact_host none = { .state = FACT_HOST_UNKNOWN, .error = text };

	app_note(f->app, "%s: %s", f->app->command, text);
	app_fact(f->app, &fact_host, &none);
	f->n++;
}

/*
 * A comma may stand within an octet range ("10.0.0.1,7") or between two targets: what is no target
 * as a whole is taken apart.
 */
static int add_list(int (*add)(struct flow_list *l, const char *text, struct err *err),
		    struct flow_list *l, const char *option, const char *text, struct err *err)
{
	struct err whole;
	int r = add(l, text, &whole);

	if (r == -EINVAL && strchr(text, ',')) {
		char *copy = strdup(text);

		r = copy ? 0 : -ENOMEM;
		for (char *save, *w = copy ? strtok_r(copy, ",", &save) : NULL; r == 0 && w;
		     w = strtok_r(NULL, ",", &save))
			r = add(l, w, &whole);
		free(copy);
	}
	if (r == 0)
		return 0;
	return err_set(err, r == -ENOENT || r == -E2BIG ? -EINVAL : r, "%s: %s", option,
		       r == -ENOMEM ? "out of memory" : whole.text);
}

static int read_file(struct flow_list *l, const char *option, const char *path, bool exclude,
		     struct failed *f, struct err *err)
{
	int r = flow_list_read(l, path, exclude, exclude ? NULL : name_failed, f, err);

	if (r == 0)
		return 0;
	return err_wrap(err, r == -ENOENT && exclude ? -EINVAL : r, "%s", option);
}

/* What is no target, but would be one to other tools, or in other places. */
static int not_a_target(const char *text, struct err *err)
{
	const char *colon = strchr(text, ':');

	if (!*text || strlen(text) > TARGET_SHOWN)
		return -EINVAL;
	if (text[strspn(text, "0123456789,")] == '\0')
		return err_set(err, -EINVAL, "'%s' is no target: sonde scan -p %s names ports",
			       text, text);
	if (strstr(text, "://"))
		return err_set(err, -EINVAL, "'%s' is a URL: name its host alone", text);
	if (colon && !strchr(colon + 1, ':') && colon[1] &&
	    colon[1 + strspn(colon + 1, "0123456789")] == '\0')
		return err_set(err, -EINVAL, "'%s' names a port: sonde scan -p %s %.*s asks it",
			       text, colon + 1, (int)(colon - text), text);
	return -EINVAL;
}

static int read_targets(struct app *app, const struct survey_args *args, struct flow_list *l,
			struct failed *f, struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < args->targets.n; i++) {
		const char *text = args->targets.item[i];

		if (strcmp(text, "-") == 0) {
			r = read_file(l, "-", "-", false, f, err);
			continue;
		}
		r = flow_list_add(l, text, err);
		if (r == -ENOENT) {
			name_failed(f, err->text);
			r = 0;
		}
		if (r == -EINVAL)
			r = not_a_target(text, err);
		r = r == -E2BIG ? -EINVAL : r;
	}
	if (r == 0 && args->list)
		r = read_file(l, "-iL", args->list, false, f, err);
	if (r == 0 && args->exclude)
		r = add_list(flow_list_exclude, l, "--exclude", args->exclude, err);
	if (r == 0 && args->exclude_file)
		r = read_file(l, "--exclude-file", args->exclude_file, true, f, err);
	if (r == 0)
		r = flow_list_seal(l, err);
	if (r == 0 && l->space.repeated > 0)
		app_note(app, "%s: %llu address%s named more than once: asked once", app->command,
			 (unsigned long long)l->space.repeated,
			 l->space.repeated == 1 ? " is" : "es are");
	return r;
}

static int read_sources(const char *text, struct survey_args_made *m, struct err *err)
{
	struct flow_list *l = &m->sources;
	int r;

	if (!text)
		return 0;
	l->special = true;
	r = add_list(flow_list_add, l, "--sources", text, err);
	if (r == 0)
		r = flow_list_seal(l, err);
	if (r == 0 && l->space.total > SURVEY_SOURCES_MAX)
		return err_set(err, -EINVAL,
			       "--sources: '%.40s' is %llu addresses: at most %d can be used", text,
			       (unsigned long long)l->space.total, SURVEY_SOURCES_MAX);
	m->conf.sources = &l->space;
	return r;
}

static int read_speed(const struct survey_args *args, struct survey_conf *c, struct err *err)
{
	int r = 0;

	if (args->min_rate)
		return err_set(err, -EINVAL,
			       "--min-rate: there is none here: --rate %.20s sends at that rate, "
			       "--rate auto as fast as nothing is lost",
			       args->min_rate);
	if (args->max_rate && !pps_scan(args->max_rate, &c->max_pps))
		return err_set(
			err, -EINVAL,
			"--max-rate: '%.40s' is no number of packets a second from 1 to 100m "
			"(500, 10k, 1m)",
			args->max_rate);
	if (args->rate)
		r = survey_args_rate(args->rate, &c->rate, &c->pps, err);
	if (r < 0)
		return r;
	if (args->max_rate && c->rate == SURVEY_RATE_FIXED && c->pps > c->max_pps)
		return err_set(err, -EINVAL, "--rate %.20s is above --max-rate %.20s", args->rate,
			       args->max_rate);
	if (args->max_rate)
		return 0;
	/* Whoever names a rate means it, near or far, whatever -T says. */
	c->max_pps = c->rate == SURVEY_RATE_FIXED ? c->pps
		     : c->rate == SURVEY_RATE_MAX ? RATE_MAX
						  : timing_pps[args->timing % TIMINGS];
	return 0;
}

/* "tcp:" before each of "80,443": what --with takes. */
static int put_ports(const char *option, const char *kind, const char *ports, char *text,
		     size_t room, struct err *err)
{
	size_t len = strlen(text);

	for (const char *p = ports; p;) {
		size_t n = strcspn(p, ",");

		len += (size_t)snprintf(text + len, room - len, "%s%s:%.*s", len ? "," : "", kind,
					(int)n, p);
		if (len >= room)
			return err_set(err, -EINVAL, "%s: the list is too long", option);
		p = p[n] ? p + n + 1 : NULL;
	}
	return 0;
}

int survey_args_asks(const struct survey_args *a, struct ask *ret_asks, size_t room,
		     struct err *err)
{
	char text[ASKS_LEN] = "";
	const struct {
		const char *option, *kind, *ports, *usual;
	} lists[] = {
		{ "-PS", "tcp", a->ask_syn, "80" },
		{ "-PA", "tcp-ack", a->ask_ack, "80" },
		{ "-PU", "udp", a->ask_udp, "40125" },
	};
	int r = 0;

	if (a->with && strlen(a->with) >= sizeof(text) / 2)
		return err_set(err, -EINVAL, "--with: the list is too long");
	snprintf(text, sizeof(text), "%s%s%s%s%s", a->with ? a->with : "",
		 a->ask_echo ? ",echo" : "", a->ask_time ? ",timestamp" : "",
		 a->ask_mask ? ",mask" : "", a->ask_arp ? ",arp" : "");
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(lists); i++) {
		if (lists[i].ports)
			r = put_ports(lists[i].option, lists[i].kind,
				      *lists[i].ports ? lists[i].ports : lists[i].usual, text,
				      sizeof(text), err);
	}
	if (r < 0 || (!a->with && !*text))
		return r;
	r = ask_scan(text + (!a->with && *text == ','), ret_asks, room, err);
	if (r == -E2BIG)
		return err_set(err, -EINVAL, "--with: at most %zu questions", room);
	return r < 0 ? err_wrap(err, r, a->with ? "--with" : "-P") : r;
}

int survey_args_fault(int r)
{
	return r == -ENODEV || r == -EADDRNOTAVAIL ? -EINVAL : r;
}

static int read_conf(struct app *app, const struct survey_args *args, struct survey_args_made *m,
		     struct err *err)
{
	struct survey_conf *c = &m->conf;
	int r;

	c->targets = &m->targets;
	c->iface = args->iface;
	c->backend = survey_args_backends[args->backend];
	c->hops = (uint8_t)args->hops;
	c->source_port = args->source_port == SURVEY_ARGS_NONE ? -1 : (int)args->source_port;
	c->tries_max = (uint8_t)(args->retries == SURVEY_ARGS_NONE ? 0 : args->retries + 1);
	c->wait_max_ns = args->timeout_ns;
	c->host_timeout_ns = args->host_timeout_ns;
	c->deadline_ns = args->deadline_ns;
	c->seeded = args->seed != SURVEY_ARGS_NONE;
	c->seed = c->seeded ? args->seed : 0;
	if (c->source_port >= 0 && strcmp(c->backend, "sockets") == 0)
		return err_set(err, -EINVAL,
			       "-g: --backend sockets asks from ports that the kernel chooses");
	c->shards = 1;
	c->state = args->state;
	c->resume = args->resume;
	c->options = app->line;
	if (args->source && ip_scan(args->source, &c->source) < 0)
		return err_set(err, -EINVAL, "--source: '%.60s' is no address (of this host)",
			       args->source);
	r = read_speed(args, c, err);
	if (r == 0 && args->shard)
		r = survey_args_shard(args->shard, &c->shard, &c->shards, err);
	if (r == 0 && c->shards > 1 && !c->seeded)
		return err_set(err, -EINVAL,
			       "--shard: parts fit together only with one order: give all of them "
			       "the same --seed");
	return r < 0 ? r : read_sources(args->sources, m, err);
}

int survey_args_read(struct app *app, const struct survey_args *args, bool needs_targets,
		     struct survey_args_made *ret, struct err *err)
{
	struct failed f = { app, 0 };
	int r;

	if (needs_targets && args->targets.n == 0 && !args->list)
		return err_set(
			err, -EINVAL,
			"TARGET is missing: a name, address, prefix or range, -iL FILE, or - "
			"for standard input");
	ret->targets.family = args->family;
	ret->targets.iface = args->iface;
	ret->targets.special = args->special;
	r = read_conf(app, args, ret, err);
	if (r == 0)
		r = read_targets(app, args, &ret->targets, &f, err);
	ret->unresolved = f.n;
	if (r < 0 || !needs_targets || ret->targets.space.total > 0 || f.n > 0)
		return r;
	if (ret->targets.space.special > 0)
		return err_set(err, -EINVAL,
			       "nothing is left to ask: the targets are reserved, multicast or "
			       "documentation addresses (--special asks them all the same)");
	return err_set(err, -EINVAL,
		       ret->targets.space.excluded > 0
			       ? "nothing is left to ask: every target is excluded"
			       : "there is no target in what was read");
}

void survey_args_done(struct survey_args_made *m)
{
	flow_list_done(&m->targets);
	flow_list_done(&m->sources);
}

int survey_args_resume(const struct opt *opts, const char *command, const void *defaults,
		       size_t size, void *args, struct survey_args *survey, struct line *line,
		       struct err *err)
{
	const char *path = survey->resume;
	struct opt_common common = { 0 };
	struct survey_args alone;
	char *text = NULL;
	int r;

	if (!path)
		return 0;
	alone = *survey;
	survey->resume = NULL;
	survey->targets.item = NULL;
	r = memcmp(args, defaults, size);
	*survey = alone;
	if (r != 0)
		return err_set(err, -EINVAL,
			       "--resume goes alone: all other options come from '%.60s'", path);
	r = flow_state_options(path, &text, err);
	if (r == 0)
		r = line_split(text, line, err);
	free(text);
	if (r < 0)
		return err_wrap(err, r, "--resume");
	if (line->n < 2 || strcmp(line->word[0], "sonde") != 0 ||
	    strcmp(line->word[1], command) != 0)
		return err_set(err, -EINVAL, "--resume: '%.60s' is of another command: sonde %.20s",
			       path, line->n > 1 ? line->word[1] : "");
	memcpy(args, defaults, size);
	r = opt_parse(opts, line->n - 1, line->word + 1, args, &common, err);
	if (r < 0)
		return err_wrap(err, r, "--resume: the options in '%.60s'", path);
	survey->resume = path;
	return 0;
}
