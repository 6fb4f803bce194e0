/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes, networks and thresholds as users write them. A refusal says why and leaves the result as it was. */
#include <stdlib.h>
#include <string.h>

#include "cmd/detect_args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool held)
{
	if (!held)
		abort();
}

static void check_size(const char *text)
{
	struct err err = { "" };
	size_t size = 7;

	if (detect_args_size(text, &size, &err) == 0)
		must(size >= DETECT_MEMORY_MIN && size <= DETECT_ARGS_MEMORY_MAX);
	else
		must(size == 7 && err.text[0]);
}

static void check_prefixes(const char *text)
{
	static struct ip_prefix list[DETECT_PREFIXES_MAX];
	struct err err = { "" };
	size_t n = DETECT_PREFIXES_MAX - 3;

	if (detect_args_prefixes("--dark", text, list, &n, &err) == 0)
		must(n > DETECT_PREFIXES_MAX - 3 && n <= DETECT_PREFIXES_MAX);
	else
		must(n == DETECT_PREFIXES_MAX - 3 && err.text[0]);
}

static void check_set(const char *text)
{
	static struct detect_conf conf, was;
	const struct detect_threshold_info *t;
	struct err err = { "" };

	detect_defaults(&conf);
	was = conf;
	if (detect_args_set(text, &conf, &err) < 0)
		must(memcmp(&conf, &was, sizeof(conf)) == 0 && err.text[0]);
	for (size_t i = 0; (t = detect_threshold_at(i)) != NULL; i++)
		must(conf.threshold[i] >= t->least && conf.threshold[i] <= t->most);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = calloc(1, len + 1);

	if (!text)
		return 0;
	if (len > 0)
		memcpy(text, data, len);
	check_size(text);
	check_prefixes(text);
	check_set(text);
	free(text);
	return 0;
}
