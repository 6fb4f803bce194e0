/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any octets as what a service answers: the first octet chooses the row, the next four are the
 * cookie. The check must be total, and must not take an answer with another id. The payload itself,
 * changed and cut by the octets that follow, is judged as well where the cookie is odd.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/payload.h"

#define HEAD 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A copy of its own, so that reading past its end is seen. */
static bool spoken(const struct payload *p, uint32_t cookie, const uint8_t *octets, size_t len)
{
	uint8_t *copy = malloc(len + 1);
	bool yes;

	if (!copy)
		abort();
	if (len > 0)
		memcpy(copy + 1, octets, len);
	yes = payload_spoken(p, cookie, (struct span){ copy + 1, len });
	free(copy);
	return yes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct payload *p;
	uint8_t mine[PAYLOAD_LEN_MAX + 1] = { 0 };
	uint32_t cookie;
	size_t rows = 0;

	if (len < HEAD)
		return 0;
	while (payload_at(rows))
		rows++;
	p = payload_at(data[0] % rows);
	cookie = (uint32_t)data[1] << 24 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 8 |
		 data[4];
	spoken(p, cookie, NULL, 0);
	/* A binary id in one place of four octets at least: another cookie's is not in it. */
	if (spoken(p, cookie, data + HEAD, len - HEAD) && p->id_len >= 4 && !p->id_text &&
	    len - HEAD < (size_t)8 + p->id_len && spoken(p, ~cookie, data + HEAD, len - HEAD))
		abort();
	if (!(cookie & 1) || p->octets.len == 0)
		return 0;
	memcpy(mine, p->octets.p, p->octets.len);
	payload_id(p, cookie, mine + p->id_at);
	for (size_t i = HEAD + 1; i + 1 < len; i += 2)
		mine[data[i] % p->octets.len] = data[i + 1];
	spoken(p, cookie, mine, len > HEAD ? p->octets.len - data[HEAD] % p->octets.len : 0);
	return 0;
}
