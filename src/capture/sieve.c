/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/sieve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#define KEPT_MAX 262144

struct sieve {
	char *text;
	char fault[sizeof(struct err) + 64];
	bool faulty; /* .fault was not told yet */
	struct link_filter {
		bool tried, good;
		struct bpf_program program;
	} link[LINK_TYPES];
};

/* libpcap's number for the kind of link; -1: it has none. */
static int dlt_of(enum link_type link)
{
	switch (link) {
	case LINK_ETHERNET:
		return DLT_EN10MB;
	case LINK_RAW:
		return DLT_RAW;
	case LINK_NULL:
		return DLT_NULL;
	case LINK_SLL:
		return DLT_LINUX_SLL;
	case LINK_SLL2:
		return DLT_LINUX_SLL2;
	case LINK_PPP:
		return DLT_PPP;
	case LINK_PPP_ETHER:
		return DLT_PPP_ETHER;
	case LINK_CHDLC:
		return DLT_C_HDLC;
	case LINK_FRELAY:
		return DLT_FRELAY;
	case LINK_ARCNET:
		return DLT_ARCNET;
	case LINK_ARCNET_LINUX:
		return DLT_ARCNET_LINUX;
	case LINK_IPOIB:
		return DLT_IPOIB;
	case LINK_SLIP:
		return DLT_SLIP;
	case LINK_BRCM_TAG:
		return DLT_DSA_TAG_BRCM;
	case LINK_TYPES:
		break;
	}
	return -1;
}

static int compile(struct sieve *s, enum link_type link, struct err *err)
{
	pcap_t *pcap = pcap_open_dead(dlt_of(link), KEPT_MAX);
	struct link_filter *f = &s->link[link];
	int r = 0;

	f->tried = true;
	if (!pcap)
		return err_set(err, -ENOMEM, "compiling a packet filter: out of memory");
	if (pcap_compile(pcap, &f->program, s->text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		r = err_set(err, -EINVAL, "packet filter '%.80s': %s", s->text, pcap_geterr(pcap));
	f->good = r == 0;
	pcap_close(pcap);
	return r;
}

int sieve_open(const char *text, struct sieve **ret, struct err *err)
{
	struct sieve *s = calloc(1, sizeof(*s));
	int r;

	if (s)
		s->text = strdup(text);
	if (!s || !s->text) {
		sieve_close(s);
		return err_set(err, -ENOMEM, "compiling a packet filter: out of memory");
	}
	r = compile(s, LINK_ETHERNET, err);
	if (r < 0) {
		sieve_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void sieve_close(struct sieve *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < LINK_TYPES; i++)
		if (s->link[i].good)
			pcap_freecode(&s->link[i].program);
	free(s->text);
	free(s);
}

bool sieve_passes(struct sieve *s, enum link_type link, struct span frame, uint32_t wire_len)
{
	struct err err;

	if (link >= LINK_TYPES)
		return false;
	if (!s->link[link].tried && compile(s, link, &err) < 0) {
		s->faulty = true;
		snprintf(s->fault, sizeof(s->fault), "%s: frames of that link are left out",
			 err.text);
	}
	return s->link[link].good && bpf_filter(s->link[link].program.bf_insns, frame.p, wire_len,
						(unsigned)frame.len) != 0;
}

const char *sieve_fault(struct sieve *s)
{
	if (!s->faulty)
		return NULL;
	s->faulty = false;
	return s->fault;
}
