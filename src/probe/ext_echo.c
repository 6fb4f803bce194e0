/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extended echo, "PROBE" (RFC 8335): asks the target about one of its interfaces. The
 * sequence number has eight bits here, and the rightmost bit of the header says that the
 * interface is the target's own (L).
 */
#include "probe/probe.h"

#include <errno.h>

#include "icmp/number.h"
#include "wire/icmpext.h"

#define BY_NAME  1 /* C-types of the interface identification object, RFC 8335 2.1 */
#define BY_INDEX 2
#define BY_ADDR  3
#define LOCAL    1u
#define AFI_IP4  1 /* IANA address family numbers */
#define AFI_IP6  2

/* Names are padded with zeros to a multiple of four octets (RFC 8335 2.1). */
static void put_name(struct wcur *out, const char *name)
{
	size_t len = strnlen(name, PROBE_NAME_LEN);

	put_bytes(out, name, len);
	for (; len % 4 != 0; len++)
		put_u8(out, 0);
}

static void put_addr(struct wcur *out, const struct ip_addr *addr)
{
	put_u16(out, addr->family == 6 ? AFI_IP6 : AFI_IP4);
	put_u8(out, (uint8_t)ip_len(addr->family));
	put_u8(out, 0);
	put_bytes(out, addr->octet, ip_len(addr->family));
}

static int ext_echo_body(const struct probe_ask *ask, struct wcur *out)
{
	uint8_t buf[PROBE_NAME_LEN];
	struct wcur body = wcur(buf, sizeof(buf));
	struct icmpext ext = { .n = 1 };

	if (!ask->about)
		return -EINVAL;
	switch (ask->about->kind) {
	case PROBE_ABOUT_NOTHING:
		return -EINVAL;
	case PROBE_ABOUT_NAME:
		put_name(&body, ask->about->name);
		ext.obj[0].ctype = BY_NAME;
		break;
	case PROBE_ABOUT_INDEX:
		put_u32(&body, ask->about->index);
		ext.obj[0].ctype = BY_INDEX;
		break;
	case PROBE_ABOUT_ADDR:
		put_addr(&body, &ask->about->addr);
		ext.obj[0].ctype = BY_ADDR;
		break;
	}
	ext.obj[0].class_num = ICMPEXT_IFACE_ID;
	ext.obj[0].body = (struct span){ buf, wcur_len(&body) };
	return icmpext_build(&ext, out);
}

static bool ext_echo_check(const struct probe_ask *ask UNUSED, uint32_t rest,
			   struct span body UNUSED, struct probe_answer *ret_answer)
{
	ret_answer->state = rest & 0xff;
	return true;
}

const struct probe_ops probe_ext_echo = {
	.name = "probe",
	.summary = "the state of one interface of the target (RFC 8335)",
	.v4 = { ICMP4_EXT_ECHO, ICMP4_EXT_ECHO_REPLY },
	.v6 = { ICMP6_EXT_ECHO, ICMP6_EXT_ECHO_REPLY },
	.seq_bits = 8,
	.seq_shift = 8,
	.rest = LOCAL,
	.any_code = true,
	.unprivileged = true,
	.body = ext_echo_body,
	.check = ext_echo_check,
};
