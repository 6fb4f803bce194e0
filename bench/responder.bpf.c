/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network that answers faster than any kernel: ARP, ICMP echo, TCP and UDP for every address,
 * from the driver's receive path. Answers are made in the question's own memory. An address that
 * does not exist is silent (a router would say 3/1 after seconds), a UDP port is closed (3/3).
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "responder.h"

#define HOPS                  64
#define ARP_REQUEST           1
#define ARP_REPLY             2
#define IPPROTO_ICMP          1
#define IPPROTO_TCP           6
#define IPPROTO_UDP           17
#define ICMP_ECHOREPLY        0
#define ICMP_ECHO             8
#define ICMP_DEST_UNREACHABLE 3
#define ICMP_PORT_UNREACHABLE 3
#define QUOTE                 (sizeof(struct iphdr) + sizeof(struct udphdr)) /* what a 3/3 tells of the question */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct responder_conf);
} conf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, RESPONDER_COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

/* <linux/icmp.h> and <linux/if_arp.h> want a C library. */
struct arp {
	__be16 hrd, pro;
	__u8 hln, pln;
	__be16 op;
	__u8 sha[6], spa[4], tha[6], tpa[4];
} __attribute__((packed));

struct icmp {
	__u8 type, code;
	__sum16 checksum;
	__be32 rest;
};

static __always_inline void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&counts, &what);

	if (n)
		(*n)++;
}

/* The time from the first to the last question is what a prober's rate is computed from. */
static __always_inline void mark(void)
{
	__u32 first = RESPONDER_FIRST, last = RESPONDER_LAST;
	__u64 t_ns = bpf_ktime_get_ns(), *n = bpf_map_lookup_elem(&counts, &first);

	if (n && *n == 0)
		*n = t_ns;
	n = bpf_map_lookup_elem(&counts, &last);
	if (n)
		*n = t_ns;
}

static __always_inline __u16 fold(__u64 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

static __always_inline void swap_link(struct ethhdr *eth)
{
	__u8 mac[6];

	__builtin_memcpy(mac, eth->h_source, 6);
	__builtin_memcpy(eth->h_source, eth->h_dest, 6);
	__builtin_memcpy(eth->h_dest, mac, 6);
}

/* Send @ip's packet back to where it came from, with hops of our own. */
static __always_inline int answer(const struct responder_conf *c, struct ethhdr *eth,
				  struct iphdr *ip, __u32 what)
{
	__u32 addr = ip->saddr;

	if (c->loss && bpf_get_prandom_u32() < c->loss) {
		count(RESPONDER_LOST);
		return XDP_DROP;
	}
	swap_link(eth);
	ip->saddr = ip->daddr;
	ip->daddr = addr;
	ip->ttl = HOPS;
	ip->check = 0;
	ip->check = fold((__u32)bpf_csum_diff(0, 0, (__be32 *)ip, sizeof(*ip), 0));
	count(what);
	return XDP_TX;
}

static __always_inline int do_arp(const struct responder_conf *c, struct ethhdr *eth, void *end)
{
	struct arp *arp = (void *)(eth + 1);
	static const __u8 ours[6] = { 0x02, 0x00, 0x5e, 0x10, 0x00, 0x01 };
	__u32 spa, tpa;

	if ((void *)(arp + 1) > end || arp->op != bpf_htons(ARP_REQUEST))
		return XDP_PASS;
	__builtin_memcpy(&spa, arp->spa, 4);
	__builtin_memcpy(&tpa, arp->tpa, 4);
	/* Announcing oneself is no question. */
	if (spa == tpa)
		return XDP_PASS;
	if (tpa != c->gateway && !responder_in(bpf_ntohl(tpa), c->seed, c->live)) {
		count(RESPONDER_DEAD);
		return XDP_DROP;
	}
	__builtin_memcpy(eth->h_dest, eth->h_source, 6);
	__builtin_memcpy(eth->h_source, ours, 6);
	arp->op = bpf_htons(ARP_REPLY);
	__builtin_memcpy(arp->tha, arp->sha, 6);
	__builtin_memcpy(arp->sha, ours, 6);
	__builtin_memcpy(arp->spa, &tpa, 4);
	__builtin_memcpy(arp->tpa, &spa, 4);
	count(RESPONDER_ARP);
	return XDP_TX;
}

static __always_inline int do_echo(const struct responder_conf *c, struct ethhdr *eth,
				   struct iphdr *ip, void *end)
{
	struct icmp *icmp = (void *)(ip + 1);

	if ((void *)(icmp + 1) > end || icmp->type != ICMP_ECHO)
		return XDP_DROP;
	icmp->type = ICMP_ECHOREPLY;
	/* The first word went down by 0x0800, so its complement goes up (RFC 1624). */
	icmp->checksum = fold((__u16)~icmp->checksum + (__u32)(__u16)~bpf_htons(ICMP_ECHO << 8));
	return answer(c, eth, ip, RESPONDER_ECHO);
}

/*
 * Options are cut off. The sum is made anew: a question that this host's own kernel asked has none
 * yet.
 */
static __always_inline int do_tcp(const struct responder_conf *c, struct xdp_md *ctx)
{
	const int len = sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct tcphdr);
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1), old;
	__u64 sum;
	int open;

	if ((void *)(tcp + 1) > (void *)(long)ctx->data_end || tcp->rst || (tcp->syn && tcp->ack))
		return XDP_DROP;
	if (ctx->data_end - ctx->data > len) {
		if (bpf_xdp_adjust_tail(ctx, len - (int)(ctx->data_end - ctx->data)) < 0)
			return XDP_DROP;
		eth = (void *)(long)ctx->data;
		ip = (void *)(eth + 1);
		tcp = (void *)(ip + 1);
		if ((void *)(tcp + 1) > (void *)(long)ctx->data_end)
			return XDP_DROP;
	}
	old = *tcp;
	open = tcp->syn && responder_open(c, bpf_ntohl(ip->daddr), bpf_ntohs(tcp->dest));
	*tcp = (struct tcphdr){
		.source = old.dest,
		.dest = old.source,
		.seq = old.ack ? old.ack_seq
		       : open  ? bpf_get_prandom_u32()
			       : 0,
		.ack_seq = old.ack ? 0 : bpf_htonl(bpf_ntohl(old.seq) + 1),
		.doff = sizeof(*tcp) / 4,
		.syn = open,
		.rst = !open,
		.ack = !old.ack,
		.window = open ? bpf_htons(64240) : 0,
	};
	ip->tot_len = bpf_htons(sizeof(*ip) + sizeof(*tcp));
	sum = (__u64)ip->saddr + ip->daddr + bpf_htons(IPPROTO_TCP) + bpf_htons(sizeof(*tcp));
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	tcp->check = fold((__u32)bpf_csum_diff(0, 0, (__be32 *)tcp, sizeof(*tcp), (__u32)sum));
	return answer(c, eth, ip, open ? RESPONDER_SYN_ACK : RESPONDER_RST);
}

