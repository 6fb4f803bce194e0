/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to say to a UDP port so that the service behind it answers, and whether what it answers is
 * that service's language. Each payload is written from the document it cites. One service = one
 * row of payloads.def, its octets and its validator in a file here.
 *
 * Pure. Every validator is total: any octets in, yes or no out.
 */
#pragma once

#include "base/cur.h"

#define PAYLOAD_LEN_MAX      1232 /* octets: IPv6's 1280 without headers (QUIC needs 1200) */
#define PAYLOAD_ID_MAX       16   /* octets of an id */
#define PAYLOADS_OF_PORT_MAX 8

struct payload {
	const char *service;  /* IANA's name of the service, or its usual one; NULL: none */
	const char *source;   /* the document and section its octets follow */
	const uint16_t *port; /* 0 at the end */
	struct span octets;

	/* Where cookie octets may stand in place of the message's own id; 0, 0: nowhere. */
	uint16_t id_at, id_len;
	bool id_text;  /* the id is text: hexadecimal digits are put there */
	bool any_port; /* the service answers from another port than it was asked on */

	/* Is @answer this service's answer to the payload, with @id (id_len octets) given back? */
	bool (*check)(struct span answer, struct span id);
};

/**
 * Payload @i for @port, from 0: the best known first. NULL behind the last; a port that has none
 * of its own gets one empty payload (service NULL).
 */
const struct payload *payload_find(uint16_t port, unsigned i);

/** How many payload_find() has for @port: 1..PAYLOADS_OF_PORT_MAX. */
unsigned payload_count(uint16_t port);

/** Row @i of the whole table, NULL behind the last: for tests and documentation. */
const struct payload *payload_at(size_t i);

/** Fill an id of @p from @cookie: p->id_len octets at most PAYLOAD_ID_MAX. */
void payload_id(const struct payload *p, uint32_t cookie, uint8_t ret_id[static PAYLOAD_ID_MAX]);

/** Whether @answer is what the service of @p would say to it, @cookie in place of its id. */
bool payload_spoken(const struct payload *p, uint32_t cookie, struct span answer);
