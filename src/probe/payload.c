/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/payload.h"

#include "probe/payload_rows.h"

static const struct payload *const rows[] = {
#define PAYLOAD(name) &payload_##name,
#include "probe/payloads.def"
#undef PAYLOAD
};

static const struct payload nothing = { .source = "RFC 768 (an empty datagram)" };

static bool row_has(const struct payload *p, uint16_t port)
{
	for (const uint16_t *q = p->port; *q; q++) {
		if (*q == port)
			return true;
	}
	return false;
}

const struct payload *payload_find(uint16_t port, unsigned i)
{
	unsigned n = 0;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		if (row_has(rows[k], port) && n++ == i)
			return rows[k];
	}
	return n == 0 && i == 0 ? &nothing : NULL;
}

unsigned payload_count(uint16_t port)
{
	unsigned n = 0;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++)
		n += row_has(rows[k], port);
	return MAX(n, 1u);
}

const struct payload *payload_at(size_t i)
{
	return i < ARRAY_LEN(rows) ? rows[i] : NULL;
}

void payload_id(const struct payload *p, uint32_t cookie, uint8_t ret_id[static PAYLOAD_ID_MAX])
{
	static const char digit[] = "0123456789abcdef";

	for (unsigned i = 0; i < p->id_len && i < PAYLOAD_ID_MAX; i++) {
		uint8_t octet = (uint8_t)((cookie >> 8 * (i % 4)) ^ (i / 4 * 0x5b));

		ret_id[i] = p->id_text ? (uint8_t)digit[(octet ^ octet >> 4) & 0x0f] : octet;
	}
}

bool payload_spoken(const struct payload *p, uint32_t cookie, struct span answer)
{
	uint8_t id[PAYLOAD_ID_MAX];

	payload_id(p, cookie, id);
	return p->check && p->check(answer, (struct span){ id, p->id_len });
}
