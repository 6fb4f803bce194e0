/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files: made late, written whole frame by whole frame, read again in order. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "flow/state.h"
#include "flow/survey.h"
#include "sys/clock.h"

#define PATH_LEN   4096
#define LOCK_NS    NS_PER_S /* how long another's lock is waited for */
#define LOCK_TRIES 40

static const uint8_t magic[STATE_MAGIC_LEN] = "sonde state 1\n";

struct state {
	int fd;              /* -1: no file yet */
	char path[PATH_LEN]; /* empty: not chosen */
	char stem[16];
	uint8_t *out; /* frames to be written */
	size_t out_len, out_room;
	bool reading;
	off_t at;       /* where the frame in .in begins */
	size_t in_used; /* its octets; 0: none was read */
	uint8_t in[STATE_FRAME_LEN + STATE_BODY_MAX];
};

static bool make_folder(char *path, size_t keep)
{
	for (char *p = path + MAX(keep, (size_t)1); *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			*p = '/';
			return false;
		}
		*p = '/';
	}
	return true;
}

/* "$XDG_STATE_HOME/sonde/sweep-20261121-160500-4711.state", or in the working directory. */
static void choose_path(struct state *s)
{
	const char *home = getenv("XDG_STATE_HOME"), *under = "";
	time_t now = (time_t)(clock_wall_ns() / NS_PER_S);
	struct tm tm;
	char name[80];

	if (!home || home[0] != '/') {
		home = getenv("HOME");
		under = "/.local/state";
	}
	gmtime_r(&now, &tm);
	snprintf(name, sizeof(name), "%s-%04d%02d%02d-%02d%02d%02d-%d.state", s->stem,
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (int)getpid());
	if (home && home[0] == '/' &&
	    snprintf(s->path, PATH_LEN, "%s%s/sonde/%s", home, under, name) < PATH_LEN &&
	    make_folder(s->path, strlen(home)))
		return;
	snprintf(s->path, PATH_LEN, "%s", name);
}

static int write_all(int fd, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A run that was killed a moment ago may still be on its way out. */
static int lock_file(int fd, const char *path, struct err *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_NS / LOCK_TRIES };

	for (unsigned i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK)
			return err_set(err, -errno, "%.100s: %s", path, strerror(errno));
		if (i == LOCK_TRIES)
			return err_set(err, -EBUSY, "%.100s: another run is working with it", path);
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* A file that the user named may be there: an older state is replaced, anything else is kept. */
static int check_old(int fd, const char *path, struct err *err)
{
	uint8_t head[STATE_MAGIC_LEN];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n == 0 || (n == sizeof(head) && memcmp(head, magic, sizeof(head)) == 0))
		return 0;
	return err_set(err, -EEXIST, "%.100s is there already, and no state of a survey", path);
}

static int make_file(struct state *s, bool named, struct err *err)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | (named ? 0 : O_EXCL | O_NOFOLLOW);
	int r;

	if (!named)
		choose_path(s);
	s->fd = open(s->path, flags, 0600);
	if (s->fd < 0)
		return err_set(err, -errno, "%.100s: %s", s->path, strerror(errno));
	r = lock_file(s->fd, s->path, err);
	if (r == 0 && named)
		r = check_old(s->fd, s->path, err);
	if (r == 0 && ftruncate(s->fd, 0) < 0 && errno != EINVAL)
		r = err_set(err, -errno, "%.100s: %s", s->path, strerror(errno));
	if (r == 0)
		r = write_all(s->fd, magic, sizeof(magic));
	return r;
}

int state_new(const struct state_head *head, const char *path, const char *stem, struct state **ret,
	      struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	uint8_t *body = s ? s->in : NULL;
	struct wcur c = wcur(body, body ? STATE_BODY_MAX : 0);
	int r = 0;

	if (!s)
		return err_set(err, -ENOMEM, "keeping the state: out of memory");
	s->fd = -1;
	snprintf(s->stem, sizeof(s->stem), "%s", stem);
	if (path) {
		snprintf(s->path, sizeof(s->path), "%s", path);
		r = make_file(s, true, err);
	}
	if (r == 0) {
		state_head_build(head, &c);
		r = c.bad ? err_set(err, -E2BIG, "the options are too long to be kept")
			  : state_put(s, STATE_HEAD, (struct span){ body, wcur_len(&c) }, err);
	}
	if (r == 0 && path)
		r = state_flush(s, err);
	if (r < 0) {
		state_close(s, false);
		return r;
	}
	*ret = s;
	return 0;
}

