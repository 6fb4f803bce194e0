/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The picture of a page: the network on the left, the firewall in the middle,
 * the host's services and ICMP types on the right, and a line for each showing
 * where it ends. Inline SVG in percentages, so that it fits any width with
 * letters of one size. Pure.
 */
#pragma once

#include "fact/audit.h"
#include "out/sink.h"

/** The picture with its caption; nothing when the audit proved nothing. */
void html_picture(struct out_sink *to, const struct fact_audit *audit);
