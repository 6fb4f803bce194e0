/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run another program: no shell, its input given, its output kept, an end to
 * its time. The child lives in the network namespace of the calling thread.
 */
#pragma once

#include "base/err.h"

#define RUN_OUT_MAX (256u << 20) /* octets kept of each output; more is -EFBIG and ends the child */

struct run {
	const char *const *argv; /* argv[0] is looked up in PATH and the system's sbin folders */
	const char *const *env;  /* "NAME=value", NULL at the end, added to our own; NULL: none */
	const char *input;       /* what the child reads; NULL: nothing */
	uint64_t timeout_ns;     /* then it is killed; 0: 30 s */
};

struct run_result {
	int status; /* exit status 0..255; 128 + signal when one ended it */
	char *out;  /* standard output, terminated; owned */
	char *errs; /* standard error, terminated, owned */
	size_t out_len, errs_len;
};

/**
 * Run @run to its end.
 *
 * Returns 0 with *@ret_result filled (run_result_done frees it), whatever the
 * child's status was; -ENOENT when there is no such program; -ETIMEDOUT; -EFBIG;
 * another -errno. @err says which program and what.
 */
int run_program(const struct run *run, struct run_result *ret_result, struct err *err);
void run_result_done(struct run_result *result); /* zeroed ones are fine */

/** Whether run_program would find @name. */
bool run_exists(const char *name);
