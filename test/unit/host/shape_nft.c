/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/shape.h"
#include "test.h"

/* A listing with one rule in table "inet f" beside some sets; the rule's JSON is put together here. */
static const char before[] =
	"{\"nftables\":["
	"{\"set\":{\"family\":\"inet\",\"name\":\"nets\",\"table\":\"f\",\"elem\":["
	"{\"prefix\":{\"addr\":\"192.0.2.0\",\"len\":24}},\"198.51.100.7\"]}},"
	"{\"set\":{\"family\":\"inet\",\"name\":\"empty\",\"table\":\"f\"}},"
	"{\"set\":{\"family\":\"inet\",\"name\":\"late\",\"table\":\"f\",\"elem\":["
	"{\"elem\":{\"val\":{\"range\":[80,90]},\"timeout\":5}}]}},"
	"{\"map\":{\"family\":\"inet\",\"name\":\"ways\",\"table\":\"f\",\"map\":\"verdict\",\"elem\":["
	"[128,{\"jump\":{\"target\":\"ping\"}}],[137,{\"drop\":null}]]}},"
	"{\"rule\":{\"family\":\"inet\",\"table\":\"f\",\"chain\":\"c\",\"expr\":[";

struct seen {
	char ways[256];
	struct rule_shape last;
};

static void way(void *to, const char *chain, const struct rule_shape *shape)
{
	struct seen *s = to;

	strncat(s->ways, chain, sizeof(s->ways) - strlen(s->ways) - 1);
	strncat(s->ways, " ", sizeof(s->ways) - strlen(s->ways) - 1);
	s->last = *shape;
}

static struct rule_shape read_rule(const char *exprs, struct seen *seen)
{
	char text[4096];
	struct keep keep = { 0 };
	struct shape_sets *sets;
	struct rule_shape s;
	json_t *all;

	snprintf(text, sizeof(text), "%s%s]}}]}", before, exprs);
	all = json_loads(text, 0, NULL);
	CHECK(all != NULL);
	sets = shape_sets_new(all);
	CHECK(sets != NULL);
	memset(seen, 0, sizeof(*seen));
	s = shape_of_nft(
		json_object_get(json_array_get(json_object_get(all, "nftables"), 4), "rule"), sets,
		&keep, way, seen);
	s.iif = s.iif ? (strcmp(s.iif, "eth0") == 0 ? "eth0" : "other") : NULL;
	s.target = s.target ? "somewhere" : NULL;
	shape_sets_free(sets);
	json_decref(all);
	keep_done(&keep);
	return s;
}

#define META(key, op, right)                                                                       \
	"{\"match\":{\"op\":\"" op "\",\"left\":{\"meta\":{\"key\":\"" key "\"}},\"right\":" right \
	"}}"
#define PAYLOAD(proto, field, op, right)                                             \
	"{\"match\":{\"op\":\"" op "\",\"left\":{\"payload\":{\"protocol\":\"" proto \
	"\",\"field\":\"" field "\"}},\"right\":" right "}}"
#define CT(key, op, right)                                                                       \
	"{\"match\":{\"op\":\"" op "\",\"left\":{\"ct\":{\"key\":\"" key "\"}},\"right\":" right \
	"}}"
#define ACCEPT ",{\"accept\":null}"

TEST(a_rule_for_one_port_is_told_exactly)
{
	struct seen seen;
	struct rule_shape s = read_rule(PAYLOAD("tcp", "dport", "==", "22") ACCEPT, &seen);

	CHECK_EQ(s.proto, 6);
	CHECK_EQ(s.dport, 22);
	CHECK_EQ(s.sport, RULE_ANY);
	CHECK_EQ(s.family, 0);
	CHECK_EQ(s.verdict, RULE_ACCEPT);
	CHECK_EQ(s.exact, RULE_PROTO | RULE_DPORT);
	CHECK(s.complete && !s.has_limit && !s.restricts_source && !s.alters);
}

