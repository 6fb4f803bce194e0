/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that are specified for TCP and UDP and listen on one of them only. A note on request. */
#include <inttypes.h>

#include "policy/note.h"

struct both {
	uint16_t port;
	const char *name, *why;
};

static const struct both both[] = {
	{ 53, "domain", "answers that do not fit UDP are asked for again over TCP (RFC 7766)" },
	{ 88, "kerberos", "tickets that do not fit UDP need TCP (RFC 4120 7.2)" },
	{ 111, "sunrpc", "NFS clients ask rpcbind over either (RFC 1833)" },
	{ 464, "kpasswd", "password changes come over either (RFC 3244)" },
	{ 3478, "stun", "clients behind strict firewalls can only use TCP (RFC 8489 6.2)" },
	{ 5060, "sip", "long requests must be sent over TCP (RFC 3261 18.1.1)" },
};

static const struct fact_socket *find_listener(const struct fact_audit *a, uint8_t proto,
					       int64_t port)
{
	uint8_t state = proto == FACT_TCP ? FACT_LISTEN : FACT_UNCONN;

	for (size_t i = 0; i < a->socket_n; i++) {
		const struct fact_socket *s = &a->socket[i];

		if (s->proto == proto && s->local.port == port && s->state == state)
			return s;
	}
	return NULL;
}

static void tell(const struct both *service, const struct fact_socket *has, struct review *to)
{
	const char *missing = has->proto == FACT_TCP ? "udp" : "tcp";
	struct note n;

	note_init(&n, &review_listener_udp_tcp_mismatch, FACT_INFO, 0);
	note_put(&n.subject, "%s (%u)", service->name, service->port);
	note_put(&n.evidence, "%s listens on %s/%u; nothing listens on %s/%u",
		 has->program ? has->program : "a program", fact_proto_words[has->proto],
		 service->port, missing, service->port);
	note_put(&n.why, "The service is specified for both protocols: %s.", service->why);
	note_put(&n.fix, "in the configuration of %s: listen on %s/%u too, or on neither",
		 has->program ? has->program : "the service", missing, service->port);
	note_tell(&n, to);
}

static void check(const struct fact_audit *a, struct review *to)
{
	if (!a->explain)
		return;
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		const struct fact_socket *tcp = find_listener(a, FACT_TCP, both[i].port);
		const struct fact_socket *udp = find_listener(a, FACT_UDP, both[i].port);

		if (!tcp != !udp)
			tell(&both[i], tcp ? tcp : udp, to);
	}
}

const struct review_rule review_listener_udp_tcp_mismatch = {
	.id = "listener-udp-tcp-mismatch",
	.summary = "a service of both protocols listens on one only",
	.check = check,
};
