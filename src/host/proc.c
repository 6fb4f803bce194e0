/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMM_LEN 64 /* the kernel's names have 15 octets; kernel threads' a few more */

struct slot {
	uint64_t inode;          /* 0: empty */
	struct proc_owner owner; /* pid 0: not found yet */
};

struct proc_map {
	struct slot *slot;
	size_t slots; /* a power of two, at most half of them used */
	size_t left;  /* wanted and not found yet */
	size_t denied;
	struct keep *names;
};

/* A process while its files are looked at. */
struct candidate {
	int64_t pid;
	int proc;            /* the directory /proc */
	const char *program; /* read when the first wanted socket is found */
	bool named;
	bool denied; /* its directory may be listed, its links may not be read */
};

int proc_map_new(size_t n, struct keep *names, struct proc_map **ret_map)
{
	struct proc_map *map = calloc(1, sizeof(*map));

	if (!map)
		return -ENOMEM;
	map->names = names;
	for (map->slots = 16; map->slots < n * 2; map->slots *= 2)
		;
	map->slot = calloc(map->slots, sizeof(*map->slot));
	if (!map->slot) {
		free(map);
		return -ENOMEM;
	}
	*ret_map = map;
	return 0;
}

void proc_map_free(struct proc_map *map)
{
	if (!map)
		return;
	free(map->slot);
	free(map);
}

/* The slot of @inode, or the empty one where it belongs. Inodes are the kernel's: no attacker aims them. */
static struct slot *slot_of(const struct proc_map *map, uint64_t inode)
{
	size_t i = (inode * 0x9e3779b97f4a7c15ull >> 20) & (map->slots - 1);

	while (map->slot[i].inode && map->slot[i].inode != inode)
		i = (i + 1) & (map->slots - 1);
	return &map->slot[i];
}

void proc_map_want(struct proc_map *map, uint64_t inode)
{
	struct slot *s = slot_of(map, inode);

	if (inode == 0 || s->inode)
		return;
	s->inode = inode;
	map->left++;
}

const struct proc_owner *proc_map_find(const struct proc_map *map, uint64_t inode)
{
	const struct slot *s = slot_of(map, inode);

	return s->inode && s->owner.pid ? &s->owner : NULL;
}

size_t proc_map_denied(const struct proc_map *map)
{
	return map->denied;
}

/* @text as a number above 0; 0: it is none. */
static uint64_t digits(const char *text, size_t len)
{
	uint64_t v = 0;

	if (len == 0 || len > 19)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		v = v * 10 + (uint64_t)(text[i] - '0');
	}
	return v;
}

uint64_t proc_socket_inode(const char *link, size_t len)
{
	static const char head[] = "socket:[";
	const size_t head_len = sizeof(head) - 1;

	if (len < head_len + 2 || memcmp(link, head, head_len) != 0 || link[len - 1] != ']')
		return 0;
	return digits(link + head_len, len - head_len - 1);
}

static const char *program_of(struct proc_map *map, struct candidate *c)
{
	char path[32], text[COMM_LEN];
	ssize_t n = -1;
	int fd;

	if (c->named)
		return c->program;
	c->named = true;
	snprintf(path, sizeof(path), "%lld/comm", (long long)c->pid);
	fd = openat(c->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text));
		close(fd);
	}
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n >= 0)
		c->program = keep_text(map->names, text, strnlen(text, (size_t)n));
	return c->program;
}

static void take_link(struct proc_map *map, struct candidate *c, int dir, const char *name)
{
	char link[64];
	ssize_t n = readlinkat(dir, name, link, sizeof(link));
	uint64_t inode = n > 0 ? proc_socket_inode(link, (size_t)n) : 0;
	struct slot *s;

	/* Root without CAP_SYS_PTRACE, as in a container, gets this far and no further. */
	if (n < 0 && (errno == EACCES || errno == EPERM))
		c->denied = true;
	if (inode == 0)
		return;
	s = slot_of(map, inode);
	if (s->inode == 0 || s->owner.pid)
		return;
	s->owner = (struct proc_owner){ c->pid, program_of(map, c) };
	map->left--;
}

/* All open files of one process. */
static void scan_process(struct proc_map *map, int proc, int64_t pid)
{
	struct candidate c = { .pid = pid, .proc = proc };
	char path[32];
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "%lld/fd", (long long)pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		/* Anything but "it has ended" hides sockets from us. */
		if (errno != ENOENT && errno != ESRCH)
			map->denied++;
		return;
	}
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		map->denied++;
		return;
	}
	for (struct dirent *e; map->left > 0 && !c.denied && (e = readdir(dir));) {
		if (e->d_name[0] != '.')
			take_link(map, &c, fd, e->d_name);
	}
	map->denied += c.denied;
	closedir(dir);
}

int proc_map_scan(struct proc_map *map, struct err *err)
{
	DIR *proc = opendir("/proc");
	int r;

	if (!proc) {
		r = -errno;
		return err_set(err, r, "looking for processes in /proc: %s", strerror(-r));
	}
	for (struct dirent *e; map->left > 0 && (e = readdir(proc));) {
		uint64_t pid = digits(e->d_name, strlen(e->d_name));

		if (pid > 0 && pid <= INT32_MAX)
			scan_process(map, dirfd(proc), (int64_t)pid);
	}
	closedir(proc);
	return 0;
}
