/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services that manage hosts and call procedures. Not here: RADIUS, which says nothing to whom it
 * shares no secret with (RFC 2865 3).
 */
#include "probe/payload_rows.h"

#define SNMP_RESPONSE 0xa2
#define SNMP_REPORT   0xa8
#define SNMP_ID       0x4b /* first octet of our request ids: positive, and four octets in BER */
#define RPC_MIN       20   /* octets of a reply that refuses the call */
#define RPC_REPLY     1
#define RPC_STAT_MAX  5 /* accept_stat: SYSTEM_ERR */
#define PONG_LEN      28
#define PONG          0x40
#define XDMCP_HEAD    6
#define WILLING       5
#define UNWILLING     6

/* clang-format off */
/* GetRequest of sysObjectID.0, in BER. */
static const uint8_t snmp1_octets[] = {
	0x30, 0x29, 0x02, 0x01, 0x00, /* SEQUENCE, version */
	0x04, 0x06, 0x70, 0x75, 0x62, 0x6c, 0x69, 0x63, /* community "public" */
	0xa0, 0x1c, /* GetRequest */
	0x02, 0x04, 0x4b, 0x00, 0x00, 0x00, /* request id */
	0x02, 0x01, 0x00, 0x02, 0x01, 0x00, /* no error */
	0x30, 0x0e, 0x30, 0x0c, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01,
	0x02, 0x00, 0x05, 0x00, /* sysObjectID.0: null */
};

/* The same in version 2c. */
static const uint8_t snmp2_octets[] = {
	0x30, 0x29, 0x02, 0x01, 0x01, /* SEQUENCE, version */
	0x04, 0x06, 0x70, 0x75, 0x62, 0x6c, 0x69, 0x63, /* community "public" */
	0xa0, 0x1c, /* GetRequest */
	0x02, 0x04, 0x4b, 0x00, 0x00, 0x00, /* request id */
	0x02, 0x01, 0x00, 0x02, 0x01, 0x00, /* no error */
	0x30, 0x0e, 0x30, 0x0c, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01,
	0x02, 0x00, 0x05, 0x00, /* sysObjectID.0: null */
};

/* A request whose engine is empty is answered by a report of the engine. */
static const uint8_t snmp3_octets[] = {
	0x30, 0x3e, 0x02, 0x01, 0x03, /* SEQUENCE, version 3 */
	0x30, 0x11, 0x02, 0x04, 0x4b, 0x00, 0x00, 0x00, 0x02, 0x03, 0x00, 0xff,
	0xe3, 0x04, 0x01, 0x04, 0x02, 0x01, 0x03, /* id, 65507 octets, reportable, USM */
	0x04, 0x10, 0x30, 0x0e, 0x04, 0x00, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00,
	0x04, 0x00, 0x04, 0x00, 0x04, 0x00, /* engine unknown, user "" */
	/* context "", GetRequest without variables: */
	0x30, 0x14, 0x04, 0x00, 0x04, 0x00, 0xa0, 0x0e, 0x02, 0x04, 0x4b, 0x53,
	0x4e, 0x44, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x00,
};

/* A call of procedure 0 (null), which every program has; the programs' numbers begin with 0x0001. */
#define RPC_NULL(program_high, program_low, version)                                         \
	{                                                                                    \
		0x00, 0x00, 0x00, 0x00,                                                      \
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,                              \
		0x00, 0x01, (program_high), (program_low), 0x00, 0x00, 0x00, (version),      \
		0x00, 0x00, 0x00, 0x00,                                                      \
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,                              \
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,                              \
	}

/* xid; call, RPC version 2; program, its version, procedure; no credential, no verifier. */
static const uint8_t portmap_octets[] = RPC_NULL(0x86, 0xa0, 2); /* 100000 */
static const uint8_t nfs_octets[] = RPC_NULL(0x86, 0xa3, 3);     /* 100003 */
static const uint8_t mountd_octets[] = RPC_NULL(0x86, 0xa5, 3);  /* 100005 */

/* RMCP and ASF headers. */
static const uint8_t rmcp_octets[] = {
	0x06, 0x00, 0xff, 0x06, /* RMCP 1.0, no acknowledgement, class ASF */
	0x00, 0x00, 0x11, 0xbe, 0x80, 0x53, 0x00, 0x00, /* ASF, presence ping, tag, no data */
};

/* Version 1, Query, length 1, no authentication names. */
static const uint8_t xdmcp_octets[] = {
	0x00, 0x01, 0x00, 0x02, 0x00, 0x01, 0x00,
};
/* clang-format on */

static bool is_number(struct span content, uint8_t value)
{
	return content.len == 1 && content.p[0] == value;
}

/* An INTEGER with our first octet and @id behind it. */
static bool is_id(struct span content, struct span id)
{
	return content.len == 1 + id.len && content.p[0] == SNMP_ID &&
	       payload_at_is(content, 1, id);
}

static bool is_snmp(struct span a, struct span id, uint8_t version)
{
	struct rcur all = rcur(a), msg = rcur(payload_ber(&all, 0x30)), pdu;
	struct span got = payload_ber(&msg, 0x02), community = payload_ber(&msg, 0x04);

	pdu = rcur(payload_ber(&msg, SNMP_RESPONSE));
	return is_number(got, version) && community.len == 6 &&
	       payload_begins(community, "public") && is_id(payload_ber(&pdu, 0x02), id) &&
	       !all.bad && !msg.bad && !pdu.bad;
}

