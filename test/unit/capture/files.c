/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cur.h"
#include "test.h"
#include "watch/sight.h"

#define ROOM 4096

/* A capture being made, in big-endian or little-endian order. */
struct made {
	uint8_t octet[ROOM];
	size_t n;
	bool little;
};

static void put(struct made *m, uint64_t v, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		m->octet[m->n++] = (uint8_t)(v >> 8 * (m->little ? i : len - 1 - i));
}

static void put_text(struct made *m, const char *text, size_t padded)
{
	for (size_t i = 0; i < padded; i++)
		m->octet[m->n++] = i < strlen(text) ? (uint8_t)text[i] : 0;
}

static void pcap_begin(struct made *m, uint32_t magic, uint32_t linktype)
{
	put(m, magic, 4);
	put(m, 2, 2);
	put(m, 4, 2);
	put(m, 0, 8);
	put(m, 65535, 4);
	put(m, linktype, 4);
}

static void pcap_frame(struct made *m, uint32_t s, uint32_t part, const char *text, uint32_t wire)
{
	put(m, s, 4);
	put(m, part, 4);
	put(m, strlen(text), 4);
	put(m, wire, 4);
	put_text(m, text, strlen(text));
}

static void section(struct made *m)
{
	put(m, 0x0a0d0d0a, 4);
	put(m, 28, 4);
	put(m, 0x1a2b3c4d, 4);
	put(m, 1, 2);
	put(m, 0, 2);
	put(m, UINT64_MAX, 8);
	put(m, 28, 4);
}

/* @resolution 0: the option is not there. */
static void iface(struct made *m, uint16_t linktype, uint8_t resolution, int64_t offset)
{
	uint32_t len = 20 + (resolution ? 8 : 0) + (offset ? 12 : 0) + 4;

	put(m, 1, 4);
	put(m, len, 4);
	put(m, linktype, 2);
	put(m, 0, 2);
	put(m, 65535, 4);
	if (resolution) {
		put(m, 9, 2);
		put(m, 1, 2);
		m->octet[m->n++] = resolution;
		m->n += 3;
	}
	if (offset) {
		put(m, 14, 2);
		put(m, 8, 2);
		put(m, (uint64_t)offset, 8);
	}
	put(m, 0, 4);
	put(m, len, 4);
}

static void enhanced(struct made *m, uint32_t number, uint64_t t, const char *text, uint32_t flags)
{
	uint32_t padded = ((uint32_t)strlen(text) + 3) / 4 * 4,
		 len = 32 + padded + (flags ? 12 : 0);

	put(m, 6, 4);
	put(m, len, 4);
	put(m, number, 4);
	put(m, t >> 32, 4);
	put(m, t & 0xffffffff, 4);
	put(m, strlen(text), 4);
	put(m, strlen(text), 4);
	put_text(m, text, padded);
	if (flags) {
		put(m, 2, 2);
		put(m, 4, 2);
		put(m, flags, 4);
		put(m, 0, 4);
	}
	put(m, len, 4);
}

static struct span span_of(const struct made *m)
{
	return (struct span){ m->octet, m->n };
}

static int open_made(const struct made *m, struct capture_files **ret, struct err *err)
{
	return capture_files_of(span_of(m), ret, err);
}

/* One line a frame. */
static void check_frame(struct capture_files *f, const char *text, uint64_t t_ns,
			enum link_type link, uint8_t way)
{
	struct capture_frame got;
	struct err err;

	CHECK_EQ(capture_files_next(f, &got, &err), 1);
	CHECK_EQ(got.octets.len, strlen(text));
	CHECK_MEM(got.octets.p, text, strlen(text));
	CHECK_EQ(got.t_ns, t_ns);
	CHECK_EQ(got.link, link);
	CHECK_EQ(got.way, way);
}

