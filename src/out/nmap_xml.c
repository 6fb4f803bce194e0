/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nmap's XML, as ndiff and others read it. The scanner is named sonde: nothing here says that nmap
 * ran. Source: the element and attribute names of nmap's published DTD, xmloutputversion 1.05.
 */
#include <string.h>

#include "out/nmap_own.h"

/* A name and a value that may hold anything. */
static void attr(struct out_sink *to, const char *name, const char *value)
{
	out_printf(to, " %s=\"", name);
	nmap_clean(to, value, true);
	out_char(to, '"');
}

static void scaninfo(struct out_sink *to, const char *type, const char *proto, unsigned n,
		     const char *ports)
{
	out_printf(to, "<scaninfo type=\"%s\" protocol=\"%s\" numservices=\"%u\"", type, proto, n);
	attr(to, "services", ports ? ports : "");
	out_text(to, "/>\n");
}

static void begin(struct out_sink *to, const struct nmap_run *run)
{
	char when[NMAP_TIME_LEN];

	out_text(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n"
		     "<nmaprun scanner=\"sonde\"");
	attr(to, "args", run->args);
	out_printf(to,
		   " start=\"%llu\" startstr=\"%s\" version=\"%s\" xmloutputversion=\"1.05\">\n",
		   (unsigned long long)run->start_s, nmap_time(run->start_s, when), SONDE_VERSION);
	if (run->tcp_n > 0)
		scaninfo(to, run->tcp_kind ? run->tcp_kind : "syn", "tcp", run->tcp_n,
			 run->tcp_ports);
	if (run->udp_n > 0)
		scaninfo(to, "udp", "udp", run->udp_n, run->udp_ports);
	out_text(to, "<verbose level=\"0\"/>\n<debugging level=\"0\"/>\n");
}

static void put_status(struct out_sink *to, const struct fact_host *h)
{
	const struct fact_by *by;
	const char *reason = nmap_host_reason(h, &by);
	const char *state = h->state == FACT_HOST_UP        ? "up"
			    : h->state == FACT_HOST_UNKNOWN ? "unknown"
							    : "down";

	out_printf(to, "<status state=\"%s\" reason=\"%s\" reason_ttl=\"%lld\"/>\n", state, reason,
		   (long long)(by && by->ttl != FACT_NONE ? by->ttl : 0));
}

static void put_names(struct out_sink *to, const struct fact_host *h)
{
	char buf[IP_TEXT_LEN];

	out_printf(to, "<address addr=\"%s\" addrtype=\"ipv%u\"/>\n", nmap_addr(&h->addr, buf),
		   h->addr.family);
	if (h->mac) {
		out_text(to, "<address addr=\"");
		for (const char *p = h->mac; *p; p++)
			out_char(to, *p >= 'a' && *p <= 'f' ? (char)(*p - 'a' + 'A') : *p);
		out_text(to, "\" addrtype=\"mac\"");
		if (h->vendor)
			attr(to, "vendor", h->vendor);
		out_text(to, "/>\n");
	}
	out_text(to, "<hostnames>\n");
	if (h->name) {
		out_text(to, "<hostname");
		attr(to, "name", h->name);
		out_text(to, " type=\"user\"/>\n");
	}
	out_text(to, "</hostnames>\n");
}

/* The ports of one line of the sum, as ranges; @port is in order. */
static void put_ranges(struct out_sink *to, const struct fact_port *port, size_t n,
		       const struct nmap_more *m)
{
	int64_t first = -1, last = -1;
	const char *part = "";

	for (size_t i = 0; i <= n; i++) {
		bool in = i < n && port[i].proto == m->proto &&
			  nmap_state_of(&port[i]) == (enum nmap_state)m->state &&
			  strcmp(nmap_reason(&port[i]), m->reason) == 0;

		if (in && first >= 0 && port[i].port == last + 1) {
			last++;
			continue;
		}
		if (first >= 0 && (in || i == n)) {
			out_printf(to, last > first ? "%s%lld-%lld" : "%s%lld", part,
				   (long long)first, (long long)last);
			part = ",";
		}
		if (in)
			first = last = port[i].port;
	}
}

