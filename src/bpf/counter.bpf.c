/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts ICMP by family, type, code and way, and changes nothing. Reads a frame as wire/packet.h's
 * packet_parse_outer() does, but of what can stand below IP only Ethernet and VLAN tags; a test
 * holds the two together. Plain frames are read in place, all others by the kernel's copying, which
 * also reaches what does not lie in one piece.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "shared.h"

#define ETHER_LEN     14
#define TAG_LEN       4
#define TAGS_MAX      4
#define IP4_LEN       20
#define IP6_LEN       40
#define ICMP_LEN      8
#define EXTS_MAX      182 /* IP6_EXT_MAX */
#define OTHER_HOST    3   /* PACKET_OTHERHOST: heard, but not for this host */
#define FRAG_OFFSET   0x1fff
#define FRAG_ANY      0x3fff /* more fragments, or an offset */
#define FRAG6_OFFSET  0xfff8
#define TYPE_IP4      0x0800
#define TYPE_IP6      0x86dd
#define TYPE_VLAN     0x8100
#define TYPE_QINQ     0x88a8
#define TYPE_QINQ_OLD 0x9100

enum { PROTO_HOPOPTS = 0, PROTO_ICMP4 = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ROUTING = 43 };
enum { PROTO_FRAGMENT = 44, PROTO_AH = 51, PROTO_ICMP6 = 58, PROTO_DSTOPTS = 60 };

enum way { PASSING, IN, OUT };

/* Where octets are counted from. */
enum from {
	FROM_FRAME, /* what the kernel holds of the frame, or of the packet on links without headers */
	FROM_PACKET, /* the IP packet, where what the kernel holds begins before it */
	FROM_XDP,    /* as FROM_FRAME */
};

enum kind { NOTHING, OTHER, FRAGMENT, ICMP };

struct walk {
	void *ctx;
	__u32 len;  /* octets that there are */
	__u32 wire; /* octets to count */
	__u32 at;   /* the header that is looked at */
	__u32 end;  /* of the packet, or of what there is of it */
	__u32 family, proto;
	__u32 type, code;
	__u32 offset; /* of a fragment, in whatever unit */
	__u8 cut;     /* the packet is longer than what there is */
	__u8 ended;   /* octets ended within the extension headers */
	__u8 bad;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BPF_COUNTER_KEYS);
	__type(key, __u32);
	__type(value, struct bpf_counter_codes);
} counter_codes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPF_COUNTER_KEYS);
	__type(key, __u32);
	__type(value, struct bpf_counter_rare);
} counter_rare SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpf_counter_sums);
} counter_sums SEC(".maps");

/* The compiler knows bounds that the verifier cannot follow, and leaves the check of them out. */
#define FORGET(v) __asm__ volatile("" : "+r"(v))

static __always_inline void count_rare(struct bpf_counter_sums *sums, __u32 key, __u32 code,
				       __u32 way, __u32 bytes)
{
	struct bpf_counter_rare *rare = bpf_map_lookup_elem(&counter_rare, &key);
	__u32 slot = (code - BPF_COUNTER_CODES) * BPF_COUNTER_WAYS + way;
	struct bpf_count *at;

	FORGET(slot);
	if (!rare || slot >= BPF_COUNTER_RARE * BPF_COUNTER_WAYS)
		return;
	at = &rare->at[0][0] + slot;
	__sync_fetch_and_add(&at->packets, 1);
	__sync_fetch_and_add(&at->bytes, bytes);
	sums->rare++;
}

static __always_inline void count_icmp(struct bpf_counter_sums *sums, __u32 family, __u32 type,
				       __u32 code, __u32 way, __u32 bytes)
{
	__u32 key = bpf_counter_key(family, type), slot = code;
	struct bpf_counter_codes *codes;
	struct bpf_count *at;

	if (code == BPF_COUNTER_CUT) {
		slot = BPF_COUNTER_CODES;
	} else if (code >= BPF_COUNTER_CODES) {
		count_rare(sums, key, code, way, bytes);
		return;
	}
	codes = bpf_map_lookup_elem(&counter_codes, &key);
	slot = slot * BPF_COUNTER_WAYS + way;
	FORGET(slot);
	if (!codes || slot >= BPF_COUNTER_SLOTS * BPF_COUNTER_WAYS)
		return;
	at = &codes->at[0][0] + slot;
	at->packets++;
	at->bytes += bytes;
}

