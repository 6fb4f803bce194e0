/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/pcapfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

/* clang-format off */
/* Microseconds, version 2.4, snaplen 65535, Ethernet; one frame of 60 octets, 4 captured. */
static const uint8_t capture[] = {
	0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 1,
	0x65, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, 60, 'a', 'b', 'c', 'd',
};
/* clang-format on */

#define LINK_AT 23 /* last octet of the link type */

/* Opens what a file of the first @len octets of @octets is; the file is gone afterwards. */
static int open_octets(const uint8_t *octets, size_t len, struct pcapfile **ret, struct err *err)
{
	char path[] = "/tmp/sonde-pcapfile-XXXXXX";
	int fd = mkstemp(path), r;

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, octets, len), len);
	close(fd);
	r = pcapfile_open(path, ret, err);
	unlink(path);
	return r;
}

TEST(pcapfile_reads_every_field)
{
	AUTO(pcapfile_closep) struct pcapfile *file = NULL;
	struct pcapfile_frame f;
	struct err err;

	CHECK_EQ(open_octets(capture, sizeof(capture), &file, &err), 0);
	CHECK_EQ(pcapfile_link(file), LINK_ETHERNET);
	CHECK_EQ(pcapfile_next(file, &f, &err), 1);
	CHECK_EQ(f.octets.len, 4);
	CHECK_MEM(f.octets.p, "abcd", 4);
	CHECK_EQ(f.wire_len, 60);
	CHECK_EQ(f.t_ns, 0x65000000 * NS_PER_S + 7 * NS_PER_US);
	CHECK_EQ(pcapfile_next(file, &f, &err), 0);
	CHECK_EQ(pcapfile_next(file, &f, &err), 0);
}

TEST(pcapfile_knows_nanoseconds)
{
	AUTO(pcapfile_closep) struct pcapfile *file = NULL;
	uint8_t octets[sizeof(capture)];
	struct pcapfile_frame f;

	memcpy(octets, capture, sizeof(capture));
	octets[2] = 0x3c;
	octets[3] = 0x4d;
	CHECK_EQ(open_octets(octets, sizeof(octets), &file, NULL), 0);
	CHECK_EQ(pcapfile_next(file, &f, NULL), 1);
	CHECK_EQ(f.t_ns, 0x65000000 * NS_PER_S + 7);
}

TEST(pcapfile_says_when_a_frame_is_cut_off)
{
	AUTO(pcapfile_closep) struct pcapfile *file = NULL;
	struct pcapfile_frame f = { .wire_len = 99 };
	struct err err;

	CHECK_EQ(open_octets(capture, sizeof(capture) - 1, &file, &err), 0);
	CHECK_EQ(pcapfile_next(file, &f, &err), -EIO);
	CHECK_HAS(err.text, "reading a frame");
	CHECK_EQ(f.wire_len, 99);
}

TEST(pcapfile_refuses_and_leaves_result_alone)
{
	uint8_t octets[sizeof(capture)];
	struct pcapfile *file = NULL;
	struct err err;

	CHECK_EQ(pcapfile_open("/nonexistent/capture", &file, &err), -EIO);
	CHECK_HAS(err.text, "/nonexistent/capture");
	CHECK_EQ(open_octets((const uint8_t *)"no capture at all, only text", 28, &file, &err),
		 -EIO);
	CHECK_HAS(err.text, "not a capture file");
	CHECK_EQ(open_octets(capture, 0, &file, NULL), -EIO);
	memcpy(octets, capture, sizeof(capture));
	octets[LINK_AT] = 105; /* 802.11 */
	CHECK_EQ(open_octets(octets, sizeof(octets), &file, &err), -EPROTONOSUPPORT);
	CHECK_HAS(err.text, "IEEE802_11");
	CHECK(file == NULL);
	pcapfile_close(NULL);
}
