/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port probes of a proof: a SYN with an MSS option, or a UDP datagram of eight octets. */
#include "probe/proof.h"

#include <string.h>

#include "wire/packet.h"
#include "wire/tcp.h"
#include "wire/udp.h"

#define L4_MAX 64
#define WINDOW 64240
#define MSS    1220 /* fits IPv6's least MTU */

static int wrap(const struct proof_place *at, const struct proof_port *what, uint8_t proto,
		struct span l4, struct wcur *out)
{
	struct packet_spec spec = {
		.eth_dst = at->ether ? &at->host_mac : NULL,
		.eth_src = at->ether ? &at->our_mac : NULL,
		.src = &at->source,
		.dst = &at->addr,
		.proto = proto,
		.ttl = at->from == FACT_STRANGER ? PROOF_TTL_STRANGER : PROOF_TTL_NEIGHBOUR,
		.ip_id = (uint16_t)(what->tag | (what->traced ? at->trace_ip_id : 0)),
		.flow = what->tag | (what->traced ? at->trace_label : 0),
		.payload = l4,
	};

	return packet_build(&spec, out);
}

/* Known to this run's packets alone is not needed here: nobody else is in the twin. */
static uint32_t sequence(const struct proof_port *what)
{
	return 0x50000000u | (uint32_t)what->port;
}

static int tcp_frame(const struct proof_place *at, const struct proof_port *what, uint8_t flags,
		     uint32_t seq, struct wcur *out)
{
	uint8_t l4[L4_MAX], mss[TCP_MSS_LEN];
	struct wcur w = wcur(l4, sizeof(l4));
	struct tcp_seg seg = {
		.sport = what->sport,
		.dport = what->port,
		.seq = seq,
		.flags = flags,
		.window = flags & TCP_SYN ? WINDOW : 0,
	};
	int r;

	tcp_mss_put(mss, MSS);
	if (flags & TCP_SYN)
		seg.options = (struct span){ mss, sizeof(mss) };
	r = tcp_build(&seg, &at->source, &at->addr, &w);
	return r < 0 ? r : wrap(at, what, IP_PROTO_TCP, (struct span){ l4, wcur_len(&w) }, out);
}

int proof_port_build(const struct proof_place *at, const struct proof_port *what, struct wcur *out)
{
	uint8_t l4[L4_MAX];
	struct wcur w = wcur(l4, sizeof(l4));
	struct udp_dgram d = {
		.sport = what->sport,
		.dport = what->port,
	};
	uint8_t payload[PROOF_PAYLOAD_LEN] = {
		's', 'o', 'n', 'd', 'e', 0, (uint8_t)(what->port >> 8), (uint8_t)what->port
	};
	int r;

	d.payload = (struct span){ payload, sizeof(payload) };
	if (what->proto == FACT_TCP)
		return tcp_frame(at, what, TCP_SYN, sequence(what), out);
	r = udp_build(&d, &at->source, &at->addr, &w);
	return r < 0 ? r : wrap(at, what, IP_PROTO_UDP, (struct span){ l4, wcur_len(&w) }, out);
}

bool proof_payload_port(struct span payload, uint16_t *ret_port)
{
	if (payload.len != PROOF_PAYLOAD_LEN || memcmp(payload.p, "sonde", 6) != 0)
		return false;
	*ret_port = (uint16_t)(payload.p[6] << 8 | payload.p[7]);
	return true;
}

int proof_reset_build(const struct proof_place *at, const struct proof_port *what, uint32_t ack,
		      struct wcur *out)
{
	return tcp_frame(at, what, TCP_RST, ack, out);
}
