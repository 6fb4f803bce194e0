/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came out of the twin: answers, errors about probes, and the twin's own chatter. */
#include "probe/proof.h"

#include "icmp/number.h"
#include "icmp/registry.h"
#include "wire/icmperr.h"
#include "wire/link.h"
#include "wire/packet.h"
#include "wire/tcp.h"

const char *const proof_kind_words[] = {
	[PROOF_NOISE] = NULL, [PROOF_SYN_ACK] = "syn-ack", [PROOF_RST] = "rst",
	[PROOF_UDP] = "udp",  [PROOF_ERROR] = "icmp",      [PROOF_MESSAGE] = "icmp",
};

static void match_tcp(const struct packet *p, struct proof_reply *reply)
{
	struct tcp_seg seg;

	if (tcp_parse(p->l4, &seg) < 0)
		return;
	if ((seg.flags & (TCP_SYN | TCP_ACK | TCP_RST)) == (TCP_SYN | TCP_ACK))
		reply->kind = PROOF_SYN_ACK;
	else if (seg.flags & TCP_RST)
		reply->kind = PROOF_RST;
	else
		return;
	reply->proto = FACT_TCP;
	reply->port = seg.sport;
	reply->sport = seg.dport;
	reply->ack = seg.ack;
}

/* An error's quote is the probe as it arrived: its source is who asked. */
static void match_error(const struct packet *p, struct proof_reply *reply)
{
	struct icmperr e;

	if (icmperr_parse(p->family, p->l4, &e) < 0 || !ip_eq(&e.quote.src, &p->dst))
		return;
	if (e.quote.proto == IP_PROTO_ICMP4 || e.quote.proto == IP_PROTO_ICMP6) {
		if (!e.quote.has_icmp)
			return;
		reply->kind = PROOF_ERROR;
		reply->proto = FACT_ICMP;
		reply->about_type = e.quote.icmp_type;
		reply->about_code = e.quote.icmp_code;
		reply->id = e.quote.icmp_id;
		return;
	}
	if (!e.quote.has_ports || (e.quote.proto != IP_PROTO_TCP && e.quote.proto != IP_PROTO_UDP))
		return;
	reply->kind = PROOF_ERROR;
	reply->proto = e.quote.proto == IP_PROTO_TCP ? FACT_TCP : FACT_UDP;
	reply->port = e.quote.dport;
	reply->sport = e.quote.sport;
}

/* The host asks for neighbours by itself; that answers nobody. */
static bool is_chatter(const struct packet *p)
{
	return p->family == 6 && (p->icmp_type == ICMP6_ND_NEIGHBOR_SOLICIT ||
				  p->icmp_type == ICMP6_ND_ROUTER_SOLICIT);
}

static void match_icmp(const struct packet *p, struct proof_reply *reply)
{
	if (p->l4.len < 2)
		return;
	if (icmperr_is(p->family, p->icmp_type)) {
		match_error(p, reply);
	} else if (!is_chatter(p)) {
		reply->kind = PROOF_MESSAGE;
		reply->proto = FACT_ICMP;
		reply->id = p->l4.len < 6 ? 0 : (uint16_t)(p->l4.p[4] << 8 | p->l4.p[5]);
	}
	if (reply->kind != PROOF_NOISE) {
		reply->icmp_type = p->icmp_type;
		reply->code = p->icmp_code;
	}
}

struct proof_reply proof_match(int link, struct span frame)
{
	struct proof_reply reply = {
		.kind = PROOF_NOISE,
		.icmp_type = -1,
		.code = -1,
		.about_type = -1,
		.about_code = -1,
	};
	struct packet p;

	if (packet_parse_outer((enum link_type)link, frame, &p) < 0 ||
	    p.frag == PACKET_FRAG_LATER || ip_kind(&p.dst) == IP_MULTICAST ||
	    ip_kind(&p.dst) == IP_BROADCAST)
		return reply;
	reply.ttl = p.ttl;
	reply.from = p.src;
	reply.to = p.dst;
	if (p.icmp) {
		match_icmp(&p, &reply);
	} else if (p.proto == IP_PROTO_TCP) {
		match_tcp(&p, &reply);
	} else if (p.proto == IP_PROTO_UDP && p.l4.len >= 8) {
		reply.kind = PROOF_UDP;
		reply.proto = FACT_UDP;
		reply.port = p.sport;
		reply.sport = p.dport;
	}
	return reply;
}

/* Queries of both families that have an identifier in octets 4..5, which the answer brings back. */
static bool has_id(int family, uint8_t type)
{
	if (family == 6)
		return type == ICMP6_ECHO || type == ICMP6_EXT_ECHO;
	return type == ICMP4_ECHO || type == ICMP4_TIMESTAMP || type == ICMP4_INFO ||
	       type == ICMP4_MASK || type == ICMP4_EXT_ECHO;
}

bool proof_answers(const struct proof_reply *reply, int family, uint8_t type, uint8_t code,
		   uint16_t tag)
{
	bool same_id = !has_id(family, type) || reply->id == (tag | 0x8000u);
	uint8_t asked;

	if (reply->kind == PROOF_ERROR)
		return reply->about_type == type && reply->about_code == code && same_id;
	return reply->kind == PROOF_MESSAGE && same_id &&
	       icmp_is_reply_to((unsigned)family, (uint8_t)reply->icmp_type, &asked) &&
	       asked == type;
}

struct span proof_quotable(int link, struct span frame, const struct ip_addr *from,
			   const struct ip_addr *to)
{
	struct packet p;

	if (packet_parse_outer((enum link_type)link, frame, &p) < 0 || p.frag != PACKET_WHOLE ||
	    !ip_eq(&p.src, from) || !ip_eq(&p.dst, to) || p.icmp)
		return (struct span){ NULL, 0 };
	return p.l3;
}
