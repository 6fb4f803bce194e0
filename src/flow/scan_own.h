/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of scan: hosts of a group that are there are worked on in batches, TCP and UDP at once;
 * then each is told with its ports. Nobody else includes this.
 */
#pragma once

#include "flow/scan.h"
#include "flow/survey_own.h"
#include "host/services.h"

#define SCAN_CONTROLS    3    /* ports that nothing should answer on */
#define SCAN_CONTROL_MIN 10   /* for fewer ports they are not worth it */
#define SCAN_BATCH_MAX   4096 /* hosts */
#define SCAN_STAGE       2    /* number of the first batch's stage in its group */

struct scan {
	struct survey survey;
	struct survey_conf survey_conf;
	const struct scan_conf *conf;
	struct survey_finder finder;
	struct survey_group group;
	struct survey_asks tcp, udp;
	uint32_t tcp_n;       /* of .tcp that were wanted; control ports stand behind them */
	uint32_t batch_slots; /* hosts of a batch */
	uint32_t *host;       /* slots of the group that are there, by address; owned */
	uint32_t host_n;
	uint32_t *back;             /* per slot of the group: its place in the batch; owned */
	uint8_t *family;            /* per place in the batch; owned */
	bool local[SCAN_BATCH_MAX]; /* likewise: it is this host */
	struct services *services;
	bool by_sockets;
	bool last_group;
};

/* What is scanned, and where it stands in the stage's parts; NULL: not asked. */
static inline struct survey_part *scan_tcp_part(const struct scan *c, struct survey_stage *st)
{
	return c->tcp.n > 0 ? &st->part[0] : NULL;
}
static inline struct survey_part *scan_udp_part(const struct scan *c, struct survey_stage *st)
{
	return c->udp.n > 0 ? &st->part[c->tcp.n > 0 ? 1 : 0] : NULL;
}

/* scan_batch.c */
int scan_asks(struct scan *c, struct err *err);
uint32_t scan_batch_slots(const struct scan *c);
uint64_t scan_expected(const struct scan *c);
int scan_batch(struct scan *c, uint32_t first, struct err *err);

/* scan_tell.c */
int scan_tell(struct scan *c, struct survey_stage *st, struct err *err);

/* scan_box.c */

/**
 * Whether something else answers in place of the host whose TCP cells these are, and how that
 * shows, in @buf; NULL: nothing odd.
 *
 * @n        cells of wanted ports, then @controls cells of control ports
 * @ttl      of the host's other answers (echo); 0: none
 */
const char *scan_box(const struct probe_cell *cell, uint32_t n, uint32_t controls, uint8_t ttl,
		     char *buf, size_t len);
