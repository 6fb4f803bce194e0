/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/prover_own.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "icmp/number.h"
#include "sys/ns.h"
#include "wire/ip4.h"
#include "wire/link.h"

#define SPORT_FIRST 20000 /* source ports of probes */
#define SPORT_LAST  60000

static int open_oracle(struct prover *p, struct err *err)
{
	for (int i = 0; i < 2; i++) {
		int r = twin_icmp_open(p->conf.twin, i ? 6 : 4, &p->icmp_fd[i], err);

		/* A kernel without the family: nothing of it is probed either. */
		if (r == -EAFNOSUPPORT)
			p->icmp_fd[i] = -1;
		else if (r < 0)
			return r;
	}
	return 0;
}

int prover_new(const struct prover_conf *conf, struct prover **ret, struct err *err)
{
	AUTO(prover_freep) struct prover *p = calloc(1, sizeof(*p));
	int fd, r;

	if (!p)
		return err_set(err, -ENOMEM, "setting up the prober: out of memory");
	p->conf = *conf;
	p->icmp_fd[0] = p->icmp_fd[1] = -1;
	p->sport = SPORT_FIRST;
	p->hit = calloc(conf->rule_n + 1, sizeof(*p->hit));
	if (!p->hit)
		return err_set(err, -ENOMEM, "setting up the prober: out of memory");
	r = ns_socket(twin_outside_fd(conf->twin), AF_PACKET, SOCK_RAW, 0, &fd, err);
	if (r < 0)
		return r;
	r = afpacket_take(fd, &p->io, err);
	if (r < 0)
		return r;
	r = open_oracle(p, err);
	if (r < 0)
		return r;
	*ret = p;
	p = NULL;
	return 0;
}

void prover_free(struct prover *p)
{
	if (!p)
		return;
	afpacket_close(p->io);
	for (int i = 0; i < 2; i++)
		if (p->icmp_fd[i] >= 0)
			close(p->icmp_fd[i]);
	free(p->hit);
	free(p);
}

void prover_freep(struct prover **p)
{
	prover_free(*p);
}

const struct proof_place *prover_place(const struct prover *p)
{
	return &p->place;
}

bool prover_spent(struct prover *p)
{
	bool spent = p->spent;

	p->spent = false;
	return spent;
}

int64_t prover_hits(const struct prover *p, size_t i)
{
	return i < p->conf.rule_n ? p->hit[i] : 0;
}

/* A neighbour's link-local address; nobody else on the twin's link has one. */
static struct ip_addr link_source(const struct host_place *where)
{
	struct ip_addr a = { .family = 6, .octet = { 0xfe, 0x80, [8] = 0x50, [15] = 0x5e } };

	if (where->addr.family != 6)
		return (struct ip_addr){ 0 };
	return ip_kind(&where->source) == IP_LINK_LOCAL ? where->source : a;
}

int prover_go(struct prover *p, const struct twin_port *port, const struct host_place *where,
	      enum fact_from from, struct err *err)
{
	int r = 0;

	p->port = port;
	p->place = (struct proof_place){
		.ether = port->kind == TWIN_ETHER,
		.source = where->source,
		.addr = where->addr,
		.from = (uint8_t)from,
		.trace_ip_id = TRACE_IP_ID,
		.trace_label = TRACE_FLOW_LABEL,
	};
	memcpy(p->place.host_mac.octet, port->mac, 6);
	memcpy(p->place.our_mac.octet, port->outside_mac, 6);
	if (from == FACT_NEIGHBOUR) {
		p->place.link_source = link_source(where);
		r = twin_add_neighbour(p->conf.twin, port, &where->source, err);
		if (r == 0 && p->place.link_source.family)
			r = twin_add_neighbour(p->conf.twin, port, &p->place.link_source, err);
	}
	return r;
}

int prover_send(struct prover *p, const struct span *frame, size_t n)
{
	if (p->port->kind == TWIN_ETHER)
		return afpacket_send(p->io, p->port->outside, frame, n);
	for (size_t i = 0; i < n; i++)
		if (write(p->port->tun_fd, frame[i].p, frame[i].len) < 0)
			return -errno;
	return 0;
}

