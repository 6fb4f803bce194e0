/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bulk passes: all ports, and bursts of echo requests. A veth handles a packet and
 * its answer while the sender's system call runs, so a window is done when it was sent.
 */
#include "flow/prover_own.h"

#include <errno.h>
#include <string.h>

#define FORGET_EVERY \
	16384         /* probes; conntrack's table (65,536 on small machines) must never fill */
#define SETTLE_MS  20 /* for answers that a busy machine defers to its softirq thread */
#define RESEND_MAX 3

static int forget(struct prover *p, struct err *err)
{
	return twin_flush_conntrack(p->conf.twin, err);
}

static int add_probe(struct prover *p, enum fact_proto proto, uint16_t port)
{
	struct proof_port what = {
		.proto = (uint8_t)proto,
		.port = port,
		.sport = p->watch.sport,
		.tag = prover_next_tag(p),
	};
	struct wcur w = prover_slot(p);
	int r = proof_port_build(&p->place, &what, &w);

	if (r == 0)
		prover_push(p, &w);
	return r;
}

static int send_window(struct prover *p, struct err *err)
{
	int r = prover_flush(p);

	if (r == 0)
		r = prover_drain(p);
	return r < 0 ? err_set(err, r, "probing the twin: %s", strerror(-r)) : 0;
}

static int one_pass(struct prover *p, enum fact_proto proto, struct err *err)
{
	int r = 0;

	for (unsigned port = 1; port <= 65535 && r == 0; port++) {
		r = add_probe(p, proto, (uint16_t)port);
		if (r < 0)
			return err_set(err, r, "building a probe for port %u", port);
		if (p->out_n == AFPACKET_BATCH || port == 65535)
			r = send_window(p, err);
		if (r == 0 && port % FORGET_EVERY == 0)
			r = prover_stopped(p) ? -EINTR : forget(p, err);
	}
	if (r < 0)
		return r;
	prover_wait(p, SETTLE_MS);
	r = prover_drain(p);
	return r < 0 ? err_set(err, r, "probing the twin: %s", strerror(-r)) : forget(p, err);
}

int prover_ports(struct prover *p, enum fact_proto proto, struct prover_port result[static 65536],
		 struct err *err)
{
	int r = 0;

	memset(result, 0, 65536 * sizeof(*result));
	/* Answers that overran the buffer are asked for again; what is known already stays. */
	for (int i = 0; i < RESEND_MAX; i++) {
		p->watch = (struct prover_watch){
			.bulk = true,
			.proto = (uint8_t)proto,
			.sport = prover_next_sport(p),
			.result = result,
		};
		afpacket_drops(p->io);
		r = one_pass(p, proto, err);
		p->watch = (struct prover_watch){ 0 };
		if (r < 0 || afpacket_drops(p->io) == 0)
			return r;
	}
	return err_set(err, -ENOBUFS, "probing the twin: its answers overrun the receive buffer");
}

int prover_burst(struct prover *p, unsigned n, struct err *err)
{
	uint8_t type = p->place.addr.family == 6 ? 128 : 8;
	/* One identifier, as one ping has: to conntrack the second request is an established flow. */
	uint16_t id = prover_next_tag(p) | 0x8000u;
	int r = 0;

	p->watch = (struct prover_watch){ .proto = FACT_ICMP };
	for (unsigned i = 0; i < n && r == 0; i++) {
		struct proof_icmp what = { .type = type, .tag = prover_next_tag(p), .echo_id = id };
		struct wcur w = prover_slot(p);

		r = proof_icmp_build(&p->place, &what, &w);
		if (r == 0)
			prover_push(p, &w);
		if (r == 0 && (p->out_n == AFPACKET_BATCH || i + 1 == n))
			r = send_window(p, err);
	}
	if (r == 0) {
		prover_wait(p, p->watch.echoes < n ? SETTLE_MS : 0);
		r = prover_drain(p);
	}
	if (r < 0)
		return r;
	r = (int)MIN(p->watch.echoes, n);
	p->watch = (struct prover_watch){ 0 };
	return prover_stopped(p) ? -EINTR : r;
}
