/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The programs of bpf/counter.bpf.c in the kernel, and their maps.
 */
#pragma once

#include "base/err.h"

enum counter_program_which {
	COUNTER_IN,      /* arrivals on links with Ethernet headers */
	COUNTER_OUT,     /* departures */
	COUNTER_IN_BARE, /* on links without link headers */
	COUNTER_OUT_BARE,
	COUNTER_IN_XDP,
	COUNTER_PROGRAMS
};

struct bpf_object;

struct counter_program {
	struct bpf_object *object;
	int fd[COUNTER_PROGRAMS]; /* -1: not loaded; the object's */
	int codes, rare, sums;    /* maps; the object's */
};

/**
 * Load them, that for XDP only @with_xdp.
 *
 * Returns 0; -EPERM; -EOPNOTSUPP: the kernel refuses them; -ENOMEM. @ret needs counter_program_done() in any case.
 */
int counter_program_init(bool with_xdp, struct counter_program *ret, struct err *err);
void counter_program_done(struct counter_program *p);

/** Say which capabilities are missing. Returns -EPERM. */
int counter_program_missing(struct err *err);
