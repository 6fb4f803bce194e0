/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/eve.h"

#include <inttypes.h>
#include <string.h>

#include "base/when.h"
#include "out/alert_words.h"
#include "out/json.h"

#define PROTO_ICMP4 1
#define PROTO_TCP   6
#define PROTO_UDP   17
#define PROTO_ICMP6 58

static void put_address(struct out_sink *to, const char *name, const struct ip_addr *a)
{
	struct ip_addr bare = *a;
	char text[IP_TEXT_LEN];

	if (!a->family)
		return;
	bare.zone = 0;
	out_printf(to, ",\"%s\":", name);
	out_json_text(to, ip_format(&bare, text));
}

/* Both ends, from the thing where it names them, else from the packet. */
static void put_ends(struct out_sink *to, const struct fact_alert *a, const struct eve_packet *p)
{
	struct ip_addr src = a->src, dst = a->dst;

	if (p && !src.family)
		src = dst.family && ip_eq(&dst, &p->src) ? p->dst : p->src;
	if (p && !dst.family)
		dst = ip_eq(&src, &p->dst) ? p->src : p->dst;
	put_address(to, "src_ip", &src);
	put_address(to, "dest_ip", &dst);
}

static void put_proto(struct out_sink *to, const struct fact_alert *a, const struct eve_packet *p)
{
	uint8_t proto = p                                          ? p->proto
			: a->src.family == 6 || a->dst.family == 6 ? PROTO_ICMP6
								   : PROTO_ICMP4;

	switch (proto) {
	case PROTO_ICMP4:
		out_text(to, ",\"proto\":\"ICMP\"");
		break;
	case PROTO_ICMP6:
		out_text(to, ",\"proto\":\"IPv6-ICMP\"");
		break;
	case PROTO_TCP:
		out_text(to, ",\"proto\":\"TCP\"");
		break;
	case PROTO_UDP:
		out_text(to, ",\"proto\":\"UDP\"");
		break;
	default:
		out_printf(to, ",\"proto\":\"%03u\"", proto);
	}
	if (p && p->icmp_type != FACT_NONE)
		out_printf(to, ",\"icmp_type\":%" PRId64, p->icmp_type);
	if (p && p->icmp_type != FACT_NONE && p->code != FACT_NONE)
		out_printf(to, ",\"icmp_code\":%" PRId64, p->code);
}

static void put_reasons(struct out_sink *to, const struct fact_alert *a)
{
	const struct fact_alert_reason *r = a->reasons.item;
	char text[ALERT_REASON_LEN];

	out_text(to, ",\"metadata\":{\"tag\":[");
	for (size_t i = 0; i < a->reasons.n; i++) {
		out_text(to, i ? "," : "");
		out_json_text(to, alert_reason(&r[i], text));
	}
	out_text(to, "]}");
}

/* Suricata writes an offset, and without a colon. */
static void put_time(struct out_sink *to, uint64_t ns)
{
	char text[WHEN_TEXT_LEN];

	when_format(ns, text);
	out_printf(to, "{\"timestamp\":\"%.*s+0000\"", (int)strcspn(text, "Z"), text);
}

void eve_alert(struct out_sink *to, const struct fact_alert *a, const struct eve_packet *p)
{
	const struct alert_kind *k = alert_kind_find(a->kind);

	put_time(to, a->last);
	if (p)
		out_printf(to, ",\"pcap_cnt\":%" PRId64, p->number);
	out_text(to, ",\"event_type\":\"alert\"");
	put_ends(to, a, p);
	put_proto(to, a, p);
	out_printf(to,
		   ",\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":%u,\"rev\":1,"
		   "\"signature\":\"SONDE %s",
		   EVE_SIGNATURES + (k ? k->number : 0), a->kind);
	if (k)
		out_printf(to, ": %s", k->says);
	out_text(to, "\",\"category\":");
	out_json_text(to, k ? k->category : "Unknown Traffic");
	out_printf(to, ",\"severity\":%d", 3 - a->severity);
	put_reasons(to, a);
	out_text(to, "}}\n");
}
