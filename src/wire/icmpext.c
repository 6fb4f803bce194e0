/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmpext.h"

#include <errno.h>
#include <string.h>

#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/ipcur.h"

#define VERSION 2 /* in the high four bits of the structure's first octet */

/* Parts an interface object holds: bits of its ctype, in the order they stand (RFC 5837 4.1). */
enum iface_bit { HAS_IFINDEX = 0x08, HAS_ADDR = 0x04, HAS_NAME = 0x02, HAS_MTU = 0x01 };

enum afi { AFI_IP4 = 1, AFI_IP6 = 2 }; /* IANA address family numbers */

unsigned icmpext_len_at(int family, uint8_t type, unsigned *ret_unit)
{
	*ret_unit = family == 4 ? 4 : 8;
	if (family == 4 && (type == 3 || type == 11 || type == 12))
		return 5;
	if (family == 6 && (type == 1 || type == 3))
		return 4;
	return 0;
}

/* Whether @ext is a structure beyond doubt: version, checksum sent and right, objects that fit. */
static bool convincing(struct span ext)
{
	struct icmpext parsed;

	return ext.len > ICMPEXT_HDR_LEN && (ext.p[2] || ext.p[3]) && checksum(ext) == 0 &&
	       icmpext_parse(ext, &parsed) == 0;
}

void icmpext_split(int family, struct span octets, struct span *ret_quote, struct span *ret_ext)
{
	unsigned unit, at;
	struct span all;
	size_t len;

	*ret_quote = *ret_ext = (struct span){ octets.p, 0 };
	if (octets.len < ICMP4_MIN_LEN)
		return;
	all = (struct span){ octets.p + ICMP4_MIN_LEN, octets.len - ICMP4_MIN_LEN };
	*ret_quote = all;
	at = icmpext_len_at(family, octets.p[0], &unit);
	if (at == 0)
		return;

	len = (size_t)octets.p[at] * unit;
	if (len == 0 && all.len > ICMPEXT_QUOTE_MIN &&
	    convincing((struct span){ all.p + ICMPEXT_QUOTE_MIN, all.len - ICMPEXT_QUOTE_MIN }))
		len = ICMPEXT_QUOTE_MIN;
	if (len == 0 || len > all.len)
		return;
	ret_quote->len = len;
	*ret_ext = (struct span){ all.p + len, all.len - len };
}

int icmpext_parse(struct span ext, struct icmpext *ret_ext)
{
	struct rcur c = rcur(ext);
	struct icmpext e = { 0 };
	uint8_t version = get_u8(&c);
	uint16_t sum;

	get_u8(&c); /* reserved */
	sum = get_u16(&c);
	if (c.bad)
		return -EMSGSIZE;
	if (version >> 4 != VERSION)
		return -EBADMSG;

	e.sum_ok = sum == 0 || checksum(ext) == 0;
	while (rcur_left(&c) > 0) {
		uint16_t len = get_u16(&c);
		struct icmpext_obj obj;

		obj.class_num = get_u8(&c);
		obj.ctype = get_u8(&c);
		if (!c.bad && len < ICMPEXT_HDR_LEN)
			return -EBADMSG;
		obj.body = get_span(&c, len - (size_t)ICMPEXT_HDR_LEN);
		if (c.bad)
			return -EMSGSIZE;
		if (e.n < ICMPEXT_OBJECTS_MAX)
			e.obj[e.n++] = obj;
		else
			e.more++;
	}
	*ret_ext = e;
	return 0;
}

int icmpext_build(const struct icmpext *ext, struct wcur *out)
{
	uint8_t *start = out->p;
	uint16_t sum;

	if (ext->n > ICMPEXT_OBJECTS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < ext->n; i++)
		if (ext->obj[i].body.len > UINT16_MAX - ICMPEXT_HDR_LEN)
			return -EINVAL;

	put_u8(out, VERSION << 4);
	put_u8(out, 0);
	put_u16(out, 0);
	for (size_t i = 0; i < ext->n; i++) {
		const struct icmpext_obj *obj = &ext->obj[i];

		put_u16(out, (uint16_t)(ICMPEXT_HDR_LEN + obj->body.len));
		put_u8(out, obj->class_num);
		put_u8(out, obj->ctype);
		put_bytes(out, obj->body.p, obj->body.len);
	}
	if (out->bad)
		return -ENOSPC;

	sum = checksum((struct span){ start, (size_t)(out->p - start) });
	start[2] = (uint8_t)(sum >> 8);
	start[3] = (uint8_t)sum;
	return 0;
}

