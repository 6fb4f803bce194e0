/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/utf8.h"

#include <string.h>

size_t utf8_len(const char *p, size_t left)
{
	const uint8_t *o = (const uint8_t *)p;
	size_t n = left == 0         ? 0
		   : o[0] < 0x80     ? 1
		   : o[0] >> 5 == 6  ? 2
		   : o[0] >> 4 == 14 ? 3
		   : o[0] >> 3 == 30 ? 4
				     : 0;
	uint32_t v;

	if (n == 0 || n > left)
		return 0;
	if (n == 1)
		return 1;
	v = o[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((o[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (o[i] & 0x3f);
	}
	/* The least value that needs n octets; surrogates; the last code point. */
	if (v < (n == 2   ? 0x80u
		 : n == 3 ? 0x800u
			  : 0x10000u) ||
	    (v >= 0xd800 && v <= 0xdfff) || v > 0x10ffff)
		return 0;
	return n;
}

size_t utf8_width(const char *text)
{
	size_t left = strlen(text), w = 0;

	while (left > 0) {
		size_t n = utf8_len(text, left);

		n = n ? n : 1;
		text += n;
		left -= n;
		w++;
	}
	return w;
}
