/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sysctl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Follows the calling thread's network namespace, whoever mounted it. */
#define ROOT "/proc/sys/"

#define DEPTH_MAX 8 /* the kernel's trees are four deep */

struct list {
	struct fact_sysctl *item;
	size_t n, room;
	bool cut;
};

struct owned {
	struct host_sysctl list; /* first: what callers hold */
	struct fact_sysctl *item;
};

int host_sysctl_swap(const char *text, char buf[static HOST_SYSCTL_NAME_MAX])
{
	size_t len = strlen(text);
	char out[HOST_SYSCTL_NAME_MAX];

	if (len >= sizeof(out))
		return -ENAMETOOLONG;
	for (size_t i = 0; i < len; i++)
		out[i] = text[i] == '.' ? '/' : text[i] == '/' ? '.' : text[i];
	out[len] = 0;
	/* Neither a path nor a name may begin at the root or climb out of the tree. */
	if (len == 0 || out[0] == '/' || out[0] == '.' || strstr(out, "/../") ||
	    (len >= 3 && strcmp(out + len - 3, "/..") == 0))
		return -EINVAL;
	memcpy(buf, out, len + 1);
	return 0;
}

static int open_named(const char *name, int flags)
{
	char path[sizeof(ROOT) + HOST_SYSCTL_NAME_MAX] = ROOT;
	int fd, r = host_sysctl_swap(name, path + strlen(ROOT));

	if (r < 0)
		return r;
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The whole value in one read, as /proc/sys wants it; the line end is cut. */
static int read_value(int fd, char *buf, size_t len)
{
	ssize_t n = read(fd, buf, len - 1);

	if (n < 0)
		return -errno;
	while (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = 0;
	return 0;
}

int host_sysctl_get(const char *name, char *buf, size_t len)
{
	int fd = open_named(name, O_RDONLY), r;

	if (fd < 0)
		return fd;
	r = read_value(fd, buf, len);
	close(fd);
	return r;
}

int host_sysctl_write(const char *name, const char *value)
{
	int fd = open_named(name, O_WRONLY), r = 0;

	if (fd < 0)
		return fd;
	if (write(fd, value, strlen(value)) < 0)
		r = -errno;
	close(fd);
	return r;
}

static int append(struct list *list, const char *path, const char *value)
{
	char name[HOST_SYSCTL_NAME_MAX];
	struct fact_sysctl *grown;

	if (host_sysctl_swap(path, name) < 0)
		return 0;
	if (list->n == HOST_SYSCTL_MAX) {
		list->cut = true;
		return 0;
	}
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 1024;
		grown = realloc(list->item, list->room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->item = grown;
	}
	list->item[list->n] = (struct fact_sysctl){ strdup(name), strdup(value) };
	list->n++;
	return list->item[list->n - 1].name && list->item[list->n - 1].value ? 0 : -ENOMEM;
}

/* These are keys: whoever reads a report has no business knowing them. */
static bool is_secret(const char *key)
{
	return strcmp(key, "tcp_fastopen_key") == 0 || strcmp(key, "stable_secret") == 0;
}

static int read_file(int dir, const char *key, const char *path, struct list *list)
{
	char value[HOST_SYSCTL_VALUE_MAX];
	struct stat st;
	int fd, r;

	if (is_secret(key))
		return 0;
	fd = openat(dir, key, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 0;
	/* Root may open what has no reader at all (route/flush). */
	r = fstat(fd, &st) == 0 && st.st_mode & 0444 ? read_value(fd, value, sizeof(value))
						     : -EACCES;
	close(fd);
	/* An interface may go while its tree is read, and a setting may have no value yet. */
	if (r < 0 || strlen(value) == sizeof(value) - 1)
		return 0;
	return append(list, path, value);
}

/* @path is that of @dir (taken over and closed), under /proc/sys. */
static int read_tree(int dir, const char *path, unsigned depth, struct list *list)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;
	int r = 0;

	if (!d) {
		close(dir);
		return 0;
	}
	while (r == 0 && (e = readdir(d))) {
		char sub[HOST_SYSCTL_NAME_MAX];
		int fd;

		if (e->d_name[0] == '.' ||
		    snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) >= (int)sizeof(sub))
			continue;
		if (e->d_type != DT_DIR) {
			r = read_file(dir, e->d_name, sub, list);
			continue;
		}
		fd = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && depth < DEPTH_MAX)
			r = read_tree(fd, sub, depth + 1, list);
		else if (fd >= 0)
			close(fd);
	}
	closedir(d);
	return r;
}

static int by_name(const void *a_, const void *b_)
{
	const struct fact_sysctl *a = a_, *b = b_;

	return strcmp(a->name, b->name);
}

static struct host_sysctl *own(struct list *list)
{
	struct owned *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	if (list->n > 0)
		qsort(list->item, list->n, sizeof(*list->item), by_name);
	o->item = list->item;
	o->list = (struct host_sysctl){ list->item, list->n, list->cut };
	return &o->list;
}

static void free_items(struct fact_sysctl *item, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((void *)(uintptr_t)item[i].name);
		free((void *)(uintptr_t)item[i].value);
	}
	free(item);
}

int host_sysctl_read(struct host_sysctl **ret, struct err *err)
{
	static const char *const trees[] = { "net/ipv4", "net/ipv6", "net/netfilter", "net/core" };
	struct list list = { 0 };
	struct host_sysctl *s = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(trees); i++) {
		char path[64];
		int dir;

		snprintf(path, sizeof(path), ROOT "%s", trees[i]);
		dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir >= 0)
			r = read_tree(dir, trees[i], 0, &list);
	}
	if (r == 0)
		s = own(&list);
	if (!s) {
		free_items(list.item, list.n);
		return err_set(err, -ENOMEM, "reading /proc/sys/net: out of memory");
	}
	*ret = s;
	return 0;
}

void host_sysctl_free(struct host_sysctl *s)
{
	struct owned *o = (struct owned *)s;

	if (!s)
		return;
	free_items(o->item, o->list.n);
	free(o);
}

void host_sysctl_freep(struct host_sysctl **s)
{
	host_sysctl_free(*s);
}

const char *host_sysctl_find(const struct host_sysctl *s, const char *name)
{
	struct fact_sysctl key = { name, NULL };
	const struct fact_sysctl *found = NULL;

	if (s->n > 0)
		found = bsearch(&key, s->item, s->n, sizeof(key), by_name);
	return found ? found->value : NULL;
}

const char *host_sysctl_find_iface(const struct host_sysctl *s, const char *tree, const char *iface,
				   const char *key)
{
	char name[HOST_SYSCTL_NAME_MAX], escaped[64];
	size_t len = strlen(iface);

	if (len >= sizeof(escaped))
		return NULL;
	for (size_t i = 0; i <= len; i++)
		escaped[i] = iface[i] == '.' ? '/' : iface[i];
	if (snprintf(name, sizeof(name), "%s.%s.%s", tree, escaped, key) >= (int)sizeof(name))
		return NULL;
	return host_sysctl_find(s, name);
}
