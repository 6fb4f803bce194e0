/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Detection over capture files that the test writes: what is told, by which packet, and what is refused. */
#include "flow/detect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cur.h"
#include "test.h"
#include "wire/icmp4.h"
#include "wire/packet.h"

#define HOSTS 40

struct heard {
	unsigned state[3], faults, with_packet;
	struct fact_alert first; /* its texts are static but .targets */
	struct ip_addr first_dst;
	char fault[256];
};

static void hear_alert(void *to, const struct fact_alert *a, const struct sight *packet)
{
	struct heard *h = to;

	if (h->state[0] + h->state[1] + h->state[2] == 0) {
		h->first = *a;
		if (packet)
			h->first_dst = packet->pkt.dst;
	}
	h->state[a->state]++;
	h->with_packet += packet != NULL;
}

static void hear_fault(void *to, const char *text)
{
	struct heard *h = to;

	snprintf(h->fault, sizeof(h->fault), "%s", text);
	h->faults++;
}

static void hear_progress(void *to UNUSED, double done UNUSED, uint64_t frames UNUSED)
{
}

static bool go_on(void *to UNUSED)
{
	return false;
}

/* An echo request to 10.0.0.@n, as a frame of a raw capture. */
static void put_request(FILE *f, uint8_t n)
{
	const struct ip_addr src = ip4_make(192, 0, 2, 1), dst = ip4_make(10, 0, 0, n);
	struct icmp4_msg m = { .type = 8, .rest = 7u << 16 | n };
	uint8_t body[64], buf[128];
	struct wcur b = wcur(body, sizeof(body)), c = wcur(buf, sizeof(buf));
	uint32_t head[4] = { 1000 + n / 10, n % 10 * 100000 };
	struct packet_spec spec = { .src = &src, .dst = &dst, .proto = IP_PROTO_ICMP4, .ttl = 9 };

	CHECK_EQ(icmp4_build(&m, &b), 0);
	spec.payload = (struct span){ body, wcur_len(&b) };
	CHECK_EQ(packet_build(&spec, &c), 0);
	head[2] = head[3] = (uint32_t)wcur_len(&c);
	CHECK_EQ(fwrite(head, sizeof(head), 1, f), 1);
	CHECK_EQ(fwrite(buf, wcur_len(&c), 1, f), 1);
}

/* A sweep of HOSTS addresses. @cut: octets that are missing at the end. */
static void write_sweep(char path[static 32], size_t cut)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 101 };
	int fd;
	FILE *f;

	strcpy(path, "/tmp/sonde-detect-XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0);
	f = fdopen(fd, "wb");
	CHECK(f && fwrite(head, sizeof(head), 1, f) == 1);
	for (uint8_t n = 1; n <= HOSTS; n++)
		put_request(f, n);
	CHECK_EQ(fflush(f), 0);
	CHECK_EQ(ftruncate(fd, ftell(f) - (long)cut), 0);
	fclose(f);
}

static struct detect_conf conf;
static struct fact_detect_sum sum;
static struct err err;

static int run(const char *path, const char *filter, struct heard *h)
{
	const struct flow_detect_conf c = {
		.file = &path, .file_n = 1, .filter = filter, .detect = &conf
	};
	const struct flow_detect_tell tell = { .alert = hear_alert,
					       .fault = hear_fault,
					       .progress = hear_progress,
					       .stop = go_on,
					       .to = h };

	memset(h, 0, sizeof(*h));
	memset(&sum, 0, sizeof(sum));
	return flow_detect_run(&c, &tell, &sum, &err);
}

TEST(a_sweep_in_a_file_is_told_with_the_packet_that_raised_it)
{
	char path[32];
	struct heard h;

	detect_defaults(&conf);
	write_sweep(path, 0);
	CHECK_EQ(run(path, NULL, &h), 0);
	unlink(path);
	CHECK_EQ(h.state[FACT_ALERT_NEW], 1);
	CHECK_EQ(h.state[FACT_ALERT_ENDED], 1);
	CHECK_STR(h.first.kind, "sweep.sequential");
	CHECK_EQ(h.first.packet, 12);
	CHECK_EQ(ip4_u32(&h.first_dst), 0x0a00000c);
	CHECK_EQ(h.with_packet, h.state[FACT_ALERT_NEW] + h.state[FACT_ALERT_UPDATE]);
	CHECK_EQ(sum.frames, HOSTS);
	CHECK_EQ(sum.contacts, HOSTS);
	CHECK_EQ(sum.sources, 1);
	CHECK_EQ(sum.told, h.state[0] + h.state[1] + h.state[2]);
	CHECK_EQ(sum.low + sum.medium + sum.high, 1);
	CHECK_EQ(sum.first, 1000 * NS_PER_S + 100 * NS_PER_MS);
	CHECK(conf.other_packets && (conf.key.k[0] || conf.key.k[1]));
	CHECK(sum.memory > 0 && (size_t)sum.memory <= conf.memory);
}

TEST(a_filter_decides_what_is_looked_at)
{
	char path[32];
	struct heard h;

	detect_defaults(&conf);
	write_sweep(path, 0);
	CHECK_EQ(run(path, "host 10.0.0.7", &h), 0);
	CHECK_EQ(h.state[0] + h.state[1] + h.state[2], 0);
	CHECK_EQ(sum.frames, 1);
	CHECK(!conf.other_packets);
	CHECK_EQ(run(path, "host and", &h), -EINVAL);
	CHECK_HAS(err.text, "syntax error");
	CHECK_EQ(sum.files, 0);
	unlink(path);
}

TEST(a_file_that_is_cut_is_told_and_what_stands_before_counts)
{
	char path[32];
	struct heard h;

	detect_defaults(&conf);
	write_sweep(path, 5);
	CHECK_EQ(run(path, NULL, &h), 1);
	unlink(path);
	CHECK_EQ(h.faults, 1);
	CHECK_HAS(h.fault, "ends within a frame");
	CHECK_EQ(sum.frames, HOSTS - 1);
	CHECK_EQ(h.state[FACT_ALERT_NEW], 1);
}

TEST(what_cannot_be_read_or_kept_is_refused)
{
	struct heard h;

	detect_defaults(&conf);
	CHECK_EQ(run("/nonexistent/file", NULL, &h), -ENOENT);
	CHECK_EQ(run("/etc/passwd", NULL, &h), -EBADMSG);
	conf.memory = 1 << 20;
	CHECK_EQ(run("/nonexistent/file", NULL, &h), -EINVAL);
	CHECK_HAS(err.text, "memory");
	CHECK_EQ(h.faults + h.state[0], 0);
}
