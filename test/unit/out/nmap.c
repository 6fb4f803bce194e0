/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three files that nmap's readers take, octet by octet. */
#include <string.h>

#include "out/nmap_own.h"
#include "taken.h"
#include "test.h"

#define A(d) ip4_make(192, 0, 2, d)

static struct taken got;

static const struct nmap_run run = {
	.args = "sonde scan -sS \"a&b\" <c> 192.0.2.7",
	.start_s = 1795277069,
	.end_s = 1795277100,
	.elapsed_ns = 31250 * NS_PER_MS,
	.tcp_kind = "syn",
	.tcp_ports = "22,80,100-199",
	.udp_ports = "53,161",
	.tcp_n = 102,
	.udp_n = 2,
	.up = 1,
	.down = 1,
	.reason = true,
};

static const struct fact_by by[] = { { .probe = "echo",
				       .reply = "answer",
				       .icmp_type = 0,
				       .code = 0,
				       .ttl = 64,
				       .rtt_us = 310 * NS_PER_US,
				       .tries = 1 } };

static struct fact_host up(void)
{
	struct fact_host h = {
		.addr = A(7),
		.name = "web<1>",
		.state = FACT_HOST_UP,
		.by = { by, 1 },
		.mac = "02:00:5e:10:00:0a",
		.vendor = "Ac\"me",
	};

	return h;
}

static struct fact_reason because(const char *kind, int64_t ttl)
{
	return (struct fact_reason){ .kind = kind,
				     .from = ttl == FACT_NONE ? (struct ip_addr){ 0 } : A(7),
				     .icmp_type = FACT_NONE,
				     .code = FACT_NONE,
				     .ttl = ttl,
				     .rtt_us = FACT_NONE };
}

static struct fact_reason error(unsigned from, int64_t type, int64_t code)
{
	struct fact_reason r = because("icmp", 63);

	r.from = A(from);
	r.icmp_type = type;
	r.code = code;
	return r;
}

static struct fact_port port(uint8_t proto, int64_t n, enum fact_verdict v, const char *service,
			     struct fact_reason why)
{
	return (struct fact_port){ .addr = A(7),
				   .proto = proto,
				   .port = n,
				   .state = (uint8_t)v,
				   .service = service,
				   .reason = why };
}

/* 22 open, 80 filtered by a router, 100-199 closed but 150 silent; UDP 53 open, 161 hidden. */
static size_t ports(struct fact_port *p)
{
	size_t n = 0;

	p[n++] = port(FACT_TCP, 22, FACT_VERDICT_OPEN, "ssh", because("syn-ack", 64));
	p[n++] = port(FACT_TCP, 80, FACT_VERDICT_FILTERED, "http", error(1, 3, 13));
	for (int64_t i = 100; i < 200; i++)
		p[n++] = i == 150
				 ? port(FACT_TCP, i, FACT_VERDICT_FILTERED, NULL,
					because("silence", FACT_NONE))
				 : port(FACT_TCP, i, FACT_VERDICT_CLOSED, NULL, because("rst", 64));
	p[n] = port(FACT_UDP, 53, FACT_VERDICT_OPEN, "domain", because("udp", 64));
	p[n++].spoke = true;
	p[n++] = port(FACT_UDP, 161, FACT_VERDICT_UNRESOLVED, "s/n,mp",
		      because("limiter", FACT_NONE));
	return n;
}

static const char *whole(const struct nmap_ops *ops, const struct nmap_run *r)
{
	struct fact_host h = up(), none = { .addr = A(9), .state = FACT_HOST_DOWN };
	struct fact_port p[128];
	size_t n = ports(p);
	struct out_sink *to = taken_anew(&got);

	ops->begin(to, r);
	ops->host(to, r, &h, p, n);
	ops->host(to, r, &none, NULL, 0);
	ops->end(to, r);
	return taken_text(&got);
}

