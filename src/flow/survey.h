/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sweep and scan have in common: how fast, by which way, from where, how long, and how a
 * run that was stopped goes on.
 */
#pragma once

#include "fact/host.h"
#include "fact/port.h"
#include "flow/list.h"
#include "probe/ask.h"

#define SURVEY_FAR_PPS     10000 /* default ceiling when any target is not on a link of ours */
#define SURVEY_SAVE_NS     NS_PER_S
#define SURVEY_SOURCES_MAX 256

enum survey_rate { SURVEY_RATE_AUTO, SURVEY_RATE_FIXED, SURVEY_RATE_MAX };

struct survey_conf {
	const struct flow_list *targets; /* sealed */
	enum survey_rate rate;
	uint64_t pps;                /* FIXED */
	uint64_t max_pps;            /* 0: SURVEY_FAR_PPS where a target is far, else none */
	const char *iface;           /* NULL: as routes say */
	struct ip_addr source;       /* family 0: the route's */
	const struct space *sources; /* further own addresses for UDP; NULL: none */
	const char *backend;         /* "auto", or a name of pio/packets.def, or "sockets" */
	bool connect;                /* TCP by connect(), also where packets may be sent */
	uint8_t hops;                /* 0: 64 */
	int source_port;             /* -1: ours to choose */
	uint8_t tries_max;           /* 0: 10 */
	uint64_t wait_max_ns;        /* for one answer; 0: 3 s */
	uint64_t host_timeout_ns;    /* 0: none */
	uint64_t deadline_ns;        /* of the whole run; 0: none */
	bool seeded;                 /* --seed given */
	uint64_t seed;
	uint32_t shard, shards; /* 0 of 1: everything; shard counts from 0 */
	const char *
		state; /* file to save to; NULL: flow chooses one for a run longer than SURVEY_SAVE_NS, and removes it at the end */
	const char *resume;  /* file to go on from; NULL */
	const char *options; /* the command line as it may be given again: kept in the state */
};

struct survey_progress {
	uint64_t done, total; /* targets (sweep), ports (scan) */
	uint64_t sent, pps;
	uint64_t left_ns; /* 0: cannot be told */
	double loss;      /* negative: cannot be told */
	size_t up;
	const char *doing; /* "looking for hosts", "TCP", "UDP" */
};

/* Told while it runs. Facts are borrowed. */
struct survey_tell {
	/* Before the first packet: how long it will take by what is known (0: cannot be told), as who and by which back end. */
	void (*begin)(void *to, uint64_t expect_ns, const char *backend);
	void (*host)(void *to, const struct fact_host *host);
	/* scan: after its host, ports in order: TCP, then UDP. */
	void (*port)(void *to, const struct fact_port *port);
	/* scan: no more ports of the host told last. */
	void (*host_end)(void *to, const struct fact_host *host);
	void (*progress)(void *to, const struct survey_progress *p);
	/* A thing a person should know: "eth0 went down: 312 targets are unknown". */
	void (*note)(void *to, const char *text);
	bool (*stop)(void *to);
	void *to;
};

#define SURVEY_PATH_LEN 4096 /* of a file, terminator included; Linux opens no longer one */

struct survey_sum {
	struct fact_survey fact;
	char resume[SURVEY_PATH_LEN]; /* what .fact.resume points to */
	bool interrupted;
	bool failed; /* some targets could not be asked (interface down, no permission …) */
};

/**
 * The options (.options) of the survey that the file @path is of.
 *
 * Returns 0 with *@ret owned by the caller; -EBADMSG: no such file; -EBUSY, -errno with @err.
 */
int flow_state_options(const char *path, char **ret, struct err *err);
