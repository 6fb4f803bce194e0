/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An audit as text for people. What it says is fact/audit.h's; how it looks on a terminal is decided here. */
#pragma once

#include "fact/audit.h"
#include "out/text.h"

/** The whole report: who can reach what, what becomes of ICMP, the findings. */
void audit_report(const struct text_out *t, const struct fact_audit *a);

/** How many interfaces were looked through; 0 also where nothing was proved. */
unsigned audit_report_seen(const struct fact_audit *a);

/** Its longer parts. */
void audit_report_sockets(const struct text_out *t, const struct fact_audit *a);
void audit_report_icmp(const struct text_out *t, const struct fact_audit *a);
