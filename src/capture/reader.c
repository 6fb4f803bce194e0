/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Classic capture files, and what both formats share. Source: draft-ietf-opsawg-pcap. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/link.h"
#include "capture/reader.h"
#include "watch/sight.h"

#define FILE_HDR_LEN  24
#define FRAME_HDR_LEN 16
#define LINK_MASK     0x03ffffffu /* above it are the length of frame check sequences and its flag */

#define MAGIC_US       0xa1b2c3d4u
#define MAGIC_NS       0xa1b23c4du
#define MAGIC_MODIFIED 0xa1b2cd34u /* Kuznetzov's: frame headers are longer */
#define MAGIC_SECTION  0x0a0d0d0au /* pcapng; the same in both orders */

int reader_cut(struct reader *r, const char *within)
{
	if (r->in.error == -EBADMSG)
		snprintf(r->why, sizeof(r->why), "damaged gzip");
	else if (r->in.error)
		snprintf(r->why, sizeof(r->why), "%s", strerror(-r->in.error));
	else
		snprintf(r->why, sizeof(r->why), "it ends within %s", within);
	return -EIO;
}

int reader_damaged(struct reader *r, const char *what)
{
	snprintf(r->why, sizeof(r->why), "damaged: %s", what);
	return -EIO;
}

int reader_iface_add(struct reader *r, const struct reader_iface *iface)
{
	if (r->iface_n >= CAPTURE_IFACES_MAX)
		return -E2BIG;
	if (r->iface_n == r->iface_room) {
		uint32_t room = r->iface_room ? 2 * r->iface_room : 4;
		struct reader_iface *more = realloc(r->iface, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		r->iface = more;
		r->iface_room = room;
	}
	r->iface[r->iface_n++] = *iface;
	return 0;
}

static int begin_pcap(struct reader *r, uint64_t per_s)
{
	struct reader_iface iface = { .per_s = per_s };
	const uint8_t *p = stream_need(&r->in, FILE_HDR_LEN);

	if (!p)
		return reader_cut(r, "its header");
	if (reader_u16(r, p + 4) != 2) {
		snprintf(r->why, sizeof(r->why), "version %u of the format is not known",
			 reader_u16(r, p + 4));
		return -EINVAL;
	}
	iface.link = capture_link(reader_u32(r, p + 20) & LINK_MASK);
	r->in.at += FILE_HDR_LEN;
	return reader_iface_add(r, &iface);
}

int reader_begin(struct reader *r)
{
	const uint8_t *p = stream_need(&r->in, 4);
	uint32_t magic;

	if (!p && r->in.error)
		return reader_cut(r, "");
	if (!p) {
		snprintf(r->why, sizeof(r->why), "no capture file: it is empty");
		return -EINVAL;
	}
	for (int swap = 0; swap < 2; swap++) {
		r->swap = swap;
		magic = reader_u32(r, p);
		if (magic == MAGIC_US)
			return begin_pcap(r, 1000000);
		if (magic == MAGIC_NS)
			return begin_pcap(r, NS_PER_S);
		if (magic == MAGIC_SECTION) {
			r->pcapng = true;
			return 0;
		}
		if (magic == MAGIC_MODIFIED) {
			snprintf(r->why, sizeof(r->why),
				 "the modified pcap format of Linux 2.x is not read");
			return -EINVAL;
		}
	}
	snprintf(r->why, sizeof(r->why), "neither pcap nor pcapng, plain or gzip");
	return -EINVAL;
}

int reader_next(struct reader *r, struct capture_frame *ret)
{
	const uint8_t *p;
	uint32_t len, wire;
	uint64_t part;

	if (r->pcapng)
		return pcapng_next(r, ret);
	p = stream_need(&r->in, FRAME_HDR_LEN);
	if (!p) {
		if (r->in.end == r->in.at && !r->in.error)
			return 0;
		return reader_cut(r, "a frame's header");
	}
	len = reader_u32(r, p + 8);
	wire = reader_u32(r, p + 12);
	if (len > CAPTURE_FRAME_MAX)
		return reader_damaged(r, "a frame longer than any link's");
	part = reader_u32(r, p + 4);
	ret->t_ns =
		reader_u32(r, p) * NS_PER_S + (r->iface[0].per_s == NS_PER_S ? part : part * 1000);
	p = stream_need(&r->in, FRAME_HDR_LEN + len);
	if (!p)
		return reader_cut(r, "a frame");
	ret->octets = (struct span){ p + FRAME_HDR_LEN, len };
	ret->wire_len = MAX(wire, len);
	ret->link = r->iface[0].link;
	ret->way = SIGHT_PASSING;
	ret->again = false;
	ret->source = 0;
	ret->number = ++r->number;
	r->in.at += FRAME_HDR_LEN + len;
	return 1;
}

void reader_close(struct reader *r)
{
	stream_close(&r->in);
	free(r->iface);
	r->iface = NULL;
}