TEST(normal_is_what_nmap_would_write)
{
	CHECK_STR(
		whole(&nmap_normal, &run),
		"# Sonde " SONDE_VERSION " scan initiated Sat Nov 21 16:04:29 2026 as: "
		"sonde scan -sS \"a&b\" <c> 192.0.2.7\n"
		"Nmap scan report for web<1> (192.0.2.7)\n"
		"Host is up, received echo-reply ttl 64 (0.00031s latency).\n"
		"Not shown: 99 closed tcp ports (reset)\n"
		"PORT    STATE         SERVICE REASON\n"
		"22/tcp  open          ssh     syn-ack ttl 64\n"
		"80/tcp  filtered      http    admin-prohibited from 192.0.2.1 ttl 63\n"
		"150/tcp filtered      unknown no-response\n"
		"53/udp  open          domain  udp-response ttl 64\n"
		"161/udp open|filtered s/n,mp  rate-limited\n"
		"MAC Address: 02:00:5E:10:00:0A (Ac\"me)\n"
		"\n"
		"Nmap scan report for 192.0.2.9 [host down]\n"
		"# Sonde done at Sat Nov 21 16:05:00 2026 -- 2 IP addresses (1 host up) scanned in "
		"31.25 seconds\n");
}

TEST(grepable_is_what_nmap_would_write)
{
	CHECK_STR(
		whole(&nmap_grepable, &run),
		"# Sonde " SONDE_VERSION " scan initiated Sat Nov 21 16:04:29 2026 as: "
		"sonde scan -sS \"a&b\" <c> 192.0.2.7\n"
		"Host: 192.0.2.7 (web<1>)\tStatus: Up\n"
		"Host: 192.0.2.7 (web<1>)\tPorts: 22/open/tcp//ssh///, 80/filtered/tcp//http///, "
		"150/filtered/tcp/////, 53/open/udp//domain///, 161/open|filtered/udp//s|n|mp///"
		"\tIgnored State: closed (99)\n"
		"Host: 192.0.2.9 ()\tStatus: Down\n"
		"# Sonde done at Sat Nov 21 16:05:00 2026 -- 2 IP addresses (1 host up) scanned in "
		"31.25 seconds\n");
}

TEST(xml_is_what_nmap_would_write)
{
	struct nmap_run r = run;

	r.error = "eth0 went <down>";
	CHECK_STR(
		whole(&nmap_xml, &r),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n"
		"<nmaprun scanner=\"sonde\" args=\"sonde scan -sS &quot;a&amp;b&quot; &lt;c&gt; 192.0.2.7\" "
		"start=\"1795277069\" startstr=\"Sat Nov 21 16:04:29 2026\" version=\"" SONDE_VERSION
		"\" xmloutputversion=\"1.05\">\n"
		"<scaninfo type=\"syn\" protocol=\"tcp\" numservices=\"102\" services=\"22,80,100-199\"/>\n"
		"<scaninfo type=\"udp\" protocol=\"udp\" numservices=\"2\" services=\"53,161\"/>\n"
		"<verbose level=\"0\"/>\n<debugging level=\"0\"/>\n"
		"<host><status state=\"up\" reason=\"echo-reply\" reason_ttl=\"64\"/>\n"
		"<address addr=\"192.0.2.7\" addrtype=\"ipv4\"/>\n"
		"<address addr=\"02:00:5E:10:00:0A\" addrtype=\"mac\" vendor=\"Ac&quot;me\"/>\n"
		"<hostnames>\n<hostname name=\"web&lt;1&gt;\" type=\"user\"/>\n</hostnames>\n"
		"<ports><extraports state=\"closed\" count=\"99\">\n"
		"<extrareasons reason=\"reset\" count=\"99\" proto=\"tcp\" ports=\"100-149,151-199\"/>\n"
		"</extraports>\n"
		"<port protocol=\"tcp\" portid=\"22\"><state state=\"open\" reason=\"syn-ack\" "
		"reason_ttl=\"64\"/><service name=\"ssh\" method=\"table\" conf=\"3\"/></port>\n"
		"<port protocol=\"tcp\" portid=\"80\"><state state=\"filtered\" "
		"reason=\"admin-prohibited\" reason_ttl=\"63\" reason_ip=\"192.0.2.1\"/>"
		"<service name=\"http\" method=\"table\" conf=\"3\"/></port>\n"
		"<port protocol=\"tcp\" portid=\"150\"><state state=\"filtered\" "
		"reason=\"no-response\" reason_ttl=\"0\"/></port>\n"
		"<port protocol=\"udp\" portid=\"53\"><state state=\"open\" reason=\"udp-response\" "
		"reason_ttl=\"64\"/><service name=\"domain\" method=\"probed\" conf=\"10\"/></port>\n"
		"<port protocol=\"udp\" portid=\"161\"><state state=\"open|filtered\" "
		"reason=\"rate-limited\" reason_ttl=\"0\"/>"
		"<service name=\"s/n,mp\" method=\"table\" conf=\"3\"/></port>\n"
		"</ports>\n</host>\n"
		"<host><status state=\"down\" reason=\"no-response\" reason_ttl=\"0\"/>\n"
		"<address addr=\"192.0.2.9\" addrtype=\"ipv4\"/>\n<hostnames>\n</hostnames>\n</host>\n"
		"<runstats><finished time=\"1795277100\" timestr=\"Sat Nov 21 16:05:00 2026\" "
		"summary=\"Sonde done at Sat Nov 21 16:05:00 2026; 2 IP addresses (1 host up) scanned in "
		"31.25 seconds\" elapsed=\"31.25\" exit=\"error\" errormsg=\"eth0 went &lt;down&gt;\"/>"
		"<hosts up=\"1\" down=\"1\" total=\"2\"/>\n</runstats>\n</nmaprun>\n");
}

