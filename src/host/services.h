/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port numbers to service names from /etc/services, and IP protocol numbers to
 * names from /etc/protocols, read once into tables: a lookup per socket would
 * read the file a hundred thousand times. Other sources of names that
 * nsswitch.conf may list are not asked. Format: services(5), protocols(5).
 */
#pragma once

#include "base/err.h"
#include "fact/socket.h"

struct services;

/** From the system's files; one that is missing or unreadable is as empty. 0; -ENOMEM. */
int services_read(struct services **ret_services, struct err *err);

/**
 * From texts, which are copied. Lines that cannot be understood are passed over;
 * of two lines for one port the first counts, as for getservbyport().
 *
 * Returns 0; -ENOMEM.
 */
int services_new(struct span ports, struct span protocols, struct services **ret_services);
void services_free(struct services *s); /* NULL is fine */

/**
 * The name of @port of @proto: UDP-Lite ports are UDP's, a raw socket's "port" is its
 * IP protocol, ICMP has none. NULL: it has none; else owned by @s.
 */
const char *services_name(const struct services *s, enum fact_proto proto, int64_t port);
