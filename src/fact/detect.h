/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `sonde detect` tells at its end. Alerts are fact/alert.h. Pure. */
#pragma once

#include "fact/field.h"

struct fact_detect_sum {
	int64_t files;
	int64_t frames;            /* those the filter let pass */
	int64_t unreadable;        /* without IP, or damaged below it */
	int64_t not_opened;        /* of a link type that is not opened */
	int64_t high, medium, low; /* alerts, by the severity they came to */
	int64_t told;              /* records about them: new, grown, ended */
	int64_t suppressed; /* packets and contacts of alerts for which there was no record */
	int64_t ignored;    /* about sources that are not to be told of */
	int64_t sources;    /* that made contacts and are remembered at the end */
	int64_t forgotten;  /* that had to make room */
	int64_t contacts;   /* first ones of a source with a destination */
	int64_t pairing; /* millionths of the sources that ever got an answer; FACT_NONE: none asked enough */
	int64_t memory;       /* octets taken at the start */
	uint64_t first, last; /* ns since 1970; 0: there was no frame */
};

extern const struct fact_type fact_detect_sum;
