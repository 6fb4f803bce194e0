/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Middleboxes that answer for everything: SYN proxies, tarpits, captive portals. They answer on
 * ports that nothing uses, on nearly every port, or from nearer by than the host.
 */
#include <stdio.h>

#include "flow/scan_own.h"

#define MANY     100 /* ports, of which that nearly all are open is not to be believed */
#define NEAR_ALL 95  /* of a hundred */

/* Hosts start with 32, 64, 128 or 255: what is missing are the routers between. */
static int distance(uint8_t ttl)
{
	static const int start[] = { 32, 64, 128, 255 };

	for (size_t i = 0; i < ARRAY_LEN(start); i++) {
		if (ttl <= start[i])
			return start[i] - ttl;
	}
	return 0;
}

struct box_sum {
	uint32_t open, closed;
	int open_far, closed_far; /* distance of all of them; -1: none, -2: they differ */
};

static void put_far(int *far, uint8_t ttl)
{
	int d = distance(ttl);

	if (ttl == 0)
		return;
	if (*far == -1)
		*far = d;
	else if (*far != d)
		*far = -2;
}

static struct box_sum add_up(const struct probe_cell *cell, uint32_t n)
{
	struct box_sum s = { .open_far = -1, .closed_far = -1 };

	for (uint32_t i = 0; i < n; i++) {
		if (cell[i].state != CELL_ANSWERED || cell[i].from != 0)
			continue;
		if (cell[i].kind == REPLY_SYNACK) {
			s.open++;
			put_far(&s.open_far, cell[i].ttl);
		} else if (cell[i].kind == REPLY_RST) {
			s.closed++;
			put_far(&s.closed_far, cell[i].ttl);
		}
	}
	return s;
}

const char *scan_box(const struct probe_cell *cell, uint32_t n, uint32_t controls, uint8_t ttl,
		     char *buf, size_t len)
{
	struct box_sum s = add_up(cell, n), c = add_up(cell + n, controls);
	int far = s.closed_far;

	if (controls > 0 && c.open == controls) {
		snprintf(buf, len, "ports that nothing uses answer as if they were open");
		return buf;
	}
	if (n > MANY && s.open >= n / 100.0 * NEAR_ALL) {
		snprintf(buf, len, "%u of %u ports answer as if they were open", s.open, n);
		return buf;
	}
	if (far == -1 && ttl > 0)
		far = distance(ttl);
	/* Farther away is a port that is forwarded: open all the same. */
	if (far >= 0 && s.open_far >= 0 && s.open_far < far) {
		snprintf(buf, len, "open ports answer from %d hops nearer than the host",
			 far - s.open_far);
		return buf;
	}
	return NULL;
}
