/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers of the ICMP types and codes that code names. What they mean, and
 * every other number, is the registry's business (icmp/registry.h).
 *
 * Macros with plain numbers, since some of these names are macros of the C
 * library too, with the same values.
 *
 * Source: IANA "Internet Control Message Protocol (ICMP) Parameters" and
 * "Internet Control Message Protocol version 6 (ICMPv6) Parameters"; the RFC of
 * each block stands above it.
 */
#pragma once

/* ICMP types: RFC 792. */
#define ICMP4_ECHO_REPLY      0
#define ICMP4_UNREACH         3
#define ICMP4_SOURCE_QUENCH   4 /* deprecated by RFC 6633 */
#define ICMP4_REDIRECT        5
#define ICMP4_ECHO            8
#define ICMP4_TIME_EXCEEDED   11
#define ICMP4_PARAM_PROBLEM   12
#define ICMP4_TIMESTAMP       13
#define ICMP4_TIMESTAMP_REPLY 14
#define ICMP4_INFO            15 /* deprecated by RFC 6918 */
#define ICMP4_INFO_REPLY      16

/* Router discovery: RFC 1256. */
#define ICMP4_ROUTER_ADVERT  9
#define ICMP4_ROUTER_SOLICIT 10

/* Address mask: RFC 950, deprecated by RFC 6918. */
#define ICMP4_MASK       17
#define ICMP4_MASK_REPLY 18

/* Photuris: RFC 2521. */
#define ICMP4_PHOTURIS 40

/* Extended echo, "PROBE": RFC 8335. */
#define ICMP4_EXT_ECHO       42
#define ICMP4_EXT_ECHO_REPLY 43

/* Codes of ICMP4_UNREACH: RFC 792 (0-5), RFC 1122 3.2.2.1 (6-12), RFC 1812 5.2.7.1 (13-15). */
#define ICMP4_UNREACH_NET             0
#define ICMP4_UNREACH_HOST            1
#define ICMP4_UNREACH_PROTO           2
#define ICMP4_UNREACH_PORT            3
#define ICMP4_UNREACH_NEEDFRAG        4
#define ICMP4_UNREACH_SRC_ROUTE       5
#define ICMP4_UNREACH_NET_UNKNOWN     6
#define ICMP4_UNREACH_HOST_UNKNOWN    7
#define ICMP4_UNREACH_ISOLATED        8
#define ICMP4_UNREACH_NET_PROHIBITED  9
#define ICMP4_UNREACH_HOST_PROHIBITED 10
#define ICMP4_UNREACH_NET_TOS         11
#define ICMP4_UNREACH_HOST_TOS        12
#define ICMP4_UNREACH_ADMIN           13
#define ICMP4_UNREACH_PRECEDENCE      14
#define ICMP4_UNREACH_CUTOFF          15

/* Codes of ICMP4_REDIRECT: RFC 792. */
#define ICMP4_REDIRECT_NET      0
#define ICMP4_REDIRECT_HOST     1
#define ICMP4_REDIRECT_TOS_NET  2
#define ICMP4_REDIRECT_TOS_HOST 3

/* Codes of ICMP4_TIME_EXCEEDED: RFC 792. */
#define ICMP4_TIME_EXCEEDED_TTL   0
#define ICMP4_TIME_EXCEEDED_REASM 1

/* Codes of ICMP4_PARAM_PROBLEM: RFC 792, RFC 1108 (1). */
#define ICMP4_PARAM_PROBLEM_POINTER 0
#define ICMP4_PARAM_PROBLEM_OPTION  1
#define ICMP4_PARAM_PROBLEM_LENGTH  2

/* ICMPv6 types: RFC 4443. Types below ICMP6_INFO_MIN are errors (2.1). */
#define ICMP6_UNREACH        1
#define ICMP6_PACKET_TOO_BIG 2
#define ICMP6_TIME_EXCEEDED  3
#define ICMP6_PARAM_PROBLEM  4
#define ICMP6_INFO_MIN       128
#define ICMP6_ECHO           128
#define ICMP6_ECHO_REPLY     129

/* Multicast listener discovery: RFC 2710; version 2: RFC 3810. */
#define ICMP6_MLD_QUERY   130
#define ICMP6_MLD_REPORT  131
#define ICMP6_MLD_DONE    132
#define ICMP6_MLD2_REPORT 143

/* Neighbour discovery: RFC 4861. */
#define ICMP6_ND_ROUTER_SOLICIT   133
#define ICMP6_ND_ROUTER_ADVERT    134
#define ICMP6_ND_NEIGHBOR_SOLICIT 135
#define ICMP6_ND_NEIGHBOR_ADVERT  136
#define ICMP6_ND_REDIRECT         137

/* Router renumbering: RFC 2894. Node information: RFC 4620. */
#define ICMP6_ROUTER_RENUMBER 138
#define ICMP6_NODE_INFO       139
#define ICMP6_NODE_INFO_REPLY 140

/* Inverse neighbour discovery: RFC 3122. */
#define ICMP6_IND_SOLICIT 141
#define ICMP6_IND_ADVERT  142

/* Mobile IPv6: RFC 6275. */
#define ICMP6_HOME_AGENT            144
#define ICMP6_HOME_AGENT_REPLY      145
#define ICMP6_MOBILE_PREFIX_SOLICIT 146
#define ICMP6_MOBILE_PREFIX_ADVERT  147

/* Secure neighbour discovery: RFC 3971. */
#define ICMP6_CERT_PATH_SOLICIT 148
#define ICMP6_CERT_PATH_ADVERT  149

/* Multicast router discovery: RFC 4286. */
#define ICMP6_MRD_ADVERT    151
#define ICMP6_MRD_SOLICIT   152
#define ICMP6_MRD_TERMINATE 153

/* Fast handovers of mobile IPv6: RFC 5568. Multicast for lossy networks: RFC 7731. */
#define ICMP6_FMIP 154
#define ICMP6_MPL  159

/* RPL: RFC 6550. 6LoWPAN's duplicate address messages: RFC 6775. */
#define ICMP6_RPL 155
#define ICMP6_DAR 157
#define ICMP6_DAC 158

/* Extended echo, "PROBE": RFC 8335. */
#define ICMP6_EXT_ECHO       160
#define ICMP6_EXT_ECHO_REPLY 161

/* Codes of ICMP6_UNREACH: RFC 4443 3.1. */
#define ICMP6_UNREACH_NO_ROUTE 0
#define ICMP6_UNREACH_ADMIN    1
#define ICMP6_UNREACH_SCOPE    2
#define ICMP6_UNREACH_ADDR     3
#define ICMP6_UNREACH_PORT     4
#define ICMP6_UNREACH_POLICY   5
#define ICMP6_UNREACH_REJECT   6

/* Codes of ICMP6_TIME_EXCEEDED: RFC 4443 3.3. */
#define ICMP6_TIME_EXCEEDED_HOPS  0
#define ICMP6_TIME_EXCEEDED_REASM 1

/* Codes of ICMP6_PARAM_PROBLEM: RFC 4443 3.4. */
#define ICMP6_PARAM_PROBLEM_HEADER      0
#define ICMP6_PARAM_PROBLEM_NEXT_HEADER 1
#define ICMP6_PARAM_PROBLEM_OPTION      2

/* Codes of the extended echo replies, both families: RFC 8335 3. */
#define ICMP_EXT_ECHO_OK        0
#define ICMP_EXT_ECHO_MALFORMED 1
#define ICMP_EXT_ECHO_NO_IFACE  2
#define ICMP_EXT_ECHO_NO_ENTRY  3
#define ICMP_EXT_ECHO_MULTIPLE  4