static __always_inline __u16 u16_at(const __u8 *p)
{
	return (__u16)(p[0] << 8 | p[1]);
}

/* @from is a constant everywhere: no program may name what its kind may not call. */
static __always_inline int take(const struct walk *w, enum from from, __u32 at, void *to, __u32 len)
{
	if (from == FROM_XDP)
		return bpf_xdp_load_bytes(w->ctx, at, to, len) == 0;
	if (from == FROM_PACKET)
		return bpf_skb_load_bytes_relative(w->ctx, at, to, len, BPF_HDR_START_NET) == 0;
	return bpf_skb_load_bytes(w->ctx, at, to, len) == 0;
}

static __always_inline int is_extension(__u32 proto)
{
	return proto == PROTO_HOPOPTS || proto == PROTO_ROUTING || proto == PROTO_FRAGMENT ||
	       proto == PROTO_DSTOPTS || proto == PROTO_AH;
}

/* One extension header; 1 ends the loop. */
static __always_inline long walk_extension(__u32 i, struct walk *w, enum from from)
{
	__u8 head[4];
	__u32 len;

	if (!is_extension(w->proto) || w->offset)
		return 1;
	if (i >= EXTS_MAX) {
		w->bad = 1;
		return 1;
	}
	w->ended = 1;
	/* None is shorter than 8 octets. */
	if (w->at + 2 > w->end || w->at + 8 > w->len || !take(w, from, w->at, head, sizeof(head)))
		return 1;
	len = (head[1] + 1) * 8;
	if (w->proto == PROTO_FRAGMENT)
		len = 8;
	else if (w->proto == PROTO_AH)
		len = (head[1] + 2) * 4;
	if (w->at + len > w->end)
		return 1;
	w->ended = 0;
	if (w->proto == PROTO_FRAGMENT)
		w->offset = u16_at(head + 2) & FRAG6_OFFSET;
	w->proto = head[0];
	w->at += len;
	return 0;
}

static long walk_frame_extension(__u32 i, void *w)
{
	return walk_extension(i, w, FROM_FRAME);
}

static long walk_packet_extension(__u32 i, void *w)
{
	return walk_extension(i, w, FROM_PACKET);
}

static long walk_xdp_extension(__u32 i, void *w)
{
	return walk_extension(i, w, FROM_XDP);
}

static __always_inline void walk_extensions(struct walk *w, enum from from)
{
	if (from == FROM_FRAME)
		bpf_loop(EXTS_MAX + 1, walk_frame_extension, w, 0);
	else if (from == FROM_PACKET)
		bpf_loop(EXTS_MAX + 1, walk_packet_extension, w, 0);
	else
		bpf_loop(EXTS_MAX + 1, walk_xdp_extension, w, 0);
}

/* The packet at .at says that it has @len octets from there on. */
static __always_inline void bound(struct walk *w, __u32 len)
{
	w->cut = w->at + len > w->len;
	w->end = w->cut ? w->len : w->at + len;
}

static __always_inline enum kind walk_message(struct walk *w, enum from from, int later)
{
	__u8 head[2];

	if (w->bad)
		return NOTHING;
	if (w->ended || w->proto != (w->family == 4 ? PROTO_ICMP4 : PROTO_ICMP6))
		return OTHER;
	if (later)
		return FRAGMENT;
	w->type = w->code = BPF_COUNTER_CUT;
	if (w->at + 2 <= w->end && take(w, from, w->at, head, 2)) {
		w->type = head[0];
		w->code = head[1];
	} else if (w->at + 1 <= w->end && take(w, from, w->at, head, 1)) {
		w->type = head[0];
	}
	return ICMP;
}

static __always_inline enum kind walk_ip4(struct walk *w, enum from from)
{
	__u32 hdr, total, frag;
	__u8 ip[IP4_LEN];

	if (!take(w, from, w->at, ip, sizeof(ip)))
		return NOTHING;
	hdr = (ip[0] & 0xf) * 4;
	total = u16_at(ip + 2);
	if (total == 0)
		total = w->len - w->at;
	if (ip[0] >> 4 != 4 || hdr < IP4_LEN || w->at + hdr > w->len || total < hdr)
		return NOTHING;
	bound(w, total);
	frag = u16_at(ip + 6) & FRAG_OFFSET;
	w->family = 4;
	w->proto = ip[9];
	w->at += hdr;
	if (w->proto == PROTO_AH && frag == 0)
		walk_extensions(w, from);
	return walk_message(w, from, frag > 0);
}

