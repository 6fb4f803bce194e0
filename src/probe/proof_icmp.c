/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP messages of a proof: one body for each type, so that a filter or a kernel that looks inside finds what belongs there. */
#include "probe/proof.h"

#include <errno.h>

#include "icmp/number.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/ip4.h"
#include "wire/packet.h"
#include "wire/udp.h"

#define ICMP_MAX    192 /* octets of a message */
#define TTL_LINK    255 /* RFC 4861 6.1: what ND must arrive with */
#define TTL_ONE     1   /* RFC 1256, 2710, 4286: what must not be forwarded leaves with */
#define STRAY_DPORT 33434
#define STRAY_SPORT 53000
#define CLAIMED_MTU 1280 /* of packet-too-big; any host takes it */

/* A datagram that the host might have sent and did not: what a stray error is about. */
static size_t stray_quote(const struct proof_place *at, uint8_t *buf, size_t len)
{
	uint8_t l4[16];
	struct wcur w = wcur(l4, sizeof(l4)), out = wcur(buf, len);
	struct udp_dgram d = { .sport = STRAY_SPORT,
			       .dport = STRAY_DPORT,
			       .payload = { (const uint8_t *)"sonde\0\0\0", 8 } };
	struct packet_spec spec = {
		.src = &at->addr, .dst = &at->source, .proto = IP_PROTO_UDP, .ttl = 1
	};

	if (udp_build(&d, &at->addr, &at->source, &w) < 0)
		return 0;
	spec.payload = (struct span){ l4, wcur_len(&w) };
	return packet_build(&spec, &out) < 0 ? 0 : wcur_len(&out);
}

static void put_quote(const struct proof_place *at, const struct proof_icmp *what, struct wcur *out)
{
	uint8_t stray[96];
	struct span q = what->quote;

	if (q.len == 0)
		q = (struct span){ stray, stray_quote(at, stray, sizeof(stray)) };
	put_bytes(out, q.p, MIN(q.len, (size_t)96));
}

static void put_zeroes(struct wcur *out, size_t n)
{
	for (; n > 0; n--)
		put_u8(out, 0);
}

/* RFC 8335 2.1: an interface identification object (class 3) by index (type 2). */
static void put_ext_echo(struct wcur *out)
{
	uint8_t ext[12] = { 0x20, 0, 0, 0, 0, 8, 3, 2, 0, 0, 0, 1 };
	uint16_t sum = checksum((struct span){ ext, sizeof(ext) });

	ext[2] = (uint8_t)(sum >> 8);
	ext[3] = (uint8_t)sum;
	put_bytes(out, ext, sizeof(ext));
}

/* Identifier and sequence number; both families have them in the same place. */
static uint32_t echo_rest(const struct proof_icmp *what)
{
	return what->echo_id ? icmp4_echo_rest(what->echo_id, what->tag)
			     : icmp4_echo_rest((uint16_t)(what->tag | 0x8000u), 1);
}

/* Octets 4..7, and the body behind them. */
static uint32_t body4(const struct proof_place *at, const struct proof_icmp *what, struct wcur *out)
{
	uint32_t echo = echo_rest(what);

	switch (what->type) {
	case ICMP4_UNREACH:
		put_quote(at, what, out);
		return what->code == ICMP4_UNREACH_NEEDFRAG ? CLAIMED_MTU : 0;
	case ICMP4_SOURCE_QUENCH:
	case ICMP4_TIME_EXCEEDED:
	case ICMP4_PARAM_PROBLEM:
	case ICMP4_PHOTURIS:
		put_quote(at, what, out);
		return 0;
	case ICMP4_REDIRECT: /* towards the prober itself, the one gateway there surely is */
		put_quote(at, what, out);
		return ip4_u32(&at->source);
	case ICMP4_ROUTER_ADVERT: /* RFC 1256: one address, two words each, 1800 s */
		put_bytes(out, at->source.octet, 4);
		put_u32(out, 0);
		return 0x01020708;
	case ICMP4_ROUTER_SOLICIT:
		return 0;
	case ICMP4_TIMESTAMP:
	case ICMP4_TIMESTAMP_REPLY:
		put_zeroes(out, 12);
		return echo;
	case ICMP4_MASK:
	case ICMP4_MASK_REPLY:
		put_zeroes(out, 4);
		return echo;
	case ICMP4_INFO:
	case ICMP4_INFO_REPLY:
		return echo;
	case ICMP4_EXT_ECHO: /* sequence in one octet, then the L bit: a local interface */
		put_ext_echo(out);
		return (uint32_t)(what->tag | 0x8000u) << 16 | 0x0101;
	default:
		put_bytes(out, "sonde proof 0123", 16);
		return echo;
	}
}

