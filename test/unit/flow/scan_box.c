/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "flow/scan_own.h"
#include "test.h"

#define N 200 /* wanted ports */

static struct probe_cell cells[N + SCAN_CONTROLS];

static void put(uint32_t first, uint32_t n, uint8_t kind, uint8_t ttl)
{
	for (uint32_t i = first; i < first + n; i++)
		cells[i] = (struct probe_cell){ .state = CELL_ANSWERED, .kind = kind, .ttl = ttl };
}

static const char *judge(uint32_t n, uint32_t controls, uint8_t ttl)
{
	static char text[160];

	return scan_box(cells, n, controls, ttl, text, sizeof(text));
}

TEST(scan_box_believes_a_host_with_some_open_ports)
{
	put(0, N + SCAN_CONTROLS, REPLY_RST, 64);
	put(10, 20, REPLY_SYNACK, 64);
	CHECK(judge(N, SCAN_CONTROLS, 64) == NULL);
	CHECK(judge(N, 0, 0) == NULL);
}

TEST(scan_box_knows_who_answers_on_ports_that_nothing_uses)
{
	put(0, N, REPLY_RST, 64);
	put(N, SCAN_CONTROLS, REPLY_SYNACK, 64);
	CHECK_HAS(judge(N, SCAN_CONTROLS, 64), "nothing uses");
	/* One of them may be in use after all. */
	put(N, 1, REPLY_RST, 64);
	CHECK(judge(N, SCAN_CONTROLS, 64) == NULL);
}

TEST(scan_box_knows_who_answers_on_nearly_every_port)
{
	put(0, N, REPLY_SYNACK, 64);
	put(0, 9, REPLY_RST, 64);
	CHECK_HAS(judge(N, 0, 64), "191 of 200");
	put(0, 11, REPLY_RST, 64);
	CHECK(judge(N, 0, 64) == NULL);
	/* Of few ports all may well be open. */
	put(0, 100, REPLY_SYNACK, 64);
	CHECK(judge(100, 0, 64) == NULL);
}

TEST(scan_box_knows_who_answers_from_nearer_by_than_the_host)
{
	put(0, N, REPLY_RST, 60);
	put(0, 5, REPLY_SYNACK, 63);
	CHECK_HAS(judge(N, 0, 0), "3 hops nearer");
	/* Without resets, what the host said otherwise counts. */
	CHECK_HAS(judge(5, 0, 60), "3 hops nearer");
	CHECK(judge(5, 0, 0) == NULL);
	/* Another start of the count is no other distance. */
	put(0, 5, REPLY_SYNACK, 251);
	CHECK(judge(N, 0, 0) == NULL);
}

TEST(scan_box_takes_a_port_that_is_forwarded_for_what_it_is)
{
	put(0, N, REPLY_RST, 60);
	put(0, 5, REPLY_SYNACK, 59);
	CHECK(judge(N, 0, 0) == NULL);
	/* Several distances: several hosts behind one address. */
	put(0, 1, REPLY_SYNACK, 63);
	CHECK(judge(N, 0, 0) == NULL);
}