/* The frame at .at into .in. 1; 0: none, or a torn one; -errno. */
static int read_frame(struct state *s, struct state_frame *ret)
{
	size_t have = 0, used;
	int r = -EMSGSIZE;

	while (r == -EMSGSIZE && have < sizeof(s->in)) {
		size_t want = have < STATE_FRAME_LEN ? STATE_FRAME_LEN : sizeof(s->in);
		ssize_t n = pread(s->fd, s->in + have, want - have, s->at + (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		have += (size_t)n;
		r = state_frame_parse((struct span){ s->in, have }, ret, &used);
	}
	if (r < 0)
		return 0;
	s->in_used = used;
	return 1;
}

int state_peek(struct state *s, struct state_frame *ret, struct err *err)
{
	size_t used;
	int r;

	if (!s->reading)
		return 0;
	if (s->in_used > 0)
		return state_frame_parse((struct span){ s->in, s->in_used }, ret, &used) == 0;
	r = read_frame(s, ret);
	if (r != 0)
		return r < 0 ? err_set(err, r, "%.100s: %s", s->path, strerror(-r)) : r;
	s->reading = false;
	if (ftruncate(s->fd, s->at) < 0 || lseek(s->fd, s->at, SEEK_SET) < 0)
		return err_set(err, -errno, "%.100s: %s", s->path, strerror(errno));
	return 0;
}

void state_take(struct state *s)
{
	s->at += (off_t)s->in_used;
	s->in_used = 0;
}

static int read_head(struct state *s, struct state_head *ret_head, struct err *err)
{
	uint8_t head[STATE_MAGIC_LEN];
	ssize_t n = pread(s->fd, head, sizeof(head), 0);
	struct state_frame f;
	int r;

	if (n < 0)
		return err_set(err, -errno, "%.100s: %s", s->path, strerror(errno));
	if (n != sizeof(head) || memcmp(head, magic, sizeof(head)) != 0)
		return err_set(err, -EBADMSG, "%.100s is no state of a survey", s->path);
	s->at = sizeof(head);
	r = read_frame(s, &f);
	if (r < 0)
		return err_set(err, r, "%.100s: %s", s->path, strerror(-r));
	if (r == 0 || f.kind != STATE_HEAD || state_head_parse(f.body, ret_head) < 0)
		return err_set(err, -EBADMSG, "%.100s: its beginning is damaged", s->path);
	state_take(s);
	return 0;
}

int state_open(const char *path, struct state **ret, struct state_head *ret_head, struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(err, -ENOMEM, "reading the state: out of memory");
	snprintf(s->path, sizeof(s->path), "%s", path);
	s->reading = true;
	s->fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	r = s->fd < 0 ? err_set(err, -errno, "%.100s: %s", path, strerror(errno))
		      : lock_file(s->fd, path, err);
	if (r == 0)
		r = read_head(s, ret_head, err);
	if (r < 0) {
		state_close(s, false);
		return r;
	}
	*ret = s;
	return 0;
}

int flow_state_options(const char *path, char **ret, struct err *err)
{
	struct state *s = NULL;
	struct state_head head;
	int r = state_open(path, &s, &head, err);
	char *text;

	if (r < 0)
		return r;
	text = calloc(1, head.options.len + 1);
	if (text && head.options.len > 0)
		memcpy(text, head.options.p, head.options.len);
	state_close(s, false);
	if (!text)
		return err_set(err, -ENOMEM, "%.100s: out of memory", path);
	*ret = text;
	return 0;
}

static bool grow(struct state *s, size_t len)
{
	size_t room = s->out_room ? s->out_room : 4096;
	uint8_t *p;

	while (room - s->out_len < len)
		room *= 2;
	if (room == s->out_room)
		return true;
	p = realloc(s->out, room);
	if (!p)
		return false;
	s->out = p;
	s->out_room = room;
	return true;
}

int state_put(struct state *s, uint32_t kind, struct span body, struct err *err)
{
	size_t len = STATE_FRAME_LEN + body.len;
	struct wcur out;

	if (!grow(s, len))
		return err_set(err, -ENOMEM, "keeping the state: out of memory");
	out = wcur(s->out + s->out_len, len);
	state_frame_build(kind, body, &out);
	s->out_len += len;
	return s->out_len >= STATE_SPILL ? state_flush(s, err) : 0;
}

int state_flush(struct state *s, struct err *err)
{
	int r = 0;

	if (s->fd < 0)
		r = make_file(s, false, err);
	if (r < 0)
		return r;
	r = write_all(s->fd, s->out, s->out_len);
	if (r < 0)
		return err_set(err, r, "%.100s: %s", s->path, strerror(-r));
	s->out_len = 0;
	return 0;
}

const char *state_path(const struct state *s)
{
	return s->fd >= 0 ? s->path : NULL;
}

void state_close(struct state *s, bool remove)
{
	if (!s)
		return;
	if (s->fd >= 0) {
		if (remove)
			unlink(s->path);
		close(s->fd);
	}
	free(s->out);
	free(s);
}
