/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * User ids to names, each asked of the system (getpwuid_r: files, LDAP, …) once.
 */
#pragma once

#include "host/strings.h"

struct users;

/** Names go to @names, which must outlive the result. NULL when out of memory. */
struct users *users_new(struct strings *names);
void users_free(struct users *u); /* NULL is fine */

/** The name of @uid, owned by the strings; NULL: it has none (or memory ran out). */
const char *users_name(struct users *u, uint32_t uid);
