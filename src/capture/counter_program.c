/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/counter_program.h"

#include <errno.h>
#include <string.h>

#include <bpf/libbpf.h>
#include <linux/capability.h>

#include "bpf/counter_octets.h"
#include "sys/caps.h"

static const char *const names[COUNTER_PROGRAMS] = {
	[COUNTER_IN] = "counter_in",           [COUNTER_OUT] = "counter_out",
	[COUNTER_IN_BARE] = "counter_in_bare", [COUNTER_OUT_BARE] = "counter_out_bare",
	[COUNTER_IN_XDP] = "counter_xdp",
};

int counter_program_missing(struct err *err)
{
	return caps_missing("CAP_BPF,CAP_PERFMON,CAP_NET_ADMIN", "counting in the kernel", err);
}

static int refused(int r, struct err *err)
{
	/* Without CAP_PERFMON the verifier is stricter than this program, and says so in several ways. */
	if (r == -EPERM || !(caps_has(CAP_PERFMON) || caps_has(CAP_SYS_ADMIN)))
		return counter_program_missing(err);
	if (r == -ENOMEM)
		return err_set(err, r, "counting in the kernel: out of memory");
	return err_set(err, -EOPNOTSUPP, "counting in the kernel: it refuses the program: %s",
		       strerror(-r));
}

static int find(struct counter_program *p)
{
	for (unsigned i = 0; i < COUNTER_PROGRAMS; i++) {
		const struct bpf_program *prog =
			bpf_object__find_program_by_name(p->object, names[i]);

		if (!prog)
			return -ENOENT;
		p->fd[i] = bpf_program__autoload(prog) ? bpf_program__fd(prog) : -1;
	}
	p->codes = bpf_object__find_map_fd_by_name(p->object, "counter_codes");
	p->rare = bpf_object__find_map_fd_by_name(p->object, "counter_rare");
	p->sums = bpf_object__find_map_fd_by_name(p->object, "counter_sums");
	return MIN(MIN(p->codes, p->rare), MIN(p->sums, 0));
}

int counter_program_init(bool with_xdp, struct counter_program *ret, struct err *err)
{
	struct bpf_object_open_opts opts;
	int r;

	*ret = (struct counter_program){ .codes = -1, .rare = -1, .sums = -1 };
	for (unsigned i = 0; i < COUNTER_PROGRAMS; i++)
		ret->fd[i] = -1;
	/* libbpf wants its padding clear too. */
	memset(&opts, 0, sizeof(opts));
	opts.sz = sizeof(opts);
	opts.object_name = "counter";
	libbpf_set_print(NULL);
	ret->object = bpf_object__open_mem(counter_octets, counter_octets_len, &opts);
	if (!ret->object)
		return refused(-errno, err);
	/* Kernels before 5.18 do not know what it calls. */
	bpf_program__set_autoload(
		bpf_object__find_program_by_name(ret->object, names[COUNTER_IN_XDP]), with_xdp);
	r = bpf_object__load(ret->object);
	if (r == 0)
		r = find(ret);
	return r < 0 ? refused(r, err) : 0;
}

void counter_program_done(struct counter_program *p)
{
	bpf_object__close(p->object);
	p->object = NULL;
}
