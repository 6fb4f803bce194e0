/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engines want sent leaves here; what does not leave is told to them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow/survey_own.h"
#include "sys/clock.h"

#define NO_WAY    -1                /* in place of an interface's index: there is no route */
#define DOWN_NS   (2 * NS_PER_S)    /* an interface that went down may come back within that */
#define NOTICE_NS (100 * NS_PER_MS) /* that an interface is down is known sooner */
#define STAY_NS   (300 * NS_PER_MS) /* nothing fails for so long: then it is there again */
#define STUCK_NS  (6 * NS_PER_S) /* and full rings, link addresses being found out, pass sooner */

/* What is missing on the way: an interface, or (NO_WAY) the route. */
static int missing(const struct flow_path *path)
{
	return path->kind == FLOW_PATH_NONE ? NO_WAY : path->ifindex;
}

/*
 * Once an interface. Routes go with theirs, may be missed before it is, and come back after it: that
 * is waited for, and said of the interface.
 */
static void tell_missing(struct survey *s, struct survey_down *d, const struct flow_path *path,
			 uint64_t now)
{
	char text[IP_TEXT_LEN];
	const char *name = path->kind == FLOW_PATH_NONE ? shooter_down(s->shooter) : path->iface;

	if (!name && s->down_name[0])
		name = s->down_name;
	if (!name && now - d->gone_ns < NOTICE_NS)
		return;
	d->told = true;
	d->route = !name;
	if (!name) {
		survey_note(s, "there is no route to %s any more: waiting for one",
			    ip_format(&d->dst, text));
	} else if (strcmp(name, s->down_name) != 0) {
		snprintf(s->down_name, sizeof(s->down_name), "%s", name);
		survey_note(s, "%s went down: waiting for it", name);
	}
}

/* What was dropped on the way there was no congestion. */
static void note_missing(struct survey *s, const struct flow_path *path, uint64_t now)
{
	const struct pace_conf pace = s->pace.conf;

	s->went_down = true;
	s->link_lost = s->link_lost || path->kind != FLOW_PATH_NONE;
	/* What is back already is not all that was missing. */
	for (size_t i = 0; i < SURVEY_DOWNS; i++) {
		if (s->down[i].back_ns == 0)
			continue;
		s->down[i].back_ns = 0;
		s->down[i].gone_ns = now;
	}
	pace_init(&s->pace, &pace, now);
}

/* Since when the way to @dst has been missing. */
static uint64_t missing_since(struct survey *s, const struct ip_addr *dst, uint64_t now)
{
	const struct flow_path *path = shooter_path(s->shooter, dst);

	for (size_t i = 0; i < SURVEY_DOWNS; i++) {
		struct survey_down *d = &s->down[i];

		if (d->ifindex != missing(path))
			continue;
		if (d->back_ns != 0)
			note_missing(s, path, now);
		return d->gone_ns;
	}
	for (size_t i = 0; i < SURVEY_DOWNS; i++) {
		if (s->down[i].ifindex != 0)
			continue;
		note_missing(s, path, now);
		s->down[i] = (struct survey_down){
			.ifindex = missing(path), .dst = *dst, .since_ns = now, .gone_ns = now
		};
		tell_missing(s, &s->down[i], path, now);
		break;
	}
	return now;
}

static void tell_back(struct survey *s, struct survey_down *d)
{
	const struct flow_path *path = shooter_path(s->shooter, &d->dst);
	bool again = s->down_name[0] && strcmp(path->iface, s->down_name) == 0;

	/* Of an interface and the routes by it the one that is seen first is enough. */
	if (again || d->route)
		survey_note(s, "%s is there again after %.1f s", path->iface,
			    (double)(d->back_ns - d->since_ns) / NS_PER_S);
	if (again)
		s->down_name[0] = '\0';
	d->ifindex = 0;
}

/* Link, addresses and routes come back one by one: what is there may go once more. */
static void see_back(struct survey *s, struct survey_down *d, const struct flow_path *path,
		     uint64_t now)
{
	if (d->back_ns == 0) {
		d->back_ns = now;
		shooter_back(s->shooter, path->ifindex);
	} else if (now - d->back_ns >= STAY_NS) {
		tell_back(s, d);
	}
}

/* What is there again is asked again. */
void survey_downs(struct survey *s, uint64_t now)
{
	for (size_t i = 0; i < SURVEY_DOWNS; i++) {
		struct survey_down *d = &s->down[i];
		const struct flow_path *path;

		/* What is known of a link may be older than a packet that failed to leave by it. */
		if (d->ifindex == 0 || now - d->gone_ns < NOTICE_NS)
			continue;
		shooter_look(s->shooter);
		path = shooter_path(s->shooter, &d->dst);
		if (path->kind != FLOW_PATH_NONE && path->up) {
			see_back(s, d, path, now);
			continue;
		}
		if (d->back_ns != 0)
			d->gone_ns = now;
		d->back_ns = 0;
		if (!d->told)
			tell_missing(s, d, path, now);
	}
}

