/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services of routers and networks. Not here: DHCP and DHCPv6, which answer to another port, and
 * not to unicast (RFC 2131 4.1, RFC 8415 18.4); VXLAN, GENEVE and BFD, which never answer.
 */
#include "probe/payload_rows.h"

#define ECHO_RESPONSE 2
#define RIP_HEAD      4
#define RIP_ENTRY     20
#define RIP_RESPONSE  2
#define FAMILY_INET   2
#define FAMILY_AUTH   0xffff
#define PMP_LEN       12
#define PMP_RESPONSE  0x80
#define PMP_CODE_MAX  5
#define PCP_LEN       24
#define PCP_CODE_MAX  13
#define SLP_HEAD      14
#define SLP_SAADVERT  11
#define SLP_DAADVERT  8
#define SLP_SRVRPLY   2

/* clang-format off */
/* Version 1, message 1 (echo request), sequence number there; length 4, no tunnel. */
static const uint8_t gtp1_octets[] = {
	0x32, 0x01, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* Version 2, message 1, length 9, sequence number, spare; recovery (3): restarts 0. */
static const uint8_t gtp2_octets[] = {
	0x40, 0x01, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00,
};

/* Version 1, heartbeat request, length 12, sequence number, spare; recovery time stamp (96). */
static const uint8_t pfcp_octets[] = {
	0x20, 0x01, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x60, 0x00, 0x04, 0xe0, 0x00, 0x00, 0x00,
};

/* Request, version 2; family 0 with metric 16: all there is. */
static const uint8_t rip_octets[24] = { 1, 2, [23] = 16 };

/* Request, version 1; ::/0 with metric 16: all there is. */
static const uint8_t ripng_octets[24] = { 1, 1, [23] = 16 };

/* Version 0, opcode 0: the external address. */
static const uint8_t natpmp_octets[] = { 0, 0 };

/* Version 2, ANNOUNCE, lifetime 0, client's address: none, so an error is an answer as well. */
static const uint8_t pcp_octets[24] = { 2 };

/* Version 2, SrvRqst, length 47, no flags, no extension, id, "en"; a service agent. */
static const uint8_t slp_octets[] = {
	2, 1, 0, 0, 47, 0, 0, 0, 0, 0, 0, 0, 0, 2, 'e', 'n',
	0, 0, /* who answered already: nobody */
	0, 21, 's', 'e', 'r', 'v', 'i', 'c', 'e', ':',
	's', 'e', 'r', 'v', 'i', 'c', 'e', '-', 'a', 'g', 'e', 'n', 't',
	0, 0, 0, 0, 0, 0, /* scopes, predicate, SPI */
};

/* CLNT_UCAST_EX. */
static const uint8_t mssql_octets[] = { 3 };
/* clang-format on */

static bool gtp1_check(struct span a, struct span id)
{
	return a.len >= 12 && (a.p[0] & 0xf2) == 0x32 && a.p[1] == ECHO_RESPONSE &&
	       payload_u16(a.p + 2) == a.len - 8 && payload_at_is(a, 8, id);
}

/* What versions 2 of GTP-C and 1 of PFCP have in common: no tunnel, three octets of sequence. */
static bool is_sequenced(struct span a, struct span id, uint8_t flags, uint8_t mask)
{
	return a.len >= 8 && (a.p[0] & mask) == flags && a.p[1] == ECHO_RESPONSE &&
	       payload_u16(a.p + 2) == a.len - 4 && payload_at_is(a, 4, id);
}

static bool gtp2_check(struct span a, struct span id)
{
	return is_sequenced(a, id, 0x40, 0xe8);
}

static bool pfcp_check(struct span a, struct span id)
{
	return is_sequenced(a, id, 0x20, 0xe1) && a.len >= 16 && payload_u16(a.p + 8) == 96;
}

static bool rip_check(struct span a, struct span id)
{
	uint16_t family;

	(void)id;
	if (a.len < RIP_HEAD + RIP_ENTRY || (a.len - RIP_HEAD) % RIP_ENTRY != 0 ||
	    a.p[0] != RIP_RESPONSE || (a.p[1] != 1 && a.p[1] != 2))
		return false;
	family = payload_u16(a.p + RIP_HEAD);
	return family == FAMILY_INET || family == FAMILY_AUTH;
}

/* Prefixes no longer than an address, metrics up to 16, or 255 where it is a next hop. */
static bool ripng_check(struct span a, struct span id)
{
	(void)id;
	if (a.len < RIP_HEAD + RIP_ENTRY || (a.len - RIP_HEAD) % RIP_ENTRY != 0 ||
	    a.p[0] != RIP_RESPONSE || a.p[1] != 1 || a.p[2] != 0 || a.p[3] != 0)
		return false;
	for (size_t at = RIP_HEAD; at < a.len; at += RIP_ENTRY) {
		uint8_t metric = a.p[at + 19];

		if (a.p[at + 18] > 128 || ((metric < 1 || metric > 16) && metric != 255))
			return false;
	}
	return true;
}

/* An address, or that the version or the request is not liked. */
static bool natpmp_check(struct span a, struct span id)
{
	(void)id;
	return (a.len == PMP_LEN || a.len == 8) && a.p[0] == 0 && a.p[1] == PMP_RESPONSE &&
	       payload_u16(a.p + 2) <= PMP_CODE_MAX && (a.len == PMP_LEN || payload_u16(a.p + 2));
}

/* A server that has NAT-PMP only says so in that protocol (RFC 6887 A). */
static bool pcp_check(struct span a, struct span id)
{
	if (a.len >= PCP_LEN && a.len % 4 == 0 && (a.p[0] == 1 || a.p[0] == 2) &&
	    a.p[1] == PMP_RESPONSE && a.p[3] <= PCP_CODE_MAX)
		return true;
	return natpmp_check(a, id) && payload_u16(a.p + 2) == 1;
}

static bool slp_check(struct span a, struct span id)
{
	return a.len > SLP_HEAD && a.p[0] == 2 &&
	       (a.p[1] == SLP_SAADVERT || a.p[1] == SLP_DAADVERT || a.p[1] == SLP_SRVRPLY) &&
	       a.p[2] == 0 && payload_u16(a.p + 3) == a.len && payload_at_is(a, 10, id);
}

/* SVR_RESP, the length (least octet first), "ServerName;...". */
static bool mssql_check(struct span a, struct span id)
{
	(void)id;
	return a.len >= 3 + 10 && a.p[0] == 5 && (size_t)(a.p[1] | a.p[2] << 8) == a.len - 3 &&
	       payload_at_is(a, 3, (struct span){ (const uint8_t *)"ServerName", 10 });
}

const struct payload payload_gtpc1 = {
	.service = "gtp-control",
	.source = "3GPP TS 29.060 6 and 7.2.1",
	.port = PAYLOAD_PORTS(2123),
	.octets = PAYLOAD_OCTETS(gtp1_octets),
	.id_at = 8,
	.id_len = 2,
	.check = gtp1_check,
};

const struct payload payload_gtpc2 = {
	.service = "gtp-control",
	.source = "3GPP TS 29.274 5.1 and 7.1.1",
	.port = PAYLOAD_PORTS(2123),
	.octets = PAYLOAD_OCTETS(gtp2_octets),
	.id_at = 4,
	.id_len = 3,
	.check = gtp2_check,
};

const struct payload payload_gtpu = {
	.service = "gtp-user",
	.source = "3GPP TS 29.281 5.1 and 7.2.1",
	.port = PAYLOAD_PORTS(2152),
	.octets = PAYLOAD_OCTETS(gtp1_octets),
	.id_at = 8,
	.id_len = 2,
	.check = gtp1_check,
};

const struct payload payload_pfcp = {
	.service = "pfcp",
	.source = "3GPP TS 29.244 7.2.2 and 7.4.2",
	.port = PAYLOAD_PORTS(8805),
	.octets = PAYLOAD_OCTETS(pfcp_octets),
	.id_at = 4,
	.id_len = 3,
	.check = pfcp_check,
};

const struct payload payload_rip = {
	.service = "router",
	.source = "RFC 2453 3.9.1",
	.port = PAYLOAD_PORTS(520),
	.octets = PAYLOAD_OCTETS(rip_octets),
	.check = rip_check,
};

const struct payload payload_ripng = {
	.service = "ripng",
	.source = "RFC 2080 2.4.1",
	.port = PAYLOAD_PORTS(521),
	.octets = PAYLOAD_OCTETS(ripng_octets),
	.check = ripng_check,
};

const struct payload payload_natpmp = {
	.service = "nat-pmp",
	.source = "RFC 6886 3.2",
	.port = PAYLOAD_PORTS(5351),
	.octets = PAYLOAD_OCTETS(natpmp_octets),
	.check = natpmp_check,
};

const struct payload payload_pcp = {
	.service = "pcp",
	.source = "RFC 6887 7.1 and 14.1",
	.port = PAYLOAD_PORTS(5351),
	.octets = PAYLOAD_OCTETS(pcp_octets),
	.check = pcp_check,
};

const struct payload payload_slp = {
	.service = "svrloc",
	.source = "RFC 2608 8, 8.1 and 11",
	.port = PAYLOAD_PORTS(427),
	.octets = PAYLOAD_OCTETS(slp_octets),
	.id_at = 10,
	.id_len = 2,
	.check = slp_check,
};

const struct payload payload_mssql = {
	.service = "ms-sql-m",
	.source = "MS-SQLR 2.2.2 and 2.2.5",
	.port = PAYLOAD_PORTS(1434),
	.octets = PAYLOAD_OCTETS(mssql_octets),
	.check = mssql_check,
};