struct wcur prover_slot(struct prover *p)
{
	return wcur(p->arena[p->out_n], PROOF_FRAME_MAX);
}

void prover_push(struct prover *p, const struct wcur *w)
{
	p->out[p->out_n++] = (struct span){ w->start, wcur_len(w) };
}

int prover_flush(struct prover *p)
{
	size_t n = p->out_n;

	p->out_n = 0;
	return n > 0 ? prover_send(p, p->out, n) : 0;
}

uint16_t prover_next_sport(struct prover *p)
{
	p->sport = p->sport >= SPORT_LAST ? SPORT_FIRST : (uint16_t)(p->sport + 1);
	return p->sport;
}

bool prover_stopped(const struct prover *p)
{
	return p->conf.stop && p->conf.stop(p->conf.stop_to);
}

uint16_t prover_next_tag(struct prover *p)
{
	p->tag = p->tag == PROOF_TAG_MAX ? 1 : (uint16_t)(p->tag + 1);
	return p->tag;
}

/* SYN/ACKs leave a half-open connection behind; its end is sent with the next batch of resets. */
static void queue_reset(struct prover *p, const struct proof_reply *r)
{
	struct proof_port what = { .proto = FACT_TCP, .port = r->port, .sport = r->sport };
	struct wcur w;

	if (p->reset_n == AFPACKET_BATCH)
		return;
	w = wcur(p->reset[p->reset_n], PROOF_FRAME_MAX);
	if (proof_reset_build(&p->place, &what, r->ack, &w) == 0)
		p->reset_out[p->reset_n++] = (struct span){ w.start, wcur_len(&w) };
}

static void note_bulk(struct prover_watch *w, const struct proof_reply *r)
{
	struct prover_port *port;

	if (r->proto != w->proto || r->sport != w->sport)
		return;
	port = &w->result[r->port];
	/* The first word counts: a SYN/ACK's retransmission or a late error changes nothing. */
	if (port->kind != PROOF_NOISE)
		return;
	*port = (struct prover_port){
		.kind = r->kind,
		.icmp_type = (uint8_t)MAX(r->icmp_type, 0),
		.code = (uint8_t)MAX(r->code, 0),
		.ttl = r->ttl,
		.taken = port->taken,
	};
}

static bool answers(const struct prover *p, const struct proof_reply *r)
{
	const struct prover_watch *w = &p->watch;

	if (r->proto != w->proto)
		return false;
	if (w->proto == FACT_ICMP)
		return proof_answers(r, p->place.addr.family, w->icmp_type, w->icmp_code, w->tag);
	return r->sport == w->sport;
}

static void note_one(struct prover *p, const struct proof_reply *r)
{
	struct prover_fate *f = p->watch.fate;

	if (f->answered || !answers(p, r))
		return;
	f->answered = true;
	f->answer = (struct fact_answer){
		.kind = proof_kind_words[r->kind],
		.from = r->from,
		.icmp_type = r->icmp_type < 0 ? FACT_NONE : r->icmp_type,
		.code = r->icmp_type < 0 ? FACT_NONE : r->code,
		.ttl = r->ttl,
	};
}

static void keep_own(struct prover *p, int link, struct span frame)
{
	struct span l3 = proof_quotable(link, frame, &p->place.addr, &p->place.source);

	if (l3.len == 0 || p->watch.own_len > 0)
		return;
	p->watch.own_len = MIN(l3.len, (size_t)PROOF_FRAME_MAX);
	memcpy(p->watch.own_buf, l3.p, p->watch.own_len);
}

static bool is_echo_reply(const struct proof_reply *r)
{
	return r->icmp_type == (r->from.family == 6 ? ICMP6_ECHO_REPLY : ICMP4_ECHO_REPLY);
}

static void take_frame(struct prover *p, int link, struct span frame)
{
	struct proof_reply r;

	if (p->watch.own) {
		keep_own(p, link, frame);
		return;
	}
	r = proof_match(link, frame);
	if (r.kind == PROOF_NOISE ||
	    !(ip_eq(&r.to, &p->place.source) || ip_eq(&r.to, &p->place.link_source)))
		return;
	if (r.kind == PROOF_SYN_ACK)
		queue_reset(p, &r);
	if (p->watch.bulk)
		note_bulk(&p->watch, &r);
	else if (p->watch.fate)
		note_one(p, &r);
	else if (r.kind == PROOF_MESSAGE && is_echo_reply(&r))
		p->watch.echoes++;
}

