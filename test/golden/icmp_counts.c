/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * icmp_counts FILE: the outermost ICMP header of every frame of a capture ("-": standard
 * input), counted. Writes a line "family type code frames" each, "?" for what the capture
 * cut off, and last "frames N".
 */
#include <stdio.h>

#include "pio/pcapfile.h"
#include "wire/packet.h"

#define CUT 256 /* in place of a type or code that is not there */

/* [is IPv6][type][code] */
static unsigned count[2][CUT + 1][CUT + 1];

static void write_number(unsigned n)
{
	if (n == CUT)
		printf("? ");
	else
		printf("%u ", n);
}

static void write_counts(unsigned long frames)
{
	for (unsigned six = 0; six < 2; six++)
		for (unsigned type = 0; type <= CUT; type++)
			for (unsigned code = 0; code <= CUT; code++) {
				if (!count[six][type][code])
					continue;
				printf("%d ", six ? 6 : 4);
				write_number(type);
				write_number(code);
				printf("%u\n", count[six][type][code]);
			}
	printf("frames %lu\n", frames);
}

static void count_frame(enum link_type link, struct span frame)
{
	struct packet pkt;

	if (packet_parse(link, frame, &pkt) < 0 || !pkt.icmp)
		return;
	count[pkt.family == 6][pkt.l4.len > 0 ? pkt.icmp_type : CUT]
	     [pkt.l4.len > 1 ? pkt.icmp_code : CUT]++;
}

int main(int argc, char **argv)
{
	AUTO(pcapfile_closep) struct pcapfile *file = NULL;
	struct pcapfile_frame frame;
	unsigned long frames = 0;
	struct err err;
	int r;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FILE\n", argv[0]);
		return 2;
	}
	r = pcapfile_open(argv[1], &file, &err);
	while (r >= 0 && (r = pcapfile_next(file, &frame, &err)) > 0) {
		count_frame(pcapfile_link(file), frame.octets);
		frames++;
	}
	if (r < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	write_counts(frames);
	return 0;
}
