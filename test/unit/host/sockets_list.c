/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "host/sockets_list.h"

TEST(sockets_list_state_says_what_the_kernels_number_means)
{
	static const struct {
		enum fact_proto proto;
		uint8_t kernel;
		bool has_peer;
		int want;
	} cases[] = {
		{ FACT_TCP, 1, true, FACT_ESTABLISHED },  { FACT_TCP, 2, true, FACT_SYN_SENT },
		{ FACT_TCP, 3, true, FACT_SYN_RECV },     { FACT_TCP, 4, true, FACT_FIN_WAIT1 },
		{ FACT_TCP, 5, true, FACT_FIN_WAIT2 },    { FACT_TCP, 6, true, FACT_TIME_WAIT },
		{ FACT_TCP, 7, false, FACT_CLOSE },       { FACT_TCP, 8, true, FACT_CLOSE_WAIT },
		{ FACT_TCP, 9, true, FACT_LAST_ACK },     { FACT_TCP, 10, false, FACT_LISTEN },
		{ FACT_TCP, 11, true, FACT_CLOSING },     { FACT_TCP, 12, true, FACT_NEW_SYN_RECV },
		{ FACT_TCP, 13, false, FACT_CLOSE },      { FACT_TCP, 0, false, -EBADMSG },
		{ FACT_TCP, 14, false, -EBADMSG },        { FACT_TCP, 255, false, -EBADMSG },
		{ FACT_UDP, 7, false, FACT_UNCONN },      { FACT_UDP, 1, true, FACT_ESTABLISHED },
		{ FACT_UDPLITE, 7, false, FACT_UNCONN },  { FACT_RAW, 7, false, FACT_UNCONN },
		{ FACT_ICMP, 7, false, FACT_UNCONN },     { FACT_SCTP, 10, false, FACT_LISTEN },
		{ FACT_SCTP, 7, false, FACT_CLOSE },      { FACT_SCTP, 0, true, FACT_CLOSE },
		{ FACT_SCTP, 3, true, FACT_ESTABLISHED }, { FACT_SCTP, 7, true, FACT_LAST_ACK },
		{ FACT_SCTP, 8, true, -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(sockets_list_state(cases[i].proto, cases[i].kernel, cases[i].has_peer),
			 cases[i].want);
}

TEST(sockets_list_owner_of_a_socket_without_inode_is_not_known)
{
	struct fact_socket f;

	sockets_list_owner(&f, 0, 0);
	CHECK_EQ(f.uid, FACT_NONE);
	CHECK_EQ(f.inode, FACT_NONE);
	CHECK_EQ(f.pid, FACT_NONE);
	sockets_list_owner(&f, 1000, 0);
	CHECK_EQ(f.uid, 1000);
	CHECK_EQ(f.inode, FACT_NONE);
	sockets_list_owner(&f, 0, 5);
	CHECK_EQ(f.uid, 0);
	CHECK_EQ(f.inode, 5);
}

TEST(sockets_list_grows)
{
	struct sockets_list l = { 0 };
	struct sockets_entry e = { .ifindex = 3 };

	for (int64_t i = 0; i < 1000; i++) {
		e.fact.recv_q = i;
		CHECK_EQ(sockets_list_add(&l, &e), 0);
	}
	CHECK_EQ(l.n, 1000);
	CHECK_EQ(l.item[999].fact.recv_q, 999);
	CHECK_EQ(l.item[0].fact.recv_q, 0);
	CHECK_EQ(l.item[500].ifindex, 3);
	free(l.item);
}
