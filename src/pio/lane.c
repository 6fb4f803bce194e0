/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/lane.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "sys/clock.h"

#define WATCH_NS 200000 /* how long the next job is watched for, before sleeping */

struct lane {
	void (*job)(void *self, unsigned what);
	void *self;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more, fewer;
	unsigned what[LANE_DEPTH];
	unsigned first, n; /* jobs; the one being done counts */
	bool stop;
};

/*
 * At full rate the next job is microseconds away. Who sleeps is woken on the processor of whoever
 * pushes, more often than not, and then both have one; who watches there gives way.
 */
static void watch(struct lane *l)
{
	uint64_t until = clock_mono_ns() + WATCH_NS;

	if (l->n > 0 || l->stop)
		return;
	pthread_mutex_unlock(&l->lock);
	while (!__atomic_load_n(&l->n, __ATOMIC_RELAXED) && clock_mono_ns() < until)
		sched_yield();
	pthread_mutex_lock(&l->lock);
}

static void *work(void *to)
{
	struct lane *l = to;

	pthread_mutex_lock(&l->lock);
	for (;;) {
		unsigned what;

		watch(l);
		while (l->n == 0 && !l->stop)
			pthread_cond_wait(&l->more, &l->lock);
		if (l->n == 0)
			break;
		what = l->what[l->first];
		pthread_mutex_unlock(&l->lock);
		l->job(l->self, what);
		pthread_mutex_lock(&l->lock);
		l->first = (l->first + 1) % LANE_DEPTH;
		__atomic_sub_fetch(&l->n, 1, __ATOMIC_RELAXED);
		if (l->n == 0)
			pthread_cond_signal(&l->fewer);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static bool many_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 1;
}

struct lane *lane_start(void (*job)(void *self, unsigned what), void *self)
{
	struct lane *l = many_processors() ? calloc(1, sizeof(*l)) : NULL;
	sigset_t all, before;
	int r;

	if (!l)
		return NULL;
	l->job = job;
	l->self = self;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->more, NULL);
	pthread_cond_init(&l->fewer, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&l->thread, NULL, work, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		return l;
	free(l);
	return NULL;
}

bool lane_push(struct lane *l, unsigned what)
{
	bool room;

	pthread_mutex_lock(&l->lock);
	room = l->n < LANE_DEPTH;
	if (room) {
		l->what[(l->first + l->n) % LANE_DEPTH] = what;
		if (__atomic_fetch_add(&l->n, 1, __ATOMIC_RELAXED) == 0)
			pthread_cond_signal(&l->more);
	}
	pthread_mutex_unlock(&l->lock);
	return room;
}

void lane_drain(struct lane *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	while (l->n > 0)
		pthread_cond_wait(&l->fewer, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

void lane_stop(struct lane *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_signal(&l->more);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	pthread_cond_destroy(&l->more);
	pthread_cond_destroy(&l->fewer);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
