/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/portset.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

unsigned portset_count(const struct portset *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(s->word); i++)
		n += (unsigned)__builtin_popcountll(s->word[i]);
	return n;
}

int portset_next(const struct portset *s, unsigned from)
{
	uint64_t w;

	if (from > 65535)
		return -1;
	w = s->word[from / 64] & ~0ull << from % 64;
	for (unsigned i = from / 64;;) {
		if (w)
			return (int)(i * 64 + (unsigned)__builtin_ctzll(w));
		if (++i == ARRAY_LEN(s->word))
			return -1;
		w = s->word[i];
	}
}

/* Digits up to @stop; @deflt when there are none; -1 when not a port number. */
static long port_scan(const char *text, const char *stop, long deflt)
{
	long v = 0;

	if (text == stop)
		return deflt;
	if (stop - text > 5)
		return -1;
	for (; text < stop; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		v = v * 10 + (*text - '0');
	}
	return v <= 65535 ? v : -1;
}

static int range_scan(const char *text, const char *stop, struct portset *set, struct err *err)
{
	const char *dash = memchr(text, '-', (size_t)(stop - text));
	int shown = (int)MIN(stop - text, 40);
	long lo, hi;

	lo = port_scan(text, dash ? dash : stop, dash ? 1 : -1);
	hi = dash ? port_scan(dash + 1, stop, 65535) : lo;
	if (lo < 0 || hi < 0)
		return err_set(err, -EINVAL,
			       "'%.*s' is not a port or range of ports (0-65535, as 22 or 80-443)",
			       shown, text);
	if (lo > hi)
		return err_set(err, -EINVAL, "port range '%.*s' ends before it begins", shown,
			       text);
	for (long p = lo; p <= hi; p++)
		portset_add(set, (uint16_t)p);
	return 0;
}

int portset_scan(const char *text, struct portset *ret_set, struct err *err)
{
	struct portset set = { 0 };

	for (;;) {
		const char *stop = strchr(text, ',');
		int r;

		if (!stop)
			stop = text + strlen(text);
		r = range_scan(text, stop, &set, err);
		if (r < 0)
			return r;
		if (!*stop)
			break;
		text = stop + 1;
	}
	*ret_set = set;
	return 0;
}

size_t portset_format(const struct portset *s, char *buf, size_t len)
{
	size_t at = 0;

	if (len > 0)
		buf[0] = '\0';
	for (int lo = portset_next(s, 0); lo >= 0;) {
		char part[16];
		int hi = lo, n;

		while (hi < 65535 && portset_has(s, (uint16_t)(hi + 1)))
			hi++;
		n = hi > lo ? snprintf(part, sizeof(part), "%s%d-%d", at ? "," : "", lo, hi)
			    : snprintf(part, sizeof(part), "%s%d", at ? "," : "", lo);
		if (at < len)
			snprintf(buf + at, len - at, "%s", part);
		at += (size_t)n;
		lo = portset_next(s, (unsigned)hi + 1);
	}
	return at;
}