static bool snmp1_check(struct span a, struct span id)
{
	return is_snmp(a, id, 0);
}

static bool snmp2_check(struct span a, struct span id)
{
	return is_snmp(a, id, 1);
}

/* A report (or a response), not encrypted, with our message id. */
static bool snmp3_check(struct span a, struct span id)
{
	struct rcur all = rcur(a), msg = rcur(payload_ber(&all, 0x30)), global, scoped;
	struct span got = payload_ber(&msg, 0x02);
	uint8_t pdu;

	global = rcur(payload_ber(&msg, 0x30));
	payload_ber(&msg, 0x04); /* security parameters: the engine */
	scoped = rcur(payload_ber(&msg, 0x30));
	payload_ber(&scoped, 0x04);
	payload_ber(&scoped, 0x04);
	pdu = get_u8(&scoped);
	return is_number(got, 3) && is_id(payload_ber(&global, 0x02), id) && !all.bad && !msg.bad &&
	       !scoped.bad && (pdu == SNMP_REPORT || pdu == SNMP_RESPONSE);
}

/* Accepted, whatever came of it, or denied. */
static bool rpc_check(struct span a, struct span id)
{
	struct rcur c = rcur(a);
	uint32_t denied, verifier;

	get_span(&c, 4); /* xid */
	if (a.len % 4 != 0 || !payload_at_is(a, 0, id) || get_u32(&c) != RPC_REPLY)
		return false;
	denied = get_u32(&c);
	if (denied)
		return denied == 1 && get_u32(&c) <= 1 && a.len >= RPC_MIN;
	get_u32(&c); /* the verifier's flavour */
	verifier = get_u32(&c);
	get_span(&c, verifier);
	return get_u32(&c) <= RPC_STAT_MAX && !c.bad;
}

static bool rmcp_check(struct span a, struct span id)
{
	static const struct span iana = { rmcp_octets + 4, 4 };

	(void)id;
	return a.len >= PONG_LEN && a.p[0] == 6 && a.p[3] == 6 && payload_at_is(a, 4, iana) &&
	       a.p[8] == PONG && a.p[9] == rmcp_octets[9] && a.p[11] == PONG_LEN - 12;
}

static bool xdmcp_check(struct span a, struct span id)
{
	(void)id;
	return a.len >= XDMCP_HEAD && payload_u16(a.p) == 1 &&
	       (payload_u16(a.p + 2) == WILLING || payload_u16(a.p + 2) == UNWILLING) &&
	       payload_u16(a.p + 4) == a.len - XDMCP_HEAD;
}

const struct payload payload_snmp1 = {
	.service = "snmp",
	.source = "RFC 1157 4.1.2",
	.port = PAYLOAD_PORTS(161),
	.octets = PAYLOAD_OCTETS(snmp1_octets),
	.id_at = 18,
	.id_len = 3,
	.check = snmp1_check,
};

const struct payload payload_snmp2 = {
	.service = "snmp",
	.source = "RFC 1901 2, RFC 3416 4.2.1",
	.port = PAYLOAD_PORTS(161),
	.octets = PAYLOAD_OCTETS(snmp2_octets),
	.id_at = 18,
	.id_len = 3,
	.check = snmp2_check,
};

const struct payload payload_snmp3 = {
	.service = "snmp",
	.source = "RFC 3414 4, RFC 3412 6",
	.port = PAYLOAD_PORTS(161),
	.octets = PAYLOAD_OCTETS(snmp3_octets),
	.id_at = 10,
	.id_len = 3,
	.check = snmp3_check,
};

const struct payload payload_portmap = {
	.service = "sunrpc",
	.source = "RFC 5531 9, RFC 1833 3",
	.port = PAYLOAD_PORTS(111),
	.octets = PAYLOAD_OCTETS(portmap_octets),
	.id_len = 4,
	.check = rpc_check,
};

const struct payload payload_nfs = {
	.service = "nfs",
	.source = "RFC 5531 9, RFC 1813 3.3.0",
	.port = PAYLOAD_PORTS(2049),
	.octets = PAYLOAD_OCTETS(nfs_octets),
	.id_len = 4,
	.check = rpc_check,
};

const struct payload payload_mountd = {
	.service = "mountd",
	.source = "RFC 5531 9, RFC 1813 5.2.0",
	.port = PAYLOAD_PORTS(20048),
	.octets = PAYLOAD_OCTETS(mountd_octets),
	.id_len = 4,
	.check = rpc_check,
};

const struct payload payload_rmcp = {
	.service = "asf-rmcp",
	.source = "DMTF DSP0136 (ASF 2.0) 3.2.4",
	.port = PAYLOAD_PORTS(623),
	.octets = PAYLOAD_OCTETS(rmcp_octets),
	.check = rmcp_check,
};

const struct payload payload_xdmcp = {
	.service = "xdmcp",
	.source = "X Display Manager Control Protocol 1.1, \"Query\"",
	.port = PAYLOAD_PORTS(177),
	.octets = PAYLOAD_OCTETS(xdmcp_octets),
	.check = xdmcp_check,
};
