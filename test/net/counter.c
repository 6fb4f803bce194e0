/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counter HOOK IFACE…: counts on them by "auto", "tcx", "clsact", "xdp" or "in" (arrivals, as auto). Says
 * "ready", with what it took; or why not. Then for each line of standard input:
 *
 *	read NAME    what came since the last one, a row each, in order: "v4 8/0 in PACKETS BYTES", of
 *	             anything else "other PACKETS" and so on; then "end NAME"
 *	follow NAME  "on N", "end NAME"
 *
 * counter there IFACE: how many programs tcx has there: "IN OUT".
 * counter flood IFACE TO-MAC N [bypass]: N echo requests from 192.0.2.1 to 192.0.2.2, past the queueing
 * discipline perhaps; says how many left, and in which time.
 * counter agree SEED N EVERY: N made frames, many broken, through the programs and through wire/packet.h's walk; compared
 * after so many; says what both counted, or where they differ.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/counter.h"
#include "capture/counter_merge.h"
#include "capture/counter_program.h"
#include "sys/clock.h"
#include "wire/checksum.h"
#include "wire/packet.h"

#define FRAME       1900
#define CPUS        1024
#define FLOOD_BATCH 64
#define TCX_INGRESS 46 /* BPF_TCX_INGRESS; departures are the next number */

static void print_sum(const char *name, uint64_t n)
{
	if (n)
		printf("%s %llu\n", name, (unsigned long long)n);
}

static void print_code(uint16_t code)
{
	if (code == SIGHT_CUT)
		printf("-");
	else
		printf("%u", code);
}

static void print_counts(const struct counts *c)
{
	static const char *const way[] = { "passing", "in", "out" };
	struct counts_row row;

	for (uint32_t at = 0; counts_next(c, &at, &row);) {
		printf("v%u ", row.family);
		print_code(row.type);
		printf("/");
		print_code(row.code);
		printf(" %s %llu %llu\n", way[row.way], (unsigned long long)row.count.packets,
		       (unsigned long long)row.count.bytes);
	}
	print_sum("fragments", c->fragments);
	print_sum("cut", c->cut);
	print_sum("other", c->other);
	print_sum("nothing", c->nothing);
	print_sum("frames", c->frames);
}

static enum counter_hook hook_of(const char *name)
{
	if (!strcmp(name, "tcx"))
		return COUNTER_TCX;
	if (!strcmp(name, "clsact"))
		return COUNTER_CLSACT;
	return !strcmp(name, "xdp") ? COUNTER_XDP : COUNTER_AUTO;
}

static int serve(const char *hook, char **iface, size_t n)
{
	struct counter_conf conf = { .iface = (const char *const *)iface,
				     .iface_n = n,
				     .hook = hook_of(hook),
				     .arrivals_only = !strcmp(hook, "in") };
	static struct counts counts;
	AUTO(counter_closep) struct counter *c = NULL;
	char line[64], what[16], name[32];
	struct err err;
	int r = counter_open(&conf, &c, &err);

	if (r < 0) {
		printf("%s: %s\n", strerrorname_np(-r), err.text);
		return 1;
	}
	printf("ready %s\n", counter_hook_name(c));
	while (fgets(line, sizeof(line), stdin) && sscanf(line, "%15s %31s", what, name) == 2) {
		if (!strcmp(what, "read")) {
			memset(&counts, 0, sizeof(counts));
			r = counter_read(c, &counts);
			print_counts(&counts);
		} else {
			r = counter_follow(c);
			printf("on %d\n", r);
		}
		if (r < 0)
			printf("failed: %s\n", strerror(-r));
		printf("end %s\n", name);
	}
	return 0;
}

struct made {
	uint64_t random;
	uint8_t icmp; /* of the family being made */
	uint8_t octet[FRAME];
	size_t n;
};

/* splitmix64 */
static uint32_t chance(struct made *m, uint32_t below)
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (uint32_t)((z ^ z >> 31) >> 32) % below;
}

static void put(struct made *m, uint32_t v, unsigned len)
{
	while (len-- > 0 && m->n < FRAME)
		m->octet[m->n++] = (uint8_t)(v >> 8 * len);
}

static void put_any(struct made *m, unsigned len)
{
	while (len-- > 0)
		put(m, chance(m, 256), 1);
}

