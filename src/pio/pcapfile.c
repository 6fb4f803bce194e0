/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/pcapfile.h"

#include <errno.h>
#include <stdlib.h>

#include <pcap/pcap.h>

#define DLT_RAW_BSD 14 /* what OpenBSD calls DLT_RAW, which is 12 elsewhere */

struct pcapfile {
	pcap_t *pcap;
	enum link_type link;
};

/* False: none that wire/link.h opens. */
static bool link_of(int dlt, enum link_type *ret_link)
{
	static const struct {
		int dlt;
		enum link_type link;
	} known[] = {
		{ DLT_EN10MB, LINK_ETHERNET },
		{ DLT_RAW, LINK_RAW },
		{ DLT_RAW_BSD, LINK_RAW },
		{ DLT_IPV4, LINK_RAW },
		{ DLT_IPV6, LINK_RAW },
		{ DLT_NULL, LINK_NULL },
		{ DLT_LOOP, LINK_NULL },
		{ DLT_LINUX_SLL, LINK_SLL },
		{ DLT_LINUX_SLL2, LINK_SLL2 },
		{ DLT_PPP, LINK_PPP },
		{ DLT_PPP_SERIAL, LINK_PPP },
		{ DLT_PPP_ETHER, LINK_PPP_ETHER },
		{ DLT_C_HDLC, LINK_CHDLC },
		{ DLT_FRELAY, LINK_FRELAY },
		{ DLT_ARCNET, LINK_ARCNET },
		{ DLT_ARCNET_LINUX, LINK_ARCNET_LINUX },
		{ DLT_IPOIB, LINK_IPOIB },
		{ DLT_SLIP, LINK_SLIP },
		{ DLT_DSA_TAG_BRCM, LINK_BRCM_TAG },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].dlt == dlt) {
			*ret_link = known[i].link;
			return true;
		}
	}
	return false;
}

int pcapfile_open(const char *path, struct pcapfile **ret_file, struct err *err)
{
	AUTO(pcapfile_closep) struct pcapfile *file = calloc(1, sizeof(*file));
	char why[PCAP_ERRBUF_SIZE] = "";
	const char *name;
	int dlt;

	if (!file)
		return err_set(err, -ENOMEM, "%s: out of memory", path);
	file->pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!file->pcap)
		return err_set(err, -EIO, "%s: not a capture file that can be read: %s", path, why);
	dlt = pcap_datalink(file->pcap);
	if (!link_of(dlt, &file->link)) {
		name = pcap_datalink_val_to_name(dlt);
		return err_set(err, -EPROTONOSUPPORT,
			       "%s: link type %s (%d) is not one Sonde reads", path,
			       name ? name : "unnamed", dlt);
	}
	*ret_file = file;
	file = NULL;
	return 0;
}

enum link_type pcapfile_link(const struct pcapfile *file)
{
	return file->link;
}

int pcapfile_next(struct pcapfile *file, struct pcapfile_frame *ret_frame, struct err *err)
{
	struct pcap_pkthdr *hdr;
	const u_char *octets;
	int r = pcap_next_ex(file->pcap, &hdr, &octets);

	if (r == PCAP_ERROR_BREAK)
		return 0;
	if (r != 1)
		return err_set(err, -EIO, "reading a frame: %s", pcap_geterr(file->pcap));

	*ret_frame = (struct pcapfile_frame){
		.octets = { octets, hdr->caplen },
		.wire_len = MAX(hdr->len, hdr->caplen),
		.t_ns = (uint64_t)hdr->ts.tv_sec * NS_PER_S + (uint64_t)hdr->ts.tv_usec,
	};
	return 1;
}

void pcapfile_close(struct pcapfile *file)
{
	if (!file)
		return;
	if (file->pcap)
		pcap_close(file->pcap);
	free(file);
}

void pcapfile_closep(struct pcapfile **file)
{
	pcapfile_close(*file);
}
