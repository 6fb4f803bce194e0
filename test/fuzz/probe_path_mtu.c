/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path MTU's engine against an adversary: each pair of octets answers some probe with anything. It must come to
 * its end within its bound of probes, and what it tells must be possible.
 */
#include <errno.h>
#include <stdlib.h>

#include "probe/path_mtu.h"

#define CALLS 60000
#define KEPT  64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct play {
	struct path_mtu_conf conf;
	struct path_mtu *m;
	struct hop_shot kept[KEPT];
	unsigned at;
	uint64_t now_ns;
	bool done;
};

static void ask(struct play *p, bool fails)
{
	struct trace_step s;

	path_mtu_next(p->m, p->now_ns, &s);
	if (s.what == TRACE_DONE)
		p->done = true;
	if (s.what == TRACE_WAIT) {
		if (s.until_ns <= p->now_ns)
			abort();
		p->now_ns = s.until_ns;
	}
	if (s.what != TRACE_SEND)
		return;
	if (s.shot.len > p->conf.most || s.shot.number < p->conf.first_number || !s.shot.df ||
	    s.shot.hops == 0)
		abort();
	p->kept[p->at++ % KEPT] = s.shot;
	if (fails)
		path_mtu_send_failed(p->m, &s, EMSGSIZE, p->now_ns);
	else
		path_mtu_sent(p->m, &s, p->now_ns);
}

static void tell(struct play *p, uint8_t what, uint8_t who)
{
	const struct hop_shot *s = &p->kept[what / 8 % KEPT];
	bool six = p->conf.dst.family == 6;
	struct hop_reply r = { .dst = p->conf.dst, .flow = s->flow, .number = s->number };
	uint8_t hops;

	r.kind = REPLY_ERROR;
	r.from = ip4_make(10, 0, 0, who);
	r.t_ns = p->now_ns;
	switch (what % 8) {
	case 0:
	case 1:
		ask(p, what == 128);
		return;
	case 2:
		r.kind = REPLY_ANSWER;
		break;
	case 3:
		r.type = six ? 3 : 11;
		break;
	case 4:
		r.number = who;
		break;
	case 5:
		r.number = 0;
		break;
	default:
		r.type = six ? 2 : 3;
		r.code = six ? 0 : 4;
		r.mtu = who % 4 == 0 ? 0 : who % 4 == 1 ? UINT32_MAX : who * 8u;
		break;
	}
	path_mtu_match(p->m, &r, &hops);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct path_mtu_result r;
	struct play p = { .now_ns = NS_PER_S };

	if (len < 5)
		return 0;
	p.conf = (struct path_mtu_conf){
		.dst = { .family = data[0] & 1 ? 6 : 4, .octet = { 9 } },
		.kind = data[0] & 2 ? ASK_UDP : ASK_ECHO,
		.port = 33434,
		.hops = data[1] % (TRACE_HOPS_MAX + 1),
		.answering = { data[2], data[3] },
		.most = (uint16_t)(200 + data[4] * 200),
		.tries = 1 + data[0] / 64,
		.rtt_ns = data[0] & 4 ? 10 * NS_PER_MS : 0,
		.timeout_ns = NS_PER_S,
		.first_number = 1,
	};
	p.m = malloc(path_mtu_size(&p.conf));
	if (!p.m)
		abort();
	path_mtu_init(p.m, &p.conf, p.now_ns);
	for (size_t i = 5; i + 1 < len; i += 2)
		tell(&p, data[i], data[i + 1]);
	for (unsigned i = 0; !p.done; i++) {
		if (i > CALLS)
			abort();
		ask(&p, false);
	}
	if (!path_mtu_result(p.m, &r) || r.end == PATH_MTU_GOING || r.mtu > p.conf.most ||
	    r.last_hops > TRACE_HOPS_MAX || r.next_hops > TRACE_HOPS_MAX ||
	    r.set_hops > TRACE_HOPS_MAX)
		abort();
	free(p.m);
	return 0;
}
