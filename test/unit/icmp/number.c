/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The constants are the registry's numbers: each is found under the name it stands for. */
#include "test.h"

#include "icmp/number.h"
#include "icmp/registry.h"

TEST(icmp_numbers_of_types_are_those_of_the_registry)
{
	static const struct {
		uint8_t family, type;
		const char *machine_name;
	} cases[] = {
		{ 4, ICMP4_ECHO_REPLY, "echo-reply" },
		{ 4, ICMP4_UNREACH, "destination-unreachable" },
		{ 4, ICMP4_SOURCE_QUENCH, "source-quench" },
		{ 4, ICMP4_REDIRECT, "redirect" },
		{ 4, ICMP4_ECHO, "echo-request" },
		{ 4, ICMP4_ROUTER_ADVERT, "router-advertisement" },
		{ 4, ICMP4_ROUTER_SOLICIT, "router-solicitation" },
		{ 4, ICMP4_TIME_EXCEEDED, "time-exceeded" },
		{ 4, ICMP4_PARAM_PROBLEM, "parameter-problem" },
		{ 4, ICMP4_TIMESTAMP, "timestamp-request" },
		{ 4, ICMP4_TIMESTAMP_REPLY, "timestamp-reply" },
		{ 4, ICMP4_INFO, "info-request" },
		{ 4, ICMP4_INFO_REPLY, "info-reply" },
		{ 4, ICMP4_MASK, "address-mask-request" },
		{ 4, ICMP4_MASK_REPLY, "address-mask-reply" },
		{ 4, ICMP4_PHOTURIS, "photuris" },
		{ 4, ICMP4_EXT_ECHO, "extended-echo-request" },
		{ 4, ICMP4_EXT_ECHO_REPLY, "extended-echo-reply" },
		{ 6, ICMP6_UNREACH, "destination-unreachable" },
		{ 6, ICMP6_PACKET_TOO_BIG, "packet-too-big" },
		{ 6, ICMP6_TIME_EXCEEDED, "time-exceeded" },
		{ 6, ICMP6_PARAM_PROBLEM, "parameter-problem" },
		{ 6, ICMP6_ECHO, "echo-request" },
		{ 6, ICMP6_ECHO_REPLY, "echo-reply" },
		{ 6, ICMP6_MLD_QUERY, "mld-listener-query" },
		{ 6, ICMP6_MLD_REPORT, "mld-listener-report" },
		{ 6, ICMP6_MLD_DONE, "mld-listener-done" },
		{ 6, ICMP6_MLD2_REPORT, "mld2-listener-report" },
		{ 6, ICMP6_ND_ROUTER_SOLICIT, "router-solicitation" },
		{ 6, ICMP6_ND_ROUTER_ADVERT, "router-advertisement" },
		{ 6, ICMP6_ND_NEIGHBOR_SOLICIT, "neighbour-solicitation" },
		{ 6, ICMP6_ND_NEIGHBOR_ADVERT, "neighbour-advertisement" },
		{ 6, ICMP6_ND_REDIRECT, "redirect" },
		{ 6, ICMP6_ROUTER_RENUMBER, "router-renumbering" },
		{ 6, ICMP6_NODE_INFO, "node-information-query" },
		{ 6, ICMP6_NODE_INFO_REPLY, "node-information-response" },
		{ 6, ICMP6_IND_SOLICIT, "inverse-neighbour-discovery-solicitation" },
		{ 6, ICMP6_IND_ADVERT, "inverse-neighbour-discovery-advertisement" },
		{ 6, ICMP6_HOME_AGENT, "home-agent-address-discovery-request" },
		{ 6, ICMP6_HOME_AGENT_REPLY, "home-agent-address-discovery-reply" },
		{ 6, ICMP6_MOBILE_PREFIX_SOLICIT, "mobile-prefix-solicitation" },
		{ 6, ICMP6_MOBILE_PREFIX_ADVERT, "mobile-prefix-advertisement" },
		{ 6, ICMP6_CERT_PATH_SOLICIT, "certification-path-solicitation" },
		{ 6, ICMP6_CERT_PATH_ADVERT, "certification-path-advertisement" },
		{ 6, ICMP6_MRD_ADVERT, "multicast-router-advertisement" },
		{ 6, ICMP6_MRD_SOLICIT, "multicast-router-solicitation" },
		{ 6, ICMP6_MRD_TERMINATE, "multicast-router-termination" },
		{ 6, ICMP6_RPL, "rpl-control" },
		{ 6, ICMP6_DAR, "duplicate-address-request" },
		{ 6, ICMP6_DAC, "duplicate-address-confirmation" },
		{ 6, ICMP6_EXT_ECHO, "extended-echo-request" },
		{ 6, ICMP6_EXT_ECHO_REPLY, "extended-echo-reply" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(icmp_find(cases[i].family, cases[i].type, ICMP_CODE_ANY)->machine_name,
			  cases[i].machine_name);
}

TEST(icmp_numbers_of_codes_are_those_of_the_registry)
{
	static const struct {
		uint8_t family, type, code;
		const char *machine_name;
	} cases[] = {
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_NET, "net-unreachable" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_HOST, "host-unreachable" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_PROTO, "protocol-unreachable" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_PORT, "port-unreachable" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_NEEDFRAG, "fragmentation-needed" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_SRC_ROUTE, "source-route-failed" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_NET_UNKNOWN, "network-unknown" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_HOST_UNKNOWN, "host-unknown" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_ISOLATED, "source-host-isolated" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_NET_PROHIBITED, "network-prohibited" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_HOST_PROHIBITED, "host-prohibited" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_NET_TOS, "tos-network-unreachable" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_HOST_TOS, "tos-host-unreachable" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_ADMIN, "communication-prohibited" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_PRECEDENCE, "host-precedence-violation" },
		{ 4, ICMP4_UNREACH, ICMP4_UNREACH_CUTOFF, "precedence-cutoff" },
		{ 4, ICMP4_REDIRECT, ICMP4_REDIRECT_NET, "network-redirect" },
		{ 4, ICMP4_REDIRECT, ICMP4_REDIRECT_HOST, "host-redirect" },
		{ 4, ICMP4_REDIRECT, ICMP4_REDIRECT_TOS_NET, "tos-network-redirect" },
		{ 4, ICMP4_REDIRECT, ICMP4_REDIRECT_TOS_HOST, "tos-host-redirect" },
		{ 4, ICMP4_TIME_EXCEEDED, ICMP4_TIME_EXCEEDED_TTL, "ttl-zero-during-transit" },
		{ 4, ICMP4_TIME_EXCEEDED, ICMP4_TIME_EXCEEDED_REASM, "ttl-zero-during-reassembly" },
		{ 4, ICMP4_PARAM_PROBLEM, ICMP4_PARAM_PROBLEM_POINTER, "ip-header-bad" },
		{ 4, ICMP4_PARAM_PROBLEM, ICMP4_PARAM_PROBLEM_OPTION, "required-option-missing" },
		{ 4, ICMP4_PARAM_PROBLEM, ICMP4_PARAM_PROBLEM_LENGTH, "bad-length" },
		{ 4, ICMP4_EXT_ECHO_REPLY, ICMP_EXT_ECHO_OK, "extended-echo-ok" },
		{ 4, ICMP4_EXT_ECHO_REPLY, ICMP_EXT_ECHO_MALFORMED,
		  "extended-echo-malformed-query" },
		{ 6, ICMP6_EXT_ECHO_REPLY, ICMP_EXT_ECHO_NO_IFACE,
		  "extended-echo-no-such-interface" },
		{ 6, ICMP6_EXT_ECHO_REPLY, ICMP_EXT_ECHO_NO_ENTRY, "extended-echo-no-such-entry" },
		{ 6, ICMP6_EXT_ECHO_REPLY, ICMP_EXT_ECHO_MULTIPLE,
		  "extended-echo-multiple-interfaces" },
		{ 6, ICMP6_UNREACH, ICMP6_UNREACH_NO_ROUTE, "no-route" },
		{ 6, ICMP6_UNREACH, ICMP6_UNREACH_ADMIN, "communication-prohibited" },
		{ 6, ICMP6_UNREACH, ICMP6_UNREACH_SCOPE, "beyond-scope" },
		{ 6, ICMP6_UNREACH, ICMP6_UNREACH_ADDR, "address-unreachable" },
		{ 6, ICMP6_UNREACH, ICMP6_UNREACH_PORT, "port-unreachable" },
		{ 6, ICMP6_UNREACH, ICMP6_UNREACH_POLICY, "failed-policy" },
		{ 6, ICMP6_UNREACH, ICMP6_UNREACH_REJECT, "reject-route" },
		{ 6, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEEDED_HOPS, "ttl-zero-during-transit" },
		{ 6, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEEDED_REASM, "ttl-zero-during-reassembly" },
		{ 6, ICMP6_PARAM_PROBLEM, ICMP6_PARAM_PROBLEM_HEADER, "bad-header" },
		{ 6, ICMP6_PARAM_PROBLEM, ICMP6_PARAM_PROBLEM_NEXT_HEADER, "unknown-header-type" },
		{ 6, ICMP6_PARAM_PROBLEM, ICMP6_PARAM_PROBLEM_OPTION, "unknown-option" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(icmp_find(cases[i].family, cases[i].type, cases[i].code)->machine_name,
			  cases[i].machine_name);
}