TEST(numbers_are_taken_from_sets_ranges_and_comparisons)
{
	static const struct {
		const char *expr;
		int32_t dport;
		bool exact, complete;
	} cases[] = {
		{ PAYLOAD("udp", "dport", "==", "{\"set\":[53,54]}"), 53, false, true },
		{ PAYLOAD("udp", "dport", "==", "{\"set\":[53]}"), 53, true, true },
		{ PAYLOAD("udp", "dport", "==", "{\"range\":[100,200]}"), 100, false, true },
		{ PAYLOAD("udp", "dport", "==", "\"@late\""), 80, false, true },
		{ PAYLOAD("udp", "dport", "!=", "1"), 2, false, true },
		{ PAYLOAD("udp", "dport", "!=", "{\"set\":[{\"range\":[1,9]},10]}"), 11, false,
		  true },
		{ PAYLOAD("udp", "dport", ">", "1023"), 1024, false, true },
		{ PAYLOAD("udp", "dport", "<", "1024"), 1023, false, true },
		{ PAYLOAD("udp", "dport", ">=", "5"), 5, false, true },
		{ PAYLOAD("udp", "dport", ">", "65535"), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "<", "0"), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "==", "\"@empty\""), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "==", "\"@missing\""), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "==", "{\"range\":[0,65535]}"), 0, false, true },
		{ PAYLOAD("udp", "dport", "!=", "{\"range\":[0,65535]}"), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "==", "70000"), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "==", "\"ssh\""), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "?", "5"), RULE_ANY, false, false },
		{ PAYLOAD("udp", "dport", "==", "5") "," PAYLOAD("udp", "dport", "!=", "5"), 5,
		  false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen seen;
		struct rule_shape s = read_rule(cases[i].expr, &seen);

		CHECK_EQ(s.dport, cases[i].dport);
		CHECK_EQ(s.complete, cases[i].complete);
		if (cases[i].complete)
			CHECK_EQ((s.exact & RULE_DPORT) != 0, cases[i].exact);
		CHECK_EQ(s.proto, 17);
	}
}

TEST(icmp_types_bring_their_family_and_protocol)
{
	struct seen seen;
	struct rule_shape s = read_rule(
		PAYLOAD("icmp", "type", "==", "3") "," PAYLOAD("icmp", "code", "==", "4") ACCEPT,
		&seen);

	CHECK_EQ(s.family, 4);
	CHECK_EQ(s.proto, 1);
	CHECK_EQ(s.type, 3);
	CHECK_EQ(s.code, 4);
	CHECK(s.complete);
	s = read_rule(PAYLOAD("icmpv6", "type", "==", "{\"set\":[135,136]}") "," PAYLOAD(
			      "ip6", "hoplimit", "==", "255") ACCEPT,
		      &seen);
	CHECK_EQ(s.family, 6);
	CHECK_EQ(s.proto, 58);
	CHECK_EQ(s.type, 135);
	CHECK_EQ(s.ttl, 255);
	CHECK(!(s.exact & RULE_TYPE) && s.exact & RULE_TTL);
}

TEST(addresses_interfaces_and_marks_restrict_the_source)
{
	struct seen seen;
	char text[IP_TEXT_LEN];
	struct rule_shape s = read_rule(PAYLOAD("ip", "saddr", "==", "\"@nets\"") ACCEPT, &seen);

	CHECK_STR(ip_prefix_format(&s.saddr, text), "192.0.2.0/24");
	CHECK(s.restricts_source && s.complete && !(s.exact & RULE_SADDR));
	CHECK_EQ(s.family, 4);
	s = read_rule(PAYLOAD("ip6", "daddr", "==", "\"fd00::1\""), &seen);
	CHECK_STR(ip_prefix_format(&s.daddr, text), "fd00::1/128");
	CHECK(!s.restricts_source && s.exact & RULE_DADDR);
	s = read_rule(PAYLOAD("ip", "saddr", "!=", "\"10.0.0.1\""), &seen);
	CHECK(s.restricts_source && !s.complete);
	s = read_rule(META("iifname", "==", "\"eth0\""), &seen);
	CHECK(s.restricts_source && s.complete && s.iif && s.exact & RULE_IIF);
	s = read_rule(META("iifname", "==", "\"eth*\""), &seen);
	CHECK(s.restricts_source && s.complete && !(s.exact & RULE_IIF));
	s = read_rule(META("iifname", "!=", "\"lo\""), &seen);
	CHECK(s.restricts_source && !s.complete);
	s = read_rule(META("mark", "==", "1"), &seen);
	CHECK(s.restricts_source && !s.complete);
	s = read_rule(CT("mark", "==", "1"), &seen);
	CHECK(s.restricts_source && !s.complete);
}

