/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * routes [-i IFACE] [-s SOURCE] WORK, for routes.sh:
 *   find ADDR…       the way to each: "kind error iface source gateway mtu up ether first last"
 *   walk FIRST N     how many pieces there are from FIRST on, in N addresses at most
 *   own FIRST N      whether these are this host's own
 *   mac IFACE ADDR   the link address of ADDR, waiting for at most 4 s
 *   watch ADDR       the way to it, again after each change, until it says "stop" on standard input
 *   speed ADDR N     nanoseconds a lookup of N addresses from ADDR on, processor time
 */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "flow/route.h"

static struct ip_addr addr(const char *text)
{
	char plain[IP_TEXT_LEN];
	const char *zone = strchr(text, '%');
	struct ip_addr a;

	snprintf(plain, sizeof(plain), "%.*s", (int)(zone ? zone - text : (ptrdiff_t)strlen(text)),
		 text);
	if (ip_scan(plain, &a) < 0) {
		fprintf(stderr, "no address: %s\n", text);
		exit(2);
	}
	a.zone = zone ? if_nametoindex(zone + 1) : 0;
	return a;
}

static const char *plain(struct ip_addr a, char buf[static IP_TEXT_LEN])
{
	a.zone = 0;
	return ip_format(&a, buf);
}

static void tell(const struct flow_path *p)
{
	static const char *const kinds[] = { "on-link", "gateway", "local", "bare", "none" };
	char a[4][IP_TEXT_LEN];

	if (p->kind == FLOW_PATH_NONE)
		printf("none %s\n", strerrorname_np(p->error));
	else
		printf("%s %s %s %s %u %s %s %s %s\n", kinds[p->kind], p->iface,
		       plain(p->source, a[0]), plain(p->gateway, a[1]), p->mtu,
		       p->up ? "up" : "down", p->ether ? "ether" : "plain", plain(p->first, a[2]),
		       plain(p->last, a[3]));
	fflush(stdout);
}

static int walk(struct flow_routes *r, const char *first, unsigned long long n)
{
	struct ip_addr a = addr(first), end = ip_plus(&a, n - 1), next;
	int pieces = 0;

	for (;; a = next) {
		const struct flow_path *p = flow_routes_find(r, &a);

		pieces++;
		next = ip_plus(&p->last, 1);
		if (ip_cmp(&p->last, &end) >= 0)
			break;
	}
	printf("%d\n", pieces);
	return 0;
}

static int mac(struct flow_routes *r, const char *iface, const char *text)
{
	struct ip_addr a = addr(text);
	struct eth_addr m;
	int e = -EAGAIN;

	for (int i = 0; e == -EAGAIN && i < 400; i++) {
		e = flow_routes_neighbour(r, (int)if_nametoindex(iface), &a, &m);
		if (e == -EAGAIN)
			usleep(10000);
	}
	if (e < 0)
		printf("%s\n", strerrorname_np(-e));
	else
		printf("%02x:%02x:%02x:%02x:%02x:%02x\n", m.octet[0], m.octet[1], m.octet[2],
		       m.octet[3], m.octet[4], m.octet[5]);
	return 0;
}

static int watch(struct flow_routes *r, const char *text)
{
	struct pollfd fds[2] = { { .fd = flow_routes_fd(r), .events = POLLIN },
				 { .fd = 0, .events = POLLIN } };
	struct ip_addr a = addr(text);

	tell(flow_routes_find(r, &a));
	while (poll(fds, 2, 20000) > 0 && !fds[1].revents)
		if (flow_routes_changed(r))
			tell(flow_routes_find(r, &a));
	return 0;
}

static int speed(struct flow_routes *r, const char *text, unsigned long n)
{
	struct ip_addr first = addr(text);
	clock_t begin;
	unsigned long sum = 0;

	flow_routes_find(r, &first);
	begin = clock();
	for (unsigned long i = 0; i < n; i++) {
		struct ip_addr a = ip_plus(&first, i);

		sum += flow_routes_find(r, &a)->mtu;
	}
	printf("%.1f ns (%lu)\n", (double)(clock() - begin) * 1e9 / CLOCKS_PER_SEC / (double)n,
	       sum);
	return 0;
}

static int work(struct flow_routes *r, int argc, char **argv)
{
	struct err err;

	if (strcmp(argv[0], "find") == 0) {
		for (int i = 1; i < argc; i++) {
			struct ip_addr a = addr(argv[i]);

			tell(flow_routes_find(r, &a));
		}
		return 0;
	}
	if (strcmp(argv[0], "walk") == 0)
		return walk(r, argv[1], strtoull(argv[2], NULL, 0));
	if (strcmp(argv[0], "own") == 0) {
		struct ip_addr a = addr(argv[1]);

		puts(flow_routes_own(r, &a, strtoull(argv[2], NULL, 0), &err) == 0 ? "own"
										   : err.text);
		return 0;
	}
	if (strcmp(argv[0], "mac") == 0)
		return mac(r, argv[1], argv[2]);
	if (strcmp(argv[0], "speed") == 0)
		return speed(r, argv[1], strtoul(argv[2], NULL, 0));
	return watch(r, argv[1]);
}

int main(int argc, char **argv)
{
	AUTO(flow_routes_closep) struct flow_routes *r = NULL;
	struct flow_routes_conf conf = { 0 };
	struct err err;
	int at = 1;

	for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
		if (argv[at][1] == 'i')
			conf.iface = argv[at + 1];
		else
			conf.source = addr(argv[at + 1]);
	}
	if (argc - at < 2)
		return 2;
	if (flow_routes_open(&conf, &r, &err) < 0) {
		puts(err.text);
		return 1;
	}
	return work(r, argc - at, argv + at);
}
