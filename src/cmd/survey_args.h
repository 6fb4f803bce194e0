/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options that sweep and scan share, and what they come to: targets read, exclusions taken
 * away, a survey_conf that flow can run.
 */
#pragma once

#include "cmd/app.h"
#include "cmd/line.h"
#include "cmd/opt.h"
#include "flow/survey.h"

#define SURVEY_ARGS_NONE UINT64_MAX /* .seed, .source_port, .retries: not given */

struct survey_args {
	struct opt_rest targets;
	const char *list, *exclude, *exclude_file;
	const char *rate, *max_rate, *min_rate, *shard, *sources;
	const char *iface, *source, *state, *resume;
	const char *with, *ask_syn, *ask_ack, *ask_udp; /* -PS, -PA, -PU: lists of ports */
	uint64_t hops, retries, seed, source_port;
	uint64_t timeout_ns, host_timeout_ns, deadline_ns;
	uint8_t backend, family, timing;
	bool numeric, special, ask_echo, ask_time, ask_mask, ask_arp;
};

extern const char *const survey_args_backends[];
extern const char *const survey_args_timings[]; /* nmap's: "0".."5", then their names */

#define SURVEY_ARGS_DAY_NS (24 * 60 * 60 * NS_PER_S)

/* clang-format off */
#define SURVEY_ARGS_DEFAULTS { .seed = SURVEY_ARGS_NONE, .source_port = SURVEY_ARGS_NONE, .retries = SURVEY_ARGS_NONE, .timing = 3 }

/* Rows for a table of @T, whose member .survey this is; OPT_REST comes last, so it is apart. */
#define SURVEY_ARGS_TARGETS(T) \
	OPT_PAIR_TEXT("iL", T, survey.list, "FILE", "read targets from FILE, one or more a line; - is standard input"), \
	OPT_TEXT(0, "exclude", T, survey.exclude, "LIST", "leave out these targets, separated by commas"), \
	OPT_TEXT(0, "exclude-file", T, survey.exclude_file, "FILE", "leave out the targets in FILE"), \
	OPT_TEXT(0, "excludefile", T, survey.exclude_file, "FILE", "the same, as nmap has it"), \
	OPT_FLAG(0, "special", T, survey.special, "ask reserved, multicast and documentation addresses of ranges too"), \
	OPT_SET('4', NULL, T, survey.family, 4, "only IPv4"), \
	OPT_SET('6', NULL, T, survey.family, 6, "only IPv6"), \
	OPT_FLAG('n', "numeric", T, survey.numeric, "look up no names of hosts that are up")

#define SURVEY_ARGS_ASKS(T) \
	OPT_PAIR_FLAG("PE", T, survey.ask_echo, "as --with echo"), \
	OPT_PAIR_FLAG("PP", T, survey.ask_time, "as --with timestamp"), \
	OPT_PAIR_FLAG("PM", T, survey.ask_mask, "as --with mask"), \
	OPT_PAIR_FLAG("PR", T, survey.ask_arp, "as --with arp"), \
	OPT_PAIR_BEHIND("PS", T, survey.ask_syn, "[PORTS]", "as --with tcp:PORT, for each [80]"), \
	OPT_PAIR_BEHIND("PA", T, survey.ask_ack, "[PORTS]", "as --with tcp-ack:PORT, for each [80]"), \
	OPT_PAIR_BEHIND("PU", T, survey.ask_udp, "[PORTS]", "as --with udp:PORT, for each [40125]")

#define SURVEY_ARGS_SPEED(T) \
	OPT_TEXT(0, "rate", T, survey.rate, "RATE", "packets a second: auto (as many as none is lost), max, or N, 10k, 1m [auto]"), \
	OPT_TEXT(0, "max-rate", T, survey.max_rate, "N", "never more than N packets a second [10000 if a target is not on a network of this host, else no limit]"), \
	OPT_TEXT(0, "min-rate", T, survey.min_rate, "N", "not here: --rate N sends at that rate"), \
	OPT_WORD('T', NULL, T, survey.timing, "N", survey_args_timings, "nmap's timing, as a limit where no rate is given: -T2 10 packets a second, -T4 100000, -T5 none [3]"), \
	OPT_UINT(0, "max-retries", T, survey.retries, "N", 0, 31, "ask again at most N times [9]"), \
	OPT_NSEC(0, "timeout", T, survey.timeout_ns, "TIME", NS_PER_MS, SURVEY_ARGS_DAY_NS, "wait so long for one answer at most [3s, less where answers come sooner]"), \
	OPT_NSEC(0, "host-timeout", T, survey.host_timeout_ns, "TIME", NS_PER_MS, 365 * SURVEY_ARGS_DAY_NS, "give a host up after TIME"), \
	OPT_NSEC(0, "deadline", T, survey.deadline_ns, "TIME", NS_PER_MS, 365 * SURVEY_ARGS_DAY_NS, "end after TIME in any case")

