/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/detect_args.h"

#include <errno.h>
#include <string.h>

#include "test.h"

static struct err err;
static struct detect_conf conf;

static size_t size_of(const char *text)
{
	size_t v = 7;

	CHECK_EQ(detect_args_size(text, &v, &err), 0);
	return v;
}

TEST(memory_is_octets_or_has_a_unit)
{
	CHECK_EQ(size_of("25M"), 25 << 20);
	CHECK_EQ(size_of("4m"), DETECT_MEMORY_MIN);
	CHECK_EQ(size_of("8192k"), 8 << 20);
	CHECK_EQ(size_of("1G"), 1 << 30);
	CHECK_EQ(size_of("16g"), DETECT_ARGS_MEMORY_MAX);
	CHECK_EQ(size_of("5000000"), 5000000);
}

TEST(other_memory_is_refused_and_leaves_the_result_alone)
{
	static const char *const bad[] = { "",
					   "M",
					   "3M",
					   "17G",
					   "-5M",
					   "25MB",
					   "2.5G",
					   " 25M",
					   "25M ",
					   "25T",
					   "1",
					   "18446744073709551616",
					   "99999999999999999999999999G",
					   "25\n",
					   "25@" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		size_t v = 7;

		CHECK_EQ(detect_args_size(bad[i], &v, &err), -EINVAL);
		CHECK_HAS(err.text, "25M");
		CHECK_EQ(v, 7);
	}
}

TEST(networks_are_parted_by_commas)
{
	struct ip_prefix list[DETECT_PREFIXES_MAX];
	char text[IP_TEXT_LEN];
	size_t n = 0;

	CHECK_EQ(detect_args_prefixes("--dark", "192.0.2.7/24,2001:db8::/32", list, &n, &err), 0);
	CHECK_EQ(detect_args_prefixes("--dark", "10.0.0.1", list, &n, &err), 0);
	CHECK_EQ(n, 3);
	CHECK_STR(ip_prefix_format(&list[0], text), "192.0.2.0/24");
	CHECK_STR(ip_prefix_format(&list[1], text), "2001:db8::/32");
	CHECK_EQ(list[2].len, 32);
}

/* More octets than any network has. */
#define LONG "192.0.2.1-192.0.2.9-and-so-on-and-so-on-and-so-on-and-so-on-and-so-on"

TEST(other_networks_are_refused_by_name)
{
	static const char *const bad[] = { "",    ",",           "10.0.0.0/8,",    "10.0.0.0/33",
					   "lan", "10.0.0.0/8 ", "2001:db8::/129", LONG };
	struct ip_prefix list[DETECT_PREFIXES_MAX];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		size_t n = 5;

		CHECK_EQ(detect_args_prefixes("--dark", bad[i], list, &n, &err), -EINVAL);
		CHECK_HAS(err.text, "--dark: '");
		CHECK_HAS(err.text, "192.0.2.0/24");
		CHECK_EQ(n, 5);
	}
}

TEST(there_is_room_for_so_many_networks)
{
	struct ip_prefix list[DETECT_PREFIXES_MAX];
	size_t n = DETECT_PREFIXES_MAX - 1;

	CHECK_EQ(detect_args_prefixes("--dark", "10.0.0.1,10.0.0.2", list, &n, &err), -E2BIG);
	CHECK_EQ(n, DETECT_PREFIXES_MAX - 1);
	CHECK_EQ(detect_args_prefixes("--dark", "10.0.0.1", list, &n, &err), 0);
	CHECK_EQ(n, DETECT_PREFIXES_MAX);
}

static void set_fails(const char *text, const char *says)
{
	double was = conf.threshold[DETECT_run];

	CHECK_EQ(detect_args_set(text, &conf, &err), -EINVAL);
	CHECK_HAS(err.text, "--set: ");
	CHECK_HAS(err.text, says);
	CHECK(conf.threshold[DETECT_run] == was);
}

TEST(thresholds_are_set_by_name)
{
	detect_defaults(&conf);
	CHECK_EQ(detect_args_set("run=16", &conf, &err), 0);
	CHECK(conf.threshold[DETECT_run] == 16);
	CHECK_EQ(detect_args_set("monitor_alive=0.5", &conf, &err), 0);
	CHECK(conf.threshold[DETECT_monitor_alive] == 0.5);
}

TEST(other_thresholds_are_refused_and_the_nearest_suggested)
{
	detect_defaults(&conf);
	set_fails("run", "is not NAME=VALUE");
	set_fails("=16", "is not NAME=VALUE");
	set_fails("", "is not NAME=VALUE");
	set_fails("run=", "from 4 to 1000");
	set_fails("run=3", "from 4 to 1000");
	set_fails("run=1e3", "from 4 to 1000");
	set_fails("run_drak=9", "did you mean run_dark?");
	set_fails("colour=9", "doc/detection.md");
	set_fails("run=00000000000000000000000000000000000000000000000000000000000000000000012",
		  "too long");
}

TEST(options_come_to_a_configuration)
{
	const struct detect_args a = { .monitored = { { "192.0.2.0/24" }, 1 },
				       .dark = { { "10.0.0.0/8,10.1.0.0/16" }, 1 },
				       .ignored = { { "10.9.9.9" }, 1 },
				       .router = { { "192.0.2.1", "fe80::1" }, 2 },
				       .set = { { "run=20", "run=21" }, 2 },
				       .memory = "32M",
				       .seed = 7 };

	CHECK_EQ(detect_args_conf(&a, &conf, &err), 0);
	CHECK_EQ(conf.monitored_n, 1);
	CHECK_EQ(conf.dark_n, 2);
	CHECK_EQ(conf.ignored_n, 1);
	CHECK_EQ(conf.router_n, 2);
	CHECK_EQ(conf.router[1].family, 6);
	CHECK(conf.threshold[DETECT_run] == 21);
	CHECK_EQ(conf.memory, 32 << 20);
	CHECK(conf.key.k[0] >> 32 && conf.key.k[1] >> 32 && conf.key.k[0] != conf.key.k[1]);
}

static void conf_fails(const struct detect_args *a, const char *says)
{
	CHECK_EQ(detect_args_conf(a, &conf, &err), -EINVAL);
	CHECK_HAS(err.text, says);
}

TEST(a_wrong_option_is_named)
{
	conf_fails(&(struct detect_args){ .memory = "1M" }, "--memory: '1M'");
	conf_fails(&(struct detect_args){ .monitored = { { "x" }, 1 } }, "--monitored: 'x'");
	conf_fails(&(struct detect_args){ .dark = { { "x" }, 1 } }, "--dark: 'x'");
	conf_fails(&(struct detect_args){ .ignored = { { "x" }, 1 } }, "--ignore: 'x'");
	conf_fails(&(struct detect_args){ .router = { { "10.0.0.0/8" }, 1 } },
		   "--router: '10.0.0.0/8'");
	conf_fails(&(struct detect_args){ .monitored = { { "10.0.0.0/8" }, 1 }, .memory = "4M" },
		   "--memory");
	conf_fails(&(struct detect_args){ .dark = { { "x" }, OPT_EACH_MAX + 1 } }, "64 times");
}
