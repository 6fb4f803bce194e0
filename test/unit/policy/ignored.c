/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/ignored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "icmp/number.h"
#include "test.h"

#define SETTINGS_MAX 12

static struct fact_sysctl items[SETTINGS_MAX];
static char buf[IGNORED_TEXT_LEN];

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct fact_sysctl *)a)->name, ((const struct fact_sysctl *)b)->name);
}

/* "name=value" texts, as the settings of a host: sorted. */
static struct ignored_settings settings(size_t n, const char *const *texts)
{
	static char room[SETTINGS_MAX][IGNORED_TEXT_LEN];

	CHECK(n <= SETTINGS_MAX);
	for (size_t i = 0; i < n; i++) {
		char *is;

		strcpy(room[i], texts[i]);
		is = strchr(room[i], '=');
		*is = '\0';
		items[i] = (struct fact_sysctl){ .name = room[i], .value = is + 1 };
	}
	qsort(items, n, sizeof(*items), by_name);
	return (struct ignored_settings){ items, n };
}

#define SETTINGS(...)                                               \
	settings(ARRAY_LEN(((const char *const[]){ __VA_ARGS__ })), \
		 (const char *const[]){ __VA_ARGS__ })

static const char *by(const struct ignored_settings *s, uint8_t family, uint8_t type, uint8_t code)
{
	return ignored_by_setting(s, "eth0", family, type, code, buf);
}

TEST(a_setting_is_found_wherever_it_stands)
{
	struct ignored_settings s = SETTINGS("b=2", "a=1", "d=4", "c=3", "e=5");

	CHECK_EQ(ignored_setting(&s, "a", -1), 1);
	CHECK_EQ(ignored_setting(&s, "b", -1), 2);
	CHECK_EQ(ignored_setting(&s, "c", -1), 3);
	CHECK_EQ(ignored_setting(&s, "d", -1), 4);
	CHECK_EQ(ignored_setting(&s, "e", -1), 5);
	CHECK_EQ(ignored_setting(&s, "0", -1), -1);
	CHECK_EQ(ignored_setting(&s, "bb", -1), -1);
	CHECK_EQ(ignored_setting(&s, "f", -7), -7);
	s.n = 0;
	CHECK_EQ(ignored_setting(&s, "a", -1), -1);
}

TEST(a_value_that_is_no_number_counts_as_absent)
{
	struct ignored_settings s = SETTINGS("a=", "b=text", "c=12 34", "d=-1", "e=99999999999999");

	CHECK_EQ(ignored_setting(&s, "a", -1), -1);
	CHECK_EQ(ignored_setting(&s, "b", -1), -1);
	CHECK_EQ(ignored_setting(&s, "c", -1), 12);
	CHECK_EQ(ignored_setting(&s, "d", -9), -9);
	CHECK(ignored_setting(&s, "e", -1) > 999999999);
}

TEST(an_unsorted_list_may_hide_settings_and_breaks_nothing)
{
	struct fact_sysctl wild[] = { { "z", "1" }, { "a", "2" }, { "m", "3" }, { "b", "4" } };
	struct ignored_settings s = { wild, ARRAY_LEN(wild) };

	for (char c = 'a'; c <= 'z'; c++) {
		char name[2] = { c, '\0' };

		CHECK(ignored_setting(&s, name, -1) >= -1);
	}
}

TEST(a_dot_in_an_interfaces_name_is_a_slash_in_its_settings)
{
	struct ignored_settings s =
		SETTINGS("net.ipv4.conf.eth0/100.rp_filter=2", "net.ipv6.conf.a/b/c.accept_ra=0");

	CHECK_EQ(ignored_setting_of(&s, "net.ipv4.conf", "eth0.100", "rp_filter", -1), 2);
	CHECK_EQ(ignored_setting_of(&s, "net.ipv4.conf", "eth0", "rp_filter", -1), -1);
	CHECK_STR(ignored_by_setting(&s, "a.b.c", 6, ICMP6_ND_ROUTER_ADVERT, 0, buf),
		  "net.ipv6.conf.a/b/c.accept_ra=0");
	CHECK_STR(ignored_by_route(&s, "eth0.100", 4, buf), "net.ipv4.conf.eth0/100.rp_filter=2");
}

