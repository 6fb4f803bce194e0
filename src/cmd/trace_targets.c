/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The targets of `sonde trace`: words of the command line and of files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/trace_args.h"

#define WORD_MAX 1024

struct reading {
	struct app *app;
	struct flow_targets *list;
	size_t unresolved;
	const char *path;
	FILE *file;
	unsigned line;
};

static void unresolved(struct reading *in, const char *target, const char *why)
{
	struct fact_trace none = {
		.target = target,
		.state = FACT_TRACE_UNSENT,
		.hops = FACT_NONE,
		.loss_pct = FACT_NONE,
		.loop_ttl = FACT_NONE,
		.branches = FACT_NONE,
		.confidence_pct = FACT_NONE,
		.probes = FACT_NONE,
		.mtu = FACT_NONE,
		.error = why,
	};

	app_note(in->app, "trace: %s", why);
	app_fact(in->app, &fact_trace, &none);
	in->unresolved++;
}

/* What is no target, but would be something to other tools. */
static int not_a_target(const char *text, struct err *err)
{
	if (*text && strlen(text) < 8 && text[strspn(text, "0123456789")] == '\0')
		return err_set(err, -EINVAL, "'%s' is no target: --size %s sets a packet's octets",
			       text, text);
	if (strstr(text, "://"))
		return err_set(err, -EINVAL, "'%.60s' is a URL: name its host alone", text);
	return -EINVAL;
}

static int add(struct reading *in, const char *text, struct err *err)
{
	int r = flow_targets_add(in->list, text, err);

	if (r == -ENOENT) {
		unresolved(in, text, err->text);
		return 0;
	}
	return r == -E2BIG ? -EINVAL : r == -EINVAL ? not_a_target(text, err) : r;
}

/* The next word of the file, into @word: 1; 0: there is none. Comments and ends of lines part words. */
static int next_word(struct reading *in, char word[WORD_MAX], struct err *err)
{
	bool comment = false;
	size_t len = 0;

	for (int c; (c = getc_unlocked(in->file)) != EOF;) {
		bool parts = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';

		comment = (comment || (c == '#' && len == 0)) && c != '\n';
		if (parts && len > 0) {
			ungetc(c, in->file);
			break;
		}
		in->line += c == '\n';
		if (comment || parts)
			continue;
		if (len + 1 == WORD_MAX)
			return err_set(err, -EINVAL, "%s:%u: a word of more than %d octets",
				       in->path, in->line, WORD_MAX - 1);
		word[len++] = (char)c;
		/* A byte order mark, which editors of another system leave. */
		if (in->line == 1 && len == 3 && memcmp(word, "\xef\xbb\xbf", 3) == 0)
			len = 0;
	}
	if (ferror(in->file))
		return err_set(err, -EIO, "reading %s: %s", in->path, strerror(errno));
	word[len] = '\0';
	return len > 0;
}

static void close_file(FILE **file)
{
	if (*file && *file != stdin)
		fclose(*file);
}

static int read_file(struct reading *in, const char *path, struct err *err)
{
	AUTO(close_file) FILE *file = NULL;
	char word[WORD_MAX];
	int r, n;

	in->path = strcmp(path, "-") == 0 ? "standard input" : path;
	file = in->path == path ? fopen(path, "re") : stdin;
	in->file = file;
	in->line = 1;
	if (!file)
		return err_set(err, errno == ENOENT ? -EINVAL : -errno, "-iL %s: %s", path,
			       strerror(errno));
	while ((n = next_word(in, word, err)) > 0) {
		r = add(in, word, err);
		if (r < 0)
			return err_wrap(err, r, "%s:%u", in->path, in->line);
	}
	return n;
}

int trace_args_targets(struct app *app, const struct trace_args *args, struct flow_targets *list,
		       size_t *ret_unresolved, struct err *err)
{
	struct reading in = { .app = app, .list = list };
	int r = 0;

	for (size_t i = 0; r == 0 && i < args->targets.n; i++) {
		const char *text = args->targets.item[i];

		r = strcmp(text, "-") == 0 ? read_file(&in, "-", err) : add(&in, text, err);
	}
	if (r == 0 && args->list)
		r = read_file(&in, args->list, err);
	if (r < 0)
		return r;
	if (list->n == 0 && in.unresolved == 0)
		return err_set(err, -EINVAL, "%s names no target", args->list ? args->list : "-");
	if (list->repeated > 0)
		app_note(app, "trace: %zu address%s named more than once: traced once",
			 list->repeated, list->repeated == 1 ? " is" : "es are");
	*ret_unresolved = in.unresolved;
	return 0;
}
