/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "base/cur.h"

TEST(cur_reads_back_what_was_written)
{
	uint8_t buf[10];
	struct wcur w = wcur(buf, sizeof(buf));
	struct rcur r;

	put_u8(&w, 0xab);
	put_u16(&w, 0x1234);
	put_u32(&w, 0xdeadbeef);
	put_bytes(&w, "xyz", 3);
	CHECK(!w.bad);
	CHECK_EQ(wcur_len(&w), 10);
	r = rcur((struct span){ buf, sizeof(buf) });
	CHECK_EQ(get_u8(&r), 0xab);
	CHECK_EQ(get_u16(&r), 0x1234);
	CHECK_EQ(get_u32(&r), 0xdeadbeef);
	CHECK_EQ(rcur_rest(&r).len, 3);
	CHECK(!r.bad);
}

TEST(cur_sticks_at_the_first_overrun)
{
	uint8_t in[3] = { 1, 2, 3 }, out[3];
	struct rcur r = rcur((struct span){ in, sizeof(in) });
	struct wcur w = wcur(out, sizeof(out));

	CHECK_EQ(get_u32(&r), 0);
	CHECK(r.bad);
	CHECK_EQ(get_u8(&r), 0); /* though three octets were there */
	CHECK_EQ(rcur_left(&r), 0);
	CHECK_EQ(rcur_rest(&r).len, 0);
	put_u32(&w, 7);
	CHECK(w.bad);
	put_u8(&w, 7);
	CHECK_EQ(wcur_len(&w), 0);
}
