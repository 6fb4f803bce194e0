/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a survey asks of every target: one message kind, with its port where it has one.
 *
 * Pure.
 */
#pragma once

#include "base/err.h"
#include "base/portset.h"

#define ASK_MAX       131072 /* asks of one survey: every TCP and every UDP port */
#define ASK_TRIES_MAX 32     /* tries of one ask that a reply can be told to belong to */
#define ASK_TEXT_LEN  24     /* octets of "tcp-ack:65535" and the like, terminator included */

enum ask_kind {
	ASK_ECHO,
	ASK_TIMESTAMP, /* IPv4 only */
	ASK_MASK,      /* IPv4 only */
	ASK_INFO,      /* IPv4 only: information request */
	ASK_TCP_SYN,
	ASK_TCP_ACK,
	ASK_UDP,
	ASK_ARP, /* IPv4 on a link of ours */
	ASK_ND,  /* IPv6 on a link of ours: neighbour solicitation */
	ASK_MLD, /* IPv6 on a link of ours: a general listener query; hosts answer with reports */
	ASK_KINDS
};

struct ask {
	uint8_t kind;    /* enum ask_kind */
	uint8_t payload; /* ASK_UDP: which of the port's payloads (payload.h), from 0 */
	uint16_t port;   /* TCP, UDP; else 0 */
};

static inline bool ask_has_port(enum ask_kind kind)
{
	return kind == ASK_TCP_SYN || kind == ASK_TCP_ACK || kind == ASK_UDP;
}

/** Whether a target of @family (4, 6) can be asked @kind. */
bool ask_fits(enum ask_kind kind, int family);

/**
 * Read "echo,timestamp,tcp:80,tcp-ack:443,udp:40125,tcp:8000-8010": each once, in the order given.
 *
 * Returns how many, 1..@room; -EINVAL, @err naming the part and what would be right; -E2BIG when
 * there are more than @room. @ret_asks holds nothing to rely on then.
 */
int ask_scan(const char *text, struct ask *ret_asks, size_t room, struct err *err);

/** "echo", "tcp:80". Returns @buf. */
const char *ask_format(const struct ask *ask, char buf[static ASK_TEXT_LEN]);
