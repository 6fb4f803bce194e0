/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "host/procnet.h"

/* As a little-endian kernel writes them; the test is skipped elsewhere. */
static const char ping4[] =
	" 1234: 0100007F:04D2 00000000:0000 07 00000200:00000100 00:00000000 00000000  1000"
	"        0 4711 2 0000000000000000 3         \n";
static const char raw6[] =
	"   58: 000080FE000000000000000001000000:003A 00000000000000000000000000000000:0000 07"
	" 00000000:00000000 00:00000000 00000000     0        0 18446744073 2 ffff888012345678 0\n";
static const char tcp4[] =
	"   0: 0100007F:0035 0202000A:C350 01 00000000:00000000 02:000A7D8C 00000002   101        "
	"0 22 2 0000000000000000 20 4 30 10 -1";

static bool little_endian(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one == 1;
}

TEST(procnet_reads_every_field)
{
	struct procnet_line l;
	char text[IP_TEXT_LEN];

	if (!little_endian())
		test_skip("the samples were taken on a little-endian machine");
	CHECK_EQ(procnet_parse(ping4, strlen(ping4), 4, &l), 0);
	CHECK_STR(ip_format(&l.local.addr, text), "127.0.0.1");
	CHECK_EQ(l.local.port, 1234);
	CHECK_STR(ip_format(&l.peer.addr, text), "0.0.0.0");
	CHECK_EQ(l.peer.port, 0);
	CHECK_EQ(l.state, 7);
	CHECK_EQ(l.send_q, 512);
	CHECK_EQ(l.recv_q, 256);
	CHECK_EQ(l.uid, 1000);
	CHECK_EQ(l.inode, 4711);
	CHECK_EQ(procnet_parse(tcp4, strlen(tcp4), 4, &l), 0);
	CHECK_STR(ip_format(&l.peer.addr, text), "10.0.2.2");
	CHECK_EQ(l.peer.port, 50000);
	CHECK_EQ(l.state, 1);
	CHECK_EQ(l.uid, 101);
	CHECK_EQ(l.inode, 22);
}

TEST(procnet_reads_ipv6)
{
	struct procnet_line l;
	char text[IP_TEXT_LEN];

	if (!little_endian())
		test_skip("the samples were taken on a little-endian machine");
	CHECK_EQ(procnet_parse(raw6, strlen(raw6), 6, &l), 0);
	CHECK_STR(ip_format(&l.local.addr, text), "fe80::1");
	CHECK_EQ(l.local.addr.family, 6);
	CHECK_EQ(l.local.port, 58);
	CHECK_EQ(l.peer.addr.family, 6);
	CHECK_EQ(l.inode, 18446744073);
}

TEST(procnet_refuses_and_leaves_result_alone)
{
	static const char *const bad[] = {
		"",
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
		"0: 0100007:0035 00000000:0000 07 0:0 0:0 0 0 0 1",   /* seven digits */
		"0: 0100007F0035 00000000:0000 07 0:0 0:0 0 0 0 1",   /* no colon */
		"0: 0100007F:0035 00000000:0000 07 0:0 0:0 0 x 0 1",  /* user is no number */
		"0: 0100007F:00035 00000000:0000 07 0:0 0:0 0 0 0 1", /* port of five digits */
		"0: 0100007F:0035 00000000:0000 07 0:0 0:0 0 0 0",    /* no inode */
		"0 0100007F:0035 00000000:0000 07 0:0 0:0 0 0 0 1",
	};
	struct procnet_line l = { .uid = 99 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_EQ(procnet_parse(bad[i], strlen(bad[i]), 4, &l), -EINVAL);
	CHECK_EQ(procnet_parse(ping4, strlen(ping4), 6, &l), -EINVAL);
	CHECK_EQ(procnet_parse(raw6, strlen(raw6), 4, &l), -EINVAL);
	CHECK_EQ(procnet_parse(ping4, strlen(ping4), 5, &l), -EINVAL);
	/* Each cut short of the inode must be refused, whatever lies behind it in memory. */
	for (size_t n = 0; n < (size_t)(strstr(ping4, "4711") - ping4); n++)
		CHECK_EQ(procnet_parse(ping4, n, 4, &l), -EINVAL);
	CHECK_EQ(l.uid, 99);
}
