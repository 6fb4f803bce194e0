/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of flow/audit*.c: what its files share. */
#pragma once

#include "flow/audit.h"
#include "flow/audit_store.h"
#include "flow/prover.h"
#include "host/ruleset.h"
#include "host/sockets.h"
#include "policy/ignored.h"

struct audit {
	struct audit_conf conf;
	struct host_net *net;
	struct host_sockets *sockets;
	struct host_sysctl *sysctl;
	struct host_ruleset *ruleset;     /* NULL: it could not be read */
	struct ignored_settings settings; /* view of sysctl */
	struct twin *twin;
	struct twin_fw *fw;
	struct twin_stubs *stubs;
	struct twin_trace *trace; /* NULL: no ruleset, or this kernel does not trace */
	struct prover *prover;
	bool spent; /* limits have been used up in bulk */
	struct audit_store store;
	struct fact_audit fact;
	char host[256];
};

/* One view of the host: through an interface, from a stranger or a neighbour, in one family. */
struct audit_view {
	const struct twin_port *port;
	struct host_place where;
	enum fact_from from;
	uint8_t family;
};

int audit_read(struct audit *a, int *ret_denied, struct err *err);
int audit_build(struct audit *a, struct err *err);
int audit_prove(struct audit *a, struct err *err);
int audit_prove_ports(struct audit *a, const struct audit_view *v, struct err *err);
int audit_prove_icmp(struct audit *a, const struct audit_view *v, struct err *err);
int audit_prove_rules(struct audit *a, struct err *err);

/** Is the host probed through @port: can packets arrive there, and did the user not name others? */
bool audit_wants(const struct audit *a, const struct twin_port *port);

/** Probe from @v from now on. */
int audit_go(struct audit *a, const struct audit_view *v, struct err *err);

/** The host's rule @i, or NULL for -1. */
const struct fact_rule *audit_rule(const struct audit *a, int64_t i);

/**
 * Fresh limits and an empty connection table. Rules are loaded anew (a transaction of the
 * kernel, some 20 ms) only when something was spent since.
 */
int audit_refresh(struct audit *a, struct err *err);

/** A bulk pass (@proto TCP or UDP) or a burst (ICMP) has been: it may have spent limits. */
void audit_spend(struct audit *a, enum fact_proto proto);

/** A host_gap_tell whose @to is the audit. */
void audit_take_gap(void *to, const struct fact_gap *gap);

void audit_say(const struct audit *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
