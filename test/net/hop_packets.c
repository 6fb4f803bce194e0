/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hop_packets BACKEND FLOWS MS PROBE…: sends hop probes by the shooter and tells, MS milliseconds after the
 * last, what came back for each, in their order:
 *
 *	echo|udp|tcp,ADDRESS,PORT,HOPS,FLOW[,LEN[,fragment]]
 *	… answer|synack|rst|error TYPE/CODE from ADDRESS flow N [ttl N] [mtu N] [sport N] [label N]
 *	… silent; not sent ERRNO
 *
 * "number none" stands behind answers whose number cannot be told: they are the first probe's whose
 * target, port and flow fit. Then "sent N forged N"; on standard error how long opening took.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/shooter.h"
#include "sys/clock.h"
#include "wire/icmpext.h"

#define PROBES_MAX 64
#define FDS_MAX    16
#define SMALL_RING (1u << 20)
#define RESOLVE_NS (3 * NS_PER_S) /* for link addresses to be found out */

struct run {
	struct shooter *s;
	char *const *text;
	unsigned n;
	struct shooter_hop hop[PROBES_MAX];
	char said[PROBES_MAX][200];
};

static bool scan_probe(const char *text, uint16_t number, struct hop_shot *ret)
{
	unsigned port, hops, flow, len = 0;
	char kind[8], addr[64], how[16] = "";
	struct hop_shot s = { .tos = 0, .number = number };

	if (sscanf(text, "%7[^,],%63[^,],%u,%u,%u,%u,%15s", kind, addr, &port, &hops, &flow, &len,
		   how) < 5 ||
	    ip_scan(addr, &s.dst) < 0)
		return false;
	s.kind = kind[0] == 't' ? ASK_TCP_SYN : kind[0] == 'u' ? ASK_UDP : ASK_ECHO;
	s.port = s.kind == ASK_ECHO ? 0 : (uint16_t)port;
	s.hops = (uint8_t)hops;
	s.flow = (uint16_t)flow;
	s.len = (uint16_t)len;
	s.df = how[0] == '\0';
	*ret = s;
	return true;
}

static bool is_for(const struct hop_shot *s, const struct hop_reply *r)
{
	return ip_eq(&s->dst, &r->dst) && s->kind == r->ask && s->port == r->port &&
	       s->flow == r->flow && (r->number == 0 || s->number == r->number);
}

static unsigned label_of(struct span octets)
{
	struct icmpext_label label[ICMPEXT_LABELS_MAX];
	struct icmpext ext;

	if (icmpext_parse(octets, &ext) < 0 || ext.n == 0 ||
	    icmpext_mpls_parse(&ext.obj[0], label) < 1)
		return 0;
	return label[0].label;
}

static void took(void *to, const struct hop_reply *r)
{
	static const char *const kinds[] = { [REPLY_ANSWER] = "answer",
					     [REPLY_SYNACK] = "synack",
					     [REPLY_RST] = "rst",
					     [REPLY_ERROR] = "error" };
	struct run *run = to;
	char from[IP_TEXT_LEN], *at, *end;
	unsigned i = 0;

	while (i < run->n && (!is_for(&run->hop[i].shot, r) || run->said[i][0]))
		i++;
	if (i == run->n) {
		printf("unasked: kind %u flow %u number %u\n", r->kind, r->flow, r->number);
		return;
	}
	at = run->said[i];
	end = at + sizeof(run->said[i]);
	at += snprintf(at, (size_t)(end - at), "%s", kinds[r->kind]);
	if (r->kind == REPLY_ERROR)
		at += snprintf(at, (size_t)(end - at), " %u/%u", r->type, r->code);
	at += snprintf(at, (size_t)(end - at), " from %s flow %u", ip_format(&r->from, from),
		       r->flow);
	if (r->number == 0)
		at += snprintf(at, (size_t)(end - at), " number none");
	if (r->ttl >= 0)
		at += snprintf(at, (size_t)(end - at), " ttl %d", r->ttl);
	if (r->mtu)
		at += snprintf(at, (size_t)(end - at), " mtu %u", r->mtu);
	if (r->ext.len > 0)
		at += snprintf(at, (size_t)(end - at), " label %u", label_of(r->ext));
	if (r->quote.translated)
		at += snprintf(at, (size_t)(end - at), " translated");
	if (r->t_ns + 10 * NS_PER_S < clock_mono_ns() || r->t_ns > clock_mono_ns())
		snprintf(at, (size_t)(end - at), " AT A WRONG TIME");
}

static void wait_until(struct run *r, uint64_t until_ns)
{
	for (uint64_t now = clock_mono_ns(); now < until_ns; now = clock_mono_ns()) {
		uint64_t next = MIN(until_ns, shooter_next_ns(r->s));
		struct pollfd p[FDS_MAX];
		int fd[FDS_MAX];
		unsigned n = shooter_fds(r->s, fd, FDS_MAX);

		for (unsigned i = 0; i < n; i++)
			p[i] = (struct pollfd){ fd[i], POLLIN, 0 };
		poll(p, n, next > now ? (int)((next - now) / NS_PER_MS + 1) : 0);
		if (shooter_recv_hops(r->s, took, r) < 0)
			printf("receiving failed\n");
	}
}

/* Each alone, and again as long as it is "not now": those behind one that is refused wait for it. */
static void send_all(struct run *r, uint64_t wait_ns)
{
	uint64_t give_up = clock_mono_ns() + RESOLVE_NS;

	for (unsigned i = 0; i < r->n; i++) {
		struct shooter_hop *h = &r->hop[i];

		do {
			h->until_ns = clock_mono_ns() + wait_ns;
			shooter_send_hops(r->s, h, 1);
			wait_until(r, clock_mono_ns() + NS_PER_MS);
		} while ((h->result == EAGAIN || h->result == ENOBUFS) &&
			 clock_mono_ns() < give_up);
		if (h->result)
			snprintf(r->said[i], sizeof(r->said[i]), "not sent %s",
				 strerrorname_np(h->result));
	}
}

int main(int argc, char **argv)
{
	struct shooter_conf conf = {
		.source_port = -1, .hops_run = true, .ring_len = SMALL_RING, .room = HOP_LEN_MAX
	};
	struct run r = { .text = argv + 4, .n = (unsigned)argc - 4 };
	uint64_t wait_ns, begun = clock_mono_ns();
	struct err err;

	if (argc < 5 || r.n > PROBES_MAX)
		return 2;
	conf.backend = argv[1];
	conf.flows = (uint16_t)atoi(argv[2]);
	wait_ns = (uint64_t)atoi(argv[3]) * NS_PER_MS;
	for (unsigned i = 0; i < r.n; i++) {
		if (!scan_probe(r.text[i], (uint16_t)(i + 1), &r.hop[i].shot))
			return 2;
	}
	if (shooter_open(&conf, &r.s, &err) < 0) {
		printf("%s\n", err.text);
		return 1;
	}
	fprintf(stderr, "opened in %.3f ms\n", (double)(clock_mono_ns() - begun) / 1e6);
	send_all(&r, wait_ns);
	wait_until(&r, clock_mono_ns() + wait_ns);
	for (unsigned i = 0; i < r.n; i++)
		printf("%s %s\n", r.text[i], r.said[i][0] ? r.said[i] : "silent");
	printf("sent %llu forged %llu\n", (unsigned long long)shooter_counts(r.s).sent,
	       (unsigned long long)shooter_forged(r.s));
	begun = clock_mono_ns();
	shooter_close(r.s);
	fprintf(stderr, "closed in %.3f ms\n", (double)(clock_mono_ns() - begun) / 1e6);
	return 0;
}
