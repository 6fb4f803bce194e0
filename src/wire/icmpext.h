/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP extension structures: where they begin, their objects, and the two kinds routers
 * send: MPLS label stacks and interface information.
 *
 * Pure. Source: RFC 4884 (structure, length field), RFC 4950 (MPLS), RFC 5837 (interfaces),
 * RFC 8335 2.1 (interface identification, read as an object with no view of its own).
 */
#pragma once

#include "base/base.h"
#include "base/cur.h"
#include "base/ip.h"

#define ICMPEXT_HDR_LEN     4   /* octets of the structure's header, and of each object's */
#define ICMPEXT_QUOTE_MIN   128 /* octets a quote has at least when extensions follow */
#define ICMPEXT_OBJECTS_MAX 8   /* objects kept; further ones are counted in .more */
#define ICMPEXT_LABELS_MAX  16  /* labels kept of one stack */
#define ICMPEXT_NAME_LEN    64  /* octets of an interface name, terminator included */

enum icmpext_class { ICMPEXT_MPLS = 1, ICMPEXT_IFACE = 2, ICMPEXT_IFACE_ID = 3 };

struct icmpext_obj {
	uint8_t class_num;
	uint8_t ctype;
	struct span body; /* borrowed; without its header */
};

struct icmpext {
	bool sum_ok;   /* the checksum verifies, or is 0: not computed */
	uint8_t n;     /* objects in .obj */
	uint16_t more; /* objects beyond ICMPEXT_OBJECTS_MAX */
	struct icmpext_obj obj[ICMPEXT_OBJECTS_MAX];
};

struct icmpext_label {
	uint32_t label; /* 20 bits */
	uint8_t tc;     /* traffic class, 3 bits */
	bool bottom;    /* last of the stack */
	uint8_t ttl;
};

enum icmpext_role { /* what the interface did, RFC 5837 4.1 */
		    ICMPEXT_INCOMING = 0,
		    ICMPEXT_SUB_IP = 1,
		    ICMPEXT_OUTGOING = 2,
		    ICMPEXT_NEXT_HOP = 3,
};

struct icmpext_iface {
	uint8_t role; /* enum icmpext_role */
	bool has_ifindex, has_mtu;
	uint32_t ifindex;
	uint32_t mtu;                /* octets */
	struct ip_addr addr;         /* family 0: not told */
	char name[ICMPEXT_NAME_LEN]; /* terminated; empty: not told; octets as sent */
};

/**
 * Part an ICMP error into quote and extension structure.
 *
 * @family  4 or 6
 * @octets  the ICMP message from its type octet on
 *
 * The quote is all behind the 8 octets where there is no length field, or the length is 0
 * and no structure with a verifying checksum stands at octet 128 of the quote (RFC 4884 5.5:
 * routers older than it). A length field that does not fit the message is not believed.
 * Borrows from @octets; either may come back empty.
 */
void icmpext_split(int family, struct span octets, struct span *ret_quote, struct span *ret_ext);

/**
 * The octet of the ICMP header that holds the quote's length, 5 (ICMPv4) or 4 (ICMPv6), with
 * its unit in octets; 0 for types that have none.
 */
unsigned icmpext_len_at(int family, uint8_t type, unsigned *ret_unit);

/**
 * Parse a structure into its objects.
 *
 * Returns 0; -EMSGSIZE when it is shorter than its header or an object runs over its end;
 * -EBADMSG when the version is not 2 or an object is shorter than its own header.
 * A checksum that does not verify is told, not refused. Borrows from @ext.
 */
int icmpext_parse(struct span ext, struct icmpext *ret_ext);

/** Append header, checksum and the first @ext->n objects. 0; -EINVAL; -ENOSPC. */
int icmpext_build(const struct icmpext *ext, struct wcur *out);

/**
 * The label stack of an ICMPEXT_MPLS object.
 *
 * Returns how many labels were written, 0..ICMPEXT_LABELS_MAX (further ones are left out);
 * -ENOMSG for another kind of object; -EBADMSG when its length is no multiple of 4.
 */
int icmpext_mpls_parse(const struct icmpext_obj *obj,
		       struct icmpext_label ret_label[static ICMPEXT_LABELS_MAX]);

/** Append the body of such an object. Returns 0; -EINVAL when a field is too large; -ENOSPC. */
int icmpext_mpls_build(const struct icmpext_label *label, size_t n, struct wcur *out);

/**
 * The interface an ICMPEXT_IFACE object tells of.
 *
 * Returns 0; -ENOMSG for another kind of object; -EMSGSIZE when it ends too early;
 * -EBADMSG for an address family other than IP or a name longer than its field.
 */
int icmpext_iface_parse(const struct icmpext_obj *obj, struct icmpext_iface *ret_iface);

/**
 * Append the body of such an object and tell its ctype.
 *
 * Returns 0; -EINVAL when the role is over 3 or the name is not terminated; -ENOSPC.
 */
int icmpext_iface_build(const struct icmpext_iface *iface, struct wcur *out, uint8_t *ret_ctype);
