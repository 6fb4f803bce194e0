/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In a network namespace with nothing in it: names are those of /etc/hosts, and no packet leaves. */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/names.h"
#include "sys/clock.h"
#include "sys/ns.h"

static struct flow_names *names_open(void)
{
	struct flow_names *n = NULL;
	int fd;

	if (ns_new(&fd, NULL) < 0)
		test_skip("no right to make a network namespace");
	{
		AUTO(ns_leave) struct ns_visit v = ns_visit(fd, NULL);

		CHECK_EQ(v.r, 0);
		CHECK_EQ(flow_names_open(&n, NULL), 0);
	}
	close(fd);
	return n;
}

/* Until all of @n addresses from @first on are known, at most 10 s. */
static void wait_for_all(struct flow_names *names, const struct ip_addr *first, unsigned n)
{
	uint64_t until = clock_mono_ns() + 10 * NS_PER_S;
	unsigned left = n;
	const char *name;

	while (left > 0 && clock_mono_ns() < until) {
		struct pollfd p = { .fd = flow_names_fd(names), .events = POLLIN };

		poll(&p, 1, 100);
		flow_names_read(names);
		left = 0;
		for (unsigned i = 0; i < n; i++) {
			struct ip_addr a = ip_plus(first, i);

			left += flow_names_take(names, &a, &name) == -EAGAIN;
		}
	}
	CHECK_EQ(left, 0);
}

TEST(names_are_asked_for_without_waiting)
{
	AUTO(flow_names_closep) struct flow_names *n = names_open();
	struct ip_addr local = ip4_make(127, 0, 0, 1), first = ip4_make(192, 0, 2, 1);
	uint64_t start = clock_mono_ns();
	const char *name = "untouched";

	CHECK_EQ(flow_names_take(n, &local, &name), 0); /* not asked for */
	for (unsigned i = 0; i < 300; i++) {
		struct ip_addr a = ip_plus(&first, i);

		flow_names_ask(n, &a);
		flow_names_ask(n, &a); /* once is enough */
	}
	flow_names_ask(n, &local);
	CHECK(clock_mono_ns() - start < NS_PER_S);
	CHECK_EQ(flow_names_take(n, &local, &name), -EAGAIN);
	wait_for_all(n, &first, 300);
	wait_for_all(n, &local, 1);
	CHECK_EQ(flow_names_take(n, &first, &name), 0);
	CHECK_STR(name, "untouched");
	CHECK(!flow_names_stuck(n));
	if (flow_names_take(n, &local, &name) == 1) /* as /etc/hosts has it, mostly */
		CHECK(strlen(name) > 0);
}

TEST(names_are_found_one_by_one)
{
	AUTO(flow_names_closep) struct flow_names *n = names_open();
	struct ip_addr a = ip4_make(192, 0, 2, 1), local = ip4_make(127, 0, 0, 1);
	char name[FLOW_NAMES_LEN] = "untouched";

	CHECK_EQ(flow_names_find(n, &a, name), 0);
	CHECK_STR(name, "untouched");
	CHECK(flow_names_find(n, &local, name) >= 0);
	CHECK(strlen(name) > 0);
}

/* The child that was made last. */
static pid_t a_child(void)
{
	char path[64], text[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return (pid_t)strtol(text, NULL, 10);
}

TEST(names_of_resolvers_that_died_are_told_as_none)
{
	AUTO(flow_names_closep) struct flow_names *n = names_open();
	struct ip_addr a = ip4_make(192, 0, 2, 1);
	pid_t pid = a_child();

	if (pid <= 0)
		test_skip("the kernel does not list children");
	CHECK_EQ(kill(pid, SIGKILL), 0);
	flow_names_ask(n, &a);
	wait_for_all(n, &a, 1);
	CHECK_EQ(flow_names_take(n, &a, &(const char *){ NULL }), 0);
}
