/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/why_rows.h"

const struct why_row why_rows_tcp[WHY_STATES] = {
	[WHY_NOT_ASKED] = { 0 },
	[WHY_OPEN] = {
		"TCP port $p of $h is open: a program there accepts connections",
		"TCP: $o answered SYN-ACK, \"go ahead\"$r.",
		"A program on $h listens on TCP port $p$s, and nothing on the way stops you.",
		"An open TCP port is as safe as the program behind it: whoever reaches the port can "
		"talk to that program.",
		"If TCP port $p is meant to be offered, leave it so. If not, stop the program, or let "
		"the firewall admit only those who need it.",
	},
	[WHY_CLOSED] = {
		"TCP port $p of $h is closed: no program listens there",
		"TCP: $o answered RST (reset), \"nobody here\"$r.",
		"The host is there and the way to it is free, but no program listens on TCP port $p: "
		"the kernel itself then answers with a reset. A firewall may also be told to answer "
		"that way.",
		"A closed port is no risk; the answer only shows that a host is there.",
		"If something should listen on TCP port $p, start it and see that it is bound to the "
		"right address (on that host: ss -ltnp).",
	},
	[WHY_REJECTED] = {
		"TCP port $p of $h is shut by a firewall, which says so",
		"TCP: $o answered with the ICMP message $i$r.",
		"To a request to connect a kernel answers SYN-ACK or RST, never ICMP by itself. An "
		"ICMP refusal is a firewall's: REJECT rules say $u (port unreachable) unless told "
		"otherwise, $x (prohibited) when they are frank.",
		"A rejected port is no risk. The message shows that there is a firewall, which is "
		"no secret worth the waiting that silence costs.",
		"If TCP port $p should be reached, change the REJECT rule at $o.",
	},
	[WHY_SILENT] = {
		"TCP port $p of $h stays silent: a firewall drops what is sent to it",
		"TCP: nothing came back, asked $n.",
		"The host is there, yet to TCP port $p it answers neither yes (SYN-ACK) nor no (RST): "
		"a firewall, there or on the way, throws the packets away (DROP).",
		"Silence protects no better than a refusal, and it has a price: whoever connects by "
		"mistake hangs until a time-out, and every check takes long.",
		"If TCP port $p should be reached, look for the DROP rule (on that host: sonde audit). "
		"If not, a REJECT rule gives the same protection without the waiting.",
	},
	[WHY_NO_WAY] = {
		"TCP port $p of $h could not be reached",
		"TCP: $o said $i: the packet could not be delivered$r.",
		"What was sent never came to the host: on the way there nobody knows where it is. That says nothing about the port.",
		NULL,
		"See whether the address is right and the host is on, and how it is reached from here: "
		"ip route get, then sonde trace.",
	},
	[WHY_UNSURE] = {
		"what TCP port $p of $h is could not be found out",
		"TCP: no clear answer, asked $n.",
		"Too little came back to say what TCP port $p is: packets were lost, or the time was "
		"too short.",
		NULL,
		"Ask again, with more time: --timeout 10s.",
	},
};

const struct why_row why_rows_udp[WHY_STATES] = {
	[WHY_NOT_ASKED] = { 0 },
	[WHY_OPEN] = {
		"UDP port $p of $h is open: a program there answers",
		"UDP: $o answered with a datagram$r.",
		"A program on $h has bound UDP port $p$s and answers to strangers.",
		"An open UDP port is as safe as the program behind it. UDP also lets anyone forge "
		"where a question comes from, so a program that answers more than it is asked can be "
		"turned against third parties.",
		"If UDP port $p is meant to be offered, leave it so. If not, stop the program, or let "
		"the firewall admit only those who need it.",
	},
	[WHY_CLOSED] = {
		"UDP port $p of $h is closed: no program has bound it, and the host says so with ICMP "
		"\"port unreachable\"",
		"UDP: $o answered with the ICMP message $i$r.",
		"UDP has no \"no\" of its own. When no program has bound a UDP port, the kernel says so "
		"by ICMP \"port unreachable\" ($u): that is how the protocol works, not a fault. A "
		"firewall's REJECT rule may send the very same message; from outside they cannot be "
		"told apart.",
		"\"Port unreachable\" is no risk: it only shows that a host is there, and kernels limit "
		"how many they send.",
		"Nothing needs to be done. Do not drop these messages: without them programs wait for "
		"a time-out instead of learning at once that nobody is there.",
	},
	[WHY_REJECTED] = {
		"UDP port $p of $h is shut by a firewall, which says so",
		"UDP: $o answered with the ICMP message $i$r.",
		"That is no kernel's answer to a port that nobody has bound (it would be $u from the "
		"host itself): a firewall refuses, and says so.",
		"A rejected port is no risk.",
		"If UDP port $p should be reached, change the REJECT rule at $o.",
	},
	[WHY_SILENT] = {
		"UDP port $p of $h stays silent: it is open and keeps quiet, or a firewall drops what "
		"is sent to it",
		"UDP: nothing came back, asked $n.",
		"Silence over UDP has two readings. A program may have bound the port and not answer "
		"to a question it does not understand; or a firewall throws the packets away (DROP). "
		"A closed port is not silent: the kernel says \"port unreachable\" ($u) for it, if "
		"nothing keeps that message from coming.",
		"If a program is behind it, it is as safe as that program.",
		"To tell the two apart look at the host itself: ss -lunp shows who has bound the port, "
		"sonde audit which rule drops.",
	},
	[WHY_NO_WAY] = {
		"UDP port $p of $h could not be reached",
		"UDP: $o said $i: the packet could not be delivered$r.",
		"What was sent never came to the host: on the way there nobody knows where it is. That says nothing about the port.",
		NULL,
		"See whether the address is right and the host is on, and how it is reached from here: "
		"ip route get, then sonde trace.",
	},
	[WHY_UNSURE] = {
		"what UDP port $p of $h is could not be found out",
		"UDP: no clear answer, asked $n.",
		"Hosts send only so many \"port unreachable\" messages a second (Linux: one, after the "
		"first few). Silence may then mean a closed port whose refusal was not sent any more, "
		"or that packets were lost.",
		NULL,
		"Ask again in half a minute, when the host may send refusals again.",
	},
};

