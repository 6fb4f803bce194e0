/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "out/why_words.h"

/* What one protocol may have shown: a verdict with its evidence, and what that is called here. */
struct shown {
	uint8_t state, confidence;
	const char *kind, *text;
	int64_t icmp_type, code;
	const char *from; /* NULL: nobody */
	enum why_state is;
};

#define NO FACT_NONE

static const struct shown tcp[] = {
	{ FACT_VERDICT_OPEN, FACT_CERTAIN, "syn-ack", "SYN-ACK", NO, NO, "192.0.2.7", WHY_OPEN },
	{ FACT_VERDICT_OPEN, FACT_DOUBTFUL, "connected", "connected", NO, NO, "192.0.2.7",
	  WHY_OPEN },
	{ FACT_VERDICT_CLOSED, FACT_CERTAIN, "rst", "a reset", NO, NO, "192.0.2.7", WHY_CLOSED },
	{ FACT_VERDICT_UNFILTERED, FACT_CERTAIN, "rst", "a reset", NO, NO, "192.0.2.7",
	  WHY_CLOSED },
	{ FACT_VERDICT_FILTERED, FACT_CERTAIN, "icmp", "rejected by 192.0.2.7", 3, 3, "192.0.2.7",
	  WHY_REJECTED },
	{ FACT_VERDICT_FILTERED, FACT_LIKELY, "icmp", "prohibited by 10.9.9.1", 3, 13, "10.9.9.1",
	  WHY_REJECTED },
	{ FACT_VERDICT_FILTERED, FACT_LIKELY, "silence", "silence", NO, NO, NULL, WHY_SILENT },
	{ FACT_VERDICT_UNREACHABLE, FACT_LIKELY, "icmp", "no way to it, says 10.9.9.1", 3, 1,
	  "10.9.9.1", WHY_NO_WAY },
	{ FACT_VERDICT_UNREACHABLE, FACT_CERTAIN, "no-route", "this host has no route to it", NO,
	  NO, NULL, WHY_NO_WAY },
	{ FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL, "silence", "interrupted", NO, NO, NULL,
	  WHY_UNSURE },
};

static const struct shown udp[] = {
	{ FACT_VERDICT_OPEN, FACT_CERTAIN, "udp", "it answered", NO, NO, "192.0.2.7", WHY_OPEN },
	{ FACT_VERDICT_CLOSED, FACT_CERTAIN, "icmp", "no such port, says 192.0.2.7", 3, 3,
	  "192.0.2.7", WHY_CLOSED },
	{ FACT_VERDICT_FILTERED, FACT_LIKELY, "icmp", "prohibited by 10.9.9.1", 3, 13, "10.9.9.1",
	  WHY_REJECTED },
	{ FACT_VERDICT_FILTERED, FACT_LIKELY, "icmp", "rejected by 10.9.9.1", 3, 3, "10.9.9.1",
	  WHY_REJECTED },
	{ FACT_VERDICT_OPEN_FILTERED, FACT_LIKELY, "sentinel", "silence, not closed", NO, NO, NULL,
	  WHY_SILENT },
	{ FACT_VERDICT_OPEN_FILTERED, FACT_DOUBTFUL, "silence", "silence", NO, NO, NULL,
	  WHY_SILENT },
	{ FACT_VERDICT_UNREACHABLE, FACT_LIKELY, "icmp", "no way to it, says 10.9.9.1", 3, 1,
	  "10.9.9.1", WHY_NO_WAY },
	{ FACT_VERDICT_UNRESOLVED, FACT_DOUBTFUL, "limiter", "silence that a limit may explain", NO,
	  NO, NULL, WHY_UNSURE },
};

static struct fact_port port_of(const struct shown *s, enum fact_proto proto)
{
	struct fact_port p = {
		.addr = ip4_make(192, 0, 2, 7),
		.proto = (uint8_t)proto,
		.port = 80,
		.state = s->state,
		.service = "http",
		.tries = 3,
		.confidence = s->confidence,
		.reason = { .kind = s->kind,
			    .icmp_type = s->icmp_type,
			    .code = s->code,
			    .ttl = 64,
			    .rtt_us = s->from ? 410000 : FACT_NONE,
			    .text = s->text },
	};

