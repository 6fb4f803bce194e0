/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of flow/audit*.c: what its files share. */
#pragma once

#include "base/portset.h"
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

/** ICMP's "port unreachable" of @family. */
bool audit_is_port_unreachable(uint8_t family, int64_t type, int64_t code);

/** enum fact_port_state by what became of one probe. */
uint8_t audit_fate_state(uint8_t family, enum fact_proto proto, const struct prover_fate *f);

/** The rule that made it so, or -1. */
int64_t audit_decided_by(const struct prover_fate *f);

/** Ask one port, traced. 0; -EINTR; -errno with @err. */
int audit_ask_fresh(struct audit *a, enum fact_proto proto, uint16_t port, struct prover_fate *fate,
		    struct err *err);

/** Ask @s's port at @addr from @v, and keep it as an exposure. */
int audit_expose(struct audit *a, const struct audit_view *v, const struct fact_socket *s,
		 const struct ip_addr *addr, struct err *err);

/** Every listening socket of @proto that @v's packets may come to; their ports are added to @told. */
int audit_expose_sockets(struct audit *a, const struct audit_view *v, enum fact_proto proto,
			 struct portset *told, struct err *err);

/** Only the port that the user asked about (.conf.port), over TCP and UDP. */
int audit_expose_one(struct audit *a, const struct audit_view *v, struct err *err);

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
