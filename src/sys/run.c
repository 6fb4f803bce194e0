/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_NS (30 * NS_PER_S)
#define CHUNK_LEN  (64u * 1024)

/* One output of the child, growing. */
struct sink {
	int fd; /* -1 once it has ended */
	char *text;
	size_t len, room;
};

struct child {
	int in_fd, pid_fd;
	int out_fd[2]; /* the child's ends */
	pid_t pid;
	bool gone; /* waited for */
	int status;
	struct sink sink[2];
};

static bool find_in(const char *folders, const char *name, char path[static PATH_MAX])
{
	while (*folders) {
		size_t len = strcspn(folders, ":");
		int n = snprintf(path, PATH_MAX, "%.*s/%s", (int)len, folders, name);

		if (len && n > 0 && n < PATH_MAX && access(path, X_OK) == 0)
			return true;
		folders += len + (folders[len] == ':');
	}
	return false;
}

/* The tools of the firewall live in sbin, which PATH often lacks (also under sudo's absence). */
static bool find_program(const char *name, char path[static PATH_MAX])
{
	const char *folders = getenv("PATH");

	if (strchr(name, '/'))
		return snprintf(path, PATH_MAX, "%s", name) < PATH_MAX && access(path, X_OK) == 0;
	return (folders && find_in(folders, name, path)) ||
	       find_in("/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", name, path);
}

