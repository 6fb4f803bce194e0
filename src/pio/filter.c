/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pio/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

/* After pcap's header, which has its own names for the same instructions. */
#include <linux/filter.h>

#define SLL_LEN     16 /* octets of the "cooked" header that libpcap compiles for */
#define SLL_TYPE_AT 14 /* where that header has the EtherType */

/*
 * The socket shows packets from the network header on, and the rest as the kernel's ancillary data:
 * what libpcap does itself on its "cooked" handles (its pcap-linux.c).
 */
static int shift_load(struct sock_filter *f)
{
	unsigned mode = BPF_MODE(f->code);

	if ((BPF_CLASS(f->code) != BPF_LD && BPF_CLASS(f->code) != BPF_LDX) ||
	    (mode != BPF_ABS && mode != BPF_IND && mode != BPF_MSH))
		return 0;
	if (f->k >= (uint32_t)SKF_AD_OFF)
		return 0;
	if (f->k >= SLL_LEN)
		f->k -= SLL_LEN;
	else if (f->k == SLL_TYPE_AT)
		f->k = (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL);
	else if (f->k == 0)
		f->k = (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE);
	else
		return -EINVAL;
	return 0;
}

static int take_program(const struct bpf_program *p, struct filter *ret_filter)
{
	struct filter f = { .n = (uint16_t)p->bf_len };

	f.insn = calloc(p->bf_len, sizeof(*f.insn));
	if (!f.insn)
		return -ENOMEM;
	for (unsigned i = 0; i < p->bf_len; i++) {
		const struct bpf_insn *from = &p->bf_insns[i];

		f.insn[i] = (struct sock_filter){ from->code, from->jt, from->jf, from->k };
		if (shift_load(&f.insn[i]) < 0) {
			filter_done(&f);
			return -EINVAL;
		}
	}
	*ret_filter = f;
	return 0;
}

int filter_compile(const char *text, struct filter *ret_filter, struct err *err)
{
	pcap_t *pcap = pcap_open_dead(DLT_LINUX_SLL, FILTER_KEPT_MAX);
	struct bpf_program program;
	int r;

	if (!pcap)
		return err_set(err, -ENOMEM, "compiling a packet filter: out of memory");
	if (pcap_compile(pcap, &program, text ? text : "", 1, PCAP_NETMASK_UNKNOWN) < 0) {
		r = err_set(err, -EINVAL, "packet filter '%.80s': %s", text ? text : "",
			    pcap_geterr(pcap));
		pcap_close(pcap);
		return r;
	}
	r = take_program(&program, ret_filter);
	pcap_freecode(&program);
	pcap_close(pcap);
	if (r == -EINVAL)
		return err_set(err, r,
			       "packet filter '%.80s': only IP, ARP and above can be asked for",
			       text);
	return r < 0 ? err_set(err, r, "compiling a packet filter: out of memory") : 0;
}

void filter_done(struct filter *f)
{
	free(f->insn);
	*f = (struct filter){ 0 };
}
