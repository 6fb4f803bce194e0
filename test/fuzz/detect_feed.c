/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of any octets through all detectors. Input: records of a length octet, an octet that says which link
 * type and how much time goes by, and so many octets; each is fed as a frame, and alerts are held to what they promise.
 */
#include <stdlib.h>

#include "detect/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool held)
{
	if (!held)
		abort();
}

static void look(void *to, const struct detect_alert *a)
{
	uint64_t *told = to;

	must(a->kind && a->severity <= DETECT_HIGH && a->state <= DETECT_ENDED);
	must(a->id > 0 && a->packets > 0 && a->reasons <= DETECT_REASONS_MAX);
	must(a->first_ns <= a->last_ns);
	for (unsigned i = 0; i < a->reasons; i++)
		must(a->reason[i].what != NULL);
	++*told;
}

static void feed(struct detect *d, const uint8_t *data, size_t len)
{
	/* Nothing; a little; enough for outcomes; for the end of alerts; for filters to turn; back. */
	static const uint64_t steps[] = { 0, NS_PER_MS, 3 * NS_PER_S, 700 * NS_PER_S,
					  86401 * NS_PER_S };
	uint64_t t_ns = 1000 * NS_PER_S, number = 0;

	while (len >= 2) {
		size_t n = MIN(data[0], len - 2);
		struct sight s = { .number = ++number,
				   .wire_len = (uint32_t)n,
				   .way = data[1] >> 6 & 1 };

		t_ns += steps[data[1] % 5];
		s.t_ns = data[1] == 0xff ? 0 : t_ns;
		s.link = data[1] & 0x20 ? LINK_ETHERNET : LINK_RAW;
		sight_read(&s, (struct span){ data + 2, n });
		detect_feed(d, &s);
		data += 2 + n;
		len -= 2 + n;
	}
	detect_tick(d, t_ns + NS_PER_S);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct detect_conf conf;
	static void *mem;
	struct detect_sums sums;
	uint64_t told = 0;
	struct detect *d;

	if (!mem) {
		detect_defaults(&conf);
		conf.memory = DETECT_MEMORY_MIN;
		conf.threshold[DETECT_contacts_admit] = 1;
		conf.threshold[DETECT_warm_up] = 0;
		conf.dark[conf.dark_n++] =
			ip_prefix_of(&(struct ip_addr){ .family = 4, .octet = { 10 } }, 16);
		conf.monitored[conf.monitored_n++] =
			ip_prefix_of(&(struct ip_addr){ .family = 4, .octet = { 192, 0, 2 } }, 24);
		mem = malloc(detect_size(&conf));
		must(mem != NULL);
	}
	d = detect_init(mem, &conf, look, &told);
	feed(d, data, len);
	detect_end(d);
	sums = detect_sums(d);
	must(sums.raised[0] + sums.raised[1] + sums.raised[2] <= told);
	return 0;
}