static void on_frame(void *to, int ifindex, struct span frame)
{
	(void)ifindex; /* an answer may leave by another interface than the probe came by */
	take_frame(to, LINK_ETHERNET, frame);
}

static void drain_tuns(struct prover *p)
{
	uint8_t buf[AFPACKET_FRAME_MAX];
	size_t n;
	const struct twin_port *ports = twin_ports(p->conf.twin, &n);

	for (size_t i = 0; i < n; i++) {
		ssize_t len;

		if (ports[i].kind != TWIN_L3)
			continue;
		while ((len = read(ports[i].tun_fd, buf, sizeof(buf))) > 0)
			take_frame(p, LINK_RAW, (struct span){ buf, (size_t)len });
	}
}

static void on_datagram(const struct twin_datagram *d, void *to)
{
	struct prover *p = to;
	struct prover_watch *w = &p->watch;

	uint16_t port;

	if (w->proto != FACT_UDP || d->from_port != w->sport ||
	    !ip_eq(&d->from, &p->place.source) || !proof_payload_port(d->payload, &port))
		return;
	if (w->bulk)
		w->result[port].taken = true;
	else if (w->fate && port == w->port)
		w->fate->reached = true;
}

/*
 * One message at the oracle: is it what was just sent? IPv4 comes with its header and tag;
 * IPv6 without, but probes go one by one, and the oracle hears them at once.
 */
static bool is_ours(const struct prover *p, const struct ip_addr *from, struct span octets)
{
	const struct prover_watch *w = &p->watch;
	struct ip4_pkt h;

	if (from->family == 6)
		return octets.len >= 2 && octets.p[0] == w->icmp_type &&
		       octets.p[1] == w->icmp_code &&
		       (ip_eq(from, &p->place.source) || ip_eq(from, &p->place.link_source));
	return ip4_parse(octets, &h) == 0 && (h.id & PROOF_TAG_MAX) == w->tag &&
	       ip_eq(&h.src, &p->place.source);
}

static void drain_oracle(struct prover *p, int family)
{
	int fd = p->icmp_fd[family == 6];
	struct sockaddr_in6 sa;
	socklen_t len = sizeof(sa);
	uint8_t buf[512];
	ssize_t n;

	while (fd >= 0 &&
	       (n = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, (void *)&sa, &len)) >= 0) {
		struct ip_addr from = { .family = 4 };

		if (family == 6)
			from = ip_from(6, &sa.sin6_addr);
		if (p->watch.fate && p->watch.proto == FACT_ICMP &&
		    p->place.addr.family == family &&
		    is_ours(p, &from, (struct span){ buf, (size_t)n }))
			p->watch.fate->reached = true;
		len = sizeof(sa);
	}
}

int prover_drain(struct prover *p)
{
	size_t resets;
	int r = afpacket_recv(p->io, on_frame, p);

	if (r < 0)
		return r;
	drain_tuns(p);
	drain_oracle(p, 4);
	drain_oracle(p, 6);
	if (p->conf.stubs) {
		r = twin_stubs_drain(p->conf.stubs, on_datagram, p);
		if (r < 0)
			return r;
	}
	resets = p->reset_n;
	p->reset_n = 0;
	return resets > 0 ? prover_send(p, p->reset_out, resets) : 0;
}

void prover_wait(struct prover *p, int ms)
{
	struct pollfd fds[] = {
		{ .fd = afpacket_fd(p->io), .events = POLLIN },
		{ .fd = p->icmp_fd[0], .events = POLLIN },
		{ .fd = p->icmp_fd[1], .events = POLLIN },
		{ .fd = p->conf.stubs ? twin_stubs_fd(p->conf.stubs) : -1, .events = POLLIN },
		{ .fd = p->conf.trace ? twin_trace_fd(p->conf.trace) : -1, .events = POLLIN },
		{ .fd = p->port->tun_fd, .events = POLLIN },
	};

	poll(fds, ARRAY_LEN(fds), ms);
}
