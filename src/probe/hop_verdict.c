/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/hop_verdict.h"

#include <math.h>

#define ALPHA      0.001 /* of what is said: loss, limits */
#define ALPHA_EACH 0.05  /* of one hop among several that say the same */
#define NOBODY     SIZE_MAX
#define AGREE      4 /* hops that must agree on loss where the end answers by errors */
#define AGREE_MORE 6
#define SEEN_MORE  12 /* missing, before a pattern that none was seen of tells something */
#define SEEN_LEAST 4  /* missing and answered probes, each, before a pattern is looked for */

/* Missing probes of probes judged. */
struct pool {
	uint64_t missing, n;
};

/* ln n!, by Stirling's series where that is exact to 1e-9, else by the product. */
static double log_factorial(uint64_t n)
{
	double x = (double)n + 1, sum = 0;

	for (; x < 12; x++)
		sum -= log(x);
	return sum + (x - 0.5) * log(x) - x + 0.91893853320467274178 + 1 / (12 * x) -
	       1 / (360 * x * x * x);
}

static double log_choose(uint64_t n, uint64_t k)
{
	return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

/*
 * Fisher's exact test, one-sided: how likely, were both rates equal, @a would miss so much more
 * than @b. 1 where it does not miss more.
 */
static double more_than(struct pool a, struct pool b)
{
	uint64_t missing = a.missing + b.missing, n = a.n + b.n;
	uint64_t most = MIN(missing, a.n);
	double term, sum = 0, all;

	if (a.n == 0 || b.n == 0 ||
	    (double)a.missing * (double)b.n <= (double)b.missing * (double)a.n)
		return 1;
	all = log_choose(n, missing);
	for (uint64_t x = a.missing; x <= most && missing - x <= b.n; x++) {
		term = exp(log_choose(a.n, x) + log_choose(b.n, missing - x) - all);
		sum += term;
		if (term < sum * 1e-9)
			break;
	}
	return MIN(sum, 1);
}

static struct pool of(const struct hop_tally *h)
{
	return (struct pool){ h->sent - MIN(h->received, h->sent), h->sent };
}

static void add(struct pool *p, struct pool more)
{
	p->missing += more.missing;
	p->n += more.n;
}

static double share(struct pool p)
{
	return p.n > 0 ? (double)p.missing / (double)p.n : 0;
}

/* The latest probes of one hop, from the first missing one on: before, a bucket is full. */
struct latest {
	uint8_t answered[HOP_ROUNDS_MAX]; /* 0, 1; 2: not asked */
	unsigned n, runs, hits, misses;
};

static struct latest latest_of(const struct hop_tally *h)
{
	struct latest l = { .n = 0 };
	unsigned last = 2;

	for (int i = HOP_ROUNDS_MAX - 1; i >= 0; i--) {
		bool asked = h->asked_bits >> i & 1, answered = h->answered_bits >> i & 1;

		if (l.misses == 0 && (!asked || answered))
			continue;
		l.answered[l.n++] = asked ? answered : 2;
		if (!asked)
			continue;
		l.runs += answered != last;
		l.hits += answered;
		l.misses += !answered;
		last = answered;
	}
	return l;
}

/*
 * How likely there are just @runs runs of @a of one kind and @b of the other, put in order by
 * chance alone.
 */
static double runs_chance(unsigned a, unsigned b, unsigned runs)
{
	unsigned k = runs / 2;
	double all = log_choose(a + b, a), p = 0;

	if (runs < 2 || k > a || k > b)
		return 0;
	if (runs % 2 == 0)
		return 2 * exp(log_choose(a - 1, k - 1) + log_choose(b - 1, k - 1) - all);
	if (k < a)
		p += exp(log_choose(a - 1, k) + log_choose(b - 1, k - 1) - all);
	if (k < b)
		p += exp(log_choose(a - 1, k - 1) + log_choose(b - 1, k) - all);
	return p;
}

/*
 * How likely chance alone makes .even so many runs or more, .clumped so few or less (Wald and
 * Wolfowitz). A bucket's tokens come evenly: what it leaves out stands as much apart as it can,
 * which makes the most runs there can be. Limiters that count anew in each interval clump. Both 1
 * where there is too little to see.
 */
struct pattern {
	double even, clumped;
};

static struct pattern pattern_of(const struct latest *l)
{
	struct pattern ret = { 0, 0 };

	if (l->misses < SEEN_LEAST || l->hits < SEEN_LEAST)
		return (struct pattern){ 1, 1 };
	for (unsigned n = 2; n <= l->n; n++) {
		double p = runs_chance(l->misses, l->hits, n);

		ret.even += n >= l->runs ? p : 0;
		ret.clumped += n <= l->runs ? p : 0;
	}
	return (struct pattern){ MIN(ret.even, 1), MIN(ret.clumped, 1) };
}

/*
 * How far, beyond the one token a round brings, a bucket of @rate a round would have to swing to
 * give these answers.
 */
static double swing(const struct latest *l, double rate)
{
	double level = 0, least = 0, most = 0;

	for (unsigned i = 0; i < l->n; i++) {
		level += (l->answered[i] == 1) - rate;
		least = MIN(least, level);
		most = MAX(most, level);
	}
	return most - least - rate;
}

/*
 * Whether answers stand apart by a number of rounds and perhaps one more: a bucket of one token,
 * whose rate is near that of the rounds, makes any order of these.
 */
static bool alike_gaps(const struct latest *l)
{
	unsigned least = UINT32_MAX, most = 0, since = 0;

	for (unsigned i = 0, hits = 0; i < l->n; i++) {
		since++;
		if (l->answered[i] != 1)
			continue;
		if (hits++ > 0) {
			least = MIN(least, since);
			most = MAX(most, since);
		}
		since = 0;
	}
	return most <= 1 || most - least <= 1;
}

/*
 * Whether a bucket of any rate can have answered so: once it has refused it holds less than one
 * token, and never more than that and what one round brings; so its swing is less than 1. Half a
 * token more is for packets that come a little early or late. The swing is convex in the rate.
 */
static bool fits_bucket(const struct latest *l)
{
	double low = 0, high = 1;

	for (unsigned i = 0; i < 40; i++) {
		double x = low + (high - low) / 3, y = high - (high - low) / 3;

		if (swing(l, x) <= swing(l, y))
			high = y;
		else
			low = x;
	}
	return swing(l, low) < 1.5 || alike_gaps(l);
}

static bool is_bucket(const struct latest *l)
{
	return l->misses >= SEEN_LEAST && fits_bucket(l);
}

static void say(struct hop_judgement *j, enum hop_verdict verdict, enum hop_why why, size_t hop,
		double chance)
{
	*j = (struct hop_judgement){ .verdict = verdict,
				     .why = why,
				     .hop = (uint8_t)MIN(hop, (size_t)255),
				     .chance = chance };
}

/*
 * What needs no other hop. @ret gets OK, FEW for all that misses something. Returns the last that
 * answered, @n: none.
 */
static size_t first_look(const struct hop_tally *hop, size_t n, struct hop_judgement *ret)
{
	size_t last = n, nearest = 255;

	for (size_t i = n; i-- > 0;) {
		if (hop[i].received == 0) {
			say(&ret[i], HOP_SILENT, last < n ? HOP_WHY_PASSES : HOP_WHY_DEAD, nearest,
			    1);
			continue;
		}
		say(&ret[i], HOP_OK, of(&hop[i]).missing > 0 ? HOP_WHY_FEW : HOP_WHY_ALL, 255, 1);
		nearest = i;
		if (last == n)
			last = i;
	}
	return last;
}

static bool is_plain(const struct hop_judgement *j)
{
	return j->verdict == HOP_OK || j->verdict == HOP_LOSES;
}

static bool is_missing(const struct hop_tally *h)
{
	return h->received > 0 && h->received < h->sent;
}

/*
 * What reached a hop behind it has passed this one: one that misses more than a hop behind, or
 * than all from there on together, limits. Each hop is compared with many, so each comparison must
 * be the surer.
 */
static void find_limits(const struct hop_tally *hop, size_t i, size_t n, struct hop_judgement *ret)
{
	double each = ALPHA / (2.0 * (double)(n - i)), least = 1;
	struct pool suffix = { 0 };
	size_t by = 255, compared = 0;

	for (size_t j = n; j-- > i + 1;) {
		double alone, all;

		if (hop[j].received == 0)
			continue;
		add(&suffix, of(&hop[j]));
		alone = more_than(of(&hop[i]), of(&hop[j]));
		all = more_than(of(&hop[i]), suffix);
		compared += 2;
		/* The nearest that shows it alone is named; else where it is shown best. */
		if (alone < each || MIN(alone, all) < least)
			by = j;
		least = MIN(least, MIN(alone, all));
	}
	if (least * (double)compared < ALPHA)
		say(&ret[i], HOP_LIMITS, HOP_WHY_BEHIND, by, least * (double)compared);
}

/* All that answer in [from, to) and are not known to limit. @ret_n: how many */
static struct pool plain(const struct hop_tally *hop, const struct hop_judgement *j, size_t from,
			 size_t to, size_t *ret_n)
{
	struct pool p = { 0 };

	*ret_n = 0;
	for (size_t i = from; i < to; i++) {
		if (!is_plain(&j[i]))
			continue;
		add(&p, of(&hop[i]));
		++*ret_n;
	}
	return p;
}

/* Those before @to from @from on; where there are none, this host, which loses nothing. */
static struct pool before(const struct hop_tally *hop, const struct hop_judgement *j, size_t from,
			  size_t to)
{
	size_t n;
	struct pool p = plain(hop, j, from, to, &n);

	return n > 0 ? p : (struct pool){ 0, hop[to].sent };
}

static double log_likelihood(struct pool p)
{
	double rate = share(p);

	if (rate <= 0 || rate >= 1)
		return 0;
	return (double)p.missing * log(rate) + (double)(p.n - p.missing) * log(1 - rate);
}

/* Where, in [@from, @last], loss begins most likely. @last + 1: nowhere. */
static size_t likeliest_step(const struct hop_tally *hop, const struct hop_judgement *j,
			     size_t from, size_t first, size_t last)
{
	double most = 0;
	size_t best = last + 1, n;

	for (size_t k = first; k <= last; k++) {
		struct pool b, a, both;
		double gain;

		if (!is_plain(&j[k]))
			continue;
		b = before(hop, j, from, k);
		a = plain(hop, j, k, last + 1, &n);
		if (share(a) <= share(b))
			continue;
		both = a;
		add(&both, b);
		gain = log_likelihood(a) + log_likelihood(b) - log_likelihood(both);
		if (gain > most) {
			most = gain;
			best = k;
		}
	}
	return best;
}

static void tell_loss(const struct hop_tally *hop, size_t k, size_t last, struct pool base,
		      double chance, struct hop_judgement *ret)
{
	size_t n;
	struct pool a = plain(hop, ret, k, last + 1, &n);

	say(&ret[k], HOP_LOSES, k == last && hop[k].end ? HOP_WHY_END : HOP_WHY_CARRIED, 255,
	    chance);
	ret[k].loss = 1 - (1 - share(a)) / (1 - share(base));
	for (size_t i = k + 1; i <= last; i++) {
		if (ret[i].verdict == HOP_OK && is_missing(&hop[i]))
			say(&ret[i], HOP_OK, HOP_WHY_INHERITED, k, 1);
	}
}

/*
 * Whether an end that answers by errors can be believed that packets are lost from @k on: it might
 * limit them by chance, as the hops before it might. So several of these must show the same loss as
 * it does, each by itself, and none in a limiter's pattern.
 */
static bool is_agreed(const struct hop_tally *hop, const struct hop_judgement *j, size_t k,
		      size_t last, size_t least, struct pool base)
{
	size_t n, buckets = 0;
	struct pool all = plain(hop, j, k, last + 1, &n);

	if (n < least)
		return false;
	for (size_t i = k; i <= last; i++) {
		struct pool one = of(&hop[i]), rest = { all.missing - one.missing, all.n - one.n };
		struct latest l = latest_of(&hop[i]);
		struct pattern seen = pattern_of(&l);

		if (!is_plain(&j[i]))
			continue;
		if (more_than(one, base) >= ALPHA_EACH ||
		    MIN(seen.even, seen.clumped) < ALPHA_EACH / (double)(3 * n) ||
		    MIN(more_than(one, rest), more_than(rest, one)) < ALPHA_EACH / (double)(3 * n))
			return false;
		buckets += l.hits < l.misses && is_bucket(&l);
	}
	return 2 * buckets < n;
}

/* The end shows that packets are lost; the hops before it say where. Returns whether loss was told. */
static bool find_loss(const struct hop_tally *hop, size_t last, size_t least,
		      struct hop_judgement *ret)
{
	bool told = false;

	for (size_t from = 0, first = 0; first <= last;) {
		size_t k = likeliest_step(hop, ret, from, first, last);
		struct pool base;
		double p;

		if (k > last)
			break;
		base = before(hop, ret, from, k);
		p = more_than(of(&hop[last]), base);
		if (p >= ALPHA || (least > 1 && !is_agreed(hop, ret, k, last, least, base)))
			break;
		tell_loss(hop, k, last, base, p, ret);
		told = true;
		from = k;
		first = k + 1;
	}
	return told;
}

/*
 * How many must agree, the end among them, that packets are lost, for the end to be believed. What
 * hosts do not limit is, unless it is missing as evenly as from a bucket. Errors, which they do
 * limit, are not where a bucket can have answered so, or a limiter that counts in intervals has;
 * where too little is missing to see that, more must agree.
 */
static size_t agreement(const struct hop_tally *end, struct hop_judgement *ret)
{
	struct latest l = latest_of(end);
	struct pattern seen = pattern_of(&l);

	if (!end->end || !is_missing(end))
		return NOBODY;
	if (seen.even < ALPHA) {
		say(ret, HOP_LIMITS, HOP_WHY_PATTERN, 255, seen.even);
		return NOBODY;
	}
	if (!end->errors)
		return 1;
	if (is_bucket(&l) || MIN(seen.clumped, seen.even) < ALPHA_EACH / AGREE)
		return NOBODY;
	if (l.misses >= SEEN_LEAST)
		return AGREE;
	return of(end).missing < SEEN_MORE ? NOBODY : AGREE_MORE;
}

/*
 * What misses much though nothing shows loss. Where a bucket can have answered so, one hop alone at
 * the path's visible end limits, most likely; else it may be either. A pattern tells by itself.
 */
static void find_untold(const struct hop_tally *hop, size_t last, bool told,
			struct hop_judgement *ret)
{
	struct pool base = { 0 };

	for (size_t i = 0; i <= last; i++) {
		struct latest l = latest_of(&hop[i]);
		double even = pattern_of(&l).even, p;

		if (ret[i].verdict != HOP_OK || ret[i].why == HOP_WHY_INHERITED)
			continue;
		p = more_than(of(&hop[i]), base.n > 0 ? base : (struct pool){ 0, hop[i].sent });
		if (p >= ALPHA)
			add(&base, of(&hop[i]));
		if (even < ALPHA)
			say(&ret[i], HOP_LIMITS, HOP_WHY_PATTERN, 255, even);
		else if (!told && p < ALPHA && i == last && (!hop[i].end || is_bucket(&l)))
			say(&ret[i], HOP_LIMITS, HOP_WHY_UNTOLD, 255, p);
		else if (!told && p < ALPHA)
			say(&ret[i], HOP_OK, HOP_WHY_EITHER, 255, p);
	}
	/* The last one among several alike is no better known than they. */
	if (ret[last].why == HOP_WHY_UNTOLD && last > 0 && ret[last - 1].why == HOP_WHY_EITHER)
		say(&ret[last], HOP_OK, HOP_WHY_EITHER, 255, ret[last].chance);
}

void hop_judge(const struct hop_tally *hop, size_t n, struct hop_judgement *ret)
{
	size_t last = first_look(hop, n, ret), least;
	bool told;

	if (last == n)
		return;
	for (size_t i = 0; i < last; i++) {
		if (is_missing(&hop[i]))
			find_limits(hop, i, last + 1, ret);
	}
	least = agreement(&hop[last], &ret[last]);
	told = least != NOBODY && find_loss(hop, last, least, ret);
	/* An end that limits nothing and is well shows that nothing is lost. */
	told = told || (hop[last].end && !hop[last].errors && ret[last].verdict == HOP_OK);
	find_untold(hop, last, told, ret);
}

/* Errors tell how much the path loses only where loss was told, or nothing is missing. */
static bool tells_loss(const struct hop_tally *h, const struct hop_judgement *j)
{
	return !h->errors || !is_missing(h) || j->verdict == HOP_LOSES ||
	       j->why == HOP_WHY_INHERITED;
}

double hop_path_loss(const struct hop_tally *hop, const struct hop_judgement *judged, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		if (is_plain(&judged[i]) && hop[i].sent > 0)
			return tells_loss(&hop[i], &judged[i]) ? share(of(&hop[i])) : -1;
	}
	return -1;
}
