/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What needs no answer of a kernel; test/net/pio_sockets.sh has the rest. */
#include "test.h"

#include <errno.h>
#include <poll.h>

#include "pio/sockets.h"
#include "sys/clock.h"

static void never(void *to, const struct pio_socket_event *e)
{
	(void)to;
	(void)e;
	CHECK(false);
}

TEST(sockets_that_ask_nothing_have_nothing)
{
	AUTO(pio_sockets_closep) struct pio_sockets *s = NULL;
	struct pollfd p;

	CHECK_EQ(pio_sockets_open(4, &s, NULL), 0);
	CHECK_EQ(pio_sockets_next_ns(s), UINT64_MAX);
	CHECK_EQ(pio_sockets_take(s, clock_mono_ns(), never, NULL), 0);
	p = (struct pollfd){ pio_sockets_fd(s), POLLIN, 0 };
	CHECK_EQ(poll(&p, 1, 0), 0);
	pio_sockets_close(NULL);
}

TEST(sockets_refuse_an_address_that_is_none)
{
	AUTO(pio_sockets_closep) struct pio_sockets *s = NULL;
	struct pio_socket_ask ask = { .kind = PIO_SOCKET_UDP, .port = 9 };

	CHECK_EQ(pio_sockets_open(4, &s, NULL), 0);
	CHECK_EQ(pio_sockets_ask(s, &ask), -EINVAL);
	CHECK_EQ(pio_sockets_next_ns(s), UINT64_MAX);
}