	if (s->from)
		CHECK_EQ(ip_scan(s->from, &p.reason.from), 0);
	return p;
}

static struct fact_why why_of(const struct fact_port *port, size_t n)
{
	return (struct fact_why){
		.addr = ip4_make(192, 0, 2, 7),
		.port = 80,
		.service = "http",
		.ports = { port, n },
	};
}

/* All lines about @about, one behind the other. */
static const char *lines(const struct why_words *w, const char *about)
{
	static char buf[WHY_TEXT_MAX];
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < w->line_n; i++)
		if (strcmp(w->line[i].about, about) == 0)
			at += (size_t)snprintf(buf + at, sizeof(buf) - at, "%s\n", w->line[i].text);
	return buf;
}

/* Whatever was found: whole sentences, nothing left open, in the order that readers expect. */
static void check_shape(const struct why_words *w)
{
	static const char *const order[] = { "sent", "answer", "local", "meaning",
					     "rule", "risk",   "advice" };
	size_t at = 0;

	CHECK(w->answer && w->answer[0] >= 'A' && w->answer[0] <= 'Z');
	CHECK(w->answer[strlen(w->answer) - 1] == '.' && !strchr(w->answer, '$'));
	for (size_t i = 0; i < w->line_n; i++) {
		const char *text = w->line[i].text;

		while (at < ARRAY_LEN(order) && strcmp(order[at], w->line[i].about) != 0)
			at++;
		CHECK(at < ARRAY_LEN(order));
		CHECK(text[0] && text[strlen(text) - 1] == '.' && !strchr(text, '$'));
		CHECK(!strstr(text, "  ") && !strstr(text, ".."));
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(w->line[j].text, text) != 0);
	}
}

TEST(why_words_explain_every_verdict_of_both_protocols_together)
{
	static struct why_words w;

	for (size_t i = 0; i < ARRAY_LEN(tcp); i++)
		for (size_t j = 0; j < ARRAY_LEN(udp); j++) {
			struct fact_port p[] = { port_of(&tcp[i], FACT_TCP),
						 port_of(&udp[j], FACT_UDP) };
			struct fact_why why = why_of(p, 2);
			struct why_about about = { .why = &why };

			CHECK_EQ(why_words_state(&why, FACT_TCP), tcp[i].is);
			CHECK_EQ(why_words_state(&why, FACT_UDP), udp[j].is);
			why_words_make(&about, &w);
			check_shape(&w);
			CHECK_HAS(w.answer, "TCP port 80");
			CHECK_HAS(w.answer, "UDP port 80");
			CHECK_HAS(lines(&w, "sent"), "TCP: ");
			CHECK_HAS(lines(&w, "sent"), "UDP: ");
			CHECK_HAS(lines(&w, "answer"), "TCP: ");
			CHECK_HAS(lines(&w, "answer"), "UDP: ");
			CHECK(lines(&w, "meaning")[0]);
			CHECK(lines(&w, "advice")[0]);
			CHECK(!lines(&w, "local")[0] && !lines(&w, "rule")[0]);
			if (tcp[i].from && strcmp(tcp[i].from, "10.9.9.1") == 0)
				CHECK_HAS(lines(&w, "meaning"),
					  "but 10.9.9.1: a router or firewall");
			if (udp[j].confidence == FACT_DOUBTFUL)
				CHECK_HAS(lines(&w, "meaning"), "not certain");
		}
}

