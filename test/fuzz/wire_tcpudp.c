/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP segments and UDP datagrams: what parses must build to the same octets, checksum apart. */
#include <stdlib.h>
#include <string.h>

#include "wire/checksum.h"
#include "wire/tcp.h"
#include "wire/udp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct ip_addr src = { .family = 4, .octet = { 192, 0, 2, 1 } };
static const struct ip_addr dst = { .family = 4, .octet = { 192, 0, 2, 2 } };
static uint8_t built[1 << 17];

static void must(bool held)
{
	if (!held)
		abort();
}

/* Equal but for the two octets of the checksum at @sum_at. */
static void check_same(const uint8_t *a, const uint8_t *b, size_t len, size_t sum_at)
{
	must(memcmp(a, b, sum_at) == 0);
	must(memcmp(a + sum_at + 2, b + sum_at + 2, len - sum_at - 2) == 0);
}

static void check_tcp(struct span octets)
{
	struct wcur out = wcur(built, sizeof(built));
	struct tcp_seg t;

	if (tcp_parse(octets, &t) < 0)
		return;
	must(tcp_build(&t, &src, &dst, &out) == 0 && wcur_len(&out) == octets.len);
	check_same(built, octets.p, octets.len, 16);
	must(checksum_pseudo(&src, &dst, 6, (struct span){ built, octets.len }) == 0);
	(void)tcp_mss(t.options);
}

static void check_udp(struct span octets)
{
	struct wcur out = wcur(built, sizeof(built));
	struct udp_dgram d;
	size_t len;

	if (udp_parse(octets, &d) < 0)
		return;
	must(udp_build(&d, &src, &dst, &out) == 0);
	len = wcur_len(&out);
	must(udp_sum_ok(&src, &dst, (struct span){ built, len }));
	must((built[6] | built[7]) != 0);
	if (d.len > 0 && d.missing == 0)
		check_same(built, octets.p, len, 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span octets = { data, len };

	if (len > 65535)
		return 0;
	check_tcp(octets);
	check_udp(octets);
	(void)tcp_mss(octets);
	return 0;
}
