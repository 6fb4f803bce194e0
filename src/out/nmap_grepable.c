/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nmap's grepable output: two lines a host, fields parted by tabs. */
#include <string.h>

#include "out/nmap_own.h"

static void begin(struct out_sink *to, const struct nmap_run *run)
{
	char when[NMAP_TIME_LEN];

	out_printf(to, "# Sonde %s scan initiated %s as: ", SONDE_VERSION,
		   nmap_time(run->start_s, when));
	nmap_clean(to, run->args, false);
	out_char(to, '\n');
}

static void put_host(struct out_sink *to, const struct fact_host *h)
{
	char buf[IP_TEXT_LEN];

	out_printf(to, "Host: %s (", nmap_addr(&h->addr, buf));
	if (h->name)
		nmap_clean(to, h->name, false);
	out_text(to, ")\t");
}

/* A slash or comma would part fields. */
static void put_service(struct out_sink *to, const char *name)
{
	for (; *name; name++) {
		char c[2] = { *name == '/' || *name == ',' ? '|' : *name, '\0' };

		nmap_clean(to, c, false);
	}
}

static void put_ports(struct out_sink *to, const struct nmap_split *s, const struct fact_port *port,
		      size_t n)
{
	const char *part = "";

	out_text(to, "Ports: ");
	for (size_t i = 0; i < n; i++) {
		const struct fact_port *p = &port[i];

		if (s->hidden[nmap_state_of(p)])
			continue;
		out_printf(to, "%s%lld/%s/%s//", part, (long long)p->port,
			   nmap_state_words[nmap_state_of(p)], fact_proto_words[p->proto]);
		if (p->service)
			put_service(to, p->service);
		out_text(to, "///");
		part = ", ";
	}
	/* nmap tells one ignored state here: the most frequent. */
	if (s->more_n > 0)
		out_printf(to, "\tIgnored State: %s (%u)", nmap_state_words[s->more[0].state],
			   s->n[s->more[0].state]);
	out_char(to, '\n');
}

static void host(struct out_sink *to, const struct nmap_run *run, const struct fact_host *h,
		 const struct fact_port *port, size_t n)
{
	struct nmap_split s;

	nmap_split(run, port, n, &s);
	if (run->tcp_n + run->udp_n > 0 && !s.wanted)
		return;
	put_host(to, h);
	out_printf(to, "Status: %s\n", h->state == FACT_HOST_UP || n > 0 ? "Up" : "Down");
	if (n == 0)
		return;
	put_host(to, h);
	put_ports(to, &s, port, n);
}

const struct nmap_ops nmap_grepable = {
	.name = "grepable",
	.begin = begin,
	.host = host,
	.end = nmap_end,
};
