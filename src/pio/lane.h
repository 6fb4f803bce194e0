/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second thread for a back end's system calls. Nearly all that a probe costs is spent in the
 * kernel on the processor that sends it (on a virtual link even the other end's work), so two
 * processors that send are nearly twice as fast as one.
 *
 * Only the back ends that may send out of order (struct pio_packet_conf.spread) use one.
 */
#pragma once

#include "base/base.h"

#define LANE_DEPTH 2 /* jobs that wait or are being done; there is no room for more */

struct lane;

/**
 * Start a thread that calls @job(@self, what) for every lane_push(), in their order. Signals do
 * not reach it.
 *
 * Returns NULL when this process has one processor only, or no thread is to be had.
 */
struct lane *lane_start(void (*job)(void *self, unsigned what), void *self);

/** False: LANE_DEPTH jobs are there already; do it yourself. */
bool lane_push(struct lane *l, unsigned what);

/** Wait until all jobs are done. NULL is fine. */
void lane_drain(struct lane *l);

/** The same, then the thread ends. NULL is fine. */
void lane_stop(struct lane *l);