/* A route of kind blackhole, prohibit or unreachable: somebody knows very well. */
TEST(why_words_blame_nobody_for_what_was_not_sent)
{
	static struct why_words w;
	const struct shown own = { FACT_VERDICT_UNREACHABLE,
				   FACT_CERTAIN,
				   "no-route",
				   "this host has a blackhole route to it",
				   NO,
				   NO,
				   NULL,
				   WHY_NO_WAY };
	struct fact_port p[] = { port_of(&own, FACT_TCP), port_of(&own, FACT_UDP) };
	struct fact_why why = why_of(p, 2);
	struct why_about about = { .why = &why };

	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_STR(lines(&w, "answer"),
		  "TCP: no packet came there: this host has a blackhole route to it.\n"
		  "UDP: no packet came there: this host has a blackhole route to it.\n");
	CHECK_STR(lines(&w, "meaning"),
		  "Nothing left this host, for that reason. That says nothing "
		  "about the port, nor about 192.0.2.7.\n");
	CHECK_STR(lines(&w, "advice"), "See which route this host takes to it: ip route get.\n");
}

TEST(why_words_explain_one_protocol_alone)
{
	static struct why_words w;

	for (size_t i = 0; i < ARRAY_LEN(tcp) + ARRAY_LEN(udp); i++) {
		bool is_tcp = i < ARRAY_LEN(tcp);
		struct fact_port p = is_tcp ? port_of(&tcp[i], FACT_TCP)
					    : port_of(&udp[i - ARRAY_LEN(tcp)], FACT_UDP);
		struct fact_why why = why_of(&p, 1);
		struct why_about about = { .why = &why };

		CHECK_EQ(why_words_state(&why, is_tcp ? FACT_UDP : FACT_TCP), WHY_NOT_ASKED);
		why_words_make(&about, &w);
		check_shape(&w);
		CHECK_HAS(w.answer, is_tcp ? "TCP port 80" : "UDP port 80");
		CHECK(!strstr(w.answer, is_tcp ? "UDP" : "TCP"));
	}
}

TEST(why_words_say_when_nothing_could_be_sent)
{
	struct fact_port p[] = { port_of(&tcp[8], FACT_TCP), port_of(&udp[6], FACT_UDP) };
	struct fact_why why = why_of(p, 2);
	struct why_about about = { .why = &why };
	static struct why_words w;

	p[0].tries = p[1].tries = 0;
	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_HAS(lines(&w, "sent"),
		  "TCP: a request to connect (SYN) to port 80 of 192.0.2.7 could not");
	CHECK_HAS(lines(&w, "sent"), "UDP: a datagram to port 80 of 192.0.2.7 could not be sent.");
	CHECK_HAS(lines(&w, "answer"), "TCP: no packet came there: this host has no route to it.");
}

/* The question of the forums. */
TEST(why_words_say_that_tcp_and_udp_are_two_doors)
{
	struct fact_port p[] = { port_of(&tcp[0], FACT_TCP), port_of(&udp[1], FACT_UDP) };
	struct fact_why why = why_of(p, 2);
	struct why_about about = { .why = &why };
	static struct why_words w;

	why_words_make(&about, &w);
	CHECK_STR(w.answer,
		  "TCP port 80 of 192.0.2.7 is open: a program there accepts connections; UDP port "
		  "80 of 192.0.2.7 is closed: no program has bound it, and the host says so with "
		  "ICMP \"port unreachable\".");
	CHECK_HAS(lines(&w, "answer"),
		  "TCP: 192.0.2.7 answered SYN-ACK, \"go ahead\", after 0.41 ms.");
	CHECK_HAS(lines(&w, "answer"),
		  "UDP: 192.0.2.7 answered with the ICMP message "
		  "destination-unreachable/port-unreachable (3/3), after 0.41 ms.");
	CHECK_HAS(lines(&w, "meaning"), "two different doors");
	CHECK_HAS(lines(&w, "meaning"), "listens on TCP port 80 (http)");
	CHECK_HAS(lines(&w, "risk"), "\"Port unreachable\" is no risk");
	CHECK_HAS(lines(&w, "advice"), "Nothing needs to be done");
}

