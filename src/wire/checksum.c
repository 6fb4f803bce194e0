/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/checksum.h"

#include <string.h>

/*
 * The sum runs in the machine's byte order, 32 bits at a time in a 64-bit word: one's
 * complement addition does not mind either (RFC 1071 2.B and 2.C). checksum_end() puts
 * the octets right once.
 */
static uint64_t word_at(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return (v & 0xffffffff) + (v >> 32);
}

uint64_t checksum_add(uint64_t sum, struct span part)
{
	const uint8_t *p = part.p;
	size_t n = part.len;
	uint64_t tail = 0;

	for (; n >= 32; p += 32, n -= 32)
		sum += word_at(p) + word_at(p + 8) + word_at(p + 16) + word_at(p + 24);
	for (; n >= 8; p += 8, n -= 8)
		sum += word_at(p);
	if (n > 0)
		memcpy(&tail, p, n); /* padded with zeroes at the end, as RFC 1071 1 asks */
	return sum + (tail & 0xffffffff) + (tail >> 32);
}

uint16_t checksum_end(uint64_t sum)
{
	uint16_t folded;
	uint8_t octet[2];

	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	folded = (uint16_t)~sum;
	memcpy(octet, &folded, sizeof(octet));
	return (uint16_t)(octet[0] << 8 | octet[1]);
}

uint16_t checksum(struct span s)
{
	return checksum_end(checksum_add(0, s));
}

uint64_t checksum_pseudo_add(uint64_t sum, const struct ip_addr *src, const struct ip_addr *dst,
			     uint8_t proto, size_t len)
{
	size_t addr_len = src->family == 4 ? 4 : 16;
	/* Both families sum the same words: zeroes more or less do not count. */
	const uint8_t tail[8] = {
		(uint8_t)(len >> 24),
		(uint8_t)(len >> 16),
		(uint8_t)(len >> 8),
		(uint8_t)len,
		0,
		0,
		0,
		proto,
	};

	sum = checksum_add(sum, (struct span){ src->octet, addr_len });
	sum = checksum_add(sum, (struct span){ dst->octet, addr_len });
	return checksum_add(sum, (struct span){ tail, sizeof(tail) });
}

uint16_t checksum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto,
			 struct span l4)
{
	return checksum_end(checksum_add(checksum_pseudo_add(0, src, dst, proto, l4.len), l4));
}

uint16_t checksum_update(uint16_t sum, uint16_t was, uint16_t now)
{
	uint32_t v = (uint16_t)~sum;

	v += (uint16_t)~was;
	v += now;
	v = (v & 0xffff) + (v >> 16);
	v = (v & 0xffff) + (v >> 16);
	return (uint16_t)~v;
}
