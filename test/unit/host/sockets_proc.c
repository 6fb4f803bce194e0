/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/sockets_proc.h"

TEST(sockets_proc_reads_what_the_kernel_lists_there)
{
	static const struct sockets_source src = { FACT_TCP, -1, { "tcp", NULL }, 0 };
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(0x7f000001) } };
	struct sockets_list l = { 0 };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), found = 0;

	CHECK_EQ(bind(fd, (struct sockaddr *)&a, len), 0);
	CHECK_EQ(listen(fd, 5), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	CHECK_EQ(sockets_proc_read(&src, 4, 1u << 10, &l), 0);
	for (size_t i = 0; i < l.n; i++) {
		const struct fact_socket *f = &l.item[i].fact;

		CHECK_EQ(f->state, FACT_LISTEN);
		if (f->local.port != ntohs(a.sin_port))
			continue;
		found++;
		CHECK_EQ(f->local.addr.octet[0], 127);
		CHECK_EQ(f->uid, getuid());
		CHECK_EQ(f->send_q, FACT_NONE); /* the file does not tell the backlog */
	}
	CHECK_EQ(found, 1);
	CHECK_EQ(sockets_proc_read(&src, 6, ~0u, &l), -ENOENT);
	free(l.item);
	close(fd);
}

TEST(sockets_proc_of_a_protocol_that_is_not_there)
{
	static const struct sockets_source src = { FACT_RAW, -1, { "no-such-file", "x" }, 0 };
	struct sockets_list l = { 0 };

	CHECK_EQ(sockets_proc_read(&src, 4, ~0u, &l), -ENOENT);
	CHECK_EQ(l.n, 0);
}
