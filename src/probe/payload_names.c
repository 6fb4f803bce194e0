/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services that tell names. Not here: LLMNR, which says nothing unless it is asked for the name
 * the host has (RFC 4795 2.3).
 */
#include "probe/payload_rows.h"

#define DNS_LEN   12
#define DNS_QR    0x80 /* of octet 2: a response */
#define DNS_OP    0x78
#define NB_NAME   34 /* octets of an encoded NetBIOS name */
#define NB_STATUS 0x21

/* clang-format off */
/* Id 0, RD, one question: NS of the root, class IN. */
static const uint8_t dns_octets[] = {
	0x00, 0x00, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x02, 0x00, 0x01,
};

/* Id 0, one question: PTR of _services._dns-sd._udp.local, IN, unicast answer wanted. */
static const uint8_t mdns_octets[] = {
	0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	9, '_', 's', 'e', 'r', 'v', 'i', 'c', 'e', 's',
	7, '_', 'd', 'n', 's', '-', 's', 'd',
	4, '_', 'u', 'd', 'p',
	5, 'l', 'o', 'c', 'a', 'l', 0,
	0x00, 0x0c, 0x80, 0x01,
};

/* Id 0, one question: NBSTAT, IN, of "*" filled up with zeroes, a half octet a letter. */
static const uint8_t netbios_octets[] = {
	0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	32, 'C', 'K', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A',
	'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 0,
	0x00, NB_STATUS, 0x00, 0x01,
};
/* clang-format on */

/* A response to a standard query, @id given back, with no more questions than one. */
static bool is_response(struct span a, struct span id)
{
	return a.len >= DNS_LEN && payload_at_is(a, 0, id) &&
	       (a.p[2] & (DNS_QR | DNS_OP)) == DNS_QR && payload_u16(a.p + 4) <= 1;
}

static bool dns_check(struct span a, struct span id)
{
	static const struct span question = { dns_octets + DNS_LEN, 5 };

	if (!is_response(a, id))
		return false;
	return a.p[5] ? payload_at_is(a, DNS_LEN, question) : a.len == DNS_LEN;
}

/* To a question from a port that is not 5353, the answer is as DNS has it (RFC 6762 6.7). */
static bool mdns_check(struct span a, struct span id)
{
	return is_response(a, id) && payload_u16(a.p + 6) > 0 && a.len > DNS_LEN;
}

static bool netbios_check(struct span a, struct span id)
{
	return is_response(a, id) && payload_u16(a.p + 4) == 0 && payload_u16(a.p + 6) == 1 &&
	       a.len > DNS_LEN + NB_NAME + 10 && a.p[DNS_LEN] == 32 &&
	       payload_u16(a.p + DNS_LEN + NB_NAME) == NB_STATUS;
}

const struct payload payload_dns = {
	.service = "domain",
	.source = "RFC 1035 4.1",
	.port = PAYLOAD_PORTS(53),
	.octets = PAYLOAD_OCTETS(dns_octets),
	.id_len = 2,
	.check = dns_check,
};

const struct payload payload_mdns = {
	.service = "mdns",
	.source = "RFC 6762 5.4 and 6.7, RFC 6763 9",
	.port = PAYLOAD_PORTS(5353),
	.octets = PAYLOAD_OCTETS(mdns_octets),
	.id_len = 2,
	.check = mdns_check,
};

const struct payload payload_netbios = {
	.service = "netbios-ns",
	.source = "RFC 1002 4.2.17",
	.port = PAYLOAD_PORTS(137),
	.octets = PAYLOAD_OCTETS(netbios_octets),
	.id_len = 2,
	.check = netbios_check,
};
