/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbour discovery: what parses must build, and the built message must build to itself. */
#include <stdlib.h>
#include <string.h>

#include "wire/icmp6.h"
#include "wire/nd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct ip_addr src = { .family = 6, .octet = { 0xfe, 0x80, [15] = 1 } };
static const struct ip_addr dst = { .family = 6, .octet = { 0xfe, 0x80, [15] = 2 } };
static uint8_t first[1 << 17], second[1 << 17];

static void must(bool held)
{
	if (!held)
		abort();
}

static void check_same(const struct nd_msg *a, const struct nd_msg *b)
{
	must(a->type == b->type && a->code == b->code && a->hop_limit == b->hop_limit);
	must(a->router == b->router && a->solicited == b->solicited && a->override == b->override);
	must(a->managed == b->managed && a->other == b->other && a->home_agent == b->home_agent);
	must(a->lifetime_s == b->lifetime_s && a->reachable_ms == b->reachable_ms);
	must(ip_eq(&a->target, &b->target) && ip_eq(&a->dst, &b->dst));
	must(a->has_slla == b->has_slla && a->has_tlla == b->has_tlla && a->mtu == b->mtu);
	must(a->prefix_n == b->prefix_n && a->nonce.len == b->nonce.len);
	must(a->redirected.len == b->redirected.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct wcur one = wcur(first, sizeof(first)), two = wcur(second, sizeof(second));
	struct nd_msg m, back;
	struct icmp6_msg icmp;
	struct span whole;

	if (len > 65536 || nd_parse((struct span){ data, len }, &m) < 0)
		return 0;
	(void)nd_trusted(&m, 255, &src, &dst);
	must(nd_build(&m, &src, &dst, &one) == 0);
	whole = (struct span){ first, wcur_len(&one) };
	must(icmp6_parse(&src, &dst, whole, &icmp) == 0);
	must(nd_parse(whole, &back) == 0);
	check_same(&m, &back);
	must(nd_build(&back, &src, &dst, &two) == 0);
	must(wcur_len(&two) == whole.len && memcmp(first, second, whole.len) == 0);
	return 0;
}
