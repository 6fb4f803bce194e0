/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "probe/path_mtu_own.h"

#define SEARCH 8 /* sizes of one round */

/* RFC 1191 7.1, and what tunnels leave of an Ethernet's 1500. */
static const uint16_t usual[] = {
	65535, 32000, 17914, 9216, 9000, 8166, 4352, 2002, 1500, 1492, 1480, 1476,
	1472,  1468,  1460,  1450, 1420, 1400, 1280, 1006, 576,  508,  296,  68,
};

static void test_add(struct mtu_core *c, uint16_t len, uint8_t hops, unsigned tries, bool sweep)
{
	for (unsigned i = 0; i < c->test_n; i++) {
		if (c->test[i].len == len && c->test[i].hops == hops)
			return;
	}
	if (c->test_n == PATH_MTU_TESTS)
		return;
	c->test[c->test_n++] = (struct mtu_test){
		.len = len,
		.hops = hops,
		.tries = (uint8_t)tries,
		.sweep = sweep,
	};
}

static bool answers(const struct mtu_core *c, unsigned hops)
{
	return (c->conf.answering[hops / 8] >> hops % 8 & 1) != 0;
}

/* Hop limits up to the last that matters. Those that answer nothing to small packets are asked once. */
static void sweep_add(struct mtu_core *c, uint16_t len)
{
	for (unsigned h = 1; h <= TRACE_HOPS_MAX && h <= (c->conf.hops ? c->conf.hops : c->goal);
	     h++)
		test_add(c, len, (uint8_t)h, answers(c, h) ? c->conf.tries : 1, true);
	c->swept = len;
}

static void round_begin(struct mtu_core *c, enum mtu_why why)
{
	c->why = why;
	c->round++;
	c->wave = 0;
	c->cursor = 0;
	c->waves = 0;
	c->small_ok = 0;
	c->test_n = 0;
}

void path_mtu_round_first(struct mtu_core *c)
{
	round_begin(c, MTU_SIZES);
	test_add(c, c->conf.most, c->goal, c->conf.tries, false);
}

static void end(struct mtu_core *c, enum path_mtu_end how)
{
	struct path_mtu_result *r = &c->result;

	c->over = true;
	r->end = how;
	r->mtu = c->lo;
	r->exact = c->lo >= c->conf.most || (c->hi == c->lo + 1 && how != PATH_MTU_UNKNOWN);
	r->lied = r->lied || (r->set_by.family != 0 && r->said != 0 && r->said != c->lo &&
			      (c->told_len == c->hi || r->said < c->lo));
}

/* Who said it, as a hop limit: packets that die there get that far, those that go one farther do not. */
static void sweep_read(struct mtu_core *c)
{
	unsigned said = 0, passed = 0;

	for (unsigned i = 0; i < c->test_n; i++) {
		const struct mtu_test *t = &c->test[i];

		if (!t->sweep)
			continue;
		if (t->state == MTU_TOO_BIG && (said == 0 || t->hops < said))
			said = t->hops;
		if (t->state == MTU_PASSED)
			passed = MAX(passed, t->hops);
	}
	if (said > 0 && c->told_len == c->swept)
		c->result.set_hops = (uint8_t)(said - 1);
	if (c->why != MTU_SWEEP)
		return;
	c->result.last_hops = (uint8_t)passed;
	for (unsigned h = passed + 1; h <= TRACE_HOPS_MAX && h <= c->goal; h++) {
		if (answers(c, h) || h == c->conf.hops) {
			c->result.next_hops = (uint8_t)h;
			break;
		}
	}
}

/* Sizes between what passes and what does not: usual ones, then evenly. */
static void search_add(struct mtu_core *c)
{
	unsigned top = MIN(c->hi, c->conf.most + 1u), n = 0;

	if (c->hi > c->conf.most)
		test_add(c, c->conf.most, c->goal, c->conf.tries, false);
	for (size_t i = 0; top - c->lo > 2 * SEARCH && i < ARRAY_LEN(usual) && n < SEARCH; i++) {
		if (usual[i] <= c->lo || usual[i] + 1u >= top)
			continue;
		test_add(c, usual[i], c->goal, c->conf.tries, false);
		n++;
	}
	for (unsigned i = 1; i <= SEARCH; i++) {
		unsigned len = c->lo + (top - c->lo) * i / (SEARCH + 1);

		if (len > c->lo && len < top)
			test_add(c, (uint16_t)len, c->goal, c->conf.tries, false);
	}
	test_add(c, (uint16_t)(c->lo + 1), c->goal, c->conf.tries, false);
	test_add(c, (uint16_t)(top - 1), c->goal, c->conf.tries, false);
}

/* What was announced is tried with the next larger size: it may be a lie either way. */
static bool said_add(struct mtu_core *c)
{
	unsigned said = c->result.said, floor = c->conf.dst.family == 6 ? 1280 : 68;

	if (said == 0 || said == c->asked_said || said < floor || said <= c->lo || said >= c->hi)
		return false;
	c->asked_said = (uint16_t)said;
	test_add(c, (uint16_t)said, c->goal, c->conf.tries, false);
	if (said + 1 < c->hi)
		test_add(c, (uint16_t)(said + 1), c->goal, c->conf.tries, false);
	return true;
}

static void plan(struct mtu_core *c)
{
	bool met = c->hi == c->lo + 1;

	if (c->lo >= c->conf.most) {
		end(c, PATH_MTU_FOUND);
		return;
	}
	if (c->round >= PATH_MTU_ROUNDS) {
		end(c, PATH_MTU_UNKNOWN);
		return;
	}
	round_begin(c, MTU_SIZES);
	if (met && c->hi_silent && c->confirmed != c->hi) {
		c->why = MTU_CONFIRM;
		test_add(c, c->hi, c->goal, 2 * c->conf.tries, false);
		return;
	}
	if (c->told_len != 0 && c->swept != c->told_len && c->result.set_hops == 0)
		sweep_add(c, c->told_len);
	if (!met) {
		if (!said_add(c))
			search_add(c);
	} else if (c->hi_silent && c->swept != c->hi) {
		c->why = MTU_SWEEP;
		sweep_add(c, c->hi);
	}
	if (c->test_n == 0)
		end(c, c->hi_silent ? PATH_MTU_BLACK_HOLE : PATH_MTU_FOUND);
}

/* Silence counts when small packets came through meanwhile. */
static bool silence_read(struct mtu_core *c)
{
	bool believed = c->small_ok >= c->conf.tries;

	for (unsigned i = 0; i < c->test_n; i++) {
		struct mtu_test *t = &c->test[i];

		if (t->sweep || t->state != MTU_OPEN)
			continue;
		if (!believed)
			return false;
		t->state = MTU_SILENT;
		if (c->why == MTU_CONFIRM)
			c->confirmed = t->len;
		if (t->len < c->hi && t->len > c->lo) {
			c->hi = t->len;
			c->hi_silent = true;
		}
	}
	return true;
}

void path_mtu_round_end(struct mtu_core *c)
{
	bool known = silence_read(c);

	sweep_read(c);
	if (!known)
		end(c, PATH_MTU_UNKNOWN);
	else
		plan(c);
}
