/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/when.h"

/* Days since 1970 to a date: count in years that begin on 1 March, 400 of them a cycle of 146,097 days. */
static void date_of(uint64_t days, unsigned *y, unsigned *m, unsigned *d)
{
	uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*d = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*m = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*y = (unsigned)(yoe + era * 400 + (*m <= 2));
}

/* @v with @n digits, @behind behind it: every line of output has a time, so no snprintf(). */
static char *digits(char *p, unsigned v, unsigned n, char behind)
{
	for (unsigned i = n; i-- > 0; v /= 10)
		p[i] = (char)('0' + v % 10);
	p[n] = behind;
	return p + n + 1;
}

const char *when_format(uint64_t ns, char buf[static WHEN_TEXT_LEN])
{
	uint64_t s = ns / NS_PER_S, day = s % 86400;
	unsigned y, m, d;
	char *p = buf;

	date_of(s / 86400, &y, &m, &d);
	p = digits(p, y % 10000, 4, '-');
	p = digits(p, m, 2, '-');
	p = digits(p, d, 2, 'T');
	p = digits(p, (unsigned)(day / 3600), 2, ':');
	p = digits(p, (unsigned)(day / 60 % 60), 2, ':');
	p = digits(p, (unsigned)(day % 60), 2, '.');
	p = digits(p, (unsigned)(ns % NS_PER_S / NS_PER_US), 6, 'Z');
	*p = '\0';
	return buf;
}
