/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of counter.c where there was no clang or no libbpf to build with. */
#include "capture/counter.h"

#include <errno.h>

int counter_open(const struct counter_conf *conf UNUSED, struct counter **ret UNUSED,
		 struct err *err)
{
	return err_set(err, -EOPNOTSUPP,
		       "counting in the kernel: this program was built without it");
}

void counter_close(struct counter *c UNUSED)
{
}

void counter_closep(struct counter **c UNUSED)
{
}

int counter_read(struct counter *c UNUSED, struct counts *into UNUSED)
{
	return -EOPNOTSUPP;
}

int counter_follow(struct counter *c UNUSED)
{
	return -EOPNOTSUPP;
}

const char *counter_hook_name(const struct counter *c UNUSED)
{
	return "none";
}
