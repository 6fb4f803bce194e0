/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"
#include "policy/limit.h"

TEST(limit_allows_reads_rate_and_burst_of_both_languages)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "icmp type echo-request limit rate 10/second burst 20 packets accept", 30 },
		{ "icmp type echo-request limit rate 10/second accept", 15 },
		{ "icmp type echo-request limit rate over 5/second burst 10 packets drop", 15 },
		{ "limit rate 60/minute burst 5 packets accept", 6 },
		{ "limit rate 1/hour accept", 6 },
		{ "add @f { ip saddr limit rate over 5/second burst 10 packets } drop", 15 },
		{ "-p icmp -m limit --limit 1/sec --limit-burst 3 -j ACCEPT", 4 },
		{ "-p icmp -m hashlimit --hashlimit-upto 50/s --hashlimit-burst 9 -j ACCEPT", 59 },
		{ "-p icmp -m hashlimit --hashlimit-above 5/min -j DROP", 6 },
		{ "limit rate 10 kbytes/second drop", -1 },
		{ "limit name \"x\" accept", -1 },
		{ "quota over 100 mbytes drop", -1 },
		{ "limit rate 10/ accept", -1 },
		{ "limit rate /second accept", -1 },
		{ "", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(limit_allows(cases[i].text), cases[i].want);
}

TEST(limit_on_echo_tells_which_rules_take_every_ping)
{
	static const struct {
		const char *text;
		unsigned family;
		bool want;
	} cases[] = {
		{ "icmp type echo-request limit rate 1/second accept", 4, true },
		{ "icmp type echo-request limit rate 1/second accept", 6, false },
		{ "icmpv6 type echo-request limit rate 1/second accept", 6, true },
		{ "icmp type 8 limit rate 1/second accept", 4, true },
		{ "icmp type { 8, 13 } limit rate 1/second accept", 4, true },
		{ "icmp type { 13, 8 } limit rate 1/second accept", 4, true },
		{ "icmp type { timestamp-request, echo-request } limit rate 1/second drop", 4,
		  true },
		{ "icmp type { 18, 80 } limit rate 1/second accept", 4, false },
		{ "icmp type { echo-reply } limit rate 1/second accept", 4, false },
		{ "icmp type @ok limit rate 1/second accept", 4, false },
		{ "meta l4proto icmp limit rate 1/second accept", 4, true },
		{ "meta l4proto ipv6-icmp limit rate 1/second accept", 6, true },
		{ "-p icmp -m icmp --icmp-type 8 -m limit --limit 1/s -j ACCEPT", 4, true },
		{ "-p icmp -m icmp ! --icmp-type 8 -m limit --limit 1/s -j ACCEPT", 4, false },
		{ "-p icmp -m limit --limit 1/s -j LOG", 4, false },
		{ "-p ipv6-icmp --icmpv6-type 128 -m limit --limit 1/s -j DROP", 6, true },
		{ "tcp dport 22 limit rate 1/second accept", 4, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fact_rule rule = made_rule;

		rule.text = cases[i].text;
		if (limit_on_echo(&rule, cases[i].family) != cases[i].want)
			fail_msg("%s", cases[i].text);
	}
	CHECK(!limit_on_echo(NULL, 4));
}