TEST(open_only_leaves_out_what_is_shut_and_hosts_without_anything_open)
{
	struct nmap_run r = run;
	struct fact_host h = up();
	struct fact_port p[128], shut;
	size_t n = ports(p);

	r.open_only = true;
	r.reason = false;
	nmap_normal.host(taken_anew(&got), &r, &h, p, n);
	CHECK_STR(taken_text(&got), "Nmap scan report for web<1> (192.0.2.7)\n"
				    "Host is up (0.00031s latency).\n"
				    "Not shown: 99 closed tcp ports (reset), "
				    "1 filtered tcp ports (admin-prohibited), "
				    "1 filtered tcp ports (no-response)\n"
				    "PORT    STATE         SERVICE\n"
				    "22/tcp  open          ssh\n"
				    "53/udp  open          domain\n"
				    "161/udp open|filtered s/n,mp\n"
				    "MAC Address: 02:00:5E:10:00:0A (Ac\"me)\n\n");
	shut = port(FACT_TCP, 1, FACT_VERDICT_CLOSED, NULL, because("rst", 64));
	taken_anew(&got);
	nmap_normal.host(&got.sink, &r, &h, &shut, 1);
	nmap_xml.host(&got.sink, &r, &h, &shut, 1);
	nmap_grepable.host(&got.sink, &r, &h, &shut, 1);
	CHECK_STR(taken_text(&got), "");
}

TEST(a_host_with_nothing_to_list_says_so)
{
	struct fact_host h = up();
	struct fact_port p[NMAP_MANY + 1];

	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		p[i] = port(FACT_TCP, (int64_t)i + 1, FACT_VERDICT_CLOSED, NULL,
			    because("rst", 64));
	h.name = h.mac = NULL;
	nmap_normal.host(taken_anew(&got), &run, &h, p, ARRAY_LEN(p));
	CHECK_HAS(taken_text(&got), "All 26 scanned ports on 192.0.2.7 are in ignored states.\n"
				    "Not shown: 26 closed tcp ports (reset)\n\n");
	nmap_normal.host(taken_anew(&got), &run, &h, p, NMAP_MANY);
	CHECK_HAS(taken_text(&got), "25/tcp closed unknown reset ttl 64\n");
	CHECK(!strstr(got.text, "ignored"));
}

