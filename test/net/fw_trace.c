/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fw_trace [-q] [-o] [-s] [-r] PROBE…: load this namespace's firewall into a twin of two namespaces of
 * its own, send each PROBE from outside to 192.0.2.1 or fd00::1, and tell which rule
 * decided, for fw_trace.sh. -q: without hits; -o: what the twin sends is traced too;
 * -s: only the sum is told, and how many of the twin's own rule counters agree with the hits;
 * -r: the firewall is loaded afresh before each PROBE.
 *
 * PROBE: 4icmp:TYPE:CODE 6icmp:TYPE:CODE 4tcp:PORT 6tcp:PORT 4udp:PORT 6udp:PORT;
 * "xN" behind it sends N of them; "@ADDRESS" names the source; "!": unmarked.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "host/nft.h"
#include "host/nft_text.h"
#include "sys/ns.h"
#include "sys/run.h"
#include "twin/trace.h"
#include "wire/eth.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/ip4.h"
#include "wire/ip6.h"
#include "wire/tcp.h"
#include "wire/udp.h"

static const struct eth_addr inside_mac = { { 2, 0, 0, 0, 0, 1 } },
			     outside_mac = { { 2, 0, 0, 0, 0, 2 } };

struct probe {
	int family, proto, a, b; /* a: type or port; b: code */
	unsigned count;
	struct ip_addr src;
	bool unmarked;
};

static _Noreturn void die(const char *text)
{
	printf("error %s\n", text);
	exit(4);
}

static void command(const char *const *argv)
{
	struct run_result res;
	struct err err;

	if (run_program(&(struct run){ .argv = argv }, &res, &err) < 0)
		die(err.text);
	if (res.status)
		die(res.errs);
	run_result_done(&res);
}

#define RUN(...) command((const char *const[]){ __VA_ARGS__, NULL })

static void build(int inside, int outside)
{
	char peer[64];

	snprintf(peer, sizeof(peer), "/proc/%d/fd/%d", (int)getpid(), outside);
	{
		AUTO(ns_leave) struct ns_visit v = ns_visit(inside, NULL);

		if (v.r < 0)
			die("cannot enter the twin");
		RUN("ip", "link", "add", "eth0", "address", "02:00:00:00:00:01", "type", "veth",
		    "peer", "name", "out", "address", "02:00:00:00:00:02", "netns", peer);
		RUN("ip", "addr", "add", "192.0.2.1/24", "dev", "eth0");
		RUN("ip", "addr", "add", "fd00::1/64", "dev", "eth0", "nodad");
		/* Without a link-local address it solicits nobody: the counters stay ours. */
		RUN("ip", "link", "set", "eth0", "addrgenmode", "none");
		RUN("ip", "link", "set", "lo", "up");
		RUN("ip", "link", "set", "eth0", "up");
		RUN("ip", "neigh", "add", "192.0.2.2", "lladdr", "02:00:00:00:00:02", "dev",
		    "eth0");
		RUN("ip", "neigh", "add", "fd00::2", "lladdr", "02:00:00:00:00:02", "dev", "eth0");
		RUN("ip", "route", "add", "default", "via", "192.0.2.2");
		RUN("ip", "route", "add", "default", "via", "fd00::2");
	}
	AUTO(ns_leave) struct ns_visit v = ns_visit(outside, NULL);

	if (v.r < 0)
		die("cannot enter the outside");
	RUN("ip", "link", "set", "out", "addrgenmode", "none");
	RUN("ip", "link", "set", "out", "up");
}

static struct probe read_probe(const char *text)
{
	struct probe p = { .count = 1 };
	const char *at = strchr(text, '@'), *x = strchr(text, 'x');
	char what[8];

	if (sscanf(text, "%1d%4[a-z]:%d:%d", &p.family, what, &p.a, &p.b) < 3)
		die("no probe");
	p.proto = strncmp(what, "icmp", 4) == 0  ? (p.family == 4 ? 1 : 58)
		  : strncmp(what, "tcp", 3) == 0 ? 6
						 : 17;
	p.count = x ? (unsigned)atoi(x + 1) : 1;
	p.unmarked = strchr(text, '!') != NULL;
	if (ip_scan(p.family == 4 ? "192.0.2.2" : "fd00::2", &p.src) < 0 ||
	    (at && ip_scan(at + 1, &p.src) < 0))
		die("no source");
	return p;
}

static struct span written(const struct wcur *w)
{
	return (struct span){ w->start, wcur_len(w) };
}

