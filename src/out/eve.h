/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Alerts as Suricata writes them, one EVE JSON object a line, for programs that read such. What EVE has no member
 * for is left out; reasons stand in alert.metadata.tag. Severity is Suricata's: 1 is the highest.
 *
 * Pure. Source: Suricata's user guide, "Eve JSON Format", and its etc/schema.json.
 */
#pragma once

#include "fact/alert.h"
#include "out/sink.h"

#define EVE_SIGNATURES \
	1900000 /* signature_id is this and the kind's number: of local rules' range */

/* The packet that raised it. */
struct eve_packet {
	int64_t number; /* of its frame */
	struct ip_addr src, dst;
	uint8_t proto;           /* of IP */
	int64_t icmp_type, code; /* FACT_NONE: it is not ICMP, or cut off */
};

/** One line. @p NULL: no single packet did; members that only one can tell are left out then. */
void eve_alert(struct out_sink *to, const struct fact_alert *a, const struct eve_packet *p);