static void put_extra(struct out_sink *to, const struct nmap_split *s, const struct fact_port *port,
		      size_t n)
{
	for (unsigned state = 0; state < NMAP_STATES; state++) {
		if (!s->hidden[state])
			continue;
		out_printf(to, "<extraports state=\"%s\" count=\"%u\">\n", nmap_state_words[state],
			   s->n[state]);
		for (size_t i = 0; i < s->more_n; i++) {
			const struct nmap_more *m = &s->more[i];

			if (m->state != state)
				continue;
			out_printf(to,
				   "<extrareasons reason=\"%s\" count=\"%u\" proto=\"%s\" ports=\"",
				   m->reason, m->n, fact_proto_words[m->proto]);
			put_ranges(to, port, n, m);
			out_text(to, "\"/>\n");
		}
		out_text(to, "</extraports>\n");
	}
}

static void put_port(struct out_sink *to, const struct fact_port *p)
{
	char buf[IP_TEXT_LEN];

	out_printf(to,
		   "<port protocol=\"%s\" portid=\"%lld\"><state state=\"%s\" reason=\"%s\" "
		   "reason_ttl=\"%lld\"",
		   fact_proto_words[p->proto], (long long)p->port,
		   nmap_state_words[nmap_state_of(p)], nmap_reason(p),
		   (long long)(p->reason.ttl != FACT_NONE ? p->reason.ttl : 0));
	if (nmap_other(&p->reason.from, &p->addr))
		out_printf(to, " reason_ip=\"%s\"", nmap_addr(&p->reason.from, buf));
	out_text(to, "/>");
	if (p->service) {
		out_text(to, "<service");
		attr(to, "name", p->service);
		out_printf(to, " method=\"%s\" conf=\"%s\"/>", p->spoke ? "probed" : "table",
			   p->spoke ? "10" : "3");
	}
	out_text(to, "</port>\n");
}

static void put_ports(struct out_sink *to, const struct nmap_split *s, const struct fact_port *port,
		      size_t n)
{
	out_text(to, "<ports>");
	put_extra(to, s, port, n);
	for (size_t i = 0; i < n; i++)
		if (!s->hidden[nmap_state_of(&port[i])])
			put_port(to, &port[i]);
	out_text(to, "</ports>\n");
}

static void host(struct out_sink *to, const struct nmap_run *run, const struct fact_host *h,
		 const struct fact_port *port, size_t n)
{
	struct nmap_split s;

	nmap_split(run, port, n, &s);
	if (run->tcp_n + run->udp_n > 0 && !s.wanted)
		return;
	out_text(to, "<host>");
	put_status(to, h);
	put_names(to, h);
	if (n > 0)
		put_ports(to, &s, port, n);
	out_text(to, "</host>\n");
}

static void end(struct out_sink *to, const struct nmap_run *run)
{
	char when[NMAP_TIME_LEN];

	nmap_time(run->end_s, when);
	out_printf(to,
		   "<runstats><finished time=\"%llu\" timestr=\"%s\" summary=\"Sonde done at %s; ",
		   (unsigned long long)run->end_s, when, when);
	nmap_sum(to, run);
	out_printf(to, "\" elapsed=\"%.2f\" exit=\"%s\"",
		   (double)run->elapsed_ns / (double)NS_PER_S, run->error ? "error" : "success");
	if (run->error)
		attr(to, "errormsg", run->error);
	out_printf(to,
		   "/><hosts up=\"%lld\" down=\"%lld\" total=\"%lld\"/>\n</runstats>\n</nmaprun>\n",
		   (long long)run->up, (long long)run->down, (long long)(run->up + run->down));
}

const struct nmap_ops nmap_xml = {
	.name = "xml",
	.begin = begin,
	.host = host,
	.end = end,
};
