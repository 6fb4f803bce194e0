/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct ip_addr ip4_make(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct ip_addr){ .family = 4, .octet = { a, b, c, d } };
}

struct ip_addr ip4_of(uint32_t v)
{
	return ip4_make((uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v);
}

size_t ip_len(int family)
{
	return family == 4 ? 4 : family == 6 ? 16 : 0;
}

struct ip_addr ip_from(int family, const void *octets)
{
	struct ip_addr a = { .family = (uint8_t)family };

	memcpy(a.octet, octets, ip_len(family));
	return a;
}

uint32_t ip4_u32(const struct ip_addr *a)
{
	return (uint32_t)a->octet[0] << 24 | (uint32_t)a->octet[1] << 16 |
	       (uint32_t)a->octet[2] << 8 | a->octet[3];
}

bool ip_eq(const struct ip_addr *a, const struct ip_addr *b)
{
	return ip_cmp(a, b) == 0;
}

int ip_cmp(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->octet, b->octet, ip_len(a->family));
}

static enum ip_kind kind4(const uint8_t *o)
{
	static const uint8_t all_ones[4] = { 255, 255, 255, 255 };
	static const uint8_t none[4];

	if (memcmp(o, none, 4) == 0)
		return IP_UNSPECIFIED;
	if (memcmp(o, all_ones, 4) == 0)
		return IP_BROADCAST;
	if (o[0] == 127)
		return IP_LOOPBACK;
	if (o[0] == 169 && o[1] == 254)
		return IP_LINK_LOCAL;
	return o[0] >> 4 == 14 ? IP_MULTICAST : IP_GLOBAL;
}

static enum ip_kind kind6(const uint8_t *o)
{
	static const uint8_t none[16], loopback[16] = { [15] = 1 };

	if (memcmp(o, none, 16) == 0)
		return IP_UNSPECIFIED;
	if (memcmp(o, loopback, 16) == 0)
		return IP_LOOPBACK;
	if (o[0] == 0xfe && (o[1] & 0xc0) == 0x80)
		return IP_LINK_LOCAL;
	return o[0] == 0xff ? IP_MULTICAST : IP_GLOBAL;
}

enum ip_kind ip_kind(const struct ip_addr *a)
{
	if (a->family == 0)
		return IP_UNSPECIFIED;
	return a->family == 4 ? kind4(a->octet) : kind6(a->octet);
}

int ip_scan(const char *text, struct ip_addr *ret_addr)
{
	struct ip_addr a = { 0 };

	if (inet_pton(AF_INET, text, a.octet) == 1)
		a.family = 4;
	else if (inet_pton(AF_INET6, text, a.octet) == 1)
		a.family = 6;
	else
		return -EINVAL;
	*ret_addr = a;
	return 0;
}

/* By hand: the C library's takes as long as sending the packet that the address is of. */
static const char *ip4_format(const uint8_t *octet, char *buf)
{
	char *p = buf;

	for (int i = 0; i < 4; i++) {
		unsigned v = octet[i];

		if (v >= 100)
			*p++ = (char)('0' + v / 100);
		if (v >= 10)
			*p++ = (char)('0' + v / 10 % 10);
		*p++ = (char)('0' + v % 10);
		*p++ = i < 3 ? '.' : '\0';
	}
	return buf;
}

const char *ip_format(const struct ip_addr *a, char buf[static IP_TEXT_LEN])
{
	size_t at;

	if (a->family == 4)
		return ip4_format(a->octet, buf);
	if (a->family != 6 || !inet_ntop(AF_INET6, a->octet, buf, IP_TEXT_LEN))
		return memcpy(buf, "-", 2);
	at = strlen(buf);
	if (a->zone)
		snprintf(buf + at, IP_TEXT_LEN - at, "%%%u", a->zone);
	return buf;
}

/* At most three digits, no sign, no blank; -1 when @text is anything else. */
static int prefix_len_scan(const char *text)
{
	int v = 0;

	if (!*text || strlen(text) > 3)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		v = v * 10 + (*text - '0');
	}
	return v;
}

int ip_prefix_scan(const char *text, struct ip_prefix *ret_prefix)
{
	char head[IP_TEXT_LEN];
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	struct ip_addr a;
	int len;

	if (n >= sizeof(head))
		return -EINVAL;
	memcpy(head, text, n);
	head[n] = '\0';
	if (ip_scan(head, &a) < 0)
		return -EINVAL;
	len = slash ? prefix_len_scan(slash + 1) : (int)ip_len(a.family) * 8;
	if (len < 0 || len > (int)ip_len(a.family) * 8)
		return -EINVAL;
	*ret_prefix = ip_prefix_of(&a, (unsigned)len);
	return 0;
}

const char *ip_prefix_format(const struct ip_prefix *p, char buf[static IP_TEXT_LEN])
{
	size_t at;

	ip_format(&p->addr, buf);
	at = strlen(buf);
	snprintf(buf + at, IP_TEXT_LEN - at, "/%u", p->len);
	return buf;
}

struct ip_prefix ip_prefix_of(const struct ip_addr *a, unsigned len)
{
	size_t n = ip_len(a->family);
	struct ip_prefix p = { .addr = *a };

	p.len = (uint8_t)MIN(len, n * 8);
	for (size_t i = 0; i < n; i++) {
		unsigned bits = p.len >= 8 * (i + 1) ? 8 : p.len > 8 * i ? p.len - 8 * i : 0;

		p.addr.octet[i] &= (uint8_t)(0xff00 >> bits);
	}
	return p;
}

bool ip_prefix_has(const struct ip_prefix *p, const struct ip_addr *a)
{
	struct ip_prefix q;

	if (p->addr.family != a->family)
		return false;
	q = ip_prefix_of(a, p->len);
	return ip_eq(&q.addr, &p->addr);
}

struct ip_addr ip_plus(const struct ip_addr *a, uint64_t n)
{
	struct ip_addr r = *a;

	for (size_t i = ip_len(a->family); i-- > 0;) {
		uint64_t sum = r.octet[i] + (n & 0xff);

		r.octet[i] = (uint8_t)sum;
		n = (n >> 8) + (sum >> 8);
	}
	return r;
}

uint64_t ip_prefix_count(const struct ip_prefix *p)
{
	size_t bits = ip_len(p->addr.family) * 8 - p->len;

	return bits >= 64 ? UINT64_MAX : 1ull << bits;
}
