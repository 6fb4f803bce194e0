/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture/counter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>

#include "capture/counter_hook.h"
#include "capture/counter_merge.h"

struct counter_iface {
	char name[IF_NAMESIZE];
	struct counter_hook_at at;
};

struct counter {
	struct counter_program program;
	struct counter_clsact_slot clsact;
	enum counter_hook hook;
	bool arrivals_only;
	unsigned cpus;                   /* that the kernel keeps values for */
	struct bpf_counter_codes *codes; /* one value read: .cpus of them */
	struct bpf_counter_sums *sums;
	struct counter_seen *seen;
	size_t iface_n;
	struct counter_iface iface[];
};

void counter_close(struct counter *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->iface_n; i++)
		counter_hook_detach(&c->iface[i].at);
	counter_clsact_leave(&c->clsact);
	counter_program_done(&c->program);
	free(c->codes);
	free(c->sums);
	free(c->seen);
	free(c);
}

void counter_closep(struct counter **c)
{
	counter_close(*c);
}

static int attach(struct counter *c, struct counter_iface *i, int ifindex, struct err *err)
{
	return counter_hook_attach(&c->program, i->name, ifindex, c->arrivals_only, &c->hook,
				   &c->clsact, &i->at, err);
}

static int attach_all(struct counter *c, const struct counter_conf *conf, struct err *err)
{
	int r = 0;

	for (; c->iface_n < conf->iface_n && r == 0; c->iface_n++) {
		struct counter_iface *i = &c->iface[c->iface_n];
		unsigned ifindex = if_nametoindex(conf->iface[c->iface_n]);

		if (ifindex == 0)
			return err_set(err, -ENODEV, "%s: no such interface",
				       conf->iface[c->iface_n]);
		snprintf(i->name, sizeof(i->name), "%s", conf->iface[c->iface_n]);
		r = attach(c, i, (int)ifindex, err);
	}
	return r;
}

static int set_up(struct counter *c, const struct counter_conf *conf, struct err *err)
{
	int cpus = libbpf_num_possible_cpus(), r;

	if (cpus <= 0)
		return err_set(err, -EOPNOTSUPP,
			       "counting in the kernel: how many processors there are is not told");
	c->cpus = (unsigned)cpus;
	c->codes = calloc(c->cpus, sizeof(*c->codes));
	c->sums = calloc(c->cpus, sizeof(*c->sums));
	c->seen = calloc(1, sizeof(*c->seen));
	if (!c->codes || !c->sums || !c->seen)
		return err_set(err, -ENOMEM, "counting in the kernel: out of memory");
	r = counter_program_init(c->hook == COUNTER_XDP, &c->program, err);
	return r < 0 ? r : attach_all(c, conf, err);
}

int counter_open(const struct counter_conf *conf, struct counter **ret, struct err *err)
{
	struct counter *c = calloc(1, sizeof(*c) + conf->iface_n * sizeof(c->iface[0]));
	int r;

	if (!c)
		return err_set(err, -ENOMEM, "counting in the kernel: out of memory");
	c->hook = conf->hook;
	c->arrivals_only = conf->arrivals_only;
	r = set_up(c, conf, err);
	if (r < 0) {
		counter_close(c);
		return r;
	}
	*ret = c;
	return 0;
}

int counter_read(struct counter *c, struct counts *into)
{
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(c->program.sums, &zero, c->sums) < 0)
		return -errno;
	counter_merge_sums(c->seen, c->sums, c->cpus, into);
	for (uint32_t key = 0; key < BPF_COUNTER_KEYS; key++) {
		struct bpf_counter_rare rare;

		if (bpf_map_lookup_elem(c->program.codes, &key, c->codes) < 0)
			return -errno;
		counter_merge_codes(c->seen, key, c->codes, c->cpus, into);
		if (c->seen->sums.rare == 0)
			continue;
		if (bpf_map_lookup_elem(c->program.rare, &key, &rare) < 0)
			return -errno;
		counter_merge_rare(c->seen, key, &rare, into);
	}
	return 0;
}

int counter_follow(struct counter *c)
{
	int n = 0, r = 0;

	for (size_t i = 0; i < c->iface_n; i++) {
		struct counter_iface *f = &c->iface[i];
		int ifindex = (int)if_nametoindex(f->name), done;

		if (ifindex == 0 || ifindex != f->at.ifindex)
			counter_hook_detach(&f->at);
		if (ifindex != 0 && f->at.ifindex == 0) {
			done = attach(c, f, ifindex, NULL);
			r = MIN(r, done);
		}
		n += f->at.ifindex != 0;
	}
	return r < 0 ? r : n;
}

const char *counter_hook_name(const struct counter *c)
{
	static const char *const name[] = {
		[COUNTER_AUTO] = "tcx",
		[COUNTER_TCX] = "tcx",
		[COUNTER_CLSACT] = "clsact",
		[COUNTER_XDP] = "xdp",
	};

	return name[c->hook];
}
