/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/watch_metrics.h"

#include <inttypes.h>

static void head(struct out_sink *to, const char *name, const char *help)
{
	out_printf(to, "# HELP %s %s\n# TYPE %s counter\n", name, help, name);
}

static void single(struct out_sink *to, const char *name, const char *help, uint64_t v)
{
	head(to, name, help);
	out_printf(to, "%s %" PRIu64 "\n", name, v);
}

/* A number, or "cut" in place of one that the capture cut off. */
static void label(struct out_sink *to, const char *name, int64_t v)
{
	if (v == FACT_NONE)
		out_printf(to, "%s=\"cut\",", name);
	else
		out_printf(to, "%s=\"%" PRId64 "\",", name, v);
}

static void rows(struct out_sink *to, const char *name, const struct fact_icmp_count *c, size_t n,
		 bool bytes)
{
	for (size_t i = 0; i < n; i++) {
		out_printf(to, "%s{family=\"%" PRId64 "\",", name, c[i].family);
		label(to, "type", c[i].icmp_type);
		label(to, "code", c[i].code);
		out_printf(to, "direction=\"%s\",name=\"%s\"} %" PRId64 "\n",
			   fact_direction_words[c[i].direction], c[i].name ? c[i].name : "",
			   bytes ? c[i].bytes : c[i].packets);
	}
}

void watch_metrics_put(struct out_sink *to, const struct watch_metrics *m,
		       const struct fact_icmp_count *c, size_t n)
{
	single(to, "sonde_frames_total", "Frames seen.", m->frames);
	single(to, "sonde_icmp_total", "ICMP packets seen.", m->icmp);
	single(to, "sonde_icmp_failures_total", "ICMP errors that tell of a failure.", m->errors);
	single(to, "sonde_dropped_total", "Frames that the kernel could not hand over.",
	       m->dropped);
	head(to, "sonde_icmp_packets_total", "ICMP packets by type and code.");
	rows(to, "sonde_icmp_packets_total", c, n, false);
	head(to, "sonde_icmp_bytes_total", "Octets of their frames.");
	rows(to, "sonde_icmp_bytes_total", c, n, true);
	out_char(to, '\n');
}
