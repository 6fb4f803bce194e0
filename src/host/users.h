/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User ids to names, each asked of the system (getpwuid_r: files, LDAP, …) once.
 */
#pragma once

#include "host/keep.h"

struct users;

/** Names go to @names, which must outlive the result. NULL when out of memory. */
struct users *users_new(struct keep *names);
void users_free(struct users *u); /* NULL is fine */

/** The name of @uid, owned by the keep; NULL: it has none. */
const char *users_name(struct users *u, uint32_t uid);
