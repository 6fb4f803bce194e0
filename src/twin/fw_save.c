/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading iptables' part by its -restore programs; a rule they refuse is found by halving. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/save_text.h"
#include "sys/run.h"
#include "twin/fw_load.h"

#define BAD_MAX 64 /* refused rules looked for; those behind the last are left out with it */

struct save_rule {
	bool out;
	int64_t at; /* index in the host's rules; -1 */
};

struct saving {
	struct twin_fw *fw;
	const struct host_ruleset_part *host;
	bool legacy;
	struct save_rule *rule;
	size_t n;
};

static bool is_legacy(const struct host_ruleset_part *part)
{
	return strcmp(part->backend, "iptables-legacy") == 0;
}

static int restore(const struct twin_fw *fw, const struct host_ruleset_part *part, const char *text,
		   struct err *err)
{
	static const char *const programs[2][2] = {
		{ "iptables-nft-restore", "ip6tables-nft-restore" },
		{ "iptables-legacy-restore", "ip6tables-legacy-restore" },
	};
	char lock[64];
	const char *argv[] = { programs[is_legacy(part)][part->family == 6], NULL };
	const char *env[] = { lock, NULL };
	struct run_result res;
	int r;

	snprintf(lock, sizeof(lock), "XTABLES_LOCKFILE=/proc/%d/fd/%d", (int)getpid(), fw->lock_fd);
	r = run_program(&(struct run){ .argv = argv, .env = env, .input = text }, &res, err);
	if (r < 0)
		return r;
	if (res.status != 0) {
		res.errs[strcspn(res.errs, "\n")] = '\0';
		r = err_set(err, -EINVAL, "%s", *res.errs ? res.errs : "it was refused");
	}
	run_result_done(&res);
	return r;
}

int fw_save_again(struct twin_fw *fw, const struct fw_part *part, struct err *err)
{
	return restore(fw, part->host, part->text, err);
}

/* The save with its first @upto rules, without those left out. */
static char *compose(const struct saving *s, size_t upto)
{
	const char *p = s->host->text;
	struct save_line line;
	char *text = NULL;
	size_t len, n = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	while (save_text_next(&p, &line)) {
		bool skip = line.kind == SAVE_RULE && (n >= upto || s->rule[n].out);

		n += line.kind == SAVE_RULE;
		if (!skip)
			fwrite(line.whole.p, 1, line.whole.len, f);
	}
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int try(struct saving *s, size_t upto, struct err *err)
{
	char *text = compose(s, upto);
	int r = text ? restore(s->fw, s->host, text, err) : -ENOMEM;

	free(text);
	return r;
}

/* How many rules of the chain were seen before; a save has them side by side. */
static uint32_t seen_of(const struct saving *s, const char *table, const char *chain)
{
	for (size_t i = s->n; i > 0; i--) {
		int64_t at = s->rule[i - 1].at;
		const struct fact_rule *f = at >= 0 ? &s->fw->rs->rule[at].fact : NULL;

		if (f && strcmp(f->chain, chain) == 0 && strcmp(f->table, table) == 0)
			return (uint32_t)f->position;
	}
	return 0;
}

static int add_rule(struct saving *s, size_t *room, const char *table, const char *chain)
{
	const char *family = s->host->family == 4 ? "ip" : "ip6";

	if (s->n == *room) {
		size_t more = *room ? *room * 2 : 64;
		struct save_rule *rule = reallocarray(s->rule, more, sizeof(*rule));

		if (!rule)
			return -ENOMEM;
		s->rule = rule;
		*room = more;
	}
	s->rule[s->n] = (struct save_rule){
		.at = fw_map_nth(s->fw, s->legacy, family, table, chain, seen_of(s, table, chain)),
	};
	s->n++;
	return 0;
}

/* Which of the host's rules each line is. */
static int number(struct saving *s)
{
	const char *p = s->host->text;
	char table[256] = "", chain[256];
	struct save_line line;
	size_t room = 0;
	int r = 0;

	while (r == 0 && save_text_next(&p, &line)) {
		if (line.kind != SAVE_TABLE && line.kind != SAVE_RULE)
			continue;
		snprintf(line.kind == SAVE_TABLE ? table : chain, sizeof(chain), "%.*s",
			 (int)line.name.len, (const char *)line.name.p);
		if (line.kind == SAVE_RULE)
			r = add_rule(s, &room, table, chain);
	}
	return r;
}

/* The first rule that makes the load fail: all before it load. 0; *@ret_at; -errno when even no rule loads. */
static int first_bad(struct saving *s, size_t *ret_at, struct err *err)
{
	size_t good = 0, bad = s->n;
	struct err why;
	int r = try(s, 0, err);

	if (r < 0)
		return r;
	while (bad - good > 1) {
		size_t mid = good + (bad - good) / 2;

		r = try(s, mid, &why);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			bad = mid;
		else
			good = mid;
		if (r < 0)
			*err = why;
	}
	r = try(s, bad, err); /* for its own words */
	*ret_at = bad - 1;
	return r == -ENOMEM ? r : 0;
}

static void leave_out(struct saving *s, size_t at, const char *why)
{
	s->rule[at].out = true;
	if (s->rule[at].at >= 0)
		fw_leave_out(s->fw, (size_t)s->rule[at].at, why);
}

/* 0 when what is left loads; 1 when nothing of this part does. */
static int narrow(struct saving *s)
{
	for (int bad = 0;; bad++) {
		struct err err, why;
		size_t at;
		int r = try(s, s->n, &err);

		if (r == 0 || r == -ENOMEM)
			return r;
		r = s->n ? first_bad(s, &at, &why) : -EINVAL;
		if (r == -ENOMEM)
			return r;
		if (r < 0) {
			for (size_t i = 0; i < s->n; i++)
				if (!s->rule[i].out)
					leave_out(s, i, err.text);
			return 1;
		}
		leave_out(s, at, why.text);
		for (size_t i = at; bad == BAD_MAX && i < s->n; i++)
			if (!s->rule[i].out)
				leave_out(s, i, "too many rules before it were refused");
	}
}

static int load(struct saving *s, struct fw_part *part, struct err *err)
{
	int r = number(s);

	if (r == 0)
		r = narrow(s);
	if (r == 0) {
		part->text = compose(s, s->n);
		r = part->text ? 0 : -ENOMEM;
	}
	if (r == -ENOMEM)
		return err_set(err, r, "loading the firewall: out of memory");
	if (r == 1)
		fw_gap(s->fw, "firewall", part->host->backend,
		       "its restore program refuses all of it",
		       "the twin decides as if none of its rules were there");
	return 0;
}

int fw_save_load(struct twin_fw *fw, struct fw_part *part, struct err *err)
{
	struct saving s = { .fw = fw, .host = part->host, .legacy = is_legacy(part->host) };
	int r = load(&s, part, err);

	free(s.rule);
	return r;
}
