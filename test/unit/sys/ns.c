/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/ns.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

/* The number of the namespace behind a descriptor. */
static ino_t number(int fd)
{
	struct stat st;

	CHECK_EQ(fstat(fd, &st), 0);
	return st.st_ino;
}

static ino_t here(void)
{
	ino_t n;
	int fd;

	CHECK_EQ(ns_open_current(&fd, NULL), 0);
	n = number(fd);
	close(fd);
	return n;
}

/* Without CAP_SYS_ADMIN the refusal is what is tested. */
static int new_or_skip(void)
{
	struct err err;
	int fd = -7, r = ns_new(&fd, &err);

	if (r == -EPERM) {
		CHECK_HAS(err.text, "CAP_SYS_ADMIN");
		CHECK_EQ(fd, -7);
		test_skip("making namespaces is not permitted here (CAP_SYS_ADMIN)");
	}
	CHECK_EQ(r, 0);
	return fd;
}

TEST(a_new_namespace_is_another_and_the_thread_stays)
{
	ino_t home = here();
	int fd = new_or_skip();

	CHECK(number(fd) != home);
	CHECK_EQ(here(), home);
	close(fd);
}

TEST(visits_end_with_their_scope_and_nest)
{
	ino_t home = here();
	int a = new_or_skip(), b = new_or_skip();

	{
		AUTO(ns_leave) struct ns_visit v = ns_visit(a, NULL);

		CHECK_EQ(v.r, 0);
		CHECK_EQ(here(), number(a));
		{
			AUTO(ns_leave) struct ns_visit w = ns_visit(b, NULL);

			CHECK_EQ(w.r, 0);
			CHECK_EQ(here(), number(b));
			ns_leave(&w);
			CHECK_EQ(here(), number(a));
		}
		CHECK_EQ(here(), number(a));
	}
	CHECK_EQ(here(), home);
	close(a);
	close(b);
}

TEST(a_visit_to_what_is_no_namespace_goes_nowhere)
{
	ino_t home = here();
	struct err err;
	int fds[2];

	CHECK_EQ(pipe(fds), 0);
	{
		AUTO(ns_leave) struct ns_visit v = ns_visit(fds[0], &err);

		CHECK(v.r < 0);
		CHECK_HAS(err.text, "entering a network namespace");
		CHECK_EQ(v.back, -1);
	}
	CHECK_EQ(here(), home);
	close(fds[0]);
	close(fds[1]);
}

TEST(a_socket_belongs_to_the_namespace_it_was_made_for)
{
	ino_t home = here();
	int fd = new_or_skip(), sock = -1;
	struct ifreq ifr = { .ifr_name = "lo" };
	struct err err;

	CHECK_EQ(ns_socket(fd, AF_INET, SOCK_DGRAM, 0, &sock, &err), 0);
	CHECK_EQ(here(), home);
	/* Nobody has set its loopback up. */
	CHECK_EQ(ioctl(sock, SIOCGIFFLAGS, &ifr), 0);
	CHECK_EQ(ifr.ifr_flags & IFF_UP, 0);
	close(sock);
	CHECK(ns_socket(fd, AF_INET, 99, 0, &sock, &err) < 0);
	CHECK_HAS(err.text, "opening a socket");
	close(fd);
}
