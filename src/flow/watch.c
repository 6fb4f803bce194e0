/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/watch.h"

#include <errno.h>
#include <stdlib.h>

#include "capture/sieve.h"
#include "flow/watch_own.h"
#include "host/services.h"
#include "sys/entropy.h"

#define PENDING        16384 /* echo requests that wait for their replies */
#define TALKERS        4096
#define FRAGS          32
#define PROGRESS_EVERY (1u << 18) /* frames between two looks at whether to go on */

static void *need(size_t len, bool *ok)
{
	void *p = calloc(1, len);

	*ok &= p != NULL;
	return p;
}

static int begin(struct watch *w, struct err *err)
{
	const uint32_t groups = FLOW_WATCH_GROUPS;
	struct hash_key key;
	bool ok = true;
	int r = entropy_fill(&key, sizeof(key), err);

	if (r < 0)
		return r;
	w->counts = need(sizeof(*w->counts), &ok);
	if (!w->conf->counts) {
		w->failures = need(failures_size(groups), &ok);
		w->echoes = need(echoes_size(PENDING, groups), &ok);
		w->source = need(talkers_size(TALKERS), &ok);
		w->destination = need(talkers_size(TALKERS), &ok);
		w->frags = need(frags_size(FRAGS), &ok);
	}
	if (!ok)
		return err_set(err, -ENOMEM, "watching: out of memory");
	if (w->conf->counts)
		return 0;
	failures_init(w->failures, groups, &key);
	echoes_init(w->echoes, PENDING, groups, &key);
	talkers_init(w->source, TALKERS, &key);
	talkers_init(w->destination, TALKERS, &key);
	frags_init(w->frags, FRAGS, &key);
	return services_read(&w->services, err);
}

static void watch_done(struct watch *w)
{
	free(w->counts);
	free(w->before);
	free(w->failures);
	free(w->echoes);
	free(w->source);
	free(w->destination);
	free(w->frags);
	services_free(w->services);
}

/* A message that is whole: what it tells of others is believed when its checksum is right. */
static void feed_whole(struct watch *w, const struct sight *s)
{
	if (sight_sum(s) == SIGHT_SUM_BAD) {
		w->bad_checksum++;
		return;
	}
	w->errors += failures_add(w->failures, s) != NULL;
	if (s == &w->sight)
		echoes_add(w->echoes, s, NULL);
}

static void feed_all(struct watch *w, const struct capture_frame *frame)
{
	struct sight *s = &w->sight, whole;

	if (sight_read(s, frame->octets) != SIGHT_NOTHING && s->pkt.frag != PACKET_WHOLE &&
	    !frame->again) {
		/* Of a ping in fragments the first one tells the time. */
		echoes_add(w->echoes, s, NULL);
		if (frags_add(w->frags, s, &whole))
			feed_whole(w, &whole);
	} else if (s->kind == SIGHT_ICMP && !frame->again) {
		feed_whole(w, s);
	}
	counts_add(w->counts, s);
	if (s->kind != SIGHT_ICMP || frame->again)
		return;
	echoes_tick(w->echoes, s->t_ns, NULL, NULL);
	talkers_add(w->source, &s->pkt.src, s->wire_len);
	talkers_add(w->destination, &s->pkt.dst, s->wire_len);
}

void watch_feed(struct watch *w, const struct capture_frame *frame)
{
	struct sight *s = &w->sight;

	s->t_ns = frame->t_ns;
	s->number = frame->number;
	s->source = frame->source;
	s->wire_len = frame->wire_len;
	s->way = frame->way;
	s->link = frame->link;
	if (w->first_ns == 0)
		w->first_ns = frame->t_ns;
	w->last_ns = frame->t_ns;
	w->not_opened += frame->link == LINK_TYPES;
	if (w->conf->counts)
		counts_frame(w->counts, s, frame->octets);
	else
		feed_all(w, frame);
}

static void fault(struct watch *w, const char *text)
{
	w->faults++;
	w->tell->fault(w->tell->to, text);
}

/* One frame. As capture_files_next(). */
static int take_frame(struct watch *w, struct capture_files *files, struct sieve *sieve,
		      struct err *err)
{
	struct capture_frame frame;
	int r = capture_files_next(files, &frame, err);

	if (r <= 0)
		return r;
	if (!sieve || sieve_passes(sieve, frame.link, frame.octets, frame.wire_len))
		watch_feed(w, &frame);
	return r;
}

static int read_files(struct watch *w, struct capture_files *files, struct sieve *sieve,
		      struct err *err)
{
	const struct flow_watch_tell *t = w->tell;
	uint64_t n = 0;
	int r;

	while ((r = take_frame(w, files, sieve, err)) != 0) {
		const char *odd = sieve ? sieve_fault(sieve) : NULL;

		if (odd)
			fault(w, odd);
		if (r == -ENOMEM)
			return r;
		if (r < 0 && t->stop(t->to))
			return 0;
		if (r < 0)
			fault(w, err->text);
		if (++n % PROGRESS_EVERY != 0)
			continue;
		t->progress(t->to, capture_files_done(files), n);
		if (t->stop(t->to))
			return 0;
	}
	return 0;
}

static int watch_files(struct watch *w, struct fact_watch_sum *sum, struct err *err)
{
	struct capture_files *files = NULL;
	struct sieve *sieve = NULL;
	int r = 0;

	if (w->conf->filter)
		r = sieve_open(w->conf->filter, &sieve, err);
	if (r == 0)
		r = capture_files_open(w->conf->file, w->conf->file_n, &files, err);
	/* It is the file that is wrong, not the command line. */
	if (r == -EINVAL && !(w->conf->filter && !sieve))
		r = -EBADMSG;
	if (r == 0)
		r = read_files(w, files, sieve, err);
	sum->files = (int64_t)w->conf->file_n;
	capture_files_close(files);
	sieve_close(sieve);
	return r;
}

int flow_watch_run(const struct flow_watch_conf *conf, const struct flow_watch_tell *tell,
		   struct fact_watch_sum *ret_sum, struct err *err)
{
	AUTO(watch_done) struct watch w = { .conf = conf, .tell = tell };
	struct fact_watch_sum sum = { .dropped = FACT_NONE };
	int r = begin(&w, err);

	if (r == 0)
		r = conf->file_n > 0 ? watch_files(&w, &sum, err) : watch_live(&w, &sum, err);
	if (r == 0)
		r = watch_tell_all(&w);
	if (r == -ENOMEM)
		return err_set(err, r, "watching: out of memory");
	if (r < 0)
		return r;
	watch_tell_sum(&w, &sum);
	*ret_sum = sum;
	return w.faults;
}