TEST(connection_states_are_bits)
{
	static const struct {
		const char *expr;
		int ct;
		bool complete;
	} cases[] = {
		{ CT("state", "in", "[2,4]"), 6, true },
		{ CT("state", "==", "8"), 8, true },
		{ CT("state", "==", "{\"set\":[2,4]}"), 6, true },
		{ CT("state", "!=", "1"), 2 | 4 | 8 | 64, true },
		{ CT("state", "in", "{\"|\":[2,4]}"), 6, true },
		{ CT("state", ">", "4"), 0, false },
		{ CT("state", "in", "\"new\""), 0, false },
		{ CT("status", "in", "32"), 0, false },
		{ CT("direction", "==", "0"), 0, false },
		{ CT("state", "==", "8") "," CT("state", "==", "2"), 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen seen;
		struct rule_shape s = read_rule(cases[i].expr, &seen);

		CHECK_EQ(s.ct, cases[i].ct);
		CHECK_EQ(s.complete, cases[i].complete);
	}
}

TEST(limits_are_seen_and_those_that_ask_for_more_than_one_packet_are_incomplete)
{
	static const struct {
		const char *expr;
		bool limit, complete, alters;
	} cases[] = {
		{ "{\"limit\":{\"rate\":10,\"burst\":5,\"per\":\"second\"}}", true, true, false },
		{ "{\"limit\":{\"rate\":10,\"burst\":5,\"per\":\"second\",\"inv\":true}}", true,
		  false, false },
		{ "{\"limit\":\"named\"}", true, false, false },
		{ "{\"quota\":{\"val\":25,\"val_unit\":\"mbytes\",\"inv\":true}}", true, false,
		  false },
		{ "{\"ct count\":{\"val\":10}}", true, true, false },
		{ "{\"set\":{\"op\":\"add\",\"elem\":{},\"set\":\"@s\"}}", true, true, true },
		{ "{\"set\":{\"op\":\"add\",\"elem\":{},\"set\":\"@s\",\"stmt\":[{\"limit\":{\"inv\":true}}]}}",
		  true, false, true },
		{ "{\"match\":{\"op\":\"<\",\"left\":{\"numgen\":{\"mode\":\"random\",\"mod\":10}},\"right\":2}}",
		  true, false, false },
		{ "{\"counter\":{\"packets\":0,\"bytes\":0}},{\"log\":null}", false, true, false },
		{ "{\"notrack\":null}", false, true, true },
		{ "{\"mangle\":{\"key\":{\"meta\":{\"key\":\"mark\"}},\"value\":1}}", false, true,
		  true },
		{ "{\"tproxy\":{}}", false, true, false },
		{ "{\"something new\":{}}", false, false, true },
		{ "{\"xt\":{\"type\":\"match\",\"name\":\"conntrack\"}}", false, false, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen seen;
		struct rule_shape s = read_rule(cases[i].expr, &seen);

		CHECK_EQ(s.has_limit, cases[i].limit);
		CHECK_EQ(s.complete, cases[i].complete);
		CHECK_EQ(s.alters, cases[i].alters);
	}
}

TEST(jumps_and_verdict_maps_tell_their_ways)
{
	struct seen seen;
	struct rule_shape s =
		read_rule(META("l4proto", "==", "1") ",{\"goto\":{\"target\":\"icmp\"}}", &seen);

	CHECK_EQ(s.verdict, RULE_GOTO);
	CHECK(s.target != NULL);
	CHECK_STR(seen.ways, "icmp ");
	CHECK_EQ(seen.last.proto, 1);
	s = read_rule(
		"{\"vmap\":{\"key\":{\"payload\":{\"protocol\":\"icmpv6\",\"field\":\"type\"}},"
		"\"data\":\"@ways\"}}",
		&seen);
	CHECK_EQ(s.verdict, RULE_MAPPED);
	CHECK_EQ(s.type, 128);
	CHECK(!(s.exact & RULE_TYPE) && s.complete);
	CHECK_STR(seen.ways, "ping ");
	CHECK_EQ(seen.last.type, 128);
	CHECK(seen.last.exact & RULE_TYPE);
	s = read_rule("{\"vmap\":{\"key\":{\"meta\":{\"key\":\"l4proto\"}},\"data\":\"@missing\"}}",
		      &seen);
	CHECK(!s.complete);
	CHECK_STR(seen.ways, "");
}

TEST(concatenations_are_taken_field_by_field)
{
#define BOTH                                                                                   \
	"{\"match\":{\"op\":\"==\",\"left\":{\"concat\":[{\"payload\":{\"protocol\":\"icmp\"," \
	"\"field\":\"type\"}},{\"payload\":{\"protocol\":\"icmp\",\"field\":\"code\"}}]},"     \
	"\"right\":"
	struct seen seen;
	struct rule_shape s =
		read_rule(BOTH "{\"set\":[{\"concat\":[3,4]},{\"concat\":[3,3]}]}}}", &seen);

	CHECK_EQ(s.type, 3);
	CHECK_EQ(s.code, 4);
	CHECK_EQ(s.exact, RULE_FAMILY | RULE_PROTO);
	CHECK(s.complete);
	s = read_rule(BOTH "{\"concat\":[3]}}}", &seen);
	CHECK(!s.complete);
#undef BOTH
}

TEST(tcp_flags_are_held_against_a_bare_syn)
{
#define FLAGS(op, right)                                                                     \
	"{\"match\":{\"op\":\"" op "\",\"left\":{\"&\":[{\"payload\":{\"protocol\":\"tcp\"," \
	"\"field\":\"flags\"}},[1,2,4,16]]},\"right\":" right "}}"
	static const struct {
		const char *expr;
		bool complete;
	} cases[] = {
		{ FLAGS("==", "2"), true },
		{ FLAGS("!=", "2"), false },
		{ FLAGS("==", "[2,16]"), false },
		{ PAYLOAD("tcp", "flags", "in", "2"), true },
		{ PAYLOAD("tcp", "flags", "in", "4"), false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seen seen;
		struct rule_shape s = read_rule(cases[i].expr, &seen);

		CHECK_EQ(s.complete, cases[i].complete);
		CHECK_EQ(s.proto, 6);
	}
#undef FLAGS
}

TEST(what_is_not_understood_makes_a_shape_incomplete)
{
	static const char *const exprs[] = {
		"{\"match\":{\"op\":\"==\",\"left\":{\"fib\":{\"result\":\"oif\"}},\"right\":false}}",
		"{\"match\":{\"op\":\"==\",\"left\":{\"exthdr\":{\"name\":\"hbh\"}},\"right\":true}}",
		"{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"base\":\"th\",\"offset\":0,\"len\":8}},\"right\":1}}",
		"{\"match\":{\"op\":\"!=\",\"left\":{\"&\":[{\"payload\":{\"protocol\":\"ip\",\"field\":\"frag-off\"}},1]},\"right\":0}}",
		"{\"match\":7}",
		"{\"match\":{\"op\":\"==\"}}",
		PAYLOAD("ip", "length", ">", "1500"),
		PAYLOAD("vlan", "id", "==", "1"),
		META("skuid", "==", "0"),
		META("pkttype", "==", "1"),
		META("nfproto", "==", "{\"set\":[2,10]}"),
		META("nfproto", "==", "2") "," META("nfproto", "==", "10"),
	};

	for (size_t i = 0; i < ARRAY_LEN(exprs); i++) {
		struct seen seen;

		CHECK(!read_rule(exprs[i], &seen).complete);
	}
}
