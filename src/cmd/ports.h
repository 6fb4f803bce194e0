/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of `sonde ports`: what a filter word means, and the table. Neither
 * asks the system for anything.
 */
#pragma once

#include "base/err.h"
#include "base/portset.h"
#include "fact/socket.h"
#include "out/text.h"

enum ports_kind {
	PORTS_PROTO, /* .proto and .family alone */
	PORTS_PORT,  /* .set, besides .proto */
	PORTS_ADDR,  /* .prefix */
	PORTS_PID,   /* .pid */
	PORTS_TEXT,  /* .text, besides .proto */
};

#define PORTS_ANY_PROTO 255

/* One word of the filter. */
struct ports_word {
	enum ports_kind kind;
	uint8_t proto;  /* enum fact_proto, or PORTS_ANY_PROTO */
	uint8_t family; /* 4, 6; 0: both */
	struct portset set;
	struct ip_prefix prefix;
	int64_t pid;
	const char *text; /* borrowed from the command line */
};

/**
 * Read "53", "22,80-443", "udp", "tcp6", "udp/53", "53/udp", "tcp/http", "pid/8888", an
 * address or prefix; anything else is a text, which must be a whole state, user, service,
 * device or reach, or a part of a program's name.
 *
 * Returns 0; -EINVAL, with nothing written, for what can only be a mistake: "70000", "udp/".
 */
int ports_word_scan(const char *text, struct ports_word *ret_word, struct err *err);

bool ports_word_match(const struct ports_word *w, const struct fact_socket *s);

/**
 * A line a socket. @numeric: users by number, no column for services.
 *
 * Returns 0; -ENOMEM, nothing printed.
 */
int ports_table(const struct text_out *t, const struct fact_socket *const *socket, size_t n,
		bool numeric);
