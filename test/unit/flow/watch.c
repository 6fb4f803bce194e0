/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A watch over capture files that the test writes: what is told, in which order, and what is refused. */
#include "flow/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cur.h"
#include "test.h"
#include "wire/icmp4.h"
#include "wire/icmperr.h"
#include "wire/packet.h"
#include "wire/udp.h"

struct heard {
	struct fact_icmp_count count[8];
	struct fact_failure failure[8];
	struct fact_echo_rtt echo[8];
	struct fact_talker talker[8];
	size_t counts, failures, echoes, talkers, faults;
	char hint[256], fault[256];
};

static void hear_count(void *to, const struct fact_icmp_count *c)
{
	struct heard *h = to;

	CHECK_EQ(h->failures + h->echoes + h->talkers, 0);
	h->count[h->counts++ % 8] = *c;
}

static void hear_failure(void *to, const struct fact_failure *f)
{
	struct heard *h = to;

	CHECK_EQ(h->echoes + h->talkers, 0);
	snprintf(h->hint, sizeof(h->hint), "%s", f->hint);
	h->failure[h->failures++ % 8] = *f;
}

static void hear_echo(void *to, const struct fact_echo_rtt *e)
{
	struct heard *h = to;

	CHECK_EQ(h->talkers, 0);
	h->echo[h->echoes++ % 8] = *e;
}

static void hear_talker(void *to, const struct fact_talker *t)
{
	struct heard *h = to;

	h->talker[h->talkers++ % 8] = *t;
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

static const struct ip_addr *a_host(uint8_t n)
{
	static struct ip_addr a[4];

	a[n] = ip4_make(10, 0, 0, n);
	return &a[n];
}

/* A packet of @body from host @src to @dst, as a frame of a raw capture at @ms. */
static void put_frame(FILE *f, uint32_t ms, uint8_t proto, uint8_t src, uint8_t dst,
		      struct span body)
{
	uint8_t buf[512];
	struct wcur c = wcur(buf, sizeof(buf));
	struct packet_spec spec = {
		.src = a_host(src), .dst = a_host(dst), .proto = proto, .ttl = 9, .payload = body
	};
	uint32_t head[4] = { 1000, ms * 1000 };

	CHECK_EQ(packet_build(&spec, &c), 0);
	head[2] = head[3] = (uint32_t)wcur_len(&c);
	CHECK_EQ(fwrite(head, sizeof(head), 1, f), 1);
	CHECK_EQ(fwrite(buf, wcur_len(&c), 1, f), 1);
}

static void put_echo(FILE *f, uint32_t ms, uint8_t type, uint8_t src, uint8_t dst, uint16_t seq,
		     bool spoil)
{
	struct icmp4_msg m = { .type = type, .rest = 7u << 16 | seq };
	uint8_t buf[64];
	struct wcur c = wcur(buf, sizeof(buf));

	CHECK_EQ(icmp4_build(&m, &c), 0);
	buf[4] ^= spoil;
	put_frame(f, ms, IP_PROTO_ICMP4, src, dst, (struct span){ buf, wcur_len(&c) });
}

/* Host 2 tells host 1 that its UDP port 53 is closed. */
static void put_closed(FILE *f, uint32_t ms)
{
	uint8_t quote[64], udp[8] = { 0x9c, 0x40, 0, 53, 0, 8 }, buf[128];
	struct wcur q = wcur(quote, sizeof(quote)), c = wcur(buf, sizeof(buf));
	struct packet_spec spec = {
		.src = a_host(1), .dst = a_host(2), .proto = IP_PROTO_UDP, .payload = { udp, 8 }
	};
	struct icmperr e = { .family = 4, .type = 3, .code = 3 };

	CHECK_EQ(packet_build(&spec, &q), 0);
	e.quote.octets = (struct span){ quote, wcur_len(&q) };
	CHECK_EQ(icmperr_build(&e, NULL, NULL, &c), 0);
	put_frame(f, ms, IP_PROTO_ICMP4, 2, 1, (struct span){ buf, wcur_len(&c) });
}

/* Three requests, two replies, two errors, one packet with a wrong sum. @cut: octets that are missing at the end. */
static void write_capture(char path[static 32], size_t cut)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 101 };
	FILE *f;
	int fd;

	strcpy(path, "/tmp/sonde-watch-XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0);
	f = fdopen(fd, "wb");
	CHECK(f && fwrite(head, sizeof(head), 1, f) == 1);
	for (uint16_t seq = 1; seq <= 3; seq++) {
		put_echo(f, seq * 10, 8, 1, 2, seq, false);
		if (seq < 3)
			put_echo(f, seq * 10 + 5, 0, 2, 1, seq, false);
	}
	put_closed(f, 30);
	put_closed(f, 40);
	put_echo(f, 50, 8, 1, 3, 1, true);
	CHECK_EQ(fflush(f), 0);
	CHECK_EQ(ftruncate(fd, ftell(f) - (long)cut), 0);
	fclose(f);
}

