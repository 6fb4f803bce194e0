/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An audit as one page that a person can open, print or send: verdict, picture,
 * findings, tables. It stands alone: no script, no link, no file besides it, and
 * a content security policy that forbids all of them.
 *
 * The page is well-formed XML and HTML alike. Whatever the network or /proc named
 * is escaped. Long lists are cut at named bounds, and say so.
 *
 * Pure. Source: the HTML living standard; CSP level 3 for the policy.
 */
#pragma once

#include "fact/audit.h"
#include "out/sink.h"

#define HTML_EXPOSURES 200 /* rows of each table that are shown; what is beyond is counted */
#define HTML_ICMP      400
#define HTML_GROUPS    200
#define HTML_IFACES    100
#define HTML_GAPS      100
#define HTML_RULES     200
#define HTML_FINDINGS  500
#define HTML_SERVICES  24 /* services in the picture */

/** The whole page. The findings are taken from @audit, in their order. */
void html_audit(struct out_sink *to, const struct fact_audit *audit);
