/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/procnet.h"

#include <errno.h>
#include <string.h>

/* A text cursor with a sticky error: read all fields, look at .bad once. */
struct text {
	const char *p, *end;
	bool bad;
};

static void blanks(struct text *t)
{
	while (t->p < t->end && (*t->p == ' ' || *t->p == '\t'))
		t->p++;
}

static void expect(struct text *t, char c)
{
	if (t->p == t->end || *t->p != c) {
		t->bad = true;
		t->p = t->end;
		return;
	}
	t->p++;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* One number of 1 to @max_digits digits. */
static uint64_t number(struct text *t, int base, int max_digits)
{
	uint64_t v = 0;
	int n = 0;

	while (n < max_digits && t->p < t->end && digit(*t->p) < base) {
		v = v * (uint64_t)base + (uint64_t)digit(*t->p++);
		n++;
	}
	if (n == 0) {
		t->bad = true;
		t->p = t->end;
	}
	return v;
}

static uint64_t decimal(struct text *t, int max_digits)
{
	blanks(t);
	return number(t, 10, max_digits);
}

static struct fact_endpoint endpoint(struct text *t, int family)
{
	uint8_t octet[16] = { 0 };
	struct fact_endpoint e;

	blanks(t);
	for (size_t i = 0; i < ip_len(family); i += 4) {
		const char *from = t->p;
		uint32_t w = (uint32_t)number(t, 16, 8);

		t->bad |= t->p - from != 8;
		memcpy(octet + i, &w, sizeof(w));
	}
	e.addr = ip_from(family, octet);
	expect(t, ':');
	e.port = (int64_t)number(t, 16, 4);
	return e;
}

int procnet_parse(const char *line, size_t len, int family, struct procnet_line *ret_line)
{
	struct text t = { line, line + len, false };
	struct procnet_line l;

	decimal(&t, 19); /* slot */
	expect(&t, ':');
	l.local = endpoint(&t, family);
	l.peer = endpoint(&t, family);
	blanks(&t);
	l.state = (uint8_t)number(&t, 16, 2);
	blanks(&t);
	l.send_q = (int64_t)number(&t, 16, 8);
	expect(&t, ':');
	l.recv_q = (int64_t)number(&t, 16, 8);
	blanks(&t);
	number(&t, 16, 2); /* timer: active */
	expect(&t, ':');
	number(&t, 16, 16); /* timer: when */
	blanks(&t);
	number(&t, 16, 8); /* retransmits */
	l.uid = (uint32_t)decimal(&t, 10);
	decimal(&t, 19); /* probes not answered */
	l.inode = decimal(&t, 19);
	if (t.bad || (family != 4 && family != 6))
		return -EINVAL;
	*ret_line = l;
	return 0;
}