static uint8_t last_proto(struct made *m)
{
	static const uint8_t proto[] = { 1, 58, 6, 17, 4, 41, 50, 59, 132, 255 };

	if (chance(m, 4))
		return m->icmp;
	return proto[chance(m, ARRAY_LEN(proto))];
}

/* A chain of @n extension headers; returns the first one's number. Written from the last to the first. */
static uint8_t put_chain(struct made *m, unsigned n)
{
	static const uint8_t ext[] = { 0, 43, 44, 60, 51 };
	uint8_t next[200], proto;
	size_t i;

	next[n] = last_proto(m);
	for (i = 0; i < n; i++)
		next[i] = ext[chance(m, n > 20 ? 2 : 5)];
	for (i = 0; i < n; i++) {
		unsigned len = n > 20 ? 0 : chance(m, 3);

		proto = next[i];
		put(m, next[i + 1], 1);
		if (proto == 44) {
			put(m, 0, 1);
			put(m, chance(m, 3) ? chance(m, 8) : chance(m, 65536), 2);
			put_any(m, 4);
		} else if (proto == 51) {
			put(m, 1 + len, 1);
			put_any(m, (3 + len) * 4 - 2);
		} else {
			put(m, len, 1);
			put_any(m, (1 + len) * 8 - 2);
		}
	}
	return next[0];
}

static void put_ip4(struct made *m)
{
	unsigned options = chance(m, 3) ? 0 : chance(m, 11);
	size_t from = m->n;
	bool chain = chance(m, 8) == 0;

	m->icmp = 1;
	put(m, 0x40 | (5 + options), 1);
	put(m, 0, 3);
	put_any(m, 2);
	put(m, chance(m, 4) ? chance(m, 2) * 0x4000 : chance(m, 65536), 2);
	put(m, 64, 1);
	put(m, chain ? 51 : last_proto(m), 1);
	put_any(m, 10 + options * 4);
	if (chain) {
		/* Its own number may be another; what reads the header as AH finds whatever length there is. */
		put_chain(m, chance(m, 4) + 1);
	}
	put_any(m, chance(m, 12) ? 8 + chance(m, 60) : chance(m, 8));
	m->octet[from + 2] = (uint8_t)((m->n - from) >> 8);
	m->octet[from + 3] = (uint8_t)(m->n - from);
	if (chance(m, 10) == 0)
		m->octet[from + 3] = (uint8_t)chance(m, 256);
	if (chance(m, 40) == 0)
		m->octet[from + 2] = m->octet[from + 3] = 0;
}

static void put_ip6(struct made *m)
{
	unsigned n = chance(m, 2) ? 0 : chance(m, 20) ? chance(m, 6) : 178 + chance(m, 8);
	size_t from = m->n;

	m->icmp = 58;
	put(m, 0x60000000, 4);
	put(m, 0, 4);
	put_any(m, 32);
	m->octet[from + 6] = put_chain(m, n);
	put_any(m, chance(m, 12) ? 8 + chance(m, 60) : chance(m, 8));
	m->octet[from + 4] = (uint8_t)((m->n - from - 40) >> 8);
	m->octet[from + 5] = (uint8_t)(m->n - from - 40);
	if (chance(m, 10) == 0)
		m->octet[from + 5] = (uint8_t)chance(m, 256);
	if (chance(m, 20) == 0)
		m->octet[from + 4] = m->octet[from + 5] = 0;
}

/* What is neither IP nor a tag is ARP here: other things below IP are not opened by both. */
static void make(struct made *m)
{
	static const uint16_t tag[] = { 0x8100, 0x88a8, 0x9100 };
	size_t ip;

	m->n = 0;
	/* As if to the interface that the kernel takes for such runs. */
	put(m, 0, 4);
	put(m, 0, 4);
	put(m, 0, 4);
	for (unsigned i = chance(m, 3) ? 0 : chance(m, 5); i > 0; i--) {
		put(m, tag[chance(m, 3)], 2);
		put_any(m, 2);
	}
	if (chance(m, 30) == 0) {
		put(m, 0x0806, 2);
		put_any(m, 46);
		return;
	}
	ip = m->n + 2;
	if (chance(m, 2)) {
		put(m, 0x0800, 2);
		put_ip4(m);
	} else {
		put(m, 0x86dd, 2);
		put_ip6(m);
	}
	for (unsigned i = chance(m, 4) ? 0 : chance(m, 4); i > 0 && m->n > ip; i--)
		m->octet[ip + chance(m, (uint32_t)(m->n - ip))] = (uint8_t)chance(m, 256);
	if (chance(m, 8) == 0)
		m->n = MAX(15, chance(m, (uint32_t)m->n));
	else if (chance(m, 8) == 0)
		put_any(m, chance(m, 20));
}

