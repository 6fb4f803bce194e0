/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * responder OBJECT IF [OPTION…]: let responder.bpf.c (compiled as OBJECT) answer for every address
 * behind the interface IF, until SIGTERM, SIGINT, the end of --time or of its parent. Says "ready",
 * and at the end what it counted.
 *
 *	--live PCT      share of the addresses that exist (100); which ones, a hash decides
 *	--open PCT      share of the TCP ports that are open (0), by hash too
 *	--port N        one that is open besides (up to 8 times); --ports FIRST-LAST
 *	--loss PCT      share of the answers that are lost by chance (0)
 *	--gateway ADDR  exists in any case
 *	--seed N        of the hashes (0)
 *	--time S
 *
 * responder --live PCT [--seed N] --list FIRST N: print which of N addresses exist.
 * responder OBJECT IF --pass: only let IF take what the responder at the other end of the veth
 * sends; ends at once, the program stays.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "responder.h"

static const char *const names[RESPONDER_COUNTS] = {
	[RESPONDER_SEEN] = "seen", [RESPONDER_ARP] = "arp",
	[RESPONDER_ECHO] = "echo", [RESPONDER_SYN_ACK] = "syn_ack",
	[RESPONDER_RST] = "rst",   [RESPONDER_UNREACHABLE] = "unreachable",
	[RESPONDER_LOST] = "lost", [RESPONDER_DEAD] = "dead",
};

struct run {
	struct responder_conf conf;
	unsigned ports; /* of .conf.port */
	double time_s;
	bool pass;
	const char *list;
	unsigned list_n;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "responder: %s: %s\n", what, strerror(errno));
	exit(1);
}

static _Noreturn void usage(const char *what)
{
	fprintf(stderr, "responder: %s: its source says what it takes\n", what);
	exit(2);
}

static double number(const char *text, double most)
{
	char *rest = NULL;
	double d = text ? strtod(text, &rest) : -1;

	if (!rest || rest == text || *rest || !(d >= 0 && d <= most))
		usage(text ? text : "a number is missing");
	return d;
}

static __u32 share(const char *text)
{
	return (__u32)(number(text, 100) / 100 * 4294967295.0);
}

/* Takes the option at @v. Returns how many words it and its values are. */
static int option(struct run *r, char **v)
{
	struct responder_conf *c = &r->conf;
	unsigned last;

	if (!strcmp(v[0], "--live")) {
		c->live = share(v[1]);
	} else if (!strcmp(v[0], "--open")) {
		c->open = share(v[1]);
	} else if (!strcmp(v[0], "--loss")) {
		c->loss = share(v[1]);
	} else if (!strcmp(v[0], "--seed")) {
		c->seed = (__u32)number(v[1], 4294967295.0);
	} else if (!strcmp(v[0], "--time")) {
		r->time_s = number(v[1], 86400);
	} else if (!strcmp(v[0], "--port") && r->ports < 8) {
		c->port[r->ports++] = (__u16)number(v[1], 65535);
	} else if (!strcmp(v[0], "--ports")) {
		if (!v[1] || sscanf(v[1], "%u-%u", &c->first, &last) != 2 || last > 65535 ||
		    last < c->first)
			usage("--ports");
		c->n = last - c->first + 1;
	} else if (!strcmp(v[0], "--gateway") && v[1]) {
		if (inet_pton(AF_INET, v[1], &c->gateway) != 1)
			usage(v[1]);
	} else if (!strcmp(v[0], "--list") && v[1]) {
		r->list = v[1];
		r->list_n = (unsigned)number(v[2], 4294967295.0);
		return 3;
	} else if (!strcmp(v[0], "--pass")) {
		r->pass = true;
		return 1;
	} else {
		usage(v[0]);
	}
	return 2;
}

static int list(const struct run *r)
{
	struct in_addr first;

	if (inet_pton(AF_INET, r->list, &first) != 1)
		usage(r->list);
	for (unsigned i = 0; i < r->list_n; i++) {
		unsigned host = ntohl(first.s_addr) + i;
		struct in_addr a = { htonl(host) };

		if (responder_in(host, r->conf.seed, r->conf.live))
			puts(inet_ntoa(a));
	}
	return 0;
}

static void tell(int counts)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *each = calloc(cpus > 0 ? (size_t)cpus : 1, sizeof(*each)), first = UINT64_MAX,
	      last = 0;

	for (__u32 i = 0; each && i < RESPONDER_COUNTS; i++) {
		unsigned long long sum = 0;

		if (bpf_map_lookup_elem(counts, &i, each) < 0)
			continue;
		for (int cpu = 0; cpu < cpus; cpu++) {
			sum += each[cpu];
			if (i == RESPONDER_FIRST && each[cpu] != 0 && each[cpu] < first)
				first = each[cpu];
			if (i == RESPONDER_LAST && each[cpu] > last)
				last = each[cpu];
		}
		if (names[i])
			fprintf(stderr, "%s=%llu ", names[i], sum);
	}
	fprintf(stderr, "span_us=%llu\n",
		last > first ? (unsigned long long)(last - first) / 1000 : 0);
	free(each);
}

static void wait_for_end(const sigset_t *ends, double time_s)
{
	struct timespec t = { (time_t)time_s, (long)((time_s - (double)(time_t)time_s) * 1e9) };

	printf("ready\n");
	fflush(stdout);
	while (sigtimedwait(ends, NULL, &t) < 0 && errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	struct run r = { .conf = { .live = 0xffffffff }, .time_s = 86400 };
	int index, counts, program, i = argc > 2 && argv[1][0] != '-' ? 3 : 1;
	struct bpf_object *o;
	__u32 zero = 0;
	sigset_t ends;

	while (i < argc)
		i += option(&r, argv + i);
	if (r.list)
		return list(&r);
	if (argc < 3 || argv[1][0] == '-')
		usage("no object or interface");
	index = (int)if_nametoindex(argv[2]);
	if (index == 0)
		die(argv[2]);
	o = bpf_object__open_file(argv[1], NULL);
	if (!o || bpf_object__load(o) < 0)
		die(argv[1]);
	program = bpf_program__fd(bpf_object__find_program_by_name(o, r.pass ? "pass" : "respond"));
	counts = bpf_object__find_map_fd_by_name(o, "counts");
	if (bpf_map_update_elem(bpf_object__find_map_fd_by_name(o, "conf"), &zero, &r.conf, 0) < 0)
		die("settings");
	if (bpf_xdp_attach(index, program, XDP_FLAGS_DRV_MODE, NULL) < 0)
		die("attaching in the driver");
	if (r.pass)
		return 0;
	/* Blocked before "ready" is said, so no signal comes too early. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	wait_for_end(&ends, r.time_s);
	bpf_xdp_detach(index, XDP_FLAGS_DRV_MODE, NULL);
	tell(counts);
	bpf_object__close(o);
	return 0;
}
