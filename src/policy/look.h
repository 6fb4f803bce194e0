/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks things up in an audit: settings with their effective values, interfaces,
 * rules. What is not known is told apart from what is off.
 *
 * Pure. Source of the effective values: IN_DEV_RX_REDIRECTS and its like in the
 * kernel's include/linux/inetdevice.h; rt6_do_redirect() for IPv6.
 */
#pragma once

#include "fact/audit.h"

#define LOOK_UNKNOWN (-1)

/** The setting as a number, or LOOK_UNKNOWN when it was not read or is no number. */
int64_t look_sysctl(const struct fact_audit *a, const char *name);

/** net.ipv4.conf.@iface.@key or its IPv6 twin; @iface may hold dots, "all" and "default" count. */
int64_t look_conf(const struct fact_audit *a, unsigned family, const char *iface, const char *key);

/** Does the host forward packets that come in at @iface? */
bool look_forwards(const struct fact_audit *a, unsigned family, const char *iface);

/** Would the kernel follow a redirect that comes in at @iface? False when it is not known. */
bool look_accepts_redirects(const struct fact_audit *a, unsigned family, const char *iface);

/** Does the kernel send IPv4 redirects out of @iface? False when it is not known. */
bool look_sends_redirects(const struct fact_audit *a, const char *iface);

/** NULL when there is none of that name. */
const struct fact_iface *look_iface(const struct fact_audit *a, const char *name);

/** Is it up, no loopback, and has it an address of @family? */
bool look_iface_live(const struct fact_iface *iface, unsigned family);

/** Has it an address of @family that is more than link-local? True for an unknown interface. */
bool look_iface_routed(const struct fact_audit *a, const char *name, unsigned family);

/** The first prefix of @family on @name that is more than link-local. Returns whether there is one. */
bool look_iface_prefix(const struct fact_audit *a, const char *name, unsigned family,
		       struct ip_prefix *ret_prefix);

/** Same table, chain and place? NULL equals nothing. */
bool look_rule_same(const struct fact_rule *a, const struct fact_rule *b);

/** What the proof shows of @rule; NULL when it is not among the proofs, or NULL. */
const struct fact_rule_proof *look_proof(const struct fact_audit *a, const struct fact_rule *rule);

/** A rule of the chain in which packets of @family to the host are filtered; NULL: none known. */
const struct fact_rule *look_input(const struct fact_audit *a, unsigned family);

/** Did the firewall let it in? */
bool look_arrived(const struct fact_icmp_verdict *v);

/** Did any ICMP message of @family get in, of whatever type? */
bool look_family_arrives(const struct fact_audit *a, unsigned family);

/** The host has no firewall; false also when it is not known. */
bool look_no_firewall(const struct fact_audit *a);
