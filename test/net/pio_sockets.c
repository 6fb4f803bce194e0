/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pio_sockets MS ASK…: asks through sockets, each for MS milliseconds, and tells what came of each:
 *
 *	tcp|udp|echo,ADDRESS[,PORT[,HOPS[,SOURCE]]] open|refused|data N|error TYPE/CODE|silent|
 *	                                            failed ERRNO  [from ADDRESS] [ttl N]
 *	… not asked ERRNO
 *
 * pio_sockets MS MOST N ADDRESS PORT: N UDP questions, MOST at once (0: as many as may be); tells
 * how many waited at most and how many were silent; milliseconds of processor time on standard error.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pio/sockets.h"
#include "sys/clock.h"

#define ASKS_MAX 64

struct run {
	struct pio_sockets *s;
	uint64_t wait_ns;
	char *const *ask;
	char said[ASKS_MAX][160];
	size_t waiting, most, silent, other;
};

static const char *const kinds[] = {
	[PIO_SOCKET_OPEN] = "open",     [PIO_SOCKET_REFUSED] = "refused",
	[PIO_SOCKET_DATA] = "data",     [PIO_SOCKET_ERROR] = "error",
	[PIO_SOCKET_SILENT] = "silent", [PIO_SOCKET_FAILED] = "failed",
};

static bool right_time(const struct run *r, const struct pio_socket_event *e)
{
	uint64_t took = e->t_ns - e->sent_ns;

	if (e->kind == PIO_SOCKET_SILENT)
		return took >= r->wait_ns && took < r->wait_ns + NS_PER_S;
	return e->t_ns >= e->sent_ns && took < r->wait_ns;
}

static void happened(void *to, const struct pio_socket_event *e)
{
	struct run *r = to;
	char *at = r->said[e->tag], *end = at + sizeof(r->said[0]), from[IP_TEXT_LEN];

	at += snprintf(at, (size_t)(end - at), "%s", kinds[e->kind]);
	if (e->kind == PIO_SOCKET_DATA)
		at += snprintf(at, (size_t)(end - at), " %zu", e->data.len);
	if (e->kind == PIO_SOCKET_ERROR)
		at += snprintf(at, (size_t)(end - at), " %u/%u", e->type, e->code);
	if (e->kind == PIO_SOCKET_FAILED)
		at += snprintf(at, (size_t)(end - at), " %s", strerrorname_np(e->error));
	if (e->from.family)
		at += snprintf(at, (size_t)(end - at), " from %s", ip_format(&e->from, from));
	if (e->ttl >= 0)
		at += snprintf(at, (size_t)(end - at), " ttl %d", e->ttl);
	if (!right_time(r, e))
		snprintf(at, (size_t)(end - at), " AFTER %.3f ms",
			 (double)(e->t_ns - e->sent_ns) / 1e6);
	r->waiting--;
}

static void counted(void *to, const struct pio_socket_event *e)
{
	struct run *r = to;

	r->waiting--;
	if (e->kind == PIO_SOCKET_SILENT)
		r->silent++;
	else
		r->other++;
}

static void wait_once(struct run *r, void (*each)(void *to, const struct pio_socket_event *e))
{
	struct pollfd p = { pio_sockets_fd(r->s), POLLIN, 0 };
	uint64_t next = pio_sockets_next_ns(r->s), now = clock_mono_ns();

	poll(&p, 1, next > now ? (int)((next - now) / NS_PER_MS + 1) : 0);
	if (pio_sockets_take(r->s, clock_mono_ns(), each, r) < 0) {
		printf("take failed\n");
		exit(1);
	}
}

static bool scan_ask(const char *text, struct pio_socket_ask *a)
{
	char kind[8], addr[64], src[64] = "";
	unsigned port = 0, hops = 0;

	if (sscanf(text, "%7[^,],%63[^,],%u,%u,%63s", kind, addr, &port, &hops, src) < 2 ||
	    ip_scan(addr, &a->dst) < 0 || (src[0] && ip_scan(src, &a->src) < 0))
		return false;
	a->kind = kind[0] == 't'   ? PIO_SOCKET_TCP
		  : kind[0] == 'u' ? PIO_SOCKET_UDP
				   : PIO_SOCKET_ECHO;
	a->port = (uint16_t)port;
	a->hops = (uint8_t)hops;
	return true;
}

static int ask_each(struct run *r, int n)
{
	for (int i = 0; i < n && i < ASKS_MAX; i++) {
		struct pio_socket_ask a = { .payload = { (const uint8_t *)"question", 8 },
					    .tag = (uint64_t)i,
					    .until_ns = clock_mono_ns() + r->wait_ns };
		int e = scan_ask(r->ask[i], &a) ? pio_sockets_ask(r->s, &a) : -EINVAL;

		if (e < 0)
			snprintf(r->said[i], sizeof(r->said[i]), "not asked %s",
				 strerrorname_np(-e));
		else
			r->waiting++;
	}
	while (r->waiting > 0)
		wait_once(r, happened);
	for (int i = 0; i < n && i < ASKS_MAX; i++)
		printf("%s %s\n", r->ask[i], r->said[i]);
	return 0;
}

static int ask_many(struct run *r, unsigned n, const char *addr, const char *port)
{
	struct pio_socket_ask a = { .kind = PIO_SOCKET_UDP, .port = (uint16_t)atoi(port) };
	struct timespec t;

	if (ip_scan(addr, &a.dst) < 0)
		return 2;
	for (unsigned i = 0; i < n; i++) {
		int e;

		a.until_ns = clock_mono_ns() + r->wait_ns;
		while ((e = pio_sockets_ask(r->s, &a)) == -EAGAIN)
			wait_once(r, counted);
		if (e < 0) {
			printf("not asked %s\n", strerrorname_np(-e));
			return 1;
		}
		r->waiting++;
		r->most = MAX(r->most, r->waiting);
	}
	while (r->waiting > 0)
		wait_once(r, counted);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	fprintf(stderr, "%.0f ms\n", (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6);
	printf("most %zu silent %zu other %zu\n", r->most, r->silent, r->other);
	return 0;
}

int main(int argc, char **argv)
{
	bool many = argc == 6 && strchr(argv[2], ',') == NULL;
	struct run r = { .ask = argv + 2 };
	struct err err;
	int e;

	if (argc < 3)
		return 2;
	r.wait_ns = (uint64_t)atoi(argv[1]) * NS_PER_MS;
	if (pio_sockets_open(many ? (size_t)atoi(argv[2]) : 0, &r.s, &err) < 0) {
		printf("%s\n", err.text);
		return 1;
	}
	e = many ? ask_many(&r, (unsigned)atoi(argv[3]), argv[4], argv[5]) : ask_each(&r, argc - 2);
	pio_sockets_close(r.s);
	return e;
}
