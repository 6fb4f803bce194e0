/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which process holds a socket: the inode numbers of sockets, looked for among
 * the open files of every process (/proc/PID/fd). Name the wanted inodes first;
 * the search ends as soon as each has been found.
 *
 * Of several processes that share a socket the one with the lowest number is
 * named, as netstat does.
 */
#pragma once

#include "base/err.h"
#include "host/keep.h"

struct proc_map;

struct proc_owner {
	int64_t pid;
	const char *program; /* /proc/PID/comm, at most 15 octets, any octets; NULL: it was gone */
};

/** Room for @n inodes; program names go to @names, which must outlive the map. 0; -ENOMEM. */
int proc_map_new(size_t n, struct keep *names, struct proc_map **ret_map);
void proc_map_free(struct proc_map *map); /* NULL is fine */

/** Look for @inode too; 0 (no inode) and one wanted already change nothing. At most @n times. */
void proc_map_want(struct proc_map *map, uint64_t inode);

/**
 * Search. What may not be read, and what ends while it is looked at, is passed over.
 *
 * Returns 0; -errno with @err when the /proc filesystem cannot be read at all.
 */
int proc_map_scan(struct proc_map *map, struct err *err);

/** Who holds @inode: borrowed from the map; NULL: nobody was found. */
const struct proc_owner *proc_map_find(const struct proc_map *map, uint64_t inode);

/** Processes whose open files may not be read, met so far. */
size_t proc_map_denied(const struct proc_map *map);

/** The inode in the text of a link under /proc/PID/fd, "socket:[4711]"; 0: it is no socket. */
uint64_t proc_socket_inode(const char *link, size_t len);
