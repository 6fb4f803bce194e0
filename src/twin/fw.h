/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A copy of a host's firewall in the twin's namespace: loaded by the same
 * programs that read it, checked by listing it again. What cannot be loaded is
 * left out rule by rule and told.
 */
#pragma once

#include "host/ruleset.h"

struct twin_fw;

/**
 * Load @ruleset into the network namespace @ns_fd, which must be empty of rules.
 *
 * @ruleset  borrowed until twin_fw_free
 * @tell     called (with @to) for each rule, chain or set left out, each device that
 *           is missing, each difference between the copy and the host's listing; not NULL
 *
 * Returns 0 with *@ret_fw owned by the caller, even when only part of it could be
 * loaded; -errno when nothing can be loaded or the namespace is out of reach, with @err.
 */
int twin_fw_load(int ns_fd, const struct host_ruleset *ruleset, host_gap_tell *tell, void *to,
		 struct twin_fw **ret_fw, struct err *err);

/**
 * Load the same again, fresh: limits, quotas and dynamic sets forget what they counted.
 * Rules keep their index. Tables that another socket owns (twin/trace.h's) stay.
 *
 * Returns 0; -errno with @err, the namespace then being in an unknown state.
 */
int twin_fw_reload(struct twin_fw *fw, struct err *err);
void twin_fw_free(struct twin_fw *fw); /* NULL is fine; the namespace keeps its rules */
void twin_fw_freep(struct twin_fw **fw);

const struct host_ruleset *twin_fw_ruleset(const struct twin_fw *fw);

/**
 * Which rule of the host it is that the twin's kernel names.
 *
 * @nfproto  NFPROTO_* of the table
 * @handle   the twin's; 0: the chain's policy
 *
 * Returns an index into host_ruleset.rule, or -1: not the host's.
 */
int64_t twin_fw_find(const struct twin_fw *fw, uint8_t nfproto, const char *table,
		     const char *chain, uint64_t handle);

/** Index of the base or other chain in host_ruleset.chain, or -1. */
int64_t twin_fw_find_chain(const struct twin_fw *fw, uint8_t nfproto, const char *table,
			   const char *chain);

/** Whether rule @at is in the copy (and not left out). */
bool twin_fw_has(const struct twin_fw *fw, size_t at);