#define SURVEY_ARGS_WAY(T) \
	OPT_TEXT('I', "interface", T, survey.iface, "IFACE", "send from this interface [as routes say]"), \
	OPT_TEXT('e', NULL, T, survey.iface, "IFACE", "the same, as nmap has it"), \
	OPT_TEXT('S', "source", T, survey.source, "ADDRESS", "send from this address of this host"), \
	OPT_TEXT(0, "sources", T, survey.sources, "LIST", "addresses of this host to spread UDP over, against limits on answers to one"), \
	OPT_UINT('g', "source-port", T, survey.source_port, "PORT", 1, 65535, "send TCP and UDP from this port"), \
	OPT_UINT(0, "ttl", T, survey.hops, "N", 1, 255, "TTL or hop limit of what is sent [64]"), \
	OPT_WORD(0, "backend", T, survey.backend, "WAY", survey_args_backends, "auto, packet (AF_PACKET), ip (raw IP), xdp (AF_XDP), sockets (needs no rights) [auto]")

#define SURVEY_ARGS_PARTS(T) \
	OPT_UINT(0, "seed", T, survey.seed, "N", 0, SURVEY_ARGS_NONE - 1, "of the order in which targets are asked [at random]"), \
	OPT_TEXT(0, "shard", T, survey.shard, "I/N", "ask only part I of N, from 1/N; needs the same --seed in all parts"), \
	OPT_TEXT(0, "state", T, survey.state, "FILE", "keep what is needed to go on in FILE"), \
	OPT_TEXT(0, "resume", T, survey.resume, "FILE", "go on with the run that left FILE; its options come from there")

#define SURVEY_ARGS_REST(T) \
	OPT_REST("TARGET", T, survey.targets, 0, "a name, address (fe80::1%eth0), prefix (192.0.2.0/24) or range (192.0.2.1-50); - is standard input")
/* clang-format on */

/* What the arguments come to. Zeroed before survey_args_read(); does not move while .conf is used. */
struct survey_args_made {
	struct flow_list targets, sources;
	struct survey_conf conf;
	size_t unresolved; /* names; they were told */
};

/**
 * Read it all. Names that do not resolve are told to @app (as facts with --json) and counted.
 *
 * @needs_targets  whether a run without any is a mistake
 *
 * Returns 0; -errno with @err; either way for survey_args_done().
 */
int survey_args_read(struct app *app, const struct survey_args *args, bool needs_targets,
		     struct survey_args_made *ret, struct err *err);
void survey_args_done(struct survey_args_made *m);

/**
 * What --with and nmap's -P options ask, each once.
 *
 * Returns how many, 0: nothing was said; -EINVAL with @err.
 */
int survey_args_asks(const struct survey_args *args, struct ask *ret_asks, size_t room,
		     struct err *err);

/** What a survey_check() refused is the command line's fault: -EINVAL; else @r. */
int survey_args_fault(int r);

/** "auto", "max", "10k". 0 with both results; -EINVAL with @err. */
int survey_args_rate(const char *text, enum survey_rate *ret_rate, uint64_t *ret_pps,
		     struct err *err);

/** "2/8" to 1 and 8. 0; -EINVAL with @err. */
int survey_args_shard(const char *text, uint32_t *ret_shard, uint32_t *ret_shards, struct err *err);

/**
 * The arguments of the run that --resume goes on with: read from its file into @args (of @size
 * octets, as @defaults), which hold nothing but --resume. @line is what they borrow from.
 *
 * @survey  the part of @args
 *
 * Returns 0, also when there is no --resume; -EINVAL (more was given, or the file is of another
 * command), -errno with @err.
 */
int survey_args_resume(const struct opt *opts, const char *command, const void *defaults,
		       size_t size, void *args, struct survey_args *survey, struct line *line,
		       struct err *err);
