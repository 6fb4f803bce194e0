/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "host/devices.h"

TEST(devices_are_named_and_gone_ones_numbered)
{
	struct keep s = { 0 };
	struct devices d = { .names = &s };
	const char *lo, *again, *gone;

	CHECK_EQ(devices_name(&d, 1, &lo), 0);
	CHECK_STR(lo, "lo");
	for (uint32_t i = 2147483000u; i < 2147483040u; i++)
		CHECK_EQ(devices_name(&d, i, &gone), 0);
	CHECK_STR(gone, "2147483039");
	CHECK_EQ(devices_name(&d, 1, &again), 0);
	CHECK(again == lo);
	devices_done(&d);
	devices_done(&d);
	keep_done(&s);
}