TEST(a_name_too_long_for_any_setting_is_survived)
{
	static char name[400];
	struct ignored_settings s = SETTINGS("a=1");

	memset(name, '.', sizeof(name) - 1);
	CHECK_EQ(ignored_setting_of(&s, "net.ipv4.conf", name, "rp_filter", -1), -1);
	CHECK(ignored_by_setting(&s, name, 6, ICMP6_ND_REDIRECT, 0, buf) == NULL);
}

TEST(without_settings_nothing_is_ignored_for_one)
{
	struct ignored_settings s = { NULL, 0 };

	for (unsigned type = 0; type < 256; type++) {
		CHECK(by(&s, 4, (uint8_t)type, 4) == NULL);
		CHECK(by(&s, 6, (uint8_t)type, 0) == NULL);
	}
	CHECK(ignored_by_route(&s, "eth0", 4, buf) == NULL);
}

TEST(echo_is_ignored_by_its_family_own_setting_whatever_number_it_has)
{
	struct ignored_settings s = SETTINGS("net.ipv4.icmp_echo_ignore_all=1");

	CHECK_STR(by(&s, 4, ICMP4_ECHO, 0), "net.ipv4.icmp_echo_ignore_all=1");
	CHECK(by(&s, 6, ICMP6_ECHO, 0) == NULL);
	s = SETTINGS("net.ipv6.icmp.echo_ignore_all=1");
	CHECK(by(&s, 4, ICMP4_ECHO, 0) == NULL);
	CHECK_STR(by(&s, 6, ICMP6_ECHO, 0), "net.ipv6.icmp.echo_ignore_all=1");
	s = SETTINGS("net.ipv4.icmp_echo_ignore_all=5");
	CHECK_STR(by(&s, 4, ICMP4_ECHO, 0), "net.ipv4.icmp_echo_ignore_all=5");
	s = SETTINGS("net.ipv4.icmp_echo_ignore_all=0", "net.ipv6.icmp.echo_ignore_all=0");
	CHECK(by(&s, 4, ICMP4_ECHO, 0) == NULL);
	CHECK(by(&s, 6, ICMP6_ECHO, 0) == NULL);
}

TEST(probe_is_ignored_unless_enabled_for_both_families_at_once)
{
	struct ignored_settings s = SETTINGS("net.ipv4.icmp_echo_enable_probe=0");

	CHECK_STR(by(&s, 4, ICMP4_EXT_ECHO, 0), "net.ipv4.icmp_echo_enable_probe=0");
	CHECK_STR(by(&s, 6, ICMP6_EXT_ECHO, 0), "net.ipv4.icmp_echo_enable_probe=0");
	s = SETTINGS("net.ipv4.icmp_echo_enable_probe=1", "net.ipv4.icmp_echo_ignore_all=1",
		     "net.ipv6.icmp.echo_ignore_all=1");
	CHECK_STR(by(&s, 4, ICMP4_EXT_ECHO, 0), "net.ipv4.icmp_echo_ignore_all=1");
	CHECK_STR(by(&s, 6, ICMP6_EXT_ECHO, 0), "net.ipv6.icmp.echo_ignore_all=1");
	s = SETTINGS("net.ipv4.icmp_echo_enable_probe=1");
	CHECK(by(&s, 4, ICMP4_EXT_ECHO, 0) == NULL);
	CHECK(by(&s, 6, ICMP6_EXT_ECHO, 0) == NULL);
}

