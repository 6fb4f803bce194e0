/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A made-up audit with everything in it, for the tests of the writers: two
 * interfaces, services, ICMP of both families, gaps, dead rules and findings.
 */
#pragma once

#include "fact/audit.h"

/** Static memory: each call makes it anew. */
const struct fact_audit *sample_audit(void);
