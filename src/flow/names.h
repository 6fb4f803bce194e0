/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of addresses, as this host's resolver has them. The resolver may hang for as long as it
 * likes, so it works in processes of its own, which are left when an answer takes too long: one
 * that is slow once is not asked again.
 *
 * Either find() one after the other, or ask() for many and take() what has come; not both.
 */
#pragma once

#include "base/err.h"
#include "base/ip.h"

#define FLOW_NAMES_LEN      256             /* octets of a name, terminator included */
#define FLOW_NAMES_ONE_NS   NS_PER_S        /* for one name */
#define FLOW_NAMES_TOTAL_NS (10 * NS_PER_S) /* for all that flow_names_find() is asked */
#define FLOW_NAMES_KEPT     16384           /* addresses remembered; further ones have no name */

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

/** Let the name of @a be looked for, unless it is or was. Does not wait. */
void flow_names_ask(struct flow_names *n, const struct ip_addr *a);

/**
 * What is known of @a, after flow_names_ask().
 *
 * Returns 1 with *@ret_name, borrowed until the names are closed; 0: it has none, or was not asked for;
 * -EAGAIN: it is being looked for.
 */
int flow_names_take(const struct flow_names *n, const struct ip_addr *a, const char **ret_name);

/** Readable when flow_names_read() has something to do; -1: it never will. */
int flow_names_fd(const struct flow_names *n);

/** Take in the names that have come. Does not wait. Returns how many. */
unsigned flow_names_read(struct flow_names *n);

/** Whether the resolvers have answered anything yet: those that never do are not worth a long wait. */
bool flow_names_heard(const struct flow_names *n);

/** Whether names are being looked for and none has come for FLOW_NAMES_ONE_NS: waiting is not worth it. */
bool flow_names_stuck(const struct flow_names *n);
