/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of -oN, -oX, -oG and -oA: opened before anything is sent, written host by host. */
#pragma once

#include "base/err.h"
#include "out/nmap.h"

struct scan_files_want {
	const char *normal, *xml, *grepable; /* NULL: none; "-": standard output */
	const char *all;                     /* BASE.nmap, BASE.xml, BASE.gnmap; NULL: none */
};

struct scan_files;

/**
 * Open them, empty.
 *
 * @out_fd  what "-" means
 *
 * Returns 0 with *@ret owned by the caller, NULL when none is wanted; -EINVAL: two files are
 * standard output; -errno with @err.
 */
int scan_files_open(const struct scan_files_want *want, int out_fd, struct scan_files **ret,
		    struct err *err);
void scan_files_freep(struct scan_files **f); /* NULL is fine */

/** Whether one of them is standard output. @f may be NULL here and below. */
bool scan_files_take_out(const struct scan_files *f);

void scan_files_begin(struct scan_files *f, const struct nmap_run *run);
void scan_files_host(struct scan_files *f, const struct nmap_run *run, const struct fact_host *h,
		     const struct fact_port *port, size_t n);

/** The last lines, and everything out. 0; -errno with @err naming the file that is not whole. */
int scan_files_end(struct scan_files *f, const struct nmap_run *run, struct err *err);
