/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buildings and factories. */
#include "probe/payload_rows.h"

#define BVLC_HEAD        4
#define NPDU_NETWORK     0x80 /* control: a message of the network layer, not for us */
#define NPDU_DEST        0x20
#define NPDU_SOURCE      0x08
#define MBAP_HEAD        7
#define MODBUS_INTERFACE 0x2b
#define MODBUS_EXCEPTION 0x80
#define MODBUS_IDENTITY  0x0e
#define ENIP_HEAD        24
#define ENIP_CONTEXT     12

/* clang-format off */
/*
 * BVLC: unicast, 17 octets; NPDU: version 1, answer wanted; APDU: confirmed request, 1476 octets
 * accepted, invoke id, ReadProperty; device 4194303 (whoever it is), object-identifier.
 */
static const uint8_t bacnet_octets[] = {
	0x81, 0x0a, 0x00, 0x11, 0x01, 0x04, 0x00, 0x05, 0x00, 0x0c,
	0x0c, 0x02, 0x3f, 0xff, 0xff, 0x19, 0x4b,
};

/* MBAP: id, protocol 0, 5 octets, unit 255; encapsulated interface, device identification. */
static const uint8_t modbus_octets[] = {
	0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0xff, 0x2b, 0x0e, 0x01, 0x00,
};

/* ListIdentity, least octets first; length, session, status 0; sender's context; options 0. */
static const uint8_t enip_octets[24] = { 0x63 };

/* Header of 6, version 1.0, DESCRIPTION_REQUEST, 14 octets; answer to where it came from. */
static const uint8_t knx_octets[] = {
	0x06, 0x10, 0x02, 0x03, 0x00, 0x0e, 0x08, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};
/* clang-format on */

/* Pass by the addresses that routers put into an NPDU (6.2.2). */
static void pass_addresses(struct rcur *c, uint8_t control)
{
	if (control & NPDU_DEST) {
		get_u16(c);
		get_span(c, get_u8(c));
	}
	if (control & NPDU_SOURCE) {
		get_u16(c);
		get_span(c, get_u8(c));
	}
	if (control & NPDU_DEST)
		get_u8(c); /* hop count */
}

/* Complex acknowledgement, error, reject or abort (3, 5, 6, 7) of our invoke id. */
static bool bacnet_check(struct span a, struct span id)
{
	struct rcur c = rcur(a);
	uint8_t control, kind, invoke;

	get_span(&c, BVLC_HEAD);
	if (c.bad || a.p[0] != 0x81 || payload_u16(a.p + 2) != a.len || get_u8(&c) != 1)
		return false;
	control = get_u8(&c);
	pass_addresses(&c, control);
	kind = get_u8(&c) >> 4;
	invoke = get_u8(&c);
	return !c.bad && !(control & NPDU_NETWORK) && id.len == 1 && invoke == id.p[0] &&
	       (kind == 3 || kind == 5 || kind == 6 || kind == 7);
}

/* The identification, or an exception with its code. */
static bool modbus_check(struct span a, struct span id)
{
	if (a.len < MBAP_HEAD + 2 || !payload_at_is(a, 0, id) || payload_u16(a.p + 2) != 0 ||
	    payload_u16(a.p + 4) != a.len - 6)
		return false;
	if (a.p[7] == (MODBUS_INTERFACE | MODBUS_EXCEPTION))
		return a.len == MBAP_HEAD + 2;
	return a.p[7] == MODBUS_INTERFACE && a.p[8] == MODBUS_IDENTITY && a.len >= MBAP_HEAD + 7;
}

static bool enip_check(struct span a, struct span id)
{
	return a.len >= ENIP_HEAD + 2 && a.p[0] == 0x63 && a.p[1] == 0 &&
	       (size_t)(a.p[2] | a.p[3] << 8) == a.len - ENIP_HEAD &&
	       payload_at_is(a, ENIP_CONTEXT, id);
}

static bool knx_check(struct span a, struct span id)
{
	(void)id;
	return a.len > 6 && a.p[0] == 6 && a.p[1] == 0x10 && a.p[2] == 2 && a.p[3] == 4 &&
	       payload_u16(a.p + 4) == a.len;
}

const struct payload payload_bacnet = {
	.service = "bacnet",
	.source = "ASHRAE 135 annex J.2.11, 6.2, 15.5 and 20.1.2",
	.port = PAYLOAD_PORTS(47808),
	.octets = PAYLOAD_OCTETS(bacnet_octets),
	.id_at = 8,
	.id_len = 1,
	.check = bacnet_check,
};

const struct payload payload_modbus = {
	.service = "mbap",
	.source = "MODBUS Messaging on TCP/IP 1.0b 3.1.3, Application Protocol 1.1b3 6.21",
	.port = PAYLOAD_PORTS(502),
	.octets = PAYLOAD_OCTETS(modbus_octets),
	.id_len = 2,
	.check = modbus_check,
};

const struct payload payload_enip = {
	.service = "EtherNet-IP-2",
	.source = "CIP Networks Library volume 2, 2-3.1 and 2-4.2",
	.port = PAYLOAD_PORTS(44818),
	.octets = PAYLOAD_OCTETS(enip_octets),
	.id_at = ENIP_CONTEXT,
	.id_len = 8,
	.check = enip_check,
};

const struct payload payload_knx = {
	.service = "efcp",
	.source = "ISO 22510 (KNXnet/IP) 2.2 and 7.5.4",
	.port = PAYLOAD_PORTS(3671),
	.octets = PAYLOAD_OCTETS(knx_octets),
	.check = knx_check,
};
