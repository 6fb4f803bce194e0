/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as an arrival, after three questions to each of two targets under a fixed key. The
 * first octet chooses the probe module, the second how the octets came; the rest is the message.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/ping.h"
#include "wire/checksum.h"

#define TARGETS 2
#define ASKED   3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void ask_all(struct ping *p)
{
	uint8_t buf[256];
	struct ping_step step;

	for (ping_next(p, 1000, &step); step.what == PING_SEND; ping_next(p, 1000, &step)) {
		struct wcur out = wcur(buf, sizeof(buf));

		if (ping_build(p, &step, 5000 * NS_PER_MS, &out) < 0)
			abort();
		ping_sent(p, &step, 1000);
	}
}

/* A checksum that verifies lets the fuzzer past the first gate. */
static void mend(uint8_t *message, size_t len)
{
	uint16_t sum;

	if (len < 4)
		return;
	message[2] = message[3] = 0;
	sum = checksum((struct span){ message, len });
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
}

static void check(struct ping *p, const struct ping_arrival *in)
{
	struct ping_event ev = { .target = TARGETS };

	if (ping_match(p, in, &ev) > PING_FORGED &&
	    (ev.target >= TARGETS || ev.seq < 1 || ev.seq > ASKED))
		abort();
	for (size_t i = 0; i < TARGETS; i++) {
		if (ping_target(p, i)->received > ASKED)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct probe_about about = { .kind = PROBE_ABOUT_INDEX, .index = 1 };
	struct ip_addr addr[TARGETS] = { ip4_make(192, 0, 2, 1), ip4_make(192, 0, 2, 2) };
	struct ping_conf conf = {
		.about = &about,
		.addr = addr,
		.targets = TARGETS,
		.key = { { 1, 2 } },
		.count = ASKED,
		.size = 20,
		.timeout_ns = 1,
		.stop_ns = PING_NEVER,
		.id4 = 0x1111,
		.id6 = 0x2222,
	};
	struct ping_arrival in = { .t_ns = 2000, .ttl = 64, .to = ip4_make(198, 51, 100, 1) };
	struct ping *p;
	uint8_t *copy;

	if (len < 2)
		return 0;
	conf.probe = probe_at(data[0] % 5);
	in.kind = data[1] & 1 ? PING_QUOTE : PING_MESSAGE;
	in.verified = data[1] & 2;
	if (data[1] & 4) {
		addr[1] = ip_from(6, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01");
		in.to = ip_from(6, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x09");
		conf.probe = data[0] & 1 ? &probe_echo : &probe_ext_echo;
	}
	in.from = in.dst = addr[data[1] >> 3 & 1];
	copy = malloc(len - 1);
	p = malloc(ping_size(&conf));
	if (!copy || !p)
		abort();
	ask_all(ping_init(p, &conf, 0));
	memcpy(copy, data + 2, len - 2);
	in.octets = (struct span){ copy, len - 2 };
	if (!in.verified && in.from.family == 4)
		mend(copy, len - 2);
	check(p, &in);
	free(p);
	free(copy);
	return 0;
}
