/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counting programs on one interface, and off again.
 */
#pragma once

#include "capture/counter.h"
#include "capture/counter_clsact.h"
#include "capture/counter_program.h"

struct counter_hook_at {
	int ifindex; /* 0: on none */
	int in, out; /* links that hold the programs there; -1: none */
	struct counter_clsact filters;
};

/**
 * Attach to the interface called @name, which has number @ifindex. @hook: the way, COUNTER_AUTO becomes what
 * was taken. @clsact is shared by all interfaces.
 *
 * Returns as counter_open(); @ret is written on success only.
 */
int counter_hook_attach(const struct counter_program *p, const char *name, int ifindex,
			bool arrivals_only, enum counter_hook *hook,
			struct counter_clsact_slot *clsact, struct counter_hook_at *ret,
			struct err *err);

/** Off; fine where it is on none, and where the interface is gone. */
void counter_hook_detach(struct counter_hook_at *at);