static void put_l4(const struct probe *p, const struct ip_addr *dst, uint16_t n, struct wcur *w)
{
	int r;

	if (p->proto == 1)
		r = icmp4_build(&(struct icmp4_msg){ .type = (uint8_t)p->a,
						     .code = (uint8_t)p->b,
						     .rest = icmp4_echo_rest(7, n) },
				w);
	else if (p->proto == 58)
		r = icmp6_build(&(struct icmp6_msg){ .type = (uint8_t)p->a,
						     .code = (uint8_t)p->b,
						     .rest = icmp6_echo_rest(7, n) },
				&p->src, dst, w);
	else if (p->proto == 6)
		r = tcp_build(&(struct tcp_seg){ .sport = (uint16_t)(40000 + n % 20000),
						 .dport = (uint16_t)p->a,
						 .flags = TCP_SYN,
						 .window = 1024 },
			      &p->src, dst, w);
	else
		r = udp_build(&(struct udp_dgram){ .sport = (uint16_t)(40000 + n % 20000),
						   .dport = (uint16_t)p->a },
			      &p->src, dst, w);
	if (r < 0)
		die("cannot build the probe");
}

static void send_one(int fd, const struct probe *p, uint16_t n)
{
	uint8_t l4[256], ip[512], frame[600];
	struct wcur lw = wcur(l4, sizeof(l4)), iw = wcur(ip, sizeof(ip)),
		    fw = wcur(frame, sizeof(frame));
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("out") };
	struct ip_addr dst;
	int r;

	if (ip_scan(p->family == 4 ? "192.0.2.1" : "fd00::1", &dst) < 0)
		die("no address");
	put_l4(p, &dst, n, &lw);
	if (p->family == 4)
		r = ip4_build(
			&(struct ip4_pkt){ .ttl = 64,
					   .proto = (uint8_t)p->proto,
					   .id = (uint16_t)((p->unmarked ? 0 : TRACE_IP_ID) | n),
					   .src = p->src,
					   .dst = dst,
					   .payload = written(&lw) },
			&iw);
	else
		r = ip6_build(&(struct ip6_pkt){ .next = (uint8_t)p->proto,
						 .hop_limit = 64,
						 .flow = (p->unmarked ? 0 : TRACE_FLOW_LABEL) | n,
						 .src = p->src,
						 .dst = dst,
						 .payload = written(&lw) },
			      &iw);
	if (r < 0 ||
	    eth_build(&(struct eth_frame){ .dst = inside_mac,
					   .src = outside_mac,
					   .type = p->family == 4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6,
					   .payload = written(&iw) },
		      &fw) < 0)
		die("cannot build the probe");
	if (sendto(fd, frame, wcur_len(&fw), 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
		die(strerror(errno));
}

struct telling {
	const struct host_ruleset *rs;
	bool hits, sum, afresh;
	unsigned n;
	uint64_t *hit; /* of each rule */
};

static void put_rule(const struct telling *t, int64_t at)
{
	const struct fact_rule *f = at >= 0 ? &t->rs->rule[at].fact : NULL;

	if (f)
		printf("%s %s %s: %s", f->family, f->table, f->chain, f->text);
	else
		printf("none");
}

static void tell_packet(void *to, const struct trace_packet *p)
{
	static const char *const words[] = { "drop", "accept", "other" };
	struct telling *t = to;

	t->n++;
	for (size_t i = 0; i < p->hit_n; i++)
		t->hit[p->hit[i]]++;
	if (t->sum)
		return;
	printf("%s%d %u %s by ", p->out ? "out " : "", p->family,
	       p->family == 4 ? p->ip_id & ~TRACE_IP_ID : p->label & ~TRACE_FLOW_LABEL,
	       words[p->verdict]);
	put_rule(t, p->rule);
	printf(" | ct %d%s%s\n", p->ct, p->limited ? " | limited" : "", p->cut ? " | cut" : "");
	for (size_t i = 0; t->hits && i < p->hit_n; i++) {
		printf("\thit ");
		put_rule(t, p->hit[i]);
		printf("\n");
	}
}

static void tell_gap(void *to, const struct fact_gap *gap)
{
	(void)to;
	printf("gap %s | %s | %s\n", gap->what, gap->which, gap->why);
}

static void probe_all(int fd, struct twin_fw *fw, struct twin_trace *trace, struct telling *t,
		      char **probes)
{
	uint16_t n = 0;

	for (; *probes; probes++) {
		struct probe p = read_probe(*probes);
		struct err err;

		if (t->afresh && twin_fw_reload(fw, &err) < 0)
			die(err.text);

		for (unsigned i = 0; i < p.count; i++) {
			int r;

			send_one(fd, &p, (uint16_t)(++n & 0x7fff));
			if (i + 1 < p.count && (i + 1) % twin_trace_window(trace))
				continue;
			nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
			r = twin_trace_drain(trace, tell_packet, t);
			if (r < 0)
				die(strerror(-r));
		}
	}
}

/* What the kernel counted in the twin's own rules, against the hits that were told. */
static void compare_counters(int inside, const struct twin_fw *fw, const struct telling *t)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(inside, NULL);
	AUTO(host_nft_closep) struct host_nft *nft = NULL;
	struct nft_scan scan;
	struct nft_item item;
	char *text;
	int right = 0, wrong = 0;

	if (v.r < 0 || host_nft_open(&nft, NULL) < 0 ||
	    host_nft_run(nft, "list ruleset", HOST_NFT_HANDLES, &text, NULL) < 0)
		die("cannot list the twin");
	scan = nft_text_scan(text, strlen(text));
	while (nft_text_next(&scan, &item)) {
		static const char words[] = "counter packets ";
		const char *at = item.kind == NFT_ITEM_RULE
					 ? memmem(item.text.p, item.text.len, words, strlen(words))
					 : NULL;
		int64_t rule;
		char table[64], chain[64];

		if (!at)
			continue;
		snprintf(table, sizeof(table), "%.*s", (int)item.table.len,
			 (const char *)item.table.p);
		snprintf(chain, sizeof(chain), "%.*s", (int)item.chain.len,
			 (const char *)item.chain.p);
		rule = twin_fw_find(fw,
				    nft_text_begins(item.family, "inet")  ? NFPROTO_INET
				    : nft_text_begins(item.family, "ip6") ? NFPROTO_IPV6
									  : NFPROTO_IPV4,
				    table, chain, item.handle);
		if (rule >= 0 && t->hit[rule] == strtoull(at + strlen(words), NULL, 10)) {
			right++;
			continue;
		}
		wrong++;
		printf("counter %.*s: hits %llu\n", (int)item.text.len, (const char *)item.text.p,
		       rule < 0 ? 0ull : (unsigned long long)t->hit[rule]);
	}
	free(text);
	printf("counters %d right, %d wrong\n", right, wrong);
}