TEST(a_host_takes_redirects_when_all_or_the_interface_says_so)
{
	static const char *const fields[] = { "net.ipv4.conf.all.accept_redirects=",
					      "net.ipv4.conf.eth0.accept_redirects=" };
	char all[64], own[64];

	for (unsigned k = 0; k < 4; k++) {
		struct ignored_settings s;

		sprintf(all, "%s%u", fields[0], k & 1);
		sprintf(own, "%s%u", fields[1], k >> 1);
		s = SETTINGS(all, own, "net.ipv4.conf.eth0.forwarding=0");
		if (k)
			CHECK(by(&s, 4, ICMP4_REDIRECT, 1) == NULL);
		else
			CHECK_STR(by(&s, 4, ICMP4_REDIRECT, 1),
				  "net.ipv4.conf.eth0.accept_redirects=0");
	}
}

TEST(a_router_takes_redirects_when_all_and_the_interface_say_so)
{
	struct ignored_settings s = SETTINGS("net.ipv4.conf.all.accept_redirects=0",
					     "net.ipv4.conf.eth0.accept_redirects=1",
					     "net.ipv4.conf.eth0.forwarding=1");

	CHECK_STR(by(&s, 4, ICMP4_REDIRECT, 0), "net.ipv4.conf.all.accept_redirects=0");
	s = SETTINGS("net.ipv4.conf.all.accept_redirects=1",
		     "net.ipv4.conf.eth0.accept_redirects=0", "net.ipv4.conf.eth0.forwarding=1");
	CHECK_STR(by(&s, 4, ICMP4_REDIRECT, 0), "net.ipv4.conf.eth0.accept_redirects=0");
	s = SETTINGS("net.ipv4.conf.all.accept_redirects=1",
		     "net.ipv4.conf.eth0.accept_redirects=1", "net.ipv4.conf.eth0.forwarding=1");
	CHECK(by(&s, 4, ICMP4_REDIRECT, 0) == NULL);
}

TEST(fragmentation_needed_is_ignored_by_one_mode_only_and_its_siblings_never)
{
	struct ignored_settings s = SETTINGS("net.ipv4.ip_no_pmtu_disc=2");

	CHECK_STR(by(&s, 4, ICMP4_UNREACH, ICMP4_UNREACH_NEEDFRAG), "net.ipv4.ip_no_pmtu_disc=2");
	CHECK(by(&s, 4, ICMP4_UNREACH, ICMP4_UNREACH_PORT) == NULL);
	s = SETTINGS("net.ipv4.ip_no_pmtu_disc=1");
	CHECK(by(&s, 4, ICMP4_UNREACH, ICMP4_UNREACH_NEEDFRAG) == NULL);
}

TEST(of_ipv6_only_the_interfaces_own_settings_count)
{
	struct ignored_settings s =
		SETTINGS("net.ipv6.conf.all.accept_redirects=0", "net.ipv6.conf.all.accept_ra=0",
			 "net.ipv6.conf.all.forwarding=1", "net.ipv6.conf.eth0.accept_redirects=1",
			 "net.ipv6.conf.eth0.accept_ra=1");

	CHECK(by(&s, 6, ICMP6_ND_REDIRECT, 0) == NULL);
	CHECK(by(&s, 6, ICMP6_ND_ROUTER_ADVERT, 0) == NULL);
	s = SETTINGS("net.ipv6.conf.eth0.accept_redirects=0", "net.ipv6.conf.eth0.accept_ra=0");
	CHECK_STR(by(&s, 6, ICMP6_ND_REDIRECT, 0), "net.ipv6.conf.eth0.accept_redirects=0");
	CHECK_STR(by(&s, 6, ICMP6_ND_ROUTER_ADVERT, 0), "net.ipv6.conf.eth0.accept_ra=0");
}