TEST(why_words_speak_of_ipv6_in_its_own_numbers)
{
	struct fact_port p = port_of(&udp[1], FACT_UDP);
	struct fact_why why = why_of(&p, 1);
	struct why_about about = { .why = &why };
	static struct why_words w;

	CHECK_EQ(ip_scan("2001:db8::7", &why.addr), 0);
	p.reason.from = why.addr;
	p.reason.icmp_type = 1;
	p.reason.code = 4;
	why.name = "web.example";
	why_words_make(&about, &w);
	CHECK_HAS(w.answer, "UDP port 80 of web.example is closed");
	CHECK_HAS(lines(&w, "answer"), "port-unreachable (1/4)");
	CHECK_HAS(lines(&w, "meaning"), "\"port unreachable\" (1/4)");
}

TEST(why_words_tell_a_silent_port_from_a_silent_host)
{
	struct fact_port p[] = { port_of(&tcp[6], FACT_TCP), port_of(&udp[5], FACT_UDP) };
	struct fact_by ping = { .probe = "echo",
				.reply = "answer",
				.from = ip4_make(192, 0, 2, 7),
				.icmp_type = 0,
				.code = 0,
				.rtt_us = 12300000 };
	struct fact_host host = { .state = FACT_HOST_DOWN };
	struct fact_why why = why_of(p, 2);
	struct why_about about = { .why = &why };
	static struct why_words w;

	why.host = &host;
	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_HAS(w.answer, "and so does the host");
	CHECK_HAS(lines(&w, "answer"), "ICMP: no answer to the ping.");
	CHECK_HAS(lines(&w, "meaning"), "Nothing at all came back");

	host.mac = "00:11:22:33:44:55";
	host.vendor = "Maker";
	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_HAS(w.answer, "a firewall drops what is sent to it");
	CHECK_HAS(lines(&w, "answer"),
		  "link address 00:11:22:33:44:55, of an interface made by Maker");
	host.mac = host.vendor = NULL;

	host.state = FACT_HOST_UP;
	host.by = (struct fact_list){ &ping, 1 };
	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_HAS(w.answer, "a firewall drops what is sent to it");
	CHECK_HAS(lines(&w, "answer"), "ICMP: 192.0.2.7 answered the ping, after 12 ms.");
	CHECK_HAS(lines(&w, "meaning"), "The host is there, yet");

	ping.reply = "icmp";
	ping.from = ip4_make(10, 9, 9, 1);
	ping.icmp_type = 3;
	ping.code = 13;
	why_words_make(&about, &w);
	CHECK_HAS(lines(&w, "answer"), "ICMP: 10.9.9.1 answered the ping with the message "
				       "destination-unreachable/");
	host.error = "no route";
	why_words_make(&about, &w);
	CHECK_HAS(lines(&w, "answer"), "could not be sent: no route.");
	host.middlebox = "TTL differs";
	why_words_make(&about, &w);
	CHECK_HAS(lines(&w, "meaning"), "in place of 192.0.2.7");
}