TEST(without_ports_it_is_a_sweep)
{
	struct nmap_run r = run;
	struct fact_host h = up();

	r.tcp_n = r.udp_n = 0;
	r.reason = false;
	h.name = h.vendor = NULL;
	nmap_normal.host(taken_anew(&got), &r, &h, NULL, 0);
	CHECK_STR(taken_text(&got),
		  "Nmap scan report for 192.0.2.7\nHost is up (0.00031s latency).\n"
		  "MAC Address: 02:00:5E:10:00:0A (Unknown)\n");
	nmap_xml.begin(taken_anew(&got), &r);
	CHECK(!strstr(taken_text(&got), "scaninfo"));
}

TEST(states_without_a_word_of_nmaps_become_the_nearest)
{
	struct fact_port p =
		port(FACT_TCP, 1, FACT_VERDICT_UNRESOLVED, NULL, because("silence", FACT_NONE));

	CHECK_EQ(nmap_state_of(&p), NMAP_UNKNOWN);
	CHECK_STR(nmap_reason(&p), "no-response");
	p.proto = FACT_UDP;
	CHECK_EQ(nmap_state_of(&p), NMAP_OPEN_FILTERED);
	CHECK_STR(nmap_reason(&p), "rate-limited");
	p.state = FACT_VERDICT_UNREACHABLE;
	p.reason = error(1, 3, 1);
	CHECK_EQ(nmap_state_of(&p), NMAP_FILTERED);
	CHECK_STR(nmap_reason(&p), "host-unreach");
	p.state = FACT_VERDICT_UNFILTERED;
	CHECK_EQ(nmap_state_of(&p), NMAP_UNFILTERED);
	p.state = FACT_VERDICT_OPEN_FILTERED;
	p.reason = because("sentinel", FACT_NONE);
	CHECK_EQ(nmap_state_of(&p), NMAP_OPEN_FILTERED);
	CHECK_STR(nmap_reason(&p), "no-response");
}

TEST(icmp_errors_have_nmaps_names)
{
	static const struct {
		unsigned family;
		int64_t type, code;
		const char *word;
	} rows[] = {
		{ 4, 3, 0, "net-unreach" },      { 4, 3, 3, "port-unreach" },
		{ 4, 3, 9, "net-prohibited" },   { 4, 3, 10, "host-prohibited" },
		{ 4, 3, 5, "dest-unreach" },     { 4, 3, 99, "dest-unreach" },
		{ 4, 3, -1, "dest-unreach" },    { 4, 11, 0, "time-exceeded" },
		{ 4, 12, 0, "param-problem" },   { 4, 5, 0, "unknown-response" },
		{ 6, 1, 1, "admin-prohibited" }, { 6, 1, 4, "port-unreach" },
		{ 6, 1, 7, "dest-unreach" },     { 6, 3, 0, "time-exceeded" },
		{ 6, 2, 0, "unknown-response" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fact_port p = port(FACT_TCP, 1, FACT_VERDICT_FILTERED, NULL,
					  error(1, rows[i].type, rows[i].code));

		p.addr.family = (uint8_t)rows[i].family;
		CHECK_STR(nmap_reason(&p), rows[i].word);
	}
}

TEST(times_are_as_ctime_has_them)
{
	char buf[NMAP_TIME_LEN];

	CHECK_STR(nmap_time(0, buf), "Thu Jan  1 00:00:00 1970");
	CHECK_STR(nmap_time(1795277069, buf), "Sat Nov 21 16:04:29 2026");
	CHECK_STR(nmap_time(1709164800, buf), "Thu Feb 29 00:00:00 2024");
	CHECK_EQ(strlen(nmap_time(UINT64_MAX, buf)), 24);
}

TEST(no_octet_breaks_the_xml_or_a_line)
{
	nmap_clean(taken_anew(&got), "a\n\t\033<\xff\xc2\x85\xef\xbf\xbe\xc3\xa9>&\"", true);
	CHECK_STR(taken_text(&got), "a???&lt;???\xc3\xa9&gt;&amp;&quot;");
	nmap_clean(taken_anew(&got), "\xe2\x80\xae\xe2\x80\xa6\xe2\x81\xa6", false);
	CHECK_STR(taken_text(&got), "?\xe2\x80\xa6?");
	nmap_clean(taken_anew(&got), "a<\n>", false);
	CHECK_STR(taken_text(&got), "a<?>");
}
