/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that speak DNS. */
#include "probe/payload_rows.h"

#define HDR_LEN     12
#define QR_RESPONSE 0x80 /* of octet 2 */
#define OPCODE_MASK 0x78

/* RFC 1035 4.1.1: id 0, RD, one question: NS of the root, class IN. */
static const uint8_t dns_octets[] = {
	0x00, 0x00, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01,
};

/* A response to a standard query with the id; at most our one question comes back. */
static bool dns_check(struct span answer, struct span id)
{
	return answer.len >= HDR_LEN && payload_id_at(answer, 0, id) &&
	       (answer.p[2] & (QR_RESPONSE | OPCODE_MASK)) == QR_RESPONSE && answer.p[4] == 0 &&
	       answer.p[5] <= 1;
}

const struct payload payload_dns = {
	.service = "domain",
	.source = "RFC 1035 4.1",
	.port = PAYLOAD_PORTS(53),
	.octets = PAYLOAD_OCTETS(dns_octets),
	.id_len = 2,
	.check = dns_check,
};