struct agree {
	struct counter_program p;
	struct counter_seen seen;
	struct counts kernel, ours;
};

static void read_maps(struct agree *a)
{
	static struct bpf_counter_codes codes[CPUS];
	static struct bpf_counter_sums sums[CPUS];
	static struct bpf_counter_rare rare;
	uint32_t zero = 0;

	memset(codes, 0, sizeof(codes));
	bpf_map_lookup_elem(a->p.sums, &zero, sums);
	counter_merge_sums(&a->seen, sums, CPUS, &a->kernel);
	for (uint32_t key = 0; key < BPF_COUNTER_KEYS; key++) {
		bpf_map_lookup_elem(a->p.codes, &key, codes);
		counter_merge_codes(&a->seen, key, codes, 64, &a->kernel);
		bpf_map_lookup_elem(a->p.rare, &key, &rare);
		counter_merge_rare(&a->seen, key, &rare, &a->kernel);
	}
}

static int run(int fd, const uint8_t *frame, size_t len)
{
	struct bpf_test_run_opts opts;

	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.data_in = frame;
	opts.data_size_in = (uint32_t)len;
	opts.repeat = 1;
	return bpf_prog_test_run_opts(fd, &opts);
}

static void count_ours(struct counts *c, const struct made *m)
{
	struct sight s = { .wire_len = (uint32_t)m->n, .way = SIGHT_IN, .link = LINK_ETHERNET };
	struct span frame = { m->octet, m->n };

	s.kind = SIGHT_NOTHING;
	if (packet_parse_outer(LINK_ETHERNET, frame, &s.pkt) == 0)
		s.kind = s.pkt.icmp ? SIGHT_ICMP : SIGHT_OTHER;
	s.type = s.pkt.l4.len > 0 ? s.pkt.icmp_type : SIGHT_CUT;
	s.code = s.pkt.l4.len > 1 ? s.pkt.icmp_code : SIGHT_CUT;
	counts_add(c, &s);
}

/* The kernel takes no frames of some lengths for its packets' runs; XDP takes them. */
static int feed(struct agree *a, int fd, const struct made *m)
{
	int r = run(fd, m->octet, m->n);

	if (r == 0)
		count_ours(&a->ours, m);
	else if (r != -EINVAL)
		printf("run: %s\n", strerror(-r));
	return r == -EINVAL ? 0 : r;
}

/* Prints what the two counted when it is not the same; @m came last. */
static int compare(struct agree *a, const struct made *m)
{
	read_maps(a);
	if (memcmp(&a->kernel, &a->ours, sizeof(a->ours)) == 0)
		return 0;
	printf("differs, at the latest at:");
	for (size_t i = 0; i < m->n; i++)
		printf(" %02x", m->octet[i]);
	printf("\nkernel:\n");
	print_counts(&a->kernel);
	printf("ours:\n");
	print_counts(&a->ours);
	return 1;
}

static int agree(uint64_t seed, unsigned n, unsigned every)
{
	static const enum counter_program_which which[] = { COUNTER_IN, COUNTER_IN_XDP };
	static struct agree a;
	static struct made m;
	struct err err;
	int r = counter_program_init(true, &a.p, &err);

	m.random = seed;
	if (r < 0) {
		printf("%s\n", err.text);
		return 1;
	}
	for (unsigned i = 1; i <= n && r == 0; i++) {
		make(&m);
		for (size_t w = 0; w < ARRAY_LEN(which) && r == 0; w++)
			r = feed(&a, a.p.fd[which[w]], &m);
		if (r == 0 && (i % every == 0 || i == n))
			r = compare(&a, &m);
	}
	if (r == 0)
		printf("agree: %llu frames, %llu ICMP, %llu fragments, %llu cut, %llu other, %llu "
		       "nothing\n",
		       (unsigned long long)a.ours.frames,
		       (unsigned long long)counts_icmp(&a.ours).packets,
		       (unsigned long long)a.ours.fragments, (unsigned long long)a.ours.cut,
		       (unsigned long long)a.ours.other, (unsigned long long)a.ours.nothing);
	counter_program_done(&a.p);
	return r == 0 ? 0 : 1;
}

