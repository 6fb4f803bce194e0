/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why Linux does nothing with an ICMP message that the firewall let through: a
 * setting, or that no code handles it. Pure.
 *
 * Source: net/ipv4/icmp.c (icmp_pointers), net/ipv6/icmp.c (icmpv6_rcv), ip-sysctl.rst.
 */
#pragma once

#include "fact/audit.h"

#define IGNORED_TEXT_LEN 128

/* Settings, sorted by name as host/sysctl.h gives them; borrowed. */
struct ignored_settings {
	const struct fact_sysctl *item;
	size_t n;
};

/** The value of @name as a number; @absent when there is no such setting or it is no number. */
long ignored_setting(const struct ignored_settings *s, const char *name, long absent);

/** The same for the setting @key of @tree ("net.ipv4.conf") for @iface, dots in its name escaped. */
long ignored_setting_of(const struct ignored_settings *s, const char *tree, const char *iface,
			const char *key, long absent);

/** Does Linux have any code that acts on this type? */
bool ignored_has_handler(uint8_t family, uint8_t type);

/**
 * The setting that makes the host ignore a message of this type arriving at @iface,
 * as "name=value" in @buf.
 *
 * Returns @buf, or NULL when no setting does.
 */
const char *ignored_by_setting(const struct ignored_settings *s, const char *iface, uint8_t family,
			       uint8_t type, uint8_t code, char buf[static IGNORED_TEXT_LEN]);

/**
 * The setting that makes the host drop a packet of a foreign source before its input
 * path, source validation (RFC 3704), or NULL.
 */
const char *ignored_by_route(const struct ignored_settings *s, const char *iface, uint8_t family,
			     char buf[static IGNORED_TEXT_LEN]);

/**
 * Why the host ignores a message of this type from @from (enum fact_from), whatever its
 * settings: some are valid from the link only. NULL: no reason.
 */
const char *ignored_by_origin(uint8_t family, uint8_t type, uint8_t from);
