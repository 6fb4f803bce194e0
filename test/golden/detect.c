/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detect FILE: every alert about a capture, a line each: "kind severity state packet contact packets src
 * reasons…". As `detect --speed FILE` it writes only the time per packet, with failures and pings reckoned too; as
 * `detect --forged N` it feeds N requests of forged sources, a scanner among them, and writes its alerts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/files.h"
#include "detect/detect.h"
#include "watch/echoes.h"
#include "watch/failures.h"

#define SCANNER_EVERY 1000 /* forged requests to one of the scanner */
#define SCANNER_N     256

static const char *const severities[] = { "low", "medium", "high" };
static const char *const states[] = { "new", "update", "ended" };

static void write_alert(void *to, const struct detect_alert *a)
{
	char src[IP_TEXT_LEN], dst[IP_TEXT_LEN], targets[IP_TEXT_LEN] = "-";

	(void)to;
	if (a->targets.addr.family)
		ip_prefix_format(&a->targets, targets);
	printf("%s %s %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %s %s %s", a->kind,
	       severities[a->severity], states[a->state], a->packet, a->contact, a->packets,
	       ip_format(&a->src, src), ip_format(&a->dst, dst), targets);
	for (unsigned i = 0; i < a->reasons; i++)
		printf("%s %s: %g (%g)", i ? "," : "", a->reason[i].what, a->reason[i].seen,
		       a->reason[i].bound);
	putchar('\n');
}

static void write_none(void *to, const struct detect_alert *a)
{
	(void)to, (void)a;
}

static struct detect *start(void (*alert)(void *to, const struct detect_alert *a))
{
	static struct detect_conf conf;
	size_t size;
	void *mem;

	detect_defaults(&conf);
	conf.key = (struct hash_key){ { 11, 12 } };
	size = detect_size(&conf);
	mem = malloc(size);
	if (size == 0 || !mem)
		exit(3);
	return detect_init(mem, &conf, alert, NULL);
}

/* What the frame does not set, sight_read() does: one sight serves all. */
static void look(struct sight *s, const struct capture_frame *f)
{
	s->t_ns = f->t_ns;
	s->number = f->number;
	s->source = f->source;
	s->wire_len = f->wire_len;
	s->way = f->way;
	s->link = f->link;
	sight_read(s, f->octets);
}

static int read_file(const char *path)
{
	AUTO(capture_files_closep) struct capture_files *files = NULL;
	struct detect *d = start(write_alert);
	struct capture_frame frame;
	struct sight s;
	struct err err;
	int r = capture_files_open(&path, 1, &files, &err);

	while (r >= 0 && (r = capture_files_next(files, &frame, &err)) > 0) {
		look(&s, &frame);
		detect_feed(d, &s);
	}
	detect_end(d);
	free(d);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return r < 0;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int measure(const char *path)
{
	static const struct hash_key key = { { 1, 2 } };
	AUTO(capture_files_closep) struct capture_files *files = NULL;
	struct echoes *e = echoes_init(malloc(echoes_size(4096, 4096)), 4096, 4096, &key);
	struct failures *f = failures_init(malloc(failures_size(4096)), 4096, &key);
	struct detect *d = start(write_none);
	double began = seconds();
	struct capture_frame frame;
	struct sight s;
	struct err err;
	uint64_t n = 0;
	int r = capture_files_open(&path, 1, &files, &err);

	while (r >= 0 && (r = capture_files_next(files, &frame, &err)) > 0) {
		look(&s, &frame);
		n++;
		failures_add(f, &s);
		echoes_add(e, &s, NULL);
		detect_feed(d, &s);
	}
	printf("%" PRIu64 " packets, %.2f million a second\n", n,
	       (double)n / (seconds() - began) / 1e6);
	free(d);
	free(f);
	free(e);
	return r < 0;
}

/* An echo request as a bare IP packet. */
static size_t build(uint32_t src, uint32_t dst, uint8_t *buf, size_t room)
{
	static const uint8_t echo[16] = { 8, 0, 0xf7, 0xff };
	const struct ip_addr from = ip4_of(src), to = ip4_of(dst);
	const struct packet_spec spec = { .src = &from,
					  .dst = &to,
					  .proto = IP_PROTO_ICMP4,
					  .ttl = 64,
					  .payload = { echo, sizeof(echo) } };
	struct wcur out = wcur(buf, room);

	packet_build(&spec, &out);
	return wcur_len(&out);
}

static int forge(uint64_t n)
{
	const uint32_t scanner = 0xc0000201, network = 0x0a000000;
	struct detect *d = start(write_alert);
	struct sight s = { .link = LINK_RAW, .t_ns = NS_PER_S };
	uint64_t random = 88172645463325252u, scanned = 0;
	uint8_t buf[64];

	for (uint64_t i = 0; i < n; i++) {
		uint32_t src, dst;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		src = (uint32_t)random | 0x10000000;
		dst = network | (random >> 32 & 0xffff);
		if (i > n / 2 && i % SCANNER_EVERY == 0 && scanned < SCANNER_N) {
			src = scanner;
			dst = network + (uint32_t)scanned++;
		}
		s.t_ns += 10 * NS_PER_US;
		s.number++;
		sight_read(&s, (struct span){ buf, build(src, dst, buf, sizeof(buf)) });
		detect_feed(d, &s);
	}
	detect_end(d);
	free(d);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--speed") == 0)
		return measure(argv[2]);
	if (argc == 3 && strcmp(argv[1], "--forged") == 0)
		return forge(strtoull(argv[2], NULL, 10));
	if (argc == 2)
		return read_file(argv[1]);
	fprintf(stderr, "usage: %s FILE | --speed FILE | --forged N\n", argv[0]);
	return 2;
}
