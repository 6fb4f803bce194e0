/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The copy of a firewall while it is loaded: private to the fw*.c files of this room. */
#pragma once

#include "host/nft.h"
#include "twin/fw.h"

/* A part of the host's firewall, as far as the twin took it. */
struct fw_part {
	const struct host_ruleset_part *host;
	char *text; /* what loads whole; owned; NULL: nothing does */
};

struct fw_key {
	uint32_t at; /* rule or chain, index + 1; 0: a free slot */
	uint32_t hash;
};

struct twin_fw {
	int ns_fd;   /* own copy */
	int lock_fd; /* stands in for iptables-legacy's lock, which is the host's */
	const struct host_ruleset *rs;
	struct host_nft *nft; /* NULL: no nf_tables */
	struct fw_part *part; /* .part_n of the host's */
	bool *out;            /* of each rule: it was left out */
	uint64_t *handle;     /* of each rule: the twin's; 0: none */
	struct fw_key *rule_key, *chain_key;
	size_t rule_room, chain_room; /* powers of two */
	host_gap_tell *tell;
	void *to;
};

/* All of these run in the twin's namespace. */
int fw_nft_load(struct twin_fw *fw, struct fw_part *part, struct err *err);
int fw_save_load(struct twin_fw *fw, struct fw_part *part, struct err *err);
/** Load part->text once more. */
int fw_save_again(struct twin_fw *fw, const struct fw_part *part, struct err *err);
/** Tell every difference between the host's firewall and what stands in the twin now. */
void fw_check_all(struct twin_fw *fw);
/** Make the chains findable; -ENOMEM. Before any other of fw_map_*. */
int fw_map_chains(struct twin_fw *fw);
/** Read the twin's handles; -errno with @err. */
int fw_map_read(struct twin_fw *fw, struct err *err);

/** The @n-th rule (from 0) of a chain, left out ones counted; -1. @legacy: of iptables-legacy. */
int64_t fw_map_nth(const struct twin_fw *fw, bool legacy, const char *family, const char *table,
		   const char *chain, uint32_t n);
void fw_gap(const struct twin_fw *fw, const char *what, const char *which, const char *why,
	    const char *means);
/** Leave rule @at out, and say so. */
void fw_leave_out(struct twin_fw *fw, size_t at, const char *why);