bool run_exists(const char *name)
{
	char path[PATH_MAX];

	return find_program(name, path);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void child_done(struct child *c)
{
	if (c->pid > 0 && !c->gone) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	close_fd(&c->in_fd);
	close_fd(&c->pid_fd);
	for (int i = 0; i < 2; i++) {
		close_fd(&c->out_fd[i]);
		close_fd(&c->sink[i].fd);
		free(c->sink[i].text);
	}
}

/* The child reads a file in memory: no second direction to serve, no SIGPIPE. */
static int make_input(const char *text)
{
	size_t len = text ? strlen(text) : 0;
	int fd = memfd_create("sonde-input", MFD_CLOEXEC);

	for (size_t at = 0; fd >= 0 && at < len;) {
		ssize_t n = write(fd, text + at, len - at);

		if (n < 0 && errno != EINTR) {
			int r = -errno;

			close(fd);
			return r;
		}
		at += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd < 0 ? -errno : fd;
}

static char **make_env(const char *const *more)
{
	size_t n = 0, m = 0;
	char **env;

	while (environ && environ[n])
		n++;
	while (more && more[m])
		m++;
	env = calloc(n + m + 1, sizeof(*env));
	if (!env)
		return NULL;
	/* Ours come first: getenv takes the first of two. */
	for (size_t i = 0; i < m; i++)
		memcpy(&env[i], &more[i], sizeof(*env));
	for (size_t i = 0; i < n; i++)
		env[m + i] = environ[i];
	return env;
}

static int spawn(struct child *c, const char *path, const struct run *run)
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	sigset_t none, all;
	char **env = make_env(run->env), *const * argv;
	int r;

	if (!env)
		return -ENOMEM;
	memcpy(&argv, &run->argv, sizeof(argv)); /* posix_spawn does not write to them */
	posix_spawn_file_actions_init(&acts);
	posix_spawnattr_init(&attr);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_adddup2(&acts, c->in_fd, 0);
	posix_spawn_file_actions_adddup2(&acts, c->out_fd[0], 1);
	posix_spawn_file_actions_adddup2(&acts, c->out_fd[1], 2);
	r = -posix_spawn(&c->pid, path, &acts, &attr, argv, env);
	posix_spawn_file_actions_destroy(&acts);
	posix_spawnattr_destroy(&attr);
	free(env);
	return r;
}

static int start(struct child *c, const char *path, const struct run *run)
{
	int r;

	c->in_fd = make_input(run->input);
	if (c->in_fd < 0)
		return c->in_fd;
	for (int i = 0; i < 2; i++) {
		int fd[2];

		if (pipe2(fd, O_CLOEXEC) < 0)
			return -errno;
		c->sink[i].fd = fd[0];
		c->out_fd[i] = fd[1];
		if (fcntl(fd[0], F_SETFL, O_NONBLOCK) < 0)
			return -errno;
	}
	r = spawn(c, path, run);
	if (r < 0)
		return r;
	for (int i = 0; i < 2; i++)
		close_fd(&c->out_fd[i]);
	c->pid_fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	return c->pid_fd < 0 ? -errno : 0;
}

/* Take what has come. 0, also at the end (fd -1) and when nothing is there; else -errno. */
static int sink_fill(struct sink *s)
{
	while (s->fd >= 0) {
		ssize_t n;

		if (s->room - s->len < CHUNK_LEN) {
			size_t room = s->room ? s->room * 2 : 2 * CHUNK_LEN;
			char *text = realloc(s->text, room);

			if (!text)
				return -ENOMEM;
			s->text = text;
			s->room = room;
		}
		n = read(s->fd, s->text + s->len, s->room - s->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (n == 0)
			close_fd(&s->fd);
		s->len += (size_t)n;
		if (s->len > RUN_OUT_MAX)
			return -EFBIG;
	}
	return 0;
}

static int sinks_fill(struct child *c)
{
	int r = sink_fill(&c->sink[0]);

	return r < 0 ? r : sink_fill(&c->sink[1]);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* The end is the child's own: a grandchild that keeps the pipes open is not waited for. */
static int follow(struct child *c, uint64_t timeout_ns)
{
	uint64_t end = now_ns() + (timeout_ns ? timeout_ns : TIMEOUT_NS);

	for (;;) {
		struct pollfd fd[3] = {
			{ c->sink[0].fd, POLLIN, 0 },
			{ c->sink[1].fd, POLLIN, 0 },
			{ c->pid_fd, POLLIN, 0 },
		};
		uint64_t now = now_ns();
		int r;

		if (now >= end)
			return -ETIMEDOUT;
		r = poll(fd, 3, (int)MIN((end - now) / NS_PER_MS + 1, 60000));
		if (r < 0 && errno != EINTR)
			return -errno;
		r = sinks_fill(c);
		if (r < 0)
			return r;
		if (fd[2].revents) {
			if (waitpid(c->pid, &c->status, 0) < 0)
				return -errno;
			c->gone = true;
			return sinks_fill(c);
		}
	}
}

static void take(struct child *c, struct run_result *ret)
{
	for (int i = 0; i < 2; i++) /* sink_fill leaves room for the end */
		c->sink[i].text[c->sink[i].len] = '\0';
	*ret = (struct run_result){
		.status = WIFEXITED(c->status) ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status),
		.out = c->sink[0].text,
		.out_len = c->sink[0].len,
		.errs = c->sink[1].text,
		.errs_len = c->sink[1].len,
	};
	c->sink[0].text = c->sink[1].text = NULL;
}

int run_program(const struct run *run, struct run_result *ret_result, struct err *err)
{
	AUTO(child_done)
	struct child c = { .in_fd = -1,
			   .pid_fd = -1,
			   .out_fd = { -1, -1 },
			   .sink = { { .fd = -1 }, { .fd = -1 } } };
	const char *name = run->argv[0];
	char path[PATH_MAX];
	int r;

	if (!find_program(name, path))
		return err_set(err, -ENOENT, "%s: no such program here", name);
	r = start(&c, path, run);
	if (r == 0)
		r = follow(&c, run->timeout_ns);
	if (r == -ETIMEDOUT)
		return err_set(err, r, "%s: did not end in time", name);
	if (r < 0)
		return err_set(err, r, "running %s: %s", name, strerror(-r));
	take(&c, ret_result);
	return 0;
}

void run_result_done(struct run_result *result)
{
	free(result->out);
	free(result->errs);
	*result = (struct run_result){ 0 };
}