int icmpext_mpls_parse(const struct icmpext_obj *obj,
		       struct icmpext_label ret_label[static ICMPEXT_LABELS_MAX])
{
	struct rcur c = rcur(obj->body);
	int n = 0;

	if (obj->class_num != ICMPEXT_MPLS || obj->ctype != 1)
		return -ENOMSG;
	if (obj->body.len % 4)
		return -EBADMSG;

	while (rcur_left(&c) > 0 && n < ICMPEXT_LABELS_MAX) {
		uint32_t v = get_u32(&c);

		ret_label[n++] = (struct icmpext_label){
			.label = v >> 12,
			.tc = v >> 9 & 7,
			.bottom = v >> 8 & 1,
			.ttl = (uint8_t)v,
		};
	}
	return n;
}

int icmpext_mpls_build(const struct icmpext_label *label, size_t n, struct wcur *out)
{
	for (size_t i = 0; i < n; i++)
		if (label[i].label > 0xfffff || label[i].tc > 7)
			return -EINVAL;
	for (size_t i = 0; i < n; i++)
		put_u32(out, label[i].label << 12 | (uint32_t)label[i].tc << 9 |
				     (uint32_t)label[i].bottom << 8 | label[i].ttl);
	return out->bad ? -ENOSPC : 0;
}

/* The address part: family number, two reserved octets, address. False: unknown family. */
static bool iface_addr(struct rcur *c, struct ip_addr *ret_addr)
{
	uint16_t afi = get_u16(c);

	get_u16(c);
	if (!c->bad && afi != AFI_IP4 && afi != AFI_IP6)
		return false;
	*ret_addr = get_ip(c, afi == AFI_IP4 ? 4 : 6);
	return true;
}

/* The name part: a length that counts itself, then text. False: a length it cannot have. */
static bool iface_name(struct rcur *c, char ret_name[static ICMPEXT_NAME_LEN])
{
	uint8_t len = get_u8(c);

	if (!c->bad && (len == 0 || len > ICMPEXT_NAME_LEN))
		return false;
	get_bytes(c, ret_name, c->bad ? 0 : len - 1u);
	ret_name[ICMPEXT_NAME_LEN - 1] = '\0';
	return true;
}

int icmpext_iface_parse(const struct icmpext_obj *obj, struct icmpext_iface *ret_iface)
{
	struct rcur c = rcur(obj->body);
	struct icmpext_iface f = { .role = obj->ctype >> 6 };

	if (obj->class_num != ICMPEXT_IFACE)
		return -ENOMSG;
	f.has_ifindex = obj->ctype & HAS_IFINDEX;
	if (f.has_ifindex)
		f.ifindex = get_u32(&c);
	if (obj->ctype & HAS_ADDR && !iface_addr(&c, &f.addr))
		return -EBADMSG;
	if (obj->ctype & HAS_NAME && !iface_name(&c, f.name))
		return -EBADMSG;
	f.has_mtu = obj->ctype & HAS_MTU;
	if (f.has_mtu)
		f.mtu = get_u32(&c);
	if (c.bad)
		return -EMSGSIZE;

	*ret_iface = f;
	return 0;
}

/* Length octet, name, zeroes up to a multiple of 4: at most 64 octets with a name of 63. */
static void put_name(struct wcur *out, const char *name, size_t len)
{
	size_t whole = (1 + len + 3) / 4 * 4;

	put_u8(out, (uint8_t)whole);
	put_bytes(out, name, len);
	for (size_t i = 1 + len; i < whole; i++)
		put_u8(out, 0);
}

int icmpext_iface_build(const struct icmpext_iface *iface, struct wcur *out, uint8_t *ret_ctype)
{
	size_t name_len = strnlen(iface->name, ICMPEXT_NAME_LEN);
	uint8_t ctype = (uint8_t)(iface->role << 6);

	if (iface->role > ICMPEXT_NEXT_HOP || name_len == ICMPEXT_NAME_LEN)
		return -EINVAL;
	if (iface->has_ifindex) {
		ctype |= HAS_IFINDEX;
		put_u32(out, iface->ifindex);
	}
	if (iface->addr.family) {
		ctype |= HAS_ADDR;
		put_u16(out, iface->addr.family == 4 ? AFI_IP4 : AFI_IP6);
		put_u16(out, 0);
		put_ip(out, &iface->addr);
	}
	if (name_len > 0) {
		ctype |= HAS_NAME;
		put_name(out, iface->name, name_len);
	}
	if (iface->has_mtu) {
		ctype |= HAS_MTU;
		put_u32(out, iface->mtu);
	}
	if (out->bad)
		return -ENOSPC;

	*ret_ctype = ctype;
	return 0;
}