static __always_inline enum kind walk_ip6(struct walk *w, enum from from)
{
	__u8 ip[8];
	__u32 len;

	if (w->at + IP6_LEN > w->len || !take(w, from, w->at, ip, sizeof(ip)) || ip[0] >> 4 != 6)
		return NOTHING;
	len = IP6_LEN + u16_at(ip + 4);
	w->family = 6;
	w->proto = ip[6];
	/* A jumbogram (RFC 2675 3): all there is. */
	if (len == IP6_LEN && w->proto == PROTO_HOPOPTS)
		len = w->len - w->at;
	bound(w, len);
	w->at += IP6_LEN;
	walk_extensions(w, from);
	return walk_message(w, from, w->offset > 0);
}

static __always_inline enum kind walk_ether(struct walk *w, enum from from)
{
	__u8 type[2];
	__u32 what;

	w->at = ETHER_LEN;
	for (int i = 0; i <= TAGS_MAX; i++) {
		if (!take(w, from, w->at - 2, type, 2))
			return NOTHING;
		what = u16_at(type);
		if (what == TYPE_IP4)
			return walk_ip4(w, from);
		if (what == TYPE_IP6)
			return walk_ip6(w, from);
		if (what != TYPE_VLAN && what != TYPE_QINQ && what != TYPE_QINQ_OLD)
			return NOTHING;
		w->at += TAG_LEN;
	}
	return NOTHING;
}

/*
 * On some links (GRE) what the kernel holds begins with the header of the tunnel that was taken
 * off, at arrival only. What does not lie in one piece there cannot be read.
 */
static __always_inline enum kind walk_bare(struct walk *w)
{
	__u8 ip[8] = { 0 }, first[8] = { 0 };

	if (bpf_skb_load_bytes(w->ctx, 0, first, sizeof(first)) != 0)
		return NOTHING;
	if (bpf_skb_load_bytes_relative(w->ctx, 0, ip, sizeof(ip), BPF_HDR_START_NET) != 0 ||
	    __builtin_memcmp(ip, first, sizeof(ip)) == 0)
		return first[0] >> 4 == 4 ? walk_ip4(w, FROM_FRAME) : walk_ip6(w, FROM_FRAME);
	w->len = ip[0] >> 4 == 4 ? u16_at(ip + 2) : IP6_LEN + u16_at(ip + 4);
	w->wire = w->len;
	return ip[0] >> 4 == 4 ? walk_ip4(w, FROM_PACKET) : walk_ip6(w, FROM_PACKET);
}

static __always_inline void tell(struct bpf_counter_sums *sums, const struct walk *w,
				 enum kind kind, __u32 way)
{
	if (kind == NOTHING)
		sums->nothing++;
	else if (kind == OTHER)
		sums->other++;
	else if (kind == FRAGMENT)
		sums->fragments++;
	else {
		sums->cut += w->cut;
		count_icmp(sums, w->family, w->type, w->code, way, w->wire);
	}
}

/* What is not plain: functions of their own, so that the plain way stays short. */
static __noinline int walk_slowly(struct __sk_buff *skb, __u32 wire, __u32 way)
{
	struct walk w = { .ctx = skb, .len = skb->len, .wire = wire };
	__u32 zero = 0;
	struct bpf_counter_sums *sums = bpf_map_lookup_elem(&counter_sums, &zero);

	if (sums)
		tell(sums, &w, walk_ether(&w, FROM_FRAME), way);
	return 0;
}

static __noinline int walk_xdp_slowly(struct xdp_md *ctx, __u32 len)
{
	struct walk w = { .ctx = ctx, .len = len, .wire = len };
	__u32 zero = 0;
	struct bpf_counter_sums *sums = bpf_map_lookup_elem(&counter_sums, &zero);

	if (sums)
		tell(sums, &w, walk_ether(&w, FROM_XDP), IN);
	return 0;
}