const struct why_row why_rows_tcp_nobody = {
	"TCP port $p of $h stays silent, and so does the host",
	"TCP: nothing came back, asked $n.",
	"Nothing at all came back from $h: nobody has this address, the host is off, or a firewall "
	"drops everything. From here these look the same.",
	NULL,
	"See whether the address is right and the host is on; ask from its own network too, where "
	"sonde sweep finds hosts that no firewall can hide (ARP).",
};

const struct why_row why_rows_tcp_unsent = {
	"TCP port $p of $h could not be reached",
	NULL,
	"Nothing left this host, for that reason. That says nothing about the port, nor about $h.",
	NULL,
	"See which route this host takes to it: ip route get.",
};

const struct why_row why_rows_udp_unsent = {
	"UDP port $p of $h could not be reached",
	NULL,
	"Nothing left this host, for that reason. That says nothing about the port, nor about $h.",
	NULL,
	"See which route this host takes to it: ip route get.",
};

const struct why_row why_rows_udp_nobody = {
	"UDP port $p of $h stays silent, and so does the host",
	"UDP: nothing came back, asked $n.",
	"Nothing at all came back from $h, so silence says nothing about UDP port $p either.",
	NULL,
	NULL,
};

static const struct why_pair pairs[] = {
	{ WHY_OPEN, WHY_CLOSED,
	  "TCP port $p and UDP port $p are two different doors that happen to have one number. A "
	  "program that listens on the TCP one does nothing for the UDP one: nobody has bound "
	  "that, and the kernel says so. An open port $p and \"ICMP port unreachable\" for port $p "
	  "are both right.",
	  "Nothing needs to be done: TCP port $p serves, and UDP port $p is shut as it should be. "
	  "Whoever reports \"port unreachable\" here has asked over UDP." },
	{ WHY_CLOSED, WHY_OPEN,
	  "TCP port $p and UDP port $p are two different doors that happen to have one number. A "
	  "program serves the UDP one; nobody listens on the TCP one.",
	  NULL },
	{ WHY_OPEN, WHY_OPEN,
	  "Both doors of that number are open: some services (DNS, Kerberos, SIP, HTTP/3 beside "
	  "HTTP) use TCP and UDP.",
	  NULL },
	{ WHY_CLOSED, WHY_CLOSED,
	  "Each protocol says \"nobody here\" in its own way: TCP by a reset, UDP by ICMP \"port "
	  "unreachable\" ($u). No firewall is in the way for either.",
	  "If something should serve port $p, start it and see that it is bound to the right "
	  "address (on that host: ss -lntup)." },
	{ WHY_SILENT, WHY_SILENT,
	  "Neither yes nor no over either protocol is how a firewall looks that drops whatever it "
	  "does not know.",
	  NULL },
	{ WHY_OPEN, WHY_SILENT,
	  "TCP port $p is let through. UDP port $p is another door: most likely the firewall "
	  "drops what it was not told to admit.",
	  NULL },
	{ WHY_SILENT, WHY_CLOSED,
	  "The host answers for UDP, so it is there and the way is free; only TCP port $p is "
	  "thrown away by a firewall.",
	  NULL },
	{ WHY_SILENT, WHY_OPEN,
	  "UDP port $p is served; TCP port $p is another door, and a firewall throws away what "
	  "comes to it.",
	  NULL },
	{ WHY_CLOSED, WHY_SILENT,
	  "The host answers for TCP, so it is there. That UDP port $p is silent is then a "
	  "program's doing, or a firewall's.",
	  NULL },
	{ WHY_REJECTED, WHY_REJECTED, "The same firewall refuses both, as far as can be told.",
	  NULL },
	{ WHY_REJECTED, WHY_CLOSED,
	  "A firewall refuses TCP port $p by ICMP; so what looks like the kernel's \"port "
	  "unreachable\" for UDP may well be the same rule's.",
	  NULL },
	{ WHY_OPEN, WHY_REJECTED,
	  "TCP port $p is let through. UDP port $p is another door, which a firewall refuses.",
	  NULL },
	{ WHY_NO_WAY, WHY_NO_WAY, NULL,
	  "See whether the address is right and the host is on, and how it is reached from here: "
	  "ip route get, then sonde trace." },
	{ WHY_UNSURE, WHY_UNSURE, NULL, "Ask again, with more time: --timeout 10s." },
};

const struct why_pair *why_rows_pair(enum why_state tcp, enum why_state udp)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (pairs[i].tcp == tcp && pairs[i].udp == udp)
			return &pairs[i];
	return NULL;
}

/* UDP services known to answer many times more than they are asked (US-CERT alert TA14-017A). */
const char *why_rows_abuse(int64_t port)
{
	static const uint16_t amplifiers[] = { 17,   19,   53,   69,    111,  123,  137,
					       161,  177,  389,  520,   1900, 3283, 3478,
					       3702, 5353, 5683, 10001, 11211 };

	for (size_t i = 0; i < ARRAY_LEN(amplifiers); i++)
		if (amplifiers[i] == port)
			return "Services like this one answer far more than they are asked. When "
			       "anyone may ask, forged questions from them flood others (DDoS by "
			       "amplification): only your own clients should reach it.";
	return NULL;
}
