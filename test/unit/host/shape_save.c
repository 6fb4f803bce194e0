/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/shape.h"
#include "test.h"

static struct rule_shape shape4(const char *line, struct keep *keep)
{
	return shape_of_save(line, 4, keep);
}

TEST(a_save_line_is_read_field_by_field)
{
	struct keep keep = { 0 };
	char text[IP_TEXT_LEN];
	struct rule_shape s = shape4(
		"-A INPUT -s 192.0.2.0/24 -d 198.51.100.1/32 -i eth0 -p tcp -m tcp --sport 1024:65535"
		" --dport 22 -m conntrack --ctstate NEW,RELATED -m comment --comment \"a \\\"b\\\" -j X\""
		" -j ACCEPT",
		&keep);

	CHECK_EQ(s.family, 4);
	CHECK_EQ(s.proto, 6);
	CHECK_STR(ip_prefix_format(&s.saddr, text), "192.0.2.0/24");
	CHECK_STR(ip_prefix_format(&s.daddr, text), "198.51.100.1/32");
	CHECK_STR(s.iif, "eth0");
	CHECK_EQ(s.sport, 1024);
	CHECK_EQ(s.dport, 22);
	CHECK_EQ(s.ct, RULE_CT_NEW | RULE_CT_RELATED);
	CHECK_EQ(s.verdict, RULE_ACCEPT);
	CHECK(s.complete && s.restricts_source && !s.has_limit);
	CHECK(s.exact & RULE_DPORT && !(s.exact & RULE_SPORT));
	keep_done(&keep);
}

TEST(icmp_types_are_read_in_all_their_forms)
{
	static const struct {
		const char *line;
		int family, proto, type, code;
		bool complete;
	} cases[] = {
		{ "-A I -p icmp -m icmp --icmp-type 8 -j DROP", 4, 1, 8, -1, true },
		{ "-A I -p icmp -m icmp --icmp-type 3/4 -j DROP", 4, 1, 3, 4, true },
		{ "-A I -p icmp -m icmp --icmp-type any -j DROP", 4, 1, -1, -1, true },
		{ "-A I -p icmp -m icmp --icmp-type 255 -j DROP", 4, 1, -1, -1, true },
		{ "-A I -p icmp -m icmp ! --icmp-type 8 -j DROP", 4, 1, 0, -1, true },
		{ "-A I -p icmp -m icmp ! --icmp-type 3/4 -j DROP", 4, 1, -1, -1, false },
		{ "-A I -p ipv6-icmp -m icmp6 --icmpv6-type 1/4 -j DROP", 6, 58, 1, 4, true },
		{ "-A I -p ipv6-icmp -m icmp6 --icmpv6-type 255 -j DROP", 6, 58, 255, -1, true },
		{ "-A I -p icmp -m icmp --icmp-type 300 -j DROP", 4, 1, -1, -1, false },
		{ "-A I -p icmp -m icmp --icmp-type x -j DROP", 4, 1, -1, -1, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct keep keep = { 0 };
		struct rule_shape s = shape_of_save(cases[i].line, cases[i].family, &keep);

		CHECK_EQ(s.family, cases[i].family);
		CHECK_EQ(s.proto, cases[i].proto);
		CHECK_EQ(s.type, cases[i].type);
		CHECK_EQ(s.code, cases[i].code);
		CHECK_EQ(s.complete, cases[i].complete);
		CHECK_EQ(s.verdict, RULE_DROP);
		keep_done(&keep);
	}
}

TEST(save_lines_tell_limits_and_restrictions)
{
	static const struct {
		const char *line;
		bool limit, source, complete, alters;
	} cases[] = {
		{ "-A I -m limit --limit 10/sec --limit-burst 20 -j ACCEPT", true, false, true,
		  false },
		{ "-A I -m hashlimit --hashlimit-above 5/sec --hashlimit-burst 10 --hashlimit-mode srcip --hashlimit-name p -j DROP",
		  true, false, false, false },
		{ "-A I -m hashlimit --hashlimit-upto 5/sec --hashlimit-name p -j ACCEPT", true,
		  false, true, false },
		{ "-A I -m recent --set --name bad --mask 255.255.255.255 --rsource -j DROP", true,
		  false, true, true },
		{ "-A I -m recent --update --seconds 30 --hitcount 6 --name bad --rsource -j DROP",
		  true, false, false, false },
		{ "-A I -m statistic --mode random --probability 0.5 -j ACCEPT", true, false, false,
		  false },
		{ "-A I -m mark --mark 0x1 -j ACCEPT", false, true, false, false },
		{ "-A I -m set --match-set s src -j ACCEPT", false, true, false, false },
		{ "-A I ! -i lo -j DROP", false, true, false, false },
		{ "-A I ! -s 10.0.0.0/8 -j DROP", false, true, false, false },
		{ "-A I -m addrtype --dst-type LOCAL -j RETURN", false, false, true, false },
		{ "-A I -m addrtype --dst-type BROADCAST -j DROP", false, false, false, false },
		{ "-A I -m addrtype --dst-type LOCAL --limit-iface-in -j RETURN", false, false,
		  false, false },
		{ "-A I -f -j DROP", false, false, false, false },
		{ "-A I -m u32 --u32 \"0x0>>0x16&0x3c@0x0>>0x18=0x8\" -j DROP", false, false, false,
		  false },
		{ "-A I -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT", false, false,
		  true, false },
		{ "-A I -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP", false, false,
		  false, false },
		{ "-A I -p udp -m multiport --dports 53,5353 -j ACCEPT", false, false, true,
		  false },
		{ "-A I -p udp -m multiport --ports 53,5353 -j ACCEPT", false, false, false,
		  false },
		{ "-A I -o eth0 -j ACCEPT", false, false, false, false },
		{ "-A I -j MARK --set-xmark 0x1/0xffffffff", false, false, true, true },
		{ "-A I -m limit --limit 3/min -j LOG --log-prefix \"[UFW BLOCK] \"", true, false,
		  true, false },
		{ "-A I -m nosuch -j DROP", false, false, false, false },
		{ "-A I", false, false, true, false },
		{ "", false, false, true, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct keep keep = { 0 };
		struct rule_shape s = shape4(cases[i].line, &keep);

		CHECK_EQ(s.has_limit, cases[i].limit);
		CHECK_EQ(s.restricts_source, cases[i].source);
		CHECK_EQ(s.complete, cases[i].complete);
		CHECK_EQ(s.alters, cases[i].alters);
		keep_done(&keep);
	}
}

TEST(targets_that_are_no_verdicts_are_chains)
{
	struct keep keep = { 0 };
	struct rule_shape s = shape4("-A INPUT -p icmp -j ICMP", &keep);

	CHECK_EQ(s.verdict, RULE_JUMP);
	CHECK_STR(s.target, "ICMP");
	s = shape4("-A INPUT -p icmp -g ICMP", &keep);
	CHECK_EQ(s.verdict, RULE_GOTO);
	s = shape4("-A INPUT -j REJECT --reject-with icmp-port-unreachable", &keep);
	CHECK_EQ(s.verdict, RULE_REJECT);
	CHECK(!s.target);
	s = shape4("-A INPUT -i eth+ -j LOG", &keep);
	CHECK_EQ(s.verdict, RULE_CONTINUE);
	CHECK_STR(s.iif, "eth*");
	CHECK(!(s.exact & RULE_IIF));
	s = shape4("-A INPUT ! -p tcp -j DROP", &keep);
	CHECK_EQ(s.proto, 17);
	CHECK(!(s.exact & RULE_PROTO));
	keep_done(&keep);
}
