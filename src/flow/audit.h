/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The audit: what can the network see of this host, why, and what should change?
 * Reads the host, builds its twin, probes that from outside, reviews what came of it.
 * The host's own network, firewall and settings are never touched.
 */
#pragma once

#include "base/err.h"
#include "fact/audit.h"

struct audit;

struct audit_conf {
	uint8_t family; /* 4, 6; 0: both */
	bool explain;   /* notes that are no faults as well */
	bool no_proof;  /* read and review only, build no twin */
	const char *const
		*iface;         /* only these interfaces; NULL at the end; NULL: all that are up */
	uint16_t port;          /* only this port, over TCP and UDP, and no review; 0: everything */
	struct ip_addr addr;    /* .port: of this address of the host */
	bool (*stop)(void *to); /* asked now and then: true ends the audit with -EINTR */
	void (*progress)(void *to,
			 const char *doing); /* one line for a person; NULL: nobody looks */
	void *to;
};

/**
 * Run it. Without the privilege to build a twin or read the firewall it does what it
 * can: the result's .proved is false, and *@ret_denied says what was missing.
 *
 * @ret_denied  written on success: -EPERM when something was not permitted, with @err; else 0
 *
 * Returns 0 with *@ret owned by the caller; -EINVAL: no such interface; -EINTR: stopped,
 * with what there was by then in *@ret; another -errno with @err.
 */
int audit_run(const struct audit_conf *conf, struct audit **ret, int *ret_denied, struct err *err);
void audit_free(struct audit *a); /* NULL is fine */
void audit_freep(struct audit **a);

/** All of it. Borrowed from @a. */
const struct fact_audit *audit_facts(const struct audit *a);