int main(int argc, char **argv)
{
	AUTO(host_ruleset_freep) struct host_ruleset *rs = NULL;
	AUTO(twin_fw_freep) struct twin_fw *fw = NULL;
	AUTO(twin_trace_closep) struct twin_trace *trace = NULL;
	const char *const devices[] = { "eth0", "lo", NULL };
	struct trace_opt opt = { .device = devices, .hits = true };
	struct telling t = { .hits = true };
	int inside, outside, fd, first = 1;
	bool out = false;
	struct err err;

	for (; first < argc && argv[first][0] == '-'; first++) {
		out |= argv[first][1] == 'o';
		t.sum |= argv[first][1] == 's';
		t.afresh |= argv[first][1] == 'r';
		if (argv[first][1] == 'q')
			t.hits = opt.hits = false;
	}
	if (host_ruleset_read(NULL, NULL, &rs, &err) < 0 || ns_new(&inside, &err) < 0 ||
	    ns_new(&outside, &err) < 0)
		die(err.text);
	build(inside, outside);
	if (twin_fw_load(inside, rs, tell_gap, NULL, &fw, &err) < 0 ||
	    twin_trace_open(inside, fw, &opt, &trace, &err) < 0)
		die(err.text);
	if (out && twin_trace_output(trace, true, &err) < 0)
		die(err.text);
	t.rs = rs;
	t.hit = calloc(rs->rule_n + 1, sizeof(*t.hit));
	if (!t.hit)
		die("out of memory");
	/* What an outside socket sends when it is opened there goes to the twin alone. */
	if (ns_socket(outside, AF_PACKET, SOCK_RAW, 0, &fd, &err) < 0)
		die(err.text);
	{
		AUTO(ns_leave) struct ns_visit v = ns_visit(outside, &err);

		if (v.r < 0)
			die(err.text);
		probe_all(fd, fw, trace, &t, argv + first);
	}
	printf("told %u\n", t.n);
	if (t.sum && t.hits)
		compare_counters(inside, fw, &t);
	free(t.hit);
	close(fd);
	close(inside);
	close(outside);
	return 0;
}
