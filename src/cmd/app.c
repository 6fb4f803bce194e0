/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/app.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"
#include "out/json.h"
#include "sys/clock.h"

/* The one mutable global of the program: a signal handler can reach nothing else. */
static volatile sig_atomic_t app_signal;

static void on_signal(int signo)
{
	app_signal = signo;
}

int app_write_fd(void *to, const char *p, size_t len)
{
	int fd = *(const int *)to;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		/* A pipe that somebody else made non-blocking: wait for its reader. */
		if (n < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
			continue;
		}
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static unsigned terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	int n = columns ? atoi(columns) : 0;

	if (n >= 20 && n <= 1000)
		return (unsigned)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 20)
		return w.ws_col;
	return isatty(STDOUT_FILENO) ? 80 : 100;
}

static bool wants_colour(enum app_colour colour)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (colour != APP_COLOUR_AUTO)
		return colour == APP_COLOUR_ALWAYS;
	if ((no && *no) || (term && strcmp(term, "dumb") == 0))
		return false;
	return isatty(STDOUT_FILENO);
}

/* No SA_RESTART: a wait must end when the user asks. SIGPIPE shows as EPIPE. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction stop = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		struct sigaction was;

		if (sigaction(signals[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
			sigaction(signals[i], &stop, NULL);
	}
	sigaction(SIGPIPE, &ignore, NULL);
}

/* The least free number is the one that was closed. */
void app_guard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			return;
}

void app_init(struct app *app, const char *command, bool json, enum app_colour colour)
{
	memset(app, 0, offsetof(struct app, out));
	app->out_fd = STDOUT_FILENO;
	out_init(&app->out, app_write_fd, &app->out_fd);
	app->command = command;
	app->line = NULL;
	app->text = (struct text_out){ &app->out, terminal_width(), wants_colour(colour) };
	app->json = json;
	app->progress = isatty(STDERR_FILENO);
	app->progress_shown = false;
	app->start_ns = clock_mono_ns();
	app->records = 0;
	app->findings = NULL;
	app->survey = NULL;
	catch_signals();
}

void app_fact(struct app *app, const struct fact_type *type, const void *fact)
{
	if (!app->json)
		return;
	out_json_line(&app->out, type, fact, clock_wall_ns());
	app->records++;
}

void app_note(struct app *app, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	app_progress(app, NULL);
	out_flush(&app->out);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(text);
	fprintf(stderr, "sonde: %s\n", text);
}

/* Octets of @text in so many columns: a line that wrapped could not be wiped again. */
static int cut(const char *text, size_t columns)
{
	char head[512];
	size_t n = MIN(strlen(text), sizeof(head) - 1);

	for (;; n--) {
		/* Whole characters only. */
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
		memcpy(head, text, n);
		head[n] = '\0';
		if (n == 0 || utf8_width(head) <= columns)
			return (int)n;
	}
}

void app_progress(struct app *app, const char *text)
{
	struct winsize w;
	size_t columns = 79;

	if (!app->progress || (!text && !app->progress_shown))
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1)
		columns = w.ws_col - 1u;
	fprintf(stderr, "\r\033[K%.*s", text ? cut(text, columns) : 0, text ? text : "");
	fflush(stderr);
	app->progress_shown = text != NULL;
}

bool app_interrupted(const struct app *app)
{
	return app_signal != 0 || app->out.error != 0;
}

int app_done(struct app *app, int status, const char *error)
{
	struct fact_summary s = {
		.command = app->command,
		.status = status,
		.interrupted = app_interrupted(app),
		.records = app->records,
		.elapsed_us = (int64_t)(clock_mono_ns() - app->start_ns),
		.error = error,
		.findings = app->findings,
		.survey = app->survey,
	};

	app_progress(app, NULL);
	app_fact(app, &fact_summary, &s);
	if (out_flush(&app->out) < 0 && app->out.error != -EPIPE) {
		fprintf(stderr, "sonde: writing to standard output: %s\n",
			strerror(-app->out.error));
		return APP_FAILED;
	}
	return status;
}
