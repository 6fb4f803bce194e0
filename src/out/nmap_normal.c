/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nmap's normal output: a paragraph a host. */
#include <stdio.h>
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

	if (!h->name) {
		out_text(to, nmap_addr(&h->addr, buf));
		return;
	}
	nmap_clean(to, h->name, false);
	out_printf(to, " (%s)", nmap_addr(&h->addr, buf));
}

/* Seconds with two digits that matter: "0.00031", "1.2". */
static void put_latency(struct out_sink *to, int64_t ns)
{
	double s = (double)ns / (double)NS_PER_S, left = s;
	int decimals = 1;

	for (; left < 1 && decimals < 9; decimals++)
		left *= 10;
	out_printf(to, " (%.*fs latency)", decimals, s);
}

static void put_up(struct out_sink *to, const struct nmap_run *run, const struct fact_host *h)
{
	const struct fact_by *by;
	const char *reason = nmap_host_reason(h, &by);
	char buf[IP_TEXT_LEN];

	out_text(to, "Host is up");
	if (run->reason) {
		out_printf(to, ", received %s", reason);
		if (by && nmap_other(&by->from, &h->addr))
			out_printf(to, " from %s", nmap_addr(&by->from, buf));
		if (by && by->ttl != FACT_NONE)
			out_printf(to, " ttl %lld", (long long)by->ttl);
	}
	if (by && by->rtt_us != FACT_NONE)
		put_latency(to, by->rtt_us);
	out_text(to, ".\n");
}

/* nmap says "1 ports" as well. */
static void put_hidden(struct out_sink *to, const struct nmap_split *s)
{
	for (size_t i = 0; i < s->more_n; i++)
		out_printf(to, "%s%u %s %s ports (%s)", i ? ", " : "Not shown: ", s->more[i].n,
			   nmap_state_words[s->more[i].state], fact_proto_words[s->more[i].proto],
			   s->more[i].reason);
	if (s->more_n > 0)
		out_char(to, '\n');
}

static const char *port_text(const struct fact_port *p, char buf[static 16])
{
	snprintf(buf, 16, "%d/%s", (int)(uint16_t)p->port, fact_proto_words[p->proto]);
	return buf;
}

static const char *service(const struct fact_port *p)
{
	return p->service ? p->service : "unknown";
}

static void put_reason(struct out_sink *to, const struct fact_port *p, int pad)
{
	char buf[IP_TEXT_LEN];

	out_printf(to, "%*s %s", pad, "", nmap_reason(p));
	if (nmap_other(&p->reason.from, &p->addr))
		out_printf(to, " from %s", nmap_addr(&p->reason.from, buf));
	if (p->reason.ttl != FACT_NONE)
		out_printf(to, " ttl %lld", (long long)p->reason.ttl);
}

static void put_table(struct out_sink *to, const struct nmap_run *run, const struct nmap_split *s,
		      const struct fact_port *port, size_t n)
{
	int wide[3] = { 4, 5, 7 };
	char buf[16];

	for (size_t i = 0; i < n; i++) {
		enum nmap_state st = nmap_state_of(&port[i]);

		if (s->hidden[st])
			continue;
		wide[0] = MAX(wide[0], (int)strlen(port_text(&port[i], buf)));
		wide[1] = MAX(wide[1], (int)strlen(nmap_state_words[st]));
		wide[2] = MAX(wide[2], (int)strlen(service(&port[i])));
	}
	out_printf(to, "%-*s %-*s %-*s%s\n", wide[0], "PORT", wide[1], "STATE",
		   run->reason ? wide[2] : 0, "SERVICE", run->reason ? " REASON" : "");
	for (size_t i = 0; i < n; i++) {
		enum nmap_state st = nmap_state_of(&port[i]);

		if (s->hidden[st])
			continue;
		out_printf(to, "%-*s %-*s ", wide[0], port_text(&port[i], buf), wide[1],
			   nmap_state_words[st]);
		nmap_clean(to, service(&port[i]), false);
		if (run->reason)
			put_reason(to, &port[i], wide[2] - (int)strlen(service(&port[i])));
		out_char(to, '\n');
	}
}

static void put_mac(struct out_sink *to, const struct fact_host *h)
{
	if (!h->mac)
		return;
	out_text(to, "MAC Address: ");
	for (const char *p = h->mac; *p; p++)
		out_char(to, *p >= 'a' && *p <= 'f' ? (char)(*p - 'a' + 'A') : *p);
	out_text(to, " (");
	nmap_clean(to, h->vendor ? h->vendor : "Unknown", false);
	out_text(to, ")\n");
}

static void host(struct out_sink *to, const struct nmap_run *run, const struct fact_host *h,
		 const struct fact_port *port, size_t n)
{
	bool ports = run->tcp_n + run->udp_n > 0;
	struct nmap_split s;

	nmap_split(run, port, n, &s);
	if (ports && !s.wanted)
		return;
	out_text(to, "Nmap scan report for ");
	put_host(to, h);
	if (h->state != FACT_HOST_UP && n == 0) {
		out_text(to, " [host down]\n");
		return;
	}
	out_char(to, '\n');
	put_up(to, run, h);
	if (ports && s.shown == 0 && n > 0) {
		out_printf(to, "All %zu scanned ports on ", n);
		put_host(to, h);
		out_text(to, " are in ignored states.\n");
	}
	put_hidden(to, &s);
	if (s.shown > 0) {
		out_text(to, s.more_n ? "" : "\n");
		put_table(to, run, &s, port, n);
	}
	put_mac(to, h);
	if (ports)
		out_char(to, '\n');
}

const struct nmap_ops nmap_normal = {
	.name = "normal",
	.begin = begin,
	.host = host,
	.end = nmap_end,
};
