/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a port looks the way it does: asks it over TCP and UDP, and the host over ICMP; where the host
 * is this one, also who holds the socket and which firewall rule decides, by its twin.
 */
#pragma once

#include "fact/why.h"
#include "flow/survey.h"

struct why;

struct why_conf {
	struct ip_addr addr;
	const char *name; /* as the user gave it */
	uint16_t port;
	uint8_t proto; /* enum fact_proto asked about: TCP or UDP; the other is asked as well */
	bool both;     /* no protocol was named */
	struct survey_conf survey; /* .targets is not looked at */
	bool (*stop)(void *to);
	void (*progress)(void *to, const char *doing);
	void *to;
};

/** Returns 0 with *@ret owned by the caller; -errno with @err. */
int why_run(const struct why_conf *conf, struct why **ret, struct err *err);
void why_free(struct why *w); /* NULL is fine */
void why_freep(struct why **w);

/** What was found. Borrowed from @w. */
const struct fact_why *why_facts(const struct why *w);