static __noinline int walk_bare_slowly(struct __sk_buff *skb, __u32 way)
{
	struct walk w = { .ctx = skb, .len = skb->len, .wire = skb->len };
	__u32 zero = 0;
	struct bpf_counter_sums *sums = bpf_map_lookup_elem(&counter_sums, &zero);

	if (sums)
		tell(sums, &w, walk_bare(&w), way);
	return 0;
}

/*
 * Frames without tags, options and extension headers that are no fragments. False: it is not such a
 * one, or not all of it lies here. @len: octets of the whole frame, @wire: of it with the tag that
 * the kernel keeps elsewhere.
 */
static __always_inline int count_plain(struct bpf_counter_sums *sums, const __u8 *data,
				       const __u8 *end, __u32 len, __u32 wire, __u32 way)
{
	const __u8 *ip = data + ETHER_LEN;
	__u32 total;

	if (ip + IP4_LEN + ICMP_LEN > end)
		return 0;
	if (*(__u16 *)(data + ETHER_LEN - 2) == bpf_htons(TYPE_IP4)) {
		total = u16_at(ip + 2);
		if (ip[0] != 0x45 || u16_at(ip + 6) & FRAG_ANY || total < IP4_LEN + ICMP_LEN)
			return 0;
		if (ip[9] == PROTO_ICMP4) {
			sums->cut += ETHER_LEN + total > len;
			count_icmp(sums, 4, ip[IP4_LEN], ip[IP4_LEN + 1], way, wire);
			return 1;
		}
		if (ip[9] == PROTO_AH)
			return 0;
	} else if (*(__u16 *)(data + ETHER_LEN - 2) == bpf_htons(TYPE_IP6)) {
		if (ip + IP6_LEN + ICMP_LEN > end || ip[0] >> 4 != 6)
			return 0;
		total = u16_at(ip + 4);
		if (ip[6] == PROTO_ICMP6 && total >= ICMP_LEN) {
			sums->cut += ETHER_LEN + IP6_LEN + total > len;
			count_icmp(sums, 6, ip[IP6_LEN], ip[IP6_LEN + 1], way, wire);
			return 1;
		}
		if (ip[6] != PROTO_TCP && ip[6] != PROTO_UDP)
			return 0;
	} else {
		return 0;
	}
	sums->other++;
	return 1;
}

static __always_inline struct bpf_counter_sums *begin(void)
{
	__u32 zero = 0;
	struct bpf_counter_sums *sums = bpf_map_lookup_elem(&counter_sums, &zero);

	if (sums)
		sums->frames++;
	return sums;
}

static __always_inline int count_frame(struct __sk_buff *skb, __u32 way)
{
	const __u8 *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__u32 wire = skb->len + (skb->vlan_present ? TAG_LEN : 0);
	struct bpf_counter_sums *sums = begin();

	if (sums && !count_plain(sums, data, end, skb->len, wire, way))
		walk_slowly(skb, wire, way);
	return TC_ACT_UNSPEC;
}

static __always_inline int count_bare(struct __sk_buff *skb, __u32 way)
{
	if (begin())
		walk_bare_slowly(skb, way);
	return TC_ACT_UNSPEC;
}

static __always_inline __u32 way_in(const struct __sk_buff *skb)
{
	return skb->pkt_type == OTHER_HOST ? PASSING : IN;
}

SEC("tc")
int counter_in(struct __sk_buff *skb)
{
	return count_frame(skb, way_in(skb));
}

SEC("tc")
int counter_out(struct __sk_buff *skb)
{
	return count_frame(skb, OUT);
}

SEC("tc")
int counter_in_bare(struct __sk_buff *skb)
{
	return count_bare(skb, way_in(skb));
}

SEC("tc")
int counter_out_bare(struct __sk_buff *skb)
{
	return count_bare(skb, OUT);
}

SEC("xdp")
int counter_xdp(struct xdp_md *ctx)
{
	const __u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 len = (__u32)(end - data);
	struct bpf_counter_sums *sums = begin();

	if (sums && !count_plain(sums, data, end, len, len, IN))
		walk_xdp_slowly(ctx, len);
	return XDP_PASS;
}

char counter_license[] SEC("license") = "GPL";