/* The run ends before what is there again has stayed so: it is told nevertheless. */
void survey_downs_end(struct survey *s)
{
	for (size_t i = 0; i < SURVEY_DOWNS; i++) {
		if (s->down[i].ifindex != 0 && s->down[i].back_ns != 0)
			tell_back(s, &s->down[i]);
	}
}

/*
 * 0: it may still leave later; else the errno that ends it. Routes go with their interface: that
 * they are missing then says nothing about the target.
 */
static int fatal(struct survey *s, const struct shooter_shot *shot, uint64_t now)
{
	switch (shot->result) {
	case EAGAIN:
	case ENOBUFS:
		return s->stuck_ns > 0 && now - s->stuck_ns > STUCK_NS ? shot->result : 0;
	case EHOSTUNREACH:
		if (shooter_path(s->shooter, &shot->dst)->kind != FLOW_PATH_NONE)
			return EHOSTUNREACH;
		break;
	case ENETDOWN:
	case ENETUNREACH:
		break;
	case EINVAL: /* of routes it means a blackhole; what else it may be is no word about those */
		return shooter_path(s->shooter, &shot->dst)->kind == FLOW_PATH_NONE ? EINVAL : EIO;
	default:
		return shot->result;
	}
	if (now - missing_since(s, &shot->dst, now) <= DOWN_NS)
		return 0;
	return s->link_lost ? ENETDOWN : shot->result;
}

/* Of each reason the first probe that could not leave for it. */
static void tell_once(struct survey *s, int why, const struct ask *ask)
{
	char text[ASK_TEXT_LEN];
	const char *words = verdict_errno(why);

	if (why == ENETDOWN || s->told[why & 255])
		return;
	s->told[why & 255] = true;
	survey_note(s, "%s cannot be asked from here: %s", ask_format(ask, text),
		    words ? words : strerror(why));
}

static void not_sent(struct survey *s, struct survey_part *p, const struct probe_shot *shot,
		     const struct shooter_shot *out, unsigned n, uint64_t now)
{
	unsigned dropped = 0;

	for (unsigned i = 0; i < n; i++) {
		int why;

		if (out[i].result == 0)
			continue;
		dropped += out[i].result == ENOBUFS;
		why = fatal(s, &out[i], now);
		if (why != 0 && why != EHOSTUNREACH && why != ENETUNREACH && why != EINVAL)
			tell_once(s, why, &out[i].ask);
		if (p->grid)
			grid_unsent(p->grid, &shot[i], why);
		else
			limited_unsent(p->limited, &shot[i], why);
	}
	if (dropped > 0)
		pace_dropped(&s->pace, dropped, now);
}

static void fill(struct survey *s, struct survey_stage *st, const struct survey_part *p,
		 const struct probe_shot *shot, struct shooter_shot *out, unsigned n, uint64_t now)
{
	uint64_t until = now + s->wait_max_ns;

	for (unsigned i = 0; i < n; i++) {
		out[i] = (struct shooter_shot){
			.dst = survey_stage_addr(s, st, shot[i].slot),
			.ask = p->asks->ask[shot[i].ask],
			.try = shot[i].try,
			.source = shot[i].source,
			.until_ns = until,
		};
		if (p->limited)
			out[i].ask.payload = shot[i].payload;
	}
}

static unsigned send_part(struct survey *s, struct survey_stage *st, struct survey_part *p,
			  uint64_t now, uint64_t *ret_wake_ns, unsigned *ret_left)
{
	struct probe_shot shot[SURVEY_BATCH];
	struct shooter_shot out[SURVEY_BATCH];
	unsigned n, left;

	n = p->grid ? grid_next(p->grid, now, shot, SURVEY_BATCH, ret_wake_ns)
		    : limited_next(p->limited, now, shot, SURVEY_BATCH, ret_wake_ns);
	if (n == 0)
		return 0;
	fill(s, st, p, shot, out, n, now);
	left = shooter_send(s->shooter, out, n);
	if (left < n)
		not_sent(s, p, shot, out, n, now);
	*ret_left += left;
	return n;
}

unsigned survey_send(struct survey *s, struct survey_stage *st, uint64_t now, uint64_t *ret_wake_ns,
		     bool *ret_stuck)
{
	unsigned n = 0, left = 0;

	*ret_wake_ns = CLOCK_NEVER;
	for (unsigned i = 0; i < st->parts; i++) {
		uint64_t wake = CLOCK_NEVER;

		if (survey_part_over(&st->part[i]))
			continue;
		n += send_part(s, st, &st->part[i], now, &wake, &left);
		*ret_wake_ns = MIN(*ret_wake_ns, wake);
	}
	*ret_stuck = n > 0 && left == 0;
	if (left > 0)
		s->stuck_ns = 0;
	else if (n > 0 && s->stuck_ns == 0)
		s->stuck_ns = now;
	return n;
}