static int there(const char *iface)
{
	int ifindex = (int)if_nametoindex(iface);
	uint32_t n[2] = { 0 };

	for (int i = 0; i < 2; i++)
		bpf_prog_query(ifindex, (enum bpf_attach_type)(TCX_INGRESS + i), 0, NULL, NULL,
			       &n[i]);
	printf("%u %u\n", n[0], n[1]);
	return 0;
}

static uint16_t sum(const uint8_t *p, size_t n)
{
	return checksum((struct span){ p, n });
}

static size_t echo(uint8_t *p, const uint8_t *to, uint16_t seq)
{
	static const uint8_t ip[] = { 0x45, 0, 0,   28, 0, 0, 0,   0, 64, 1,
				      0,    0, 192, 0,  2, 1, 192, 0, 2,  2 };
	uint8_t *m = p + ETH_HDR_LEN + sizeof(ip);
	uint16_t s;

	memset(p, 0, ETH_HDR_LEN);
	memcpy(p, to, ETH_ADDR_LEN);
	p[12] = 8;
	memcpy(p + ETH_HDR_LEN, ip, sizeof(ip));
	s = sum(ip, sizeof(ip));
	p[ETH_HDR_LEN + 10] = (uint8_t)(s >> 8);
	p[ETH_HDR_LEN + 11] = (uint8_t)s;
	memcpy(m, (uint8_t[]){ 8, 0, 0, 0, 1, 1, (uint8_t)(seq >> 8), (uint8_t)seq }, 8);
	s = sum(m, 8);
	m[2] = (uint8_t)(s >> 8);
	m[3] = (uint8_t)s;
	return ETH_HDR_LEN + sizeof(ip) + 8;
}

static int flood(const char *iface, const char *mac, unsigned long n, bool bypass)
{
	static uint8_t frame[FLOOD_BATCH][64];
	struct iovec iov[FLOOD_BATCH];
	struct mmsghdr m[FLOOD_BATCH];
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex(iface) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0), on = bypass;
	uint64_t begun_ns = clock_mono_ns();
	unsigned long sent = 0;
	uint8_t to[6];

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) < 0 ||
	    sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", to, to + 1, to + 2, to + 3, to + 4,
		   to + 5) != 6)
		return 1;
	memset(m, 0, sizeof(m));
	while (sent < n) {
		unsigned want = (unsigned)MIN(n - sent, FLOOD_BATCH);
		int r;

		for (unsigned i = 0; i < want; i++) {
			iov[i] = (struct iovec){ frame[i],
						 echo(frame[i], to, (uint16_t)(sent + i)) };
			m[i].msg_hdr.msg_iov = &iov[i];
			m[i].msg_hdr.msg_iovlen = 1;
		}
		r = sendmmsg(fd, m, want, 0);
		if (r < 0 && errno != ENOBUFS && errno != EAGAIN)
			return 1;
		sent += (unsigned)MAX(r, 0);
	}
	printf("sent %lu in %.3f s\n", sent, (double)(clock_mono_ns() - begun_ns) / 1e9);
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && !strcmp(argv[1], "there"))
		return there(argv[2]);
	if (argc >= 5 && !strcmp(argv[1], "flood"))
		return flood(argv[2], argv[3], strtoul(argv[4], NULL, 10), argc > 5);
	if (argc == 5 && !strcmp(argv[1], "agree"))
		return agree(strtoull(argv[2], NULL, 10), (unsigned)strtoul(argv[3], NULL, 10),
			     (unsigned)strtoul(argv[4], NULL, 10));
	if (argc >= 3)
		return serve(argv[1], argv + 2, (size_t)argc - 2);
	fprintf(stderr, "usage: counter HOOK IFACE… | counter agree SEED N EVERY\n");
	return 2;
}
