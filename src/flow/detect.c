/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/detect.h"

#include <errno.h>
#include <stdlib.h>

#include "capture/files.h"
#include "capture/sieve.h"
#include "detect/told.h"
#include "sys/entropy.h"

#define PROGRESS_EVERY (1u << 18) /* frames between two looks at whether to go on */

struct run {
	const struct flow_detect_conf *conf;
	const struct flow_detect_tell *tell;
	struct detect *detect;
	struct capture_files *files;
	struct sieve *sieve;
	struct sight sight; /* of the latest frame; borrowed until the next is read */
	bool fed;           /* .sight is being fed: what is told now, it raised */
	struct fact_detect_sum sum;
	int faults;
};

static void run_done(struct run *r)
{
	capture_files_close(r->files);
	sieve_close(r->sieve);
	free(r->detect);
}

/* Whether the packet is of what @a tells: time that passes raises alerts too, while others' packets come. */
static bool concerns(const struct sight *s, const struct detect_alert *a)
{
	const struct ip_addr *src = &s->pkt.src, *dst = &s->pkt.dst;

	if (s->kind == SIGHT_NOTHING)
		return false;
	if (a->src.family)
		return ip_eq(&a->src, src) || ip_eq(&a->src, dst);
	if (a->dst.family)
		return ip_eq(&a->dst, src) || ip_eq(&a->dst, dst);
	return a->targets.addr.family && ip_prefix_has(&a->targets, dst);
}

static void on_alert(void *to, const struct detect_alert *a)
{
	struct run *r = to;
	struct told told;
	bool known = r->fed && a->state != DETECT_ENDED && concerns(&r->sight, a);

	r->sum.told++;
	/* A thing counts once, as what it came to. */
	if (a->state == DETECT_ENDED)
		*(a->severity == DETECT_HIGH     ? &r->sum.high
		  : a->severity == DETECT_MEDIUM ? &r->sum.medium
						 : &r->sum.low) += 1;
	r->tell->alert(r->tell->to, told_of(a, &told), known ? &r->sight : NULL);
}

static int begin(struct run *r, struct err *err)
{
	struct detect_conf *conf = r->conf->detect;
	size_t size = detect_size(conf);
	void *mem;
	int e;

	if (size == 0)
		return err_set(
			err, -EINVAL,
			"the tables do not fit into %zu octets of memory: give more, or fewer monitored addresses",
			conf->memory);
	e = r->conf->keyed ? 0 : entropy_fill(&conf->key, sizeof(conf->key), err);
	if (e == 0 && r->conf->filter)
		e = sieve_open(r->conf->filter, &r->sieve, err);
	if (e < 0)
		return e;
	e = capture_files_open(r->conf->file, r->conf->file_n, &r->files, err);
	/* It is the file that is wrong, not the command line. */
	if (e < 0)
		return e == -EINVAL ? -EBADMSG : e;
	conf->other_packets = !r->conf->filter;
	mem = malloc(size);
	if (!mem)
		return -ENOMEM;
	r->detect = detect_init(mem, conf, on_alert, r);
	r->sum.memory = (int64_t)size;
	return 0;
}

static void feed(struct run *r, const struct capture_frame *f)
{
	struct sight *s = &r->sight;

	s->t_ns = f->t_ns;
	s->number = f->number;
	s->source = f->source;
	s->wire_len = f->wire_len;
	s->way = f->way;
	s->link = f->link;
	r->sum.frames++;
	r->sum.not_opened += f->link == LINK_TYPES;
	if (r->sum.first == 0)
		r->sum.first = f->t_ns;
	r->sum.last = f->t_ns;
	r->sum.unreadable += sight_read(s, f->octets) == SIGHT_NOTHING && f->link != LINK_TYPES;
	r->fed = true;
	detect_feed(r->detect, s);
	r->fed = false;
}

static void fault(struct run *r, const char *text)
{
	r->faults++;
	r->tell->fault(r->tell->to, text);
}

/* One frame. As capture_files_next(). */
static int take_frame(struct run *r, struct err *err)
{
	struct capture_frame f;
	const char *odd;
	int e = capture_files_next(r->files, &f, err);

	if (e <= 0)
		return e;
	if (!r->sieve || sieve_passes(r->sieve, f.link, f.octets, f.wire_len))
		feed(r, &f);
	odd = r->sieve ? sieve_fault(r->sieve) : NULL;
	if (odd)
		fault(r, odd);
	return e;
}

static int read_files(struct run *r, struct err *err)
{
	const struct flow_detect_tell *t = r->tell;
	uint64_t n = 0;
	int e;

	while ((e = take_frame(r, err)) != 0) {
		if (e == -ENOMEM)
			return e;
		if (e < 0)
			fault(r, err->text);
		if (++n % PROGRESS_EVERY != 0)
			continue;
		t->progress(t->to, capture_files_done(r->files), n);
		if (t->stop(t->to))
			return 0;
	}
	return 0;
}

static void finish(struct run *r, struct fact_detect_sum *ret)
{
	struct detect_sums s;

	detect_end(r->detect);
	s = detect_sums(r->detect);
	r->sum.files = (int64_t)r->conf->file_n;
	r->sum.suppressed = (int64_t)s.suppressed;
	r->sum.ignored = (int64_t)s.ignored;
	r->sum.sources = (int64_t)s.sources;
	r->sum.forgotten = (int64_t)s.forgotten;
	r->sum.contacts = (int64_t)s.contacts;
	r->sum.pairing = s.pairing < 0 ? FACT_NONE : (int64_t)(s.pairing * 1e6 + 0.5);
	*ret = r->sum;
}

int flow_detect_run(const struct flow_detect_conf *conf, const struct flow_detect_tell *tell,
		    struct fact_detect_sum *ret_sum, struct err *err)
{
	AUTO(run_done) struct run r = { .conf = conf, .tell = tell };
	int e = begin(&r, err);

	if (e == 0)
		e = read_files(&r, err);
	if (e == -ENOMEM)
		return err_set(err, e, "detecting: out of memory");
	if (e < 0)
		return e;
	finish(&r, ret_sum);
	return r.faults;
}
