/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spikes toward unused addresses. Nobody has a reason to send there: requests are somebody who scans, answers
 * and errors are backscatter of forged sources. Each unused range has a series of its own for each, in bins of
 * ten seconds, with a slow mean and variance that stand still while a spike lasts.
 */
#include <math.h>
#include <string.h>

#include "detect/detector.h"

#define BIN_NS (10 * NS_PER_S)
#define ALPHA  0.02 /* of the mean: about 8 minutes */
#define CALM   6    /* bins under mu + 3 sigma until it is over */
#define TOP    4    /* sources of a bin that are counted */
#define RAMP   8    /* bound of the CUSUM that sees slow ramps */
#define SERIES 3

static const char *const series_kind[SERIES] = { "dark.spike", "dark.backscatter", "dark.other" };

struct series {
	double mean, variance, ramp;
	uint64_t packets, total; /* of this bin; while it lasts */
	uint64_t since_ns;
	uint8_t hll[1 << DETECT_HLL]; /* destinations of this bin */
	struct {
		struct ip_addr addr;
		uint32_t n;
	} top[TOP];
	uint8_t over; /* a bit a bin, the latest lowest */
	uint8_t calm;
	bool alarmed;
};

struct spike {
	uint64_t bin_ns; /* when the bin began; 0: none yet */
	struct series series[][SERIES];
};

static size_t spike_size(const struct detect_conf *conf)
{
	return sizeof(struct spike) + detect_dark_ranges(conf) * sizeof(struct series[SERIES]);
}

static void spike_packet(void *self, struct detect *d, const struct sight *s,
			 const struct detect_contact *c)
{
	struct spike *k = self;
	unsigned which = c->on & DETECT_ON_REQUEST                      ? 0
			 : c->on & (DETECT_ON_ANSWER | DETECT_ON_ERROR) ? 1
									: 2;
	struct series *x = &k->series[c->dark][which];
	unsigned least = 0;

	if (k->bin_ns == 0)
		k->bin_ns = detect_now(d);
	x->packets++;
	hll_add(x->hll, DETECT_HLL, detect_hash(d, &s->pkt.dst));
	for (unsigned i = 0; i < TOP; i++) {
		if (x->top[i].n > 0 && ip_eq(&x->top[i].addr, &s->pkt.src)) {
			x->top[i].n++;
			return;
		}
		if (x->top[i].n < x->top[least].n)
			least = i;
	}
	/* As space-saving does: the least makes room, its count stays as the possible error. */
	x->top[least].addr = s->pkt.src;
	x->top[least].n++;
}

static void tell(struct detect *d, int range, unsigned which, struct series *x, double bound)
{
	struct detect_alert a = detect_alert_of(series_kind[which], DETECT_MEDIUM, NULL, NULL);
	unsigned most = 0;

	for (unsigned i = 1; i < TOP; i++)
		if (x->top[i].n > x->top[most].n)
			most = i;
	if (2ull * x->top[most].n >= x->packets)
		a.src = x->top[most].addr;
	a.targets = detect_dark_range(d, range);
	a.distinct = hll_count(x->hll, DETECT_HLL);
	a.distinct_error = a.distinct * hll_error(DETECT_HLL);
	a.packets = x->total;
	a.first_ns = x->since_ns;
	a.dark = (uint64_t)(a.distinct + 0.5);
	if (which == 1)
		a.severity = DETECT_LOW;
	else if (x->packets >= 10 * bound)
		a.severity = DETECT_HIGH;
	detect_because(&a, "packets in 10 s", (double)x->packets, bound);
	detect_because_of(d, &a, DETECT_spike_distinct, a.distinct);
	if (x->ramp > RAMP)
		detect_because(&a, "ramp", x->ramp, RAMP);
	detect_raise(d, detect_thing(d, a.kind, &a.targets.addr, NULL) ^ a.targets.len, &a);
}

static void learn(struct series *x)
{
	const double diff = (double)x->packets - x->mean;

	x->mean += ALPHA * diff;
	x->variance = (1 - ALPHA) * (x->variance + ALPHA * diff * diff);
}

static void close_bin(struct detect *d, int range, unsigned which, struct series *x)
{
	const double sigma = sqrt(MAX(x->variance, MAX(x->mean, 1))), n = (double)x->packets;
	const double bound = MAX(detect_bound(d, DETECT_spike),
				 x->mean + detect_bound(d, DETECT_spike_sigma) * sigma);
	const bool wide = detect_reaches(d, DETECT_spike_distinct, hll_count(x->hll, DETECT_HLL));

	x->over = (uint8_t)(x->over << 1 | (n >= bound && wide));
	x->ramp = MAX(0, x->ramp + (n - x->mean - 0.5 * sigma) / sigma);
	if (!x->alarmed && ((x->over & 1 && __builtin_popcount(x->over & 7) >= 2) ||
			    (x->over & 1 && n >= 10 * bound) ||
			    (x->ramp > RAMP && wide && n >= detect_bound(d, DETECT_spike)))) {
		x->alarmed = true;
		x->since_ns = detect_now(d) - BIN_NS;
		x->total = 0;
	}
	x->total += x->packets;
	if (x->alarmed) {
		x->calm = n < x->mean + 3 * sigma ? (uint8_t)(x->calm + 1) : 0;
		if (x->packets > 0 && x->calm == 0)
			tell(d, range, which, x, bound);
		if (x->calm >= CALM) {
			x->alarmed = false;
			x->calm = 0;
			x->ramp = 0;
		}
	} else {
		learn(x);
	}
	x->packets = 0;
	memset(x->hll, 0, sizeof(x->hll));
	memset(x->top, 0, sizeof(x->top));
}

static void spike_tick(void *self, struct detect *d, uint64_t now_ns)
{
	const int n = (int)detect_dark_ranges(detect_conf_of(d));
	struct spike *k = self;
	/* After a long silence: so many empty bins as can matter to the mean. */
	unsigned bins = k->bin_ns ? (unsigned)MIN((now_ns - k->bin_ns) / BIN_NS, 100) : 0;

	for (unsigned b = 0; b < bins; b++)
		for (int i = 0; i < n; i++)
			for (unsigned w = 0; w < SERIES; w++)
				close_bin(d, i, w, &k->series[i][w]);
	if (bins > 0)
		k->bin_ns += MAX(bins, (now_ns - k->bin_ns) / BIN_NS) * BIN_NS;
}

const struct detector_ops detect_spike = {
	.name = "spike",
	.summary = "bursts toward unused addresses",
	.on = DETECT_ON_DARK,
	.size = spike_size,
	.packet = spike_packet,
	.tick = spike_tick,
};
