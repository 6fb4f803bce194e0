/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hop probes of every kind, built and read back. */
#pragma once

#include <string.h>

#include "probe/hop_shot.h"
#include "wire/packet.h"

#define HOP_TEST_PORT 61000
#define HOP_KINDS_N   6

struct hop_kind {
	uint8_t family, kind;
	uint16_t port;
};

extern const struct hop_kind hop_kinds[HOP_KINDS_N];

struct hop_sent {
	uint8_t octet[HOP_LEN_MAX];
	size_t len;
	struct packet p;
};

struct hop_codec hop_test_codec(void);

struct hop_shot hop_test_shot(const struct hop_kind *k, uint16_t flow, uint16_t number);

void hop_test_send(const struct hop_codec *c, const struct hop_shot *s, struct hop_sent *ret);