static int run(const char *const *file, size_t n, const char *filter, bool counts, struct heard *h,
	       struct fact_watch_sum *sum, struct err *err)
{
	const struct flow_watch_conf conf = {
		.file = file, .file_n = n, .filter = filter, .counts = counts, .top = 2
	};
	const struct flow_watch_tell tell = { .count = hear_count,
					      .failure = hear_failure,
					      .echo = hear_echo,
					      .talker = hear_talker,
					      .fault = hear_fault,
					      .progress = hear_progress,
					      .stop = go_on,
					      .to = h };

	memset(h, 0, sizeof(*h));
	return flow_watch_run(&conf, &tell, sum, err);
}

TEST(a_file_is_told_as_counts_failures_pings_and_talkers)
{
	char path[32];
	const char *file = path;
	struct fact_watch_sum sum;
	struct heard h;
	struct err err;

	write_capture(path, 0);
	CHECK_EQ(run(&file, 1, NULL, false, &h, &sum, &err), 0);
	unlink(path);
	CHECK_EQ(h.counts, 3);
	CHECK_EQ(h.count[0].icmp_type, 0);
	CHECK_EQ(h.count[0].packets, 2);
	CHECK_STR(h.count[1].name, "port-unreachable");
	CHECK_EQ(h.count[2].packets, 4);
	CHECK_EQ(h.failures, 1);
	CHECK_EQ(h.failure[0].count, 2);
	CHECK_STR(h.failure[0].proto, "udp");
	CHECK_EQ(h.failure[0].dport, 53);
	CHECK_EQ(h.failure[0].last - h.failure[0].first, 10 * NS_PER_MS);
	CHECK_STR(h.hint, "nothing listens on UDP 53 there");
	CHECK_EQ(h.echoes, 1);
	CHECK_EQ(h.echo[0].requests, 3);
	CHECK_EQ(h.echo[0].replies, 2);
	CHECK_EQ(h.echo[0].loss, 0); /* the third one may still be answered */
	CHECK_EQ(h.echo[0].rtt_us.min, 5 * NS_PER_MS);
	CHECK_EQ(h.talkers, 4);
	CHECK_EQ(h.talker[0].role, FACT_TALKER_SOURCE);
	CHECK_EQ(sum.frames, 8);
	CHECK_EQ(sum.icmp, 8);
	CHECK_EQ(sum.bad_checksum, 1);
	CHECK_EQ(sum.errors, 2);
	CHECK_EQ(sum.files, 1);
	CHECK_EQ(sum.dropped, FACT_NONE);
}

TEST(with_counts_alone_the_rest_is_not_known)
{
	char path[32];
	const char *file = path;
	struct fact_watch_sum sum;
	struct heard h;
	struct err err;

	write_capture(path, 0);
	CHECK_EQ(run(&file, 1, NULL, true, &h, &sum, &err), 0);
	unlink(path);
	CHECK_EQ(h.counts, 3);
	CHECK_EQ(h.failures + h.echoes + h.talkers, 0);
	CHECK_EQ(sum.icmp, 8);
	CHECK_EQ(sum.failures, FACT_NONE);
	CHECK_EQ(sum.bad_checksum, FACT_NONE);
}

TEST(a_cut_file_is_told_and_the_others_go_on)
{
	char cut[32], good[32];
	const char *const files[] = { cut, good };
	struct fact_watch_sum sum;
	struct heard h;
	struct err err;

	write_capture(cut, 3);
	write_capture(good, 0);
	CHECK_EQ(run(files, 2, "icmp", false, &h, &sum, &err), 1);
	unlink(cut);
	unlink(good);
	CHECK_EQ(h.faults, 1);
	CHECK_HAS(h.fault, cut);
	CHECK_EQ(sum.frames, 15);
	CHECK_EQ(sum.files, 2);
}

TEST(what_cannot_be_watched_is_refused_before_anything_is_told)
{
	const char *none = "/nonexistent/capture", *junk = "/proc/self/cmdline";
	struct fact_watch_sum sum;
	struct heard h;
	struct err err;

	CHECK_EQ(run(&none, 1, NULL, false, &h, &sum, &err), -ENOENT);
	CHECK_HAS(err.text, "/nonexistent/capture");
	CHECK_EQ(run(&junk, 1, NULL, false, &h, &sum, &err), -EBADMSG);
	CHECK_EQ(run(&junk, 1, "host and", false, &h, &sum, &err), -EINVAL);
	CHECK_EQ(h.counts, 0);
}
