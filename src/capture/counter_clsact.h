/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way onto an interface that kernels before 6.6 have: filters of a queueing discipline "clsact". The kernel does
 * not take them away with the process. So that the next process can, and two at once do not disturb each other,
 * each process holds a slot of its network namespace: its filters have the slot's number as their handle and one
 * priority, and as long as it lives an abstract socket has the slot's name.
 *
 * A filter is ours to remove when its handle, priority and the program's name say so and its slot is not held.
 * What the kernel does not let us look at (that takes CAP_SYS_ADMIN) stays.
 */
#pragma once

#include "base/err.h"

#define COUNTER_CLSACT_SLOTS 32 /* processes at once in a network namespace */

struct counter_clsact_slot {
	unsigned slot; /* 1.., 0: none held */
	int lock;
};

struct counter_clsact {
	int ifindex;
	unsigned handle; /* 0: no filters */
	bool in, out;    /* there are */
	bool made;       /* the queueing discipline is ours */
};

/**
 * Attach programs @in and @out (-1: none) to interface @ifindex. Takes a slot when @slot has none, which
 * begins zeroed. Removes what processes that are no more left on the interface.
 *
 * Returns 0; -EUSERS: no slot is free; the kernel's -errno. @ret is written on success only.
 */
int counter_clsact_attach(struct counter_clsact_slot *slot, int ifindex, int in, int out,
			  struct counter_clsact *ret);

/** Filters off, and the queueing discipline when we made it and nobody else has a filter there. */
void counter_clsact_detach(struct counter_clsact *c);
void counter_clsact_leave(struct counter_clsact_slot *slot);
