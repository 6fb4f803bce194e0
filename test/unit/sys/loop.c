/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/loop.h"

static volatile sig_atomic_t seen;

static void on_signal(int signo)
{
	seen = signo;
}

TEST(clock_goes_forward)
{
	uint64_t a = clock_mono_ns(), b = clock_mono_ns();

	CHECK(a > 0 && b >= a);
	CHECK(clock_wall_ns() > 1600000000 * NS_PER_S);
}

TEST(loop_waits_until_its_time)
{
	AUTO(loop_closep) struct loop *l = NULL;
	uint64_t start = clock_mono_ns();
	uint32_t ready = 99;

	CHECK_EQ(loop_open(&l, NULL), 0);
	CHECK_EQ(loop_wait(l, NULL, 0, start + 20 * NS_PER_MS, &ready), LOOP_TIME);
	CHECK(clock_mono_ns() >= start + 20 * NS_PER_MS);
	CHECK_EQ(loop_wait(l, NULL, 0, 0, &ready), LOOP_TIME); /* the past: at once */
	CHECK_EQ(ready, 99);
}

TEST(loop_tells_which_descriptors_are_ready)
{
	AUTO(loop_closep) struct loop *l = NULL;
	uint32_t ready = 0;
	int a[2], b[2], fds[3];

	CHECK_EQ(pipe(a), 0);
	CHECK_EQ(pipe(b), 0);
	fds[0] = a[0];
	fds[1] = -1;
	fds[2] = b[0];
	CHECK_EQ(loop_open(&l, NULL), 0);
	CHECK_EQ(write(b[1], "x", 1), 1);
	CHECK_EQ(loop_wait(l, fds, 3, CLOCK_NEVER, &ready), LOOP_READY);
	CHECK_EQ(ready, 4);
	CHECK_EQ(write(a[1], "x", 1), 1);
	CHECK_EQ(loop_wait(l, fds, 3, 0, &ready), LOOP_READY);
	CHECK_EQ(ready, 5);
	CHECK_EQ(loop_wait(l, fds, LOOP_FDS_MAX + 1, 0, &ready), -E2BIG);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
}

TEST(loop_holds_signals_back_until_it_waits)
{
	struct sigaction act = { .sa_handler = on_signal }, was;
	struct loop *l = NULL;
	uint32_t ready;

	sigaction(SIGINT, &act, &was);
	CHECK_EQ(loop_open(&l, NULL), 0);
	seen = 0;
	kill(getpid(), SIGINT);
	CHECK_EQ(seen, 0); /* held */
	CHECK_EQ(loop_wait(l, NULL, 0, CLOCK_NEVER, &ready), LOOP_INTERRUPTED);
	CHECK_EQ(seen, SIGINT);
	CHECK_EQ(loop_wait(l, NULL, 0, 0, &ready), LOOP_TIME); /* once only */
	kill(getpid(), SIGINT);
	seen = 0;
	loop_close(l);
	CHECK_EQ(seen, SIGINT); /* none is lost at the end */
	seen = 0;
	kill(getpid(), SIGINT);
	CHECK_EQ(seen, SIGINT); /* and they are as before */
	sigaction(SIGINT, &was, NULL);
	loop_close(NULL);
}

TEST(loop_prefers_an_interruption_to_readiness)
{
	struct sigaction act = { .sa_handler = on_signal }, was;
	AUTO(loop_closep) struct loop *l = NULL;
	uint32_t ready;
	int p[2];

	sigaction(SIGTERM, &act, &was);
	CHECK_EQ(pipe(p), 0);
	CHECK_EQ(write(p[1], "x", 1), 1);
	CHECK_EQ(loop_open(&l, NULL), 0);
	kill(getpid(), SIGTERM);
	CHECK_EQ(loop_wait(l, p, 1, CLOCK_NEVER, &ready), LOOP_INTERRUPTED);
	CHECK_EQ(loop_wait(l, p, 1, CLOCK_NEVER, &ready), LOOP_READY);
	close(p[0]);
	close(p[1]);
	sigaction(SIGTERM, &was, NULL);
}