/* The question moves behind a new header, cut to what an error quotes (RFC 792). */
static __always_inline int do_udp(const struct responder_conf *c, struct xdp_md *ctx)
{
	const int more = sizeof(struct iphdr) + sizeof(struct icmp);
	struct ethhdr *eth = (void *)(long)ctx->data, from;
	struct icmp *icmp;
	struct iphdr *ip;
	void *end;

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return XDP_DROP;
	from = *eth;
	if (bpf_xdp_adjust_tail(ctx, (int)(sizeof(*eth) + QUOTE) -
					     (int)(ctx->data_end - ctx->data)) < 0 ||
	    bpf_xdp_adjust_head(ctx, -more) < 0)
		return XDP_DROP;
	eth = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	ip = (void *)(eth + 1);
	icmp = (void *)(ip + 1);
	if ((void *)(icmp + 1) + QUOTE > end)
		return XDP_DROP;
	*eth = from;
	*ip = *(struct iphdr *)(void *)(icmp + 1);
	ip->tos = 0xc0;
	ip->protocol = IPPROTO_ICMP;
	ip->frag_off = 0;
	ip->tot_len = bpf_htons(more + QUOTE);
	*icmp = (struct icmp){ .type = ICMP_DEST_UNREACHABLE, .code = ICMP_PORT_UNREACHABLE };
	icmp->checksum = fold((__u32)bpf_csum_diff(0, 0, (__be32 *)icmp, sizeof(*icmp) + QUOTE, 0));
	return answer(c, eth, ip, RESPONDER_UNREACHABLE);
}

SEC("xdp")
int respond(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	__u32 zero = 0;
	const struct responder_conf *c = bpf_map_lookup_elem(&conf, &zero);

	if (!c || (void *)(eth + 1) > end)
		return XDP_PASS;
	count(RESPONDER_SEEN);
	if (eth->h_proto == bpf_htons(ETH_P_ARP))
		return do_arp(c, eth, end);
	if (eth->h_proto != bpf_htons(ETH_P_IP) || (void *)(ip + 1) > end || ip->ihl != 5)
		return XDP_PASS;
	mark();
	if (!responder_in(bpf_ntohl(ip->daddr), c->seed, c->live)) {
		count(RESPONDER_DEAD);
		return XDP_DROP;
	}
	switch (ip->protocol) {
	case IPPROTO_ICMP:
		return do_echo(c, eth, ip, end);
	case IPPROTO_TCP:
		return do_tcp(c, ctx);
	case IPPROTO_UDP:
		return do_udp(c, ctx);
	default:
		return XDP_DROP;
	}
}

/* For the other end of a veth: without a program there, answers pile up in its small ring. */
SEC("xdp")
int pass(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

char terms[] SEC("license") = "GPL";
