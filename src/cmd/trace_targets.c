/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The targets of `sonde trace`: words of the command line and of files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/trace_args.h"
#include "cmd/trace_words.h"

struct reading {
	struct app *app;
	struct flow_targets *list;
	size_t unresolved;
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

static void close_file(FILE **file)
{
	if (*file && *file != stdin)
		fclose(*file);
}

static int read_file(struct reading *in, const char *path, struct err *err)
{
	AUTO(close_file) FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	struct trace_words words = { file, file == stdin ? "standard input" : path, 1 };
	char word[TRACE_WORDS_LEN];
	int n;

	if (!file)
		return err_set(err, errno == ENOENT ? -EINVAL : -errno, "-iL %s: %s", path,
			       strerror(errno));
	while ((n = trace_words_next(&words, word, err)) > 0) {
		int r = add(in, word, err);

		if (r < 0)
			return err_wrap(err, r, "%s:%u", words.name, words.line);
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
