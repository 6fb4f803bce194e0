/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feeds detectors with made-up packets, and keeps what they tell. */
#pragma once

#include "detect/detect.h"

#define FEED_ALERTS 1024

struct feed {
	struct detect_conf conf; /* to be changed before the first packet */
	struct detect *d;
	uint64_t t_ns;   /* of the next packet */
	uint64_t number; /* of the last one */
	struct detect_alert alert[FEED_ALERTS];
	unsigned n; /* alerts told, in order */
};

struct feed *feed_new(void); /* defaults, at 1000 s, with a key */
void feed_free(struct feed *f);

struct ip_addr feed_addr(const char *text);
struct ip_prefix feed_prefix(const char *text);

/** An ICMP message whose body, behind the first 8 octets, is @body. */
void feed_icmp(struct feed *f, const struct ip_addr *src, const struct ip_addr *dst, uint8_t type,
	       uint8_t code, uint32_t rest, struct span body);
void feed_echo(struct feed *f, const struct ip_addr *src, const struct ip_addr *dst, bool reply,
	       uint16_t id, uint16_t seq);

/** An error from @from to @to about a packet of @proto from @src:40000 to @dst:@port. */
struct feed_quote {
	struct ip_addr src, dst;
	uint8_t proto;
	uint16_t port;
	uint32_t seq; /* TCP's */
};
void feed_error(struct feed *f, const struct ip_addr *from, const struct ip_addr *to, uint8_t type,
		uint8_t code, uint32_t rest, const struct feed_quote *q);
void feed_tcp(struct feed *f, const struct ip_addr *src, const struct ip_addr *dst, uint16_t sport,
	      uint16_t dport, uint8_t flags, uint32_t seq);
void feed_frame(struct feed *f, const uint8_t *p, size_t len); /* a bare IP packet */

/** Let @ns go by. */
void feed_wait(struct feed *f, uint64_t ns);

/** The latest telling of @kind; NULL: there was none. */
const struct detect_alert *feed_told(const struct feed *f, const char *kind);
unsigned feed_count(const struct feed *f, const char *kind); /* tellings */
