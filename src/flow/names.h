/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of addresses, as this host's resolver has them. The resolver may hang for as long as it
 * likes, so it works in a process of its own, which is left when an answer takes too long: one
 * that is slow once is not asked again.
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"

#define FLOW_NAMES_LEN      256             /* octets of a name, terminator included */
#define FLOW_NAMES_ONE_NS   NS_PER_S        /* for one name */
#define FLOW_NAMES_TOTAL_NS (10 * NS_PER_S) /* for all */

struct flow_names;

/** 0 with *@ret owned by the caller; -errno with @err. */
int flow_names_open(struct flow_names **ret, struct err *err);
void flow_names_close(struct flow_names *n); /* NULL is fine */
void flow_names_closep(struct flow_names **n);

/**
 * The name of @a.
 *
 * Returns 1 with @ret_name; 0: it has none; -ETIMEDOUT, once: this and all later ones are not
 * told (later calls return 0).
 */
int flow_names_find(struct flow_names *n, const struct ip_addr *a, char ret_name[FLOW_NAMES_LEN]);
