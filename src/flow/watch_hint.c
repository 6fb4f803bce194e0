/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an ICMP error means to whoever runs the network. One function for each kind of error: what follows from the
 * type and code alone stands in a table.
 */
#include <stdarg.h>
#include <stdio.h>

#include "flow/watch_own.h"
#include "icmp/number.h"

#define ANY 256 /* in place of a code */

struct hint {
	uint8_t family, type;
	uint16_t code;
	const char *text;
};

static const struct hint hints[] = {
	{ 4, ICMP4_UNREACH, 0, "a router knows no way there: look at its routes" },
	{ 6, ICMP6_UNREACH, 0, "a router knows no way there: look at its routes" },
	{ 4, ICMP4_UNREACH, 1,
	  "the last router gets no answer from the host: it is off, or has another address" },
	{ 6, ICMP6_UNREACH, 3,
	  "the last router gets no answer from the host: it is off, or has another address" },
	{ 4, ICMP4_UNREACH, 2, "the host does not speak that protocol" },
	{ 4, ICMP4_UNREACH, 5,
	  "a source route could not be followed, and should not be asked for" },
	{ 4, ICMP4_UNREACH, 6, "a router knows no way there: look at its routes" },
	{ 4, ICMP4_UNREACH, 7, "a router knows no such host" },
	{ 4, ICMP4_UNREACH, 9, "a firewall or router forbids it: look at its rules" },
	{ 4, ICMP4_UNREACH, 10, "a firewall or router forbids it: look at its rules" },
	{ 4, ICMP4_UNREACH, 11, "no way there for this type of service" },
	{ 4, ICMP4_UNREACH, 12, "no way there for this type of service" },
	{ 4, ICMP4_UNREACH, 13, "a firewall or router forbids it: look at its rules" },
	{ 4, ICMP4_UNREACH, 14, "the host forbids this precedence" },
	{ 4, ICMP4_UNREACH, 15, "the network asks for a higher precedence" },
	{ 6, ICMP6_UNREACH, 1, "a firewall or router forbids it: look at its rules" },
	{ 6, ICMP6_UNREACH, 2,
	  "the source address does not reach so far: a link-local one was used beyond its link" },
	{ 6, ICMP6_UNREACH, 5, "the source address fails a router's filter" },
	{ 6, ICMP6_UNREACH, 6, "a router rejects that destination: look at its routes" },
	{ 4, ICMP4_SOURCE_QUENCH, ANY,
	  "asks to send slower; deprecated since 2012, nobody should send or heed it" },
	{ 4, ICMP4_TIME_EXCEEDED, 1,
	  "fragments are lost on the way, so that the packet is never whole" },
	{ 6, ICMP6_TIME_EXCEEDED, 1,
	  "fragments are lost on the way, so that the packet is never whole" },
	{ 4, ICMP4_PARAM_PROBLEM, ANY, "a header is malformed, or an option is not understood" },
	{ 6, ICMP6_PARAM_PROBLEM, 1, "a header is of a kind that the receiver does not know" },
	{ 6, ICMP6_PARAM_PROBLEM, 2, "an option is of a kind that the receiver does not know" },
	{ 6, ICMP6_PARAM_PROBLEM, ANY, "a header is malformed" },
};

static const char *say(char *buf, size_t len, const char *fmt, ...) PRINTF_LIKE(3, 4);

static const char *say(char *buf, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, len, fmt, ap);
	va_end(ap);
	return buf;
}

static const char *closed_port(const struct failure *g, char *buf, size_t len)
{
	char who[IP_TEXT_LEN];
	const char *proto = g->proto == IP_PROTO_UDP   ? "UDP "
			    : g->proto == IP_PROTO_TCP ? "TCP "
						       : "";

	if (!ip_eq(&g->offender, &g->dst))
		return say(buf, len, "a firewall at %s rejects it, or translates addresses",
			   ip_format(&g->offender, who));
	if (!g->has_port)
		return say(buf, len, "nothing there takes it");
	/* TCP says it by a reset: this error comes from a rule. */
	if (g->proto == IP_PROTO_TCP)
		return say(buf, len, "a firewall rule there rejects TCP %u", g->port);
	return say(buf, len, "nothing listens on %s%u there", proto, g->port);
}

static const char *too_big(const struct failure *g, char *buf, size_t len)
{
	char who[IP_TEXT_LEN];

	ip_format(&g->offender, who);
	if (g->mtu == 0)
		return say(
			buf, len,
			"packets are too large for a link behind %s, which does not tell its MTU",
			who);
	return say(
		buf, len,
		"the link behind %s takes %u octets: fine while the count stays low; when it does not, the "
		"sender never hears it",
		who, g->mtu);
}

static const char *out_of_hops(const struct failure *g, char *buf, size_t len)
{
	char who[IP_TEXT_LEN];

	return say(buf, len, "hops ran out at %s: a traceroute, or a loop of routes there",
		   ip_format(&g->offender, who));
}

static const char *redirected(const struct failure *g, char *buf, size_t len)
{
	char who[IP_TEXT_LEN], gateway[IP_TEXT_LEN];

	ip_format(&g->offender, who);
	if (ip_eq(&g->gateway, &g->dst))
		return say(buf, len, "%s says that the destination is on the same link", who);
	return say(
		buf, len,
		"%s says that %s is the better gateway: believe it only of a router that is yours",
		who, ip_format(&g->gateway, gateway));
}

const char *watch_hint(const struct failure *g, char *buf, size_t len)
{
	bool v4 = g->src.family == 4;

	if (g->type == (v4 ? ICMP4_UNREACH : ICMP6_UNREACH) && g->code == (v4 ? 3 : 4))
		return closed_port(g, buf, len);
	if ((v4 && g->type == ICMP4_UNREACH && g->code == 4) ||
	    (!v4 && g->type == ICMP6_PACKET_TOO_BIG))
		return too_big(g, buf, len);
	if (g->type == (v4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED) && g->code == 0)
		return out_of_hops(g, buf, len);
	if (g->type == (v4 ? ICMP4_REDIRECT : ICMP6_ND_REDIRECT))
		return redirected(g, buf, len);
	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		if (hints[i].family == g->src.family && hints[i].type == g->type &&
		    (hints[i].code == ANY || hints[i].code == g->code))
			return hints[i].text;
	return "no standard says what this code means";
}