TEST(a_router_ignores_what_tells_hosts_about_routers)
{
	struct ignored_settings s =
		SETTINGS("net.ipv6.conf.eth0.forwarding=1", "net.ipv6.conf.eth0.accept_ra=1",
			 "net.ipv6.conf.eth0.accept_redirects=1");

	CHECK_STR(by(&s, 6, ICMP6_ND_ROUTER_ADVERT, 0), "net.ipv6.conf.eth0.forwarding=1");
	CHECK_STR(by(&s, 6, ICMP6_ND_REDIRECT, 0), "net.ipv6.conf.eth0.forwarding=1");
	CHECK(by(&s, 6, ICMP6_ND_ROUTER_SOLICIT, 0) == NULL);
	s = SETTINGS("net.ipv6.conf.eth0.forwarding=2", "net.ipv6.conf.eth0.accept_ra=3");
	CHECK_STR(by(&s, 6, ICMP6_ND_ROUTER_ADVERT, 0), "net.ipv6.conf.eth0.forwarding=2");
	CHECK_STR(by(&s, 6, ICMP6_ND_REDIRECT, 0), "net.ipv6.conf.eth0.forwarding=2");
	s = SETTINGS("net.ipv6.conf.eth0.forwarding=1", "net.ipv6.conf.eth0.accept_ra=2");
	CHECK(by(&s, 6, ICMP6_ND_ROUTER_ADVERT, 0) == NULL);
}

TEST(a_host_ignores_what_asks_for_routers)
{
	struct ignored_settings s = SETTINGS("net.ipv6.conf.eth0.forwarding=0");

	CHECK_STR(by(&s, 6, ICMP6_ND_ROUTER_SOLICIT, 0), "net.ipv6.conf.eth0.forwarding=0");
	CHECK(by(&s, 6, ICMP6_ND_NEIGHBOR_SOLICIT, 0) == NULL);
	CHECK(by(&s, 6, ICMP6_ND_ROUTER_ADVERT, 0) == NULL);
}

TEST(source_validation_goes_by_the_larger_of_all_and_the_interface)
{
	struct ignored_settings s =
		SETTINGS("net.ipv4.conf.all.rp_filter=2", "net.ipv4.conf.eth0.rp_filter=1");

	CHECK_STR(ignored_by_route(&s, "eth0", 4, buf), "net.ipv4.conf.all.rp_filter=2");
	CHECK(ignored_by_route(&s, "eth0", 6, buf) == NULL);
	s = SETTINGS("net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.eth0.rp_filter=2");
	CHECK_STR(ignored_by_route(&s, "eth0", 4, buf), "net.ipv4.conf.eth0.rp_filter=2");
	s = SETTINGS("net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.eth0.rp_filter=1");
	CHECK_STR(ignored_by_route(&s, "eth0", 4, buf), "net.ipv4.conf.eth0.rp_filter=1");
	s = SETTINGS("net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.eth0.rp_filter=0");
	CHECK(ignored_by_route(&s, "eth0", 4, buf) == NULL);
	s = SETTINGS("net.ipv4.conf.all.rp_filter=1");
	CHECK_STR(ignored_by_route(&s, "eth0", 4, buf), "net.ipv4.conf.all.rp_filter=1");
}

TEST(linux_acts_on_few_types)
{
	static const uint8_t v4[] = { 0, 3, 4, 5, 8, 11, 12, 13, 42, 43 };

	for (unsigned type = 0; type < 256; type++) {
		bool v6 = type < 132 || (type > 132 && type <= 137) || type == 160 || type == 161;

		CHECK_EQ(ignored_has_handler(4, (uint8_t)type),
			 memchr(v4, (int)type, sizeof(v4)) != NULL);
		CHECK_EQ(ignored_has_handler(6, (uint8_t)type), v6);
	}
}

TEST(what_only_a_neighbour_may_send_is_ignored_of_strangers)
{
	for (unsigned type = 0; type < 256; type++) {
		bool link = type >= ICMP6_MLD_QUERY && type <= ICMP6_ND_REDIRECT;

		CHECK_EQ(ignored_by_origin(6, (uint8_t)type, FACT_STRANGER) != NULL, link);
		CHECK(ignored_by_origin(6, (uint8_t)type, FACT_NEIGHBOUR) == NULL);
		CHECK(ignored_by_origin(4, (uint8_t)type, FACT_STRANGER) == NULL);
	}
}
