/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/scan_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/app.h"

#define FILES_MAX 6 /* three of their own, three of -oA */

struct file {
	const struct nmap_ops *ops;
	char *path;
	int fd;
	bool own; /* to be closed */
	struct out_sink sink;
};

struct scan_files {
	struct file *file[FILES_MAX];
	size_t n;
};

static void file_free(struct file *f)
{
	if (f->own)
		close(f->fd);
	free(f->path);
	free(f);
}

void scan_files_freep(struct scan_files **f)
{
	if (!*f)
		return;
	for (size_t i = 0; i < (*f)->n; i++)
		file_free((*f)->file[i]);
	free(*f);
	*f = NULL;
}

static int open_one(struct scan_files *fs, const struct nmap_ops *ops, const char *option,
		    const char *path, const char *suffix, int out_fd, struct err *err)
{
	struct file *f = calloc(1, sizeof(*f));
	int r;

	if (!f || asprintf(&f->path, "%s%s", path, suffix) < 0) {
		free(f);
		return err_set(err, -ENOMEM, "%s: out of memory", option);
	}
	f->ops = ops;
	f->fd = out_fd;
	for (size_t i = 0; i < fs->n; i++) {
		if (strcmp(fs->file[i]->path, f->path) != 0 || strcmp(f->path, "-") == 0 ||
		    strcmp(f->path, "/dev/null") == 0)
			continue;
		err_set(err, -EINVAL, "%s: %.120s is written by another option already", option,
			f->path);
		file_free(f);
		return -EINVAL;
	}
	if (strcmp(f->path, "-") != 0) {
		f->fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (f->fd < 0) {
			r = err_set(err, -errno, "%s: %.120s: %s (nothing was sent)", option,
				    f->path, strerror(errno));
			file_free(f);
			return r;
		}
		f->own = true;
	} else if (scan_files_take_out(fs)) {
		file_free(f);
		return err_set(err, -EINVAL, "%s: another file is standard output already", option);
	}
	out_init(&f->sink, app_write_fd, &f->fd);
	fs->file[fs->n++] = f;
	return 0;
}

int scan_files_open(const struct scan_files_want *want, int out_fd, struct scan_files **ret,
		    struct err *err)
{
	const struct {
		const struct nmap_ops *ops;
		const char *option, *path, *suffix;
	} rows[FILES_MAX] = {
		{ &nmap_normal, "-oN", want->normal, "" },
		{ &nmap_xml, "-oX", want->xml, "" },
		{ &nmap_grepable, "-oG", want->grepable, "" },
		{ &nmap_normal, "-oA", want->all, ".nmap" },
		{ &nmap_xml, "-oA", want->all, ".xml" },
		{ &nmap_grepable, "-oA", want->all, ".gnmap" },
	};
	AUTO(scan_files_freep) struct scan_files *fs = calloc(1, sizeof(*fs));

	if (!fs)
		return err_set(err, -ENOMEM, "opening files: out of memory");
	for (size_t i = 0; i < FILES_MAX; i++) {
		int r = rows[i].path ? open_one(fs, rows[i].ops, rows[i].option, rows[i].path,
						rows[i].suffix, out_fd, err)
				     : 0;

		if (r < 0)
			return r;
	}
	*ret = NULL;
	if (fs->n == 0)
		return 0;
	*ret = fs;
	fs = NULL;
	return 0;
}

bool scan_files_take_out(const struct scan_files *f)
{
	for (size_t i = 0; f && i < f->n; i++)
		if (!f->file[i]->own)
			return true;
	return false;
}

void scan_files_begin(struct scan_files *f, const struct nmap_run *run)
{
	for (size_t i = 0; f && i < f->n; i++)
		f->file[i]->ops->begin(&f->file[i]->sink, run);
}

void scan_files_host(struct scan_files *f, const struct nmap_run *run, const struct fact_host *h,
		     const struct fact_port *port, size_t n)
{
	for (size_t i = 0; f && i < f->n; i++) {
		f->file[i]->ops->host(&f->file[i]->sink, run, h, port, n);
		if (n > 0) /* a scan may take long: who looks into the file sees what is known */
			out_flush(&f->file[i]->sink);
	}
}

int scan_files_end(struct scan_files *f, const struct nmap_run *run, struct err *err)
{
	int r = 0;

	for (size_t i = 0; f && i < f->n; i++) {
		struct file *one = f->file[i];
		int w;

		one->ops->end(&one->sink, run);
		w = out_flush(&one->sink);
		if (w < 0 && w != -EPIPE && r == 0)
			r = err_set(err, w, "%.120s is not whole: %s", one->path, strerror(-w));
	}
	return r;
}
