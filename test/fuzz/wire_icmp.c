/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP messages of both families (the first octet's last bit picks one), what errors quote
 * and the extensions behind: what parses must build, and parse to the same again.
 */
#include <stdlib.h>
#include <string.h>

#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmperr.h"
#include "wire/icmpext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct ip_addr src = { .family = 6, .octet = { 0xfe, 0x80, [15] = 1 } };
static const struct ip_addr dst = { .family = 6, .octet = { 0xfe, 0x80, [15] = 2 } };
static uint8_t built[1 << 17], rebuilt[1 << 17];

static void must(bool held)
{
	if (!held)
		abort();
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static struct span written(const struct wcur *c)
{
	return (struct span){ c->start, wcur_len(c) };
}

static void check_message(struct span octets)
{
	struct wcur out = wcur(built, sizeof(built));
	struct icmp4_msg m4, back4;
	struct icmp6_msg m6, back6;

	if (icmp4_peek(octets, &m4) < 0) {
		must(icmp6_peek(octets, &m6) < 0);
		return;
	}
	must(icmp4_build(&m4, &out) == 0 && icmp4_parse(written(&out), &back4) == 0);
	must(back4.type == m4.type && back4.code == m4.code && back4.rest == m4.rest);
	must(same(back4.body, m4.body));
	out = wcur(built, sizeof(built));
	must(icmp6_peek(octets, &m6) == 0 && icmp6_build(&m6, &src, &dst, &out) == 0);
	must(icmp6_parse(&src, &dst, written(&out), &back6) == 0 && same(back6.body, m6.body));
	must((icmp4_parse(octets, &m4) == 0) == (checksum(octets) == 0));
}

static void check_objects(const struct icmpext *ext)
{
	struct icmpext_label label[ICMPEXT_LABELS_MAX];
	struct icmpext_iface iface, back;

	for (size_t i = 0; i < ext->n; i++) {
		struct wcur out = wcur(built, sizeof(built));
		struct icmpext_obj obj = { .class_num = ICMPEXT_IFACE };
		int n = icmpext_mpls_parse(&ext->obj[i], label);

		if (n >= 0) {
			must(icmpext_mpls_build(label, (size_t)n, &out) == 0);
			must(memcmp(built, ext->obj[i].body.p, wcur_len(&out)) == 0);
		}
		out = wcur(built, sizeof(built));
		if (icmpext_iface_parse(&ext->obj[i], &iface) < 0)
			continue;
		must(icmpext_iface_build(&iface, &out, &obj.ctype) == 0);
		obj.body = written(&out);
		must(icmpext_iface_parse(&obj, &back) == 0);
		must(back.role == iface.role && back.ifindex == iface.ifindex);
		must(back.mtu == iface.mtu && ip_eq(&back.addr, &iface.addr));
		must(strcmp(back.name, iface.name) == 0);
	}
}

static void check_extensions(struct span octets)
{
	struct wcur out = wcur(built, sizeof(built));
	struct icmpext ext, back;

	if (icmpext_parse(octets, &ext) < 0)
		return;
	must(icmpext_build(&ext, &out) == 0 && icmpext_parse(written(&out), &back) == 0);
	must(back.n == ext.n && back.sum_ok && back.more == 0);
	for (size_t i = 0; i < ext.n; i++)
		must(same(back.obj[i].body, ext.obj[i].body));
	check_objects(&ext);
}

static void check_error(int family, struct span octets)
{
	struct wcur out = wcur(rebuilt, sizeof(rebuilt));
	struct icmperr e, back;

	if (icmperr_parse(family, octets, &e) < 0)
		return;
	must(e.quote.octets.len + e.ext.len + 8 == octets.len);
	must(!e.quote.has_seq || e.quote.has_ports);
	must(!e.quote.has_echo || e.quote.has_icmp);
	check_extensions(e.ext);
	if (icmperr_build(&e, &src, &dst, &out) < 0)
		return; /* a quote longer than the length field can say */
	must(icmperr_parse(family, written(&out), &back) == 0);
	must(back.mtu == e.mtu && back.pointer == e.pointer && ip_eq(&back.gateway, &e.gateway));
	if (e.ext.len > 0) {
		must(same(back.ext, e.ext));
		must(memcmp(back.quote.octets.p, e.quote.octets.p, e.quote.octets.len) == 0);
		return;
	}
	/* A quote may itself look like extensions once no length says otherwise (RFC 4884 5.5). */
	must(back.quote.octets.len + back.ext.len == e.quote.octets.len);
	must(e.quote.octets.len == 0 ||
	     memcmp(rebuilt + 8, e.quote.octets.p, e.quote.octets.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span octets = { data + 1, len - 1 };

	if (len == 0 || len > 65536)
		return 0;
	check_message(octets);
	check_error(data[0] & 1 ? 6 : 4, octets);
	check_extensions(octets);
	return 0;
}