TEST(why_words_say_who_holds_the_port_and_which_rule_decides)
{
	static const struct fact_rule rule = { .backend = "nftables",
					       .family = "inet",
					       .table = "filter",
					       .chain = "input",
					       .position = 3,
					       .text = "tcp dport 80 drop" };
	struct fact_port p[] = { port_of(&tcp[0], FACT_TCP), port_of(&udp[1], FACT_UDP) };
	struct fact_socket held[] = {
		{ .proto = FACT_TCP,
		  .family = 4,
		  .reach = FACT_REACH_LOOPBACK,
		  .local = { ip4_make(127, 0, 0, 1), 80 },
		  .pid = 12,
		  .program = "nginx",
		  .user = "www" },
		{ .proto = FACT_TCP,
		  .family = 6,
		  .reach = FACT_REACH_ANY,
		  .v6only = true,
		  .local = { { .family = 6 }, 80 },
		  .pid = FACT_NONE },
	};
	struct fact_exposure seen[] = {
		{ .proto = FACT_TCP,
		  .family = 4,
		  .iface = "eth0",
		  .from = FACT_STRANGER,
		  .source = ip4_make(203, 0, 113, 9),
		  .state = FACT_FILTERED,
		  .rule = &rule },
		{ .proto = FACT_UDP,
		  .family = 4,
		  .iface = "eth0",
		  .from = FACT_NEIGHBOUR,
		  .source = ip4_make(192, 0, 2, 9),
		  .state = FACT_CLOSED },
	};
	struct fact_why why = why_of(p, 2);
	struct why_about about = { .why = &why, .over_loopback = true };
	static struct why_words w;

	why.local = true;
	why.sockets = (struct fact_list){ held, 2 };
	why.exposures = (struct fact_list){ seen, 2 };
	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_HAS(w.answer, "accepts connections for this host itself, but others find it silent");
	CHECK_HAS(lines(&w, "local"), "goes over the loopback interface");
	CHECK_HAS(lines(&w, "local"), "TCP port 80 is held by nginx (process 12 of www), on "
				      "127.0.0.1, which only this host itself can reach.");
	CHECK_HAS(lines(&w, "local"),
		  "a program that only root may look into, on every IPv6 address.");
	CHECK_HAS(lines(&w, "local"), "No program of this host has bound UDP port 80.");
	CHECK_HAS(lines(&w, "rule"),
		  "Strangers (such as 203.0.113.9) who come in by eth0 find TCP port 80 silent, "
		  "because what they send is dropped: the rule \"tcp dport 80 drop\" decides "
		  "(nftables, table inet filter, chain input, rule 3).");
	CHECK_HAS(lines(&w, "rule"), "Neighbours on the link (such as 192.0.2.9) who come in by "
				     "eth0 find UDP port 80 closed: no firewall rule decides.");

	why.exposures.n = 0;
	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_HAS(lines(&w, "rule"), "Nobody outside this host");
	about.no_twin = "it needs root";
	why_words_make(&about, &w);
	CHECK_HAS(lines(&w, "rule"), "was not tested: it needs root.");
}

TEST(why_words_know_who_keeps_quiet_here)
{
	struct fact_port p = port_of(&udp[4], FACT_UDP);
	struct fact_socket held = { .proto = FACT_UDP, .family = 4, .pid = 1, .program = "x" };
	struct fact_why why = why_of(&p, 1);
	struct why_about about = { .why = &why };
	static struct why_words w;

	why.local = true;
	why_words_make(&about, &w);
	CHECK(!strstr(lines(&w, "meaning"), "a program has bound UDP port 80: it keeps quiet"));
	why.sockets = (struct fact_list){ &held, 1 };
	why_words_make(&about, &w);
	check_shape(&w);
	CHECK_HAS(lines(&w, "meaning"), "a program has bound UDP port 80: it keeps quiet");
}

TEST(why_words_warn_of_services_that_flood_others)
{
	struct fact_port p = port_of(&udp[0], FACT_UDP);
	struct fact_why why = why_of(&p, 1);
	struct why_about about = { .why = &why };
	static struct why_words w;

	why_words_make(&about, &w);
	CHECK(!strstr(lines(&w, "risk"), "amplification"));
	why.port = 11211;
	why_words_make(&about, &w);
	CHECK_HAS(lines(&w, "risk"), "amplification");
}

/* However long names are, the texts end within their room. */
TEST(why_words_are_bounded)
{
	static struct fact_socket held[100];
	static char program[4096];
	struct fact_port p[] = { port_of(&tcp[0], FACT_TCP), port_of(&udp[1], FACT_UDP) };
	struct fact_why why = why_of(p, 2);
	struct why_about about = { .why = &why };
	static struct why_words w;

	memset(program, 'x', sizeof(program) - 1);
	for (size_t i = 0; i < ARRAY_LEN(held); i++)
		held[i] = (struct fact_socket){
			.proto = FACT_TCP, .family = 4, .pid = (int64_t)i, .program = program
		};
	why.local = true;
	why.sockets = (struct fact_list){ held, ARRAY_LEN(held) };
	why_words_make(&about, &w);
	CHECK(w.line_n <= WHY_LINES_MAX && w.used <= sizeof(w.text));
	for (size_t i = 0; i < w.line_n; i++)
		CHECK(w.line[i].text >= w.text &&
		      memchr(w.line[i].text, '\0',
			     (size_t)(w.text + sizeof(w.text) - w.line[i].text)));
}