static int build4(const struct proof_place *at, const struct proof_icmp *what, uint8_t *buf,
		  size_t *ret_len)
{
	uint8_t body[ICMP_MAX];
	struct wcur b = wcur(body, sizeof(body)), out = wcur(buf, ICMP_MAX);
	struct icmp4_msg msg = { .type = what->type, .code = what->code };
	int r;

	msg.rest = body4(at, what, &b);
	msg.body = (struct span){ body, wcur_len(&b) };
	r = b.bad ? -ENOSPC : icmp4_build(&msg, &out);
	*ret_len = wcur_len(&out);
	return r;
}

static void put_link_option(const struct proof_place *at, uint8_t type, struct wcur *out)
{
	if (!at->ether)
		return;
	put_u8(out, type);
	put_u8(out, 1);
	put_bytes(out, at->our_mac.octet, 6);
}

static uint32_t body6_nd(const struct proof_place *at, const struct proof_icmp *what,
			 const struct ip_addr *src, struct wcur *out)
{
	switch (what->type) {
	case ICMP6_ND_ROUTER_SOLICIT:
		put_link_option(at, 1, out);
		return 0;
	case ICMP6_ND_ROUTER_ADVERT: /* lifetime 0: "I am no default router"; changes nothing */
		put_zeroes(out, 8);
		put_link_option(at, 1, out);
		return 64u << 24;
	case ICMP6_ND_NEIGHBOR_SOLICIT:
		put_bytes(out, at->addr.octet, 16);
		put_link_option(at, 1, out);
		return 0;
	case ICMP6_ND_NEIGHBOR_ADVERT: /* solicited, override */
		put_bytes(out, src->octet, 16);
		put_link_option(at, 2, out);
		return 0x60000000;
	default: /* redirect: target, destination, the packet it is about */
		put_bytes(out, src->octet, 16);
		put_bytes(out, at->source.octet, 16);
		if (what->quote.len > 0) {
			size_t n = MIN(what->quote.len, (size_t)88) / 8 * 8;

			put_u8(out, 4);
			put_u8(out, (uint8_t)(n / 8 + 1));
			put_zeroes(out, 6);
			put_bytes(out, what->quote.p, n);
		}
		return 0;
	}
}

static uint32_t body6_other(const struct proof_icmp *what, struct wcur *out)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };
	uint32_t echo = echo_rest(what);

	switch (what->type) {
	case ICMP6_MLD_QUERY: /* general query, one second */
		put_zeroes(out, 16);
		return 1000u << 16;
	case ICMP6_MLD_REPORT:
	case ICMP6_MLD_DONE:
		put_bytes(out, all_nodes, 16);
		return 0;
	case ICMP6_MLD2_REPORT: /* one record: ff02::1 is excluded by nobody */
		put_u32(out, 0x04000000);
		put_bytes(out, all_nodes, 16);
		return 1;
	case ICMP6_NODE_INFO:
	case ICMP6_NODE_INFO_REPLY: /* Qtype 2: node name; a nonce */
		put_zeroes(out, 24);
		return 0x00020000;
	case ICMP6_EXT_ECHO:
		put_ext_echo(out);
		return (uint32_t)(what->tag | 0x8000u) << 16 | 0x0101;
	default:
		put_bytes(out, "sonde proof 0123", 16);
		return echo;
	}
}

static uint32_t body6(const struct proof_place *at, const struct proof_icmp *what,
		      const struct ip_addr *src, struct wcur *out)
{
	if (what->type >= ICMP6_ND_ROUTER_SOLICIT && what->type <= ICMP6_ND_REDIRECT)
		return body6_nd(at, what, src, out);
	if (what->type >= ICMP6_INFO_MIN)
		return body6_other(what, out);
	put_quote(at, what, out);
	return what->type == ICMP6_PACKET_TOO_BIG ? CLAIMED_MTU : 0;
}

