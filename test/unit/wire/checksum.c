/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/checksum.h"

#include "octets.h"

/* RFC 1071 1 word for word, as slow as it reads. */
static uint16_t slow(struct span s)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < s.len; i++) {
		sum += i % 2 ? s.p[i] : (uint32_t)s.p[i] << 8;
		while (sum >> 16)
			sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

static uint32_t xorshift(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

TEST(checksum_of_the_example_in_rfc_1071)
{
	OCTETS(s, "0001 f203 f4f5 f6f7"); /* section 3: the sum is ddf2 */

	CHECK_EQ(checksum(s), 0xffff & ~0xddf2);
}

TEST(checksum_equals_the_slow_one_for_every_length_and_alignment)
{
	static uint8_t buf[2100];
	uint32_t rng = 2463534242;

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)xorshift(&rng);
	for (size_t at = 0; at < 8; at++)
		for (size_t len = 0; len < 2000; len += 1 + (len > 200) * 13)
			CHECK_EQ(checksum((struct span){ buf + at, len }),
				 slow((struct span){ buf + at, len }));
}

TEST(checksum_carries_however_often)
{
	static uint8_t ones[65535];

	memset(ones, 0xff, sizeof(ones));
	for (size_t len = 0; len < 100; len++)
		CHECK_EQ(checksum((struct span){ ones, len }), slow((struct span){ ones, len }));
	CHECK_EQ(checksum((struct span){ ones, sizeof(ones) }),
		 slow((struct span){ ones, sizeof(ones) }));
	CHECK_EQ(checksum((struct span){ NULL, 0 }), 0xffff);
}

TEST(checksum_in_parts_equals_the_whole)
{
	uint8_t buf[300];
	uint32_t rng = 7;
	uint64_t sum;

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)xorshift(&rng);
	for (size_t cut = 0; cut < sizeof(buf); cut += 2) {
		sum = checksum_add(0, (struct span){ buf, cut });
		sum = checksum_add(sum, (struct span){ buf + cut, sizeof(buf) - cut });
		CHECK_EQ(checksum_end(sum), checksum((struct span){ buf, sizeof(buf) }));
	}
}

TEST(checksum_pseudo_equals_a_pseudo_header_written_out)
{
	/* 192.0.2.1 > 198.51.100.7, UDP, 5 octets; 2001:db8::1 > 2001:db8::2, ICMPv6, 5 octets */
	OCTETS(v4, "c0000201 c6336407 0011 0005 0102030405");
	OCTETS(v6, "20010db8000000000000000000000001 20010db8000000000000000000000002"
		   "00000005 0000003a 0102030405");
	OCTETS(l4, "0102030405");
	struct ip_addr a4 = addr("192.0.2.1"), b4 = addr("198.51.100.7");
	struct ip_addr a6 = addr("2001:db8::1"), b6 = addr("2001:db8::2");

	CHECK_EQ(checksum_pseudo(&a4, &b4, 17, l4), slow(v4));
	CHECK_EQ(checksum_pseudo(&a6, &b6, 58, l4), slow(v6));
}

TEST(checksum_update_equals_a_fresh_sum)
{
	uint8_t buf[40];
	uint32_t rng = 99;

	for (int round = 0; round < 1000; round++) {
		struct span s = { buf, sizeof(buf) };
		uint16_t before, was, now = (uint16_t)xorshift(&rng);

		for (size_t i = 0; i < sizeof(buf); i++)
			buf[i] = (uint8_t)xorshift(&rng);
		before = checksum(s);
		was = (uint16_t)(buf[8] << 8 | buf[9]);
		buf[8] = (uint8_t)(now >> 8);
		buf[9] = (uint8_t)now;
		CHECK_EQ(checksum_update(before, was, now), checksum(s));
	}
}
