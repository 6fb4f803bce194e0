/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IP addresses and prefixes, both families in one type. The only address
 * parser of the tree.
 *
 * Pure. Source: RFC 4291 and 5952 (text), RFC 4632 (prefixes), RFC 6890 (special ranges).
 */
#pragma once

#include "base/base.h"
#include "base/err.h"

#define IP_TEXT_LEN 64 /* room for any address with its zone, or a prefix, terminated */

struct ip_addr {
	uint8_t family;    /* 4, 6, or 0: no address */
	uint8_t octet[16]; /* wire order; an IPv4 address fills the first four, the rest are 0 */
	uint32_t zone;     /* interface index of an IPv6 link-local address; 0: none */
};

struct ip_prefix {
	struct ip_addr addr; /* host bits are zero */
	uint8_t len;         /* 0..32 or 0..128 */
};

enum ip_kind {
	IP_GLOBAL, /* anything not below, private space included */
	IP_UNSPECIFIED,
	IP_LOOPBACK,
	IP_LINK_LOCAL,
	IP_MULTICAST,
	IP_BROADCAST, /* 255.255.255.255 only; a subnet's own needs its prefix */
};

struct ip_addr ip4_make(uint8_t a, uint8_t b, uint8_t c, uint8_t d);
struct ip_addr ip4_of(uint32_t host_order);
struct ip_addr ip_from(int family, const void *octets); /* 4 or 16 octets are read */
uint32_t ip4_u32(const struct ip_addr *a);              /* host order */

/** Octets of an address of family 4 or 6: 4, 16; else 0. */
size_t ip_len(int family);

bool ip_eq(const struct ip_addr *a, const struct ip_addr *b); /* zone is not compared */
int ip_cmp(const struct ip_addr *a, const struct ip_addr *b); /* family, then octets */
enum ip_kind ip_kind(const struct ip_addr *a);

/**
 * Read "192.0.2.1", "2001:db8::1". A zone ("%eth0") is not read here: names of
 * interfaces are sys/'s business.
 *
 * Returns 0; -EINVAL, with nothing written, when @text is anything else.
 */
int ip_scan(const char *text, struct ip_addr *ret_addr);

/** Write @a as RFC 5952 text, "%N" behind it when it has a zone, "-" when it is no address. Returns @buf. */
const char *ip_format(const struct ip_addr *a, char buf[static IP_TEXT_LEN]);

/**
 * Read "192.0.2.0/24", or an address alone (full length). Host bits are cut.
 *
 * Returns 0; -EINVAL, with nothing written, when @text is neither.
 */
int ip_prefix_scan(const char *text, struct ip_prefix *ret_prefix);

const char *ip_prefix_format(const struct ip_prefix *p, char buf[static IP_TEXT_LEN]);
bool ip_prefix_has(const struct ip_prefix *p, const struct ip_addr *a);

/** The prefix of @len bits around @a; @len is cut to the family's length. */
struct ip_prefix ip_prefix_of(const struct ip_addr *a, unsigned len);

/** @a plus @n, within its family, wrapping at the end. */
struct ip_addr ip_plus(const struct ip_addr *a, uint64_t n);

/** Addresses in @p, at most UINT64_MAX. */
uint64_t ip_prefix_count(const struct ip_prefix *p);