/* RFC 2710 3, RFC 3810 5, RFC 4286 3: with hop limit 1, behind a router alert. */
static bool is_multicast(uint8_t type)
{
	return (type >= ICMP6_MLD_QUERY && type <= ICMP6_MLD_DONE) || type == ICMP6_MLD2_REPORT ||
	       (type >= ICMP6_MRD_ADVERT && type <= ICMP6_MRD_TERMINATE);
}

/* RFC 4861, 3122, 3971, 5568, 7731: with hop limit 255, which only a neighbour can. */
static bool is_nd(uint8_t type)
{
	return (type >= ICMP6_ND_ROUTER_SOLICIT && type <= ICMP6_ND_REDIRECT) ||
	       type == ICMP6_IND_SOLICIT || type == ICMP6_IND_ADVERT ||
	       type == ICMP6_CERT_PATH_SOLICIT || type == ICMP6_CERT_PATH_ADVERT ||
	       type == ICMP6_FMIP || type == ICMP6_MPL;
}

/* From a link-local address where the prober has one. */
static bool is_link_only(uint8_t type)
{
	return is_multicast(type) || type == ICMP6_ND_ROUTER_SOLICIT ||
	       type == ICMP6_ND_ROUTER_ADVERT || type == ICMP6_ND_REDIRECT || type == ICMP6_RPL;
}

static void put_router_alert(struct wcur *out)
{
	static const uint8_t hop_by_hop[8] = { 58, 0, 5, 2, 0, 0, 1, 0 };

	put_bytes(out, hop_by_hop, sizeof(hop_by_hop));
}

static int build6(const struct proof_place *at, const struct proof_icmp *what,
		  const struct ip_addr *src, uint8_t *buf, size_t *ret_len)
{
	uint8_t body[ICMP_MAX];
	struct wcur b = wcur(body, sizeof(body)), out = wcur(buf, ICMP_MAX);
	struct icmp6_msg msg = { .type = what->type, .code = what->code };
	int r;

	if (is_multicast(what->type))
		put_router_alert(&out);
	msg.rest = body6(at, what, src, &b);
	msg.body = (struct span){ body, wcur_len(&b) };
	r = b.bad ? -ENOSPC : icmp6_build(&msg, src, &at->addr, &out);
	*ret_len = wcur_len(&out);
	return r;
}

/* As the registry's rules have it, since a filter may check them: ufw does. */
static uint8_t ttl_of(const struct proof_place *at, uint8_t type)
{
	if (at->from == FACT_STRANGER)
		return PROOF_TTL_STRANGER;
	if (at->addr.family == 4)
		return type == ICMP4_ROUTER_ADVERT || type == ICMP4_ROUTER_SOLICIT
			       ? TTL_ONE
			       : PROOF_TTL_NEIGHBOUR;
	if (is_multicast(type))
		return TTL_ONE;
	return is_nd(type) ? TTL_LINK : PROOF_TTL_NEIGHBOUR;
}

const struct ip_addr *proof_icmp_source(const struct proof_place *at, uint8_t type)
{
	bool local = at->addr.family == 6 && at->from == FACT_NEIGHBOUR && at->link_source.family &&
		     is_link_only(type);

	return local ? &at->link_source : &at->source;
}

int proof_icmp_build(const struct proof_place *at, const struct proof_icmp *what, struct wcur *out)
{
	bool v6 = at->addr.family == 6;
	const struct ip_addr *src = proof_icmp_source(at, what->type);
	uint8_t l4[ICMP_MAX];
	struct packet_spec spec = {
		.eth_dst = at->ether ? &at->host_mac : NULL,
		.eth_src = at->ether ? &at->our_mac : NULL,
		.src = src,
		.dst = &at->addr,
		.proto = v6 ? (is_multicast(what->type) ? IP_PROTO_HOPOPTS : IP_PROTO_ICMP6)
			    : IP_PROTO_ICMP4,
		.ttl = ttl_of(at, what->type),
		.ip_id = (uint16_t)(what->tag | (what->traced ? at->trace_ip_id : 0)),
		.flow = what->tag | (what->traced ? at->trace_label : 0),
	};
	size_t len;
	int r;

	r = v6 ? build6(at, what, src, l4, &len) : build4(at, what, l4, &len);
	if (r < 0)
		return r;
	spec.payload = (struct span){ l4, len };
	return packet_build(&spec, out);
}