TEST(pcap_of_either_order_and_resolution_is_read)
{
	static const struct {
		uint32_t magic;
		uint64_t ns;
	} kinds[] = { { 0xa1b2c3d4, 7000 }, { 0xa1b23c4d, 7 } };

	for (int i = 0; i < 4; i++) {
		AUTO(capture_files_closep) struct capture_files *f = NULL;
		struct made m = { .little = i & 1 };
		struct capture_frame end;
		struct err err;

		pcap_begin(&m, kinds[i / 2].magic, 1);
		pcap_frame(&m, 1000, 7, "abcd", 60);
		pcap_frame(&m, 1001, 0, "e", 1);
		CHECK_EQ(open_made(&m, &f, &err), 0);
		check_frame(f, "abcd", 1000 * NS_PER_S + kinds[i / 2].ns, LINK_ETHERNET,
			    SIGHT_PASSING);
		check_frame(f, "e", 1001 * NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
		CHECK_EQ(capture_files_next(f, &end, &err), 0);
		CHECK_EQ(capture_files_next(f, &end, &err), 0);
	}
}

TEST(frames_tell_number_and_length_on_the_wire)
{
	AUTO(capture_files_closep) struct capture_files *f = NULL;
	struct made m = { .n = 0 };
	struct capture_frame a, b;
	struct err err;

	pcap_begin(&m, 0xa1b2c3d4, 101);
	pcap_frame(&m, 1, 0, "abcd", 60);
	pcap_frame(&m, 1, 0, "abcd", 2); /* a wire length below what is there is nonsense */
	CHECK_EQ(open_made(&m, &f, &err), 0);
	CHECK_EQ(capture_files_next(f, &a, &err), 1);
	CHECK_EQ(capture_files_next(f, &b, &err), 1);
	CHECK_EQ(a.number, 1);
	CHECK_EQ(b.number, 2);
	CHECK_EQ(a.wire_len, 60);
	CHECK_EQ(b.wire_len, 4);
	CHECK_EQ(a.link, LINK_RAW);
}

TEST(what_is_no_capture_is_refused_with_the_reason)
{
	static const struct {
		const char *octets;
		size_t len;
		int r;
		const char *why;
	} cases[] = {
		{ "", 0, -EINVAL, "empty" },
		{ "abc", 3, -EINVAL, "empty" },
		{ "hello, world, this is text", 26, -EINVAL, "neither pcap nor pcapng" },
		{ "\xa1\xb2\xcd\x34", 4, -EINVAL, "modified pcap" },
		{ "\xa1\xb2\xc3\xd4\0\2", 6, -EIO, "ends within its header" },
		{ "\xa1\xb2\xc3\xd4\0\7\0\4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\1", 24, -EINVAL,
		  "version 7" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct capture_files *f = NULL;
		struct err err = { .text = "" };

		CHECK_EQ(capture_files_of(
				 (struct span){ (const uint8_t *)cases[i].octets, cases[i].len },
				 &f, &err),
			 cases[i].r);
		CHECK(f == NULL);
		CHECK(strstr(err.text, cases[i].why));
	}
}

TEST(a_file_cut_anywhere_gives_all_frames_before_and_says_so_once)
{
	struct made m = { .n = 0 };

	pcap_begin(&m, 0xa1b2c3d4, 1);
	pcap_frame(&m, 1, 0, "abcd", 4);
	pcap_frame(&m, 2, 0, "efgh", 4);
	for (size_t len = 45; len < m.n; len++) {
		AUTO(capture_files_closep) struct capture_files *f = NULL;
		struct capture_frame frame;
		struct err err;

		CHECK_EQ(capture_files_of((struct span){ m.octet, len }, &f, &err), 0);
		check_frame(f, "abcd", NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
		CHECK_EQ(capture_files_next(f, &frame, &err), -EIO);
		CHECK(strstr(err.text, "ends within a frame"));
		CHECK_EQ(capture_files_next(f, &frame, &err), 0);
	}
}

TEST(a_frame_longer_than_any_is_damage)
{
	AUTO(capture_files_closep) struct capture_files *f = NULL;
	struct made m = { .n = 0 };
	struct capture_frame frame;
	struct err err;

	pcap_begin(&m, 0xa1b2c3d4, 1);
	put(&m, 0, 8);
	put(&m, CAPTURE_FRAME_MAX + 1, 4);
	put(&m, 60, 4);
	CHECK_EQ(open_made(&m, &f, &err), 0);
	CHECK_EQ(capture_files_next(f, &frame, &err), -EIO);
	CHECK(strstr(err.text, "damaged"));
}

TEST(link_types_that_are_not_opened_are_told_not_refused)
{
	AUTO(capture_files_closep) struct capture_files *f = NULL;
	struct made m = { .n = 0 };
	struct err err;

	pcap_begin(&m, 0xa1b2c3d4, 147);
	pcap_frame(&m, 1, 0, "abcd", 4);
	CHECK_EQ(open_made(&m, &f, &err), 0);
	check_frame(f, "abcd", NS_PER_S, LINK_TYPES, SIGHT_PASSING);
}

TEST(pcapng_interfaces_have_links_clocks_and_directions_of_their_own)
{
	for (int little = 0; little < 2; little++) {
		AUTO(capture_files_closep) struct capture_files *f = NULL;
		struct made m = { .little = little };
		struct capture_frame end;
		struct err err;

		section(&m);
		iface(&m, 1, 0, 0);
		iface(&m, 101, 9, 0);
		iface(&m, 113, 0x80 | 10, 5);
		enhanced(&m, 0, 1000007, "abcd", 1);
		put(&m, 4711, 4); /* a block nobody knows */
		put(&m, 16, 4);
		put(&m, 0, 4);
		put(&m, 16, 4);
		enhanced(&m, 1, 1000007, "efg", 2);
		enhanced(&m, 2, 3 * 1024 + 512, "h", 0);
		CHECK_EQ(open_made(&m, &f, &err), 0);
		check_frame(f, "abcd", NS_PER_S + 7000, LINK_ETHERNET, SIGHT_IN);
		check_frame(f, "efg", 1000007, LINK_RAW, SIGHT_OUT);
		check_frame(f, "h", 8 * NS_PER_S + NS_PER_S / 2, LINK_SLL, SIGHT_PASSING);
		CHECK_EQ(capture_files_next(f, &end, &err), 0);
	}
}

TEST(a_new_pcapng_section_has_its_own_order_and_interfaces)
{
	AUTO(capture_files_closep) struct capture_files *f = NULL;
	struct made m = { .little = false };
	struct capture_frame frame;
	struct err err;

	section(&m);
	iface(&m, 1, 0, 0);
	enhanced(&m, 0, 1, "a", 0);
	m.little = true;
	section(&m);
	iface(&m, 101, 0, 0);
	enhanced(&m, 0, 2, "b", 0);
	enhanced(&m, 1, 3, "c", 0);
	CHECK_EQ(open_made(&m, &f, &err), 0);
	check_frame(f, "a", 1000, LINK_ETHERNET, SIGHT_PASSING);
	check_frame(f, "b", 2000, LINK_RAW, SIGHT_PASSING);
	CHECK_EQ(capture_files_next(f, &frame, &err), -EIO);
	CHECK(strstr(err.text, "not described"));
}

TEST(simple_and_obsolete_pcapng_packets_are_read)
{
	AUTO(capture_files_closep) struct capture_files *f = NULL;
	struct made m = { .little = true };
	struct err err;

	section(&m);
	iface(&m, 1, 0, 0);
	put(&m, 2, 4); /* obsolete: interface and drops share a word */
	put(&m, 36, 4);
	put(&m, 0, 2);
	put(&m, 9, 2);
	put(&m, 0, 4);
	put(&m, 5000000, 4);
	put(&m, 3, 4);
	put(&m, 3, 4);
	put_text(&m, "old", 4);
	put(&m, 36, 4);
	put(&m, 3, 4); /* simple: no time, no interface */
	put(&m, 20, 4);
	put(&m, 2, 4);
	put_text(&m, "xy", 4);
	put(&m, 20, 4);
	CHECK_EQ(open_made(&m, &f, &err), 0);
	check_frame(f, "old", 5 * NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
	check_frame(f, "xy", 5 * NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
}

static void write_file(char *path, struct span octets)
{
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, octets.p, octets.len), octets.len);
	close(fd);
}

TEST(several_files_come_in_order_of_time)
{
	AUTO(capture_files_closep) struct capture_files *f = NULL;
	char a[] = "/tmp/sonde-capture-XXXXXX", b[] = "/tmp/sonde-capture-XXXXXX";
	const char *paths[] = { a, b };
	struct made m = { .n = 0 }, n = { .little = true };
	struct capture_frame frame;
	struct err err;

	pcap_begin(&m, 0xa1b2c3d4, 1);
	pcap_frame(&m, 1, 0, "1", 1);
	pcap_frame(&m, 4, 0, "4", 1);
	section(&n);
	iface(&n, 1, 0, 0);
	enhanced(&n, 0, 2000000, "2", 0);
	enhanced(&n, 0, 3000000, "3", 0);
	put(&n, 6, 4); /* cut: told, and the other file goes on */
	write_file(a, span_of(&m));
	write_file(b, span_of(&n));
	CHECK_EQ(capture_files_open(paths, 2, &f, &err), 0);
	check_frame(f, "1", NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
	check_frame(f, "2", 2 * NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
	check_frame(f, "3", 3 * NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
	CHECK_EQ(capture_files_next(f, &frame, &err), -EIO);
	CHECK(strstr(err.text, b));
	CHECK_EQ(capture_files_next(f, &frame, &err), 1);
	CHECK_EQ(frame.source >> 12, 0);
	CHECK_MEM(frame.octets.p, "4", 1);
	CHECK_EQ(capture_files_next(f, &frame, &err), 0);
	CHECK(capture_files_done(f) == 1);
	unlink(a);
	unlink(b);
}

TEST(gzip_is_read_and_its_damage_told)
{
	char path[] = "/tmp/sonde-capture-XXXXXX";
	const char *paths[] = { path };
	struct made m = { .n = 0 };
	struct err err;
	uint8_t packed[ROOM];
	gzFile gz;
	ssize_t n;
	int fd;

	pcap_begin(&m, 0xa1b2c3d4, 1);
	pcap_frame(&m, 1, 0, "abcd", 4);
	pcap_frame(&m, 2, 0, "efgh", 4);
	write_file(path, (struct span){ (const uint8_t *)"", 0 });
	/* Two members, as cat makes of two files; the second begins within a frame. */
	gz = gzopen(path, "wb");
	CHECK_EQ(gzwrite(gz, m.octet, 50), 50);
	gzclose(gz);
	gz = gzopen(path, "ab");
	CHECK_EQ(gzwrite(gz, m.octet + 50, (unsigned)m.n - 50), m.n - 50);
	gzclose(gz);
	for (int cut = 0; cut < 2; cut++) {
		AUTO(capture_files_closep) struct capture_files *f = NULL;
		struct capture_frame frame;

		CHECK_EQ(capture_files_open(paths, 1, &f, &err), 0);
		check_frame(f, "abcd", NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
		if (!cut) {
			check_frame(f, "efgh", 2 * NS_PER_S, LINK_ETHERNET, SIGHT_PASSING);
			CHECK_EQ(capture_files_next(f, &frame, &err), 0);
		} else {
			CHECK_EQ(capture_files_next(f, &frame, &err), -EIO);
			CHECK(strstr(err.text, "damaged gzip"));
		}
		fd = open(path, O_RDWR);
		n = read(fd, packed, sizeof(packed));
		CHECK(n > 30);
		/* The last member loses its end, and more than its checksum. */
		CHECK_EQ(ftruncate(fd, n - 20), 0);
		close(fd);
	}
	unlink(path);
}

TEST(a_file_that_is_not_there_is_named)
{
	const char *paths[] = { "/nonexistent/x.pcap" };
	struct capture_files *f = NULL;
	struct err err;

	CHECK_EQ(capture_files_open(paths, 1, &f, &err), -ENOENT);
	CHECK(f == NULL);
	CHECK(strstr(err.text, "/nonexistent/x.pcap"));
	CHECK_EQ(capture_files_open(paths, 0, &f, &err), -E2BIG);
}
