/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "twin/fw.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/ns.h"
#include "twin/fw_load.h"

void fw_gap(const struct twin_fw *fw, const char *what, const char *which, const char *why,
	    const char *means)
{
	fw->tell(fw->to, &(struct fact_gap){ what, which, why, means });
}

void fw_leave_out(struct twin_fw *fw, size_t at, const char *why)
{
	const struct fact_rule *f = &fw->rs->rule[at].fact;
	char which[512];

	fw->out[at] = true;
	snprintf(which, sizeof(which), "%s %s %s: %s", f->family, f->table, f->chain, f->text);
	fw_gap(fw, "rule", which, why, "the twin decides as if this rule were not there");
}

/* A chain on a device that the twin lacks is loaded without a word, and hooked nowhere. */
static void check_devices(const struct twin_fw *fw)
{
	for (size_t i = 0; i < fw->rs->chain_n; i++) {
		const struct host_chain *c = &fw->rs->chain[i];

		for (const char *const *d = c->device; d && *d; d++) {
			char which[512];

			if (if_nametoindex(*d))
				continue;
			snprintf(which, sizeof(which), "%s %s %s", c->family, c->table, c->name);
			fw_gap(fw, "chain", which, "its interface is not in the twin",
			       "what this chain does to packets is not proved");
		}
	}
}

/* What the copy does, and nobody can tell: frames between bridge ports, ARP, rules without a trace. */
static void tell_unproved(const struct twin_fw *fw)
{
	for (size_t i = 0; i < fw->rs->chain_n; i++) {
		const struct host_chain *c = &fw->rs->chain[i];
		char which[512];

		if (!c->hook || (strcmp(c->family, "bridge") != 0 && strcmp(c->family, "arp") != 0))
			continue;
		snprintf(which, sizeof(which), "%s %s %s", c->family, c->table, c->name);
		fw_gap(fw, "chain", which, "it rules frames, and the proof sends IP packets",
		       "what this chain does is not proved");
	}
	for (size_t i = 0; i < fw->rs->part_n; i++) {
		if (strcmp(fw->rs->part[i].backend, "iptables-legacy") != 0)
			continue;
		fw_gap(fw, "trace", "iptables-legacy", "the kernel traces nf_tables' rules only",
		       "what its rules do is proved, but not which of them decided");
		return;
	}
}

static int load_parts(struct twin_fw *fw, struct err *err)
{
	for (size_t i = 0; i < fw->rs->part_n; i++) {
		struct fw_part *part = &fw->part[i];
		int r;

		part->host = &fw->rs->part[i];
		if (part->host->family)
			r = fw_save_load(fw, part, err);
		else
			r = fw_nft_load(fw, part, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int fill(struct twin_fw *fw, int ns_fd, struct err *err)
{
	const struct host_ruleset *rs = fw->rs;

	fw->ns_fd = fcntl(ns_fd, F_DUPFD_CLOEXEC, 0);
	fw->lock_fd = memfd_create("sonde-lock", MFD_CLOEXEC);
	if (fw->ns_fd < 0 || fw->lock_fd < 0)
		return err_set(err, -errno, "copying the firewall: %s", strerror(errno));
	fw->part = calloc(rs->part_n + 1, sizeof(*fw->part));
	fw->out = calloc(rs->rule_n + 1, sizeof(*fw->out));
	fw->handle = calloc(rs->rule_n + 1, sizeof(*fw->handle));
	if (!fw->part || !fw->out || !fw->handle || fw_map_chains(fw) < 0)
		return err_set(err, -ENOMEM, "copying the firewall: out of memory");
	return 0;
}

static int load(struct twin_fw *fw, struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(fw->ns_fd, err);
	int r = v.r;

	if (r == 0)
		r = host_nft_open(&fw->nft, err);
	if (r == -EOPNOTSUPP && *fw->rs->listing == '\0')
		r = 0;
	if (r == 0)
		r = load_parts(fw, err);
	if (r == 0 && fw->nft)
		r = fw_map_read(fw, err);
	if (r < 0)
		return r;
	check_devices(fw);
	tell_unproved(fw);
	fw_check_all(fw);
	return 0;
}

int twin_fw_load(int ns_fd, const struct host_ruleset *ruleset, host_gap_tell *tell, void *to,
		 struct twin_fw **ret_fw, struct err *err)
{
	struct twin_fw *fw = calloc(1, sizeof(*fw));
	int r;

	if (!fw)
		return err_set(err, -ENOMEM, "copying the firewall: out of memory");
	*fw = (struct twin_fw){ .ns_fd = -1, .lock_fd = -1, .rs = ruleset, .tell = tell, .to = to };
	r = fill(fw, ns_fd, err);
	if (r == 0)
		r = load(fw, err);
	if (r < 0) {
		twin_fw_free(fw);
		return r;
	}
	*ret_fw = fw;
	return 0;
}

/* One transaction where it is nft's alone: no packet ever meets a half-loaded ruleset. */
static int reload(struct twin_fw *fw, struct err *err)
{
	int r = fw->nft ? host_nft_run(fw->nft, "flush ruleset", 0, NULL, err) : 0;

	for (size_t i = 0; r == 0 && i < fw->rs->part_n; i++) {
		const struct fw_part *part = &fw->part[i];

		if (!part->text)
			continue;
		if (part->host->family)
			r = fw_save_again(fw, part, err);
		else
			r = host_nft_run(fw->nft, part->text, 0, NULL, err);
	}
	return r == 0 && fw->nft ? fw_map_read(fw, err) : r;
}

int twin_fw_reload(struct twin_fw *fw, struct err *err)
{
	AUTO(ns_leave) struct ns_visit v = ns_visit(fw->ns_fd, err);
	int r = v.r < 0 ? v.r : reload(fw, err);

	return r < 0 ? err_wrap(err, r, "loading the firewall afresh") : 0;
}

void twin_fw_free(struct twin_fw *fw)
{
	if (!fw)
		return;
	for (size_t i = 0; fw->part && i < fw->rs->part_n; i++)
		free(fw->part[i].text);
	host_nft_close(fw->nft);
	if (fw->ns_fd >= 0)
		close(fw->ns_fd);
	if (fw->lock_fd >= 0)
		close(fw->lock_fd);
	free(fw->part);
	free(fw->out);
	free(fw->handle);
	free(fw->rule_key);
	free(fw->chain_key);
	free(fw);
}

void twin_fw_freep(struct twin_fw **fw)
{
	twin_fw_free(*fw);
}

const struct host_ruleset *twin_fw_ruleset(const struct twin_fw *fw)
{
	return fw->rs;
}

bool twin_fw_has(const struct twin_fw *fw, size_t at)
{
	return at < fw->rs->rule_n && !fw->out[at];
}
