/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/caps.h"
#include "sys/entropy.h"

/* The same question asked of /proc. */
static uint64_t effective(void)
{
	char line[256], *at;
	uint64_t set = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f)) {
		at = strstr(line, "CapEff:");
		if (at)
			set = strtoull(at + 7, NULL, 16);
	}
	if (f)
		fclose(f);
	return set;
}

TEST(caps_are_those_the_kernel_shows)
{
	uint64_t set = effective();

	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		CHECK_EQ(caps_has(cap), set >> cap & 1);
	CHECK(!caps_has(-1));
	CHECK(!caps_has(64));
	CHECK(!caps_has(1000));
	CHECK_EQ(caps_root(), geteuid() == 0);
}

TEST(caps_missing_names_the_capability_and_what_grants_it)
{
	struct err err;

	CHECK_EQ(caps_missing("CAP_NET_RAW", "a raw ICMP socket", &err), -EPERM);
	CHECK_HAS(err.text, "a raw ICMP socket needs CAP_NET_RAW");
	CHECK_HAS(err.text, "run with sudo");
	CHECK_HAS(err.text, "'sudo setcap cap_net_raw+ep /");
}

TEST(entropy_fills_every_octet_with_something_new)
{
	uint8_t a[300] = { 0 }, b[300] = { 0 };
	unsigned zeros = 0;

	CHECK_EQ(entropy_fill(a, sizeof(a), NULL), 0);
	CHECK_EQ(entropy_fill(b, sizeof(b), NULL), 0);
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	for (size_t i = 0; i < sizeof(a); i++)
		zeros += a[i] == 0 && b[i] == 0;
	CHECK(zeros < 10);
}
