/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known about one (target, ask) of a survey, and how the engines name one probe of it.
 * A slot is a target's place in the group that is being worked on.
 *
 * Pure: data only.
 */
#pragma once

#include "probe/reply.h"

enum cell_state {
	CELL_OPEN_QUESTION, /* not decided */
	CELL_ANSWERED,      /* .kind and the rest say by what */
	CELL_SILENT,        /* asked often enough; nothing came, and loss does not explain it */
	CELL_CERTIFIED, /* silent, and a sentinel or a full bucket proves that no limiter hid a 'closed' */
	CELL_LIMITED, /* silent, and a limiter may be why */
	CELL_UNSENT,  /* this host could not send it: .code is the errno */
};

struct probe_cell {
	uint32_t sent_us; /* last try, microseconds since the engine began, wrapping */
	uint32_t rtt_us;  /* of the reply; UINT32_MAX: cannot be told */
	uint16_t from;    /* index of the offender among struct survey_from; 0: the target itself */
	uint8_t state;    /* enum cell_state */
	uint8_t tries;    /* sent so far */
	uint8_t kind;     /* enum reply_kind */
	uint8_t type, code;
	uint8_t ttl; /* 0: not told */
};

/* One probe to send. Shots of one call leave in their order, back to back. */
struct probe_shot {
	uint32_t slot;
	uint32_t ask;    /* index among the survey's asks */
	uint8_t try;     /* from 0 */
	uint8_t payload; /* UDP: which of the port's */
	uint16_t source; /* which of our own source addresses, 0: the route's */
	bool canary;     /* asked again to measure loss */
};

#define CELL_FROM_MAX \
	4096 /* offenders told apart in one group; later ones are told as "others" (index CELL_FROM_MAX - 1) */
