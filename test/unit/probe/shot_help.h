/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes built and read back, and what targets and routers answer to them. */
#pragma once

#include <string.h>

#include "probe/shot.h"
#include "wire/packet.h"
#include "wire/tcp.h"

#define PORT_FIRST 40000
#define PORT_N     16384

extern const struct hash_key shot_test_key;

/* A probe, built and read back. */
struct sent {
	uint8_t octet[SHOT_LEN_MAX];
	size_t len;
	struct packet p;
};

/* What comes back, as octets. */
struct back {
	uint8_t octet[SHOT_LEN_MAX];
	size_t len;
	struct ip_addr from, to;
	uint8_t ttl, proto;
};

static inline uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

struct shot_codec codec(void);

struct ip_addr addr(const char *text);

struct shot shot_of(int family, enum ask_kind kind, uint16_t port, uint8_t try);

void send(struct shot_codec *c, const struct shot *s, struct sent *ret);

struct back back_of(const struct sent *s);

void icmp_back(struct back *b, uint8_t type, uint8_t code, uint32_t rest, struct span body);

void tcp_back(struct back *b, const struct tcp_seg *seg);

void udp_back(struct back *b, uint16_t sport, uint16_t dport, struct span data);

struct back error_back(const struct sent *s, const char *offender, uint8_t type, uint8_t code,
		       size_t quoted);

int match(const struct shot_codec *c, const struct back *b, struct reply *ret);

int match_only(const struct shot_codec *c, const struct back *b);

void check_answer(const struct reply *r, const struct shot *s, uint8_t kind);

void query_back(struct back *b, const struct sent *s, uint8_t type);

/** Around a finished message; the rest of @b says from whom to whom. */
void wrap(struct back *b, const struct wcur *l4);
