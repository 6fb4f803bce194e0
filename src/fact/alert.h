/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde detect` tells: somebody scans, floods, forges. Pure. */
#pragma once

#include "fact/field.h"

/* As enum detect_severity and enum detect_state of detect/detect.h, which this room may not know. */
enum fact_alert_severity { FACT_ALERT_LOW, FACT_ALERT_MEDIUM, FACT_ALERT_HIGH };
enum fact_alert_state { FACT_ALERT_NEW, FACT_ALERT_UPDATE, FACT_ALERT_ENDED };

/* One reason. Shares and sums are fractions: millionths, so that all are numbers of one kind. */
struct fact_alert_reason {
	const char *what; /* a threshold of doc/detection.md, or a phrase */
	int64_t seen, bound;
};

struct fact_alert {
	const char *kind; /* "sweep.sequential" */
	uint8_t severity, state;
	int64_t id;              /* of the thing: the same in its updates and its end */
	struct ip_addr src, dst; /* family 0: there is no single one */
	const char *targets;     /* the prefix that was touched; NULL: does not apply */
	uint64_t first, last;    /* ns since 1970 */
	int64_t packet;          /* number of the frame that raised it */
	int64_t contact;         /* which first contact of the source that was; else FACT_NONE */
	int64_t packets;         /* so far; of sweeps: contacts */
	int64_t distinct, distinct_error; /* FACT_NONE: does not apply */
	int64_t alive;                    /* millionths; FACT_NONE: not known */
	int64_t dark, run, stride;        /* FACT_NONE: does not apply */
	const char *run_order;            /* "natural", "reversed"; NULL: there is no run */
	int64_t suppressed;               /* packets since the telling before, that were not told */
	struct fact_list reasons;         /* struct fact_alert_reason */
};

extern const char *const fact_alert_severity_words[];
extern const char *const fact_alert_state_words[];
extern const struct fact_type fact_alert_reason, fact_alert;
