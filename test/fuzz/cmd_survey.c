/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What users write for ports, rates, parts and places: the first line is the text, the second, where
 * there is one, what stands behind it. A refusal says why and leaves the result as it was.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/scan_ports.h"
#include "cmd/survey_args.h"
#include "cmd/why_where.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char etc[] = "http 80/tcp\ndomain 53/tcp\ndomain 53/udp\nsnmp 161/udp\n";

static void must(bool held)
{
	if (!held)
		abort();
}

static void check_ports(const char *text, const struct services *names)
{
	struct scan_ports p = { .says_tcp = true, .says_udp = true };
	struct err err = { "" };
	int r = scan_ports_scan(text, names, &p, &err);

	must(r == 0 || (r == -EINVAL && err.text[0] && p.says_tcp && p.says_udp));
	must(r < 0 || portset_next(&p.tcp, 0) >= 0 || portset_next(&p.udp, 0) >= 0);
}

static void check_where(const char *a, const char *b, const struct services *names)
{
	struct why_where w = { .port = 0 };
	struct err err = { "" };
	int r = why_where_scan(a, b, names, &w, &err);

	must(r == 0 || (r == -EINVAL && err.text[0] && w.port == 0));
	must(r < 0 || (w.port > 0 && w.host[0] && memchr(w.host, '\0', sizeof(w.host))));
}

static void check_numbers(const char *text)
{
	enum survey_rate rate = SURVEY_RATE_AUTO;
	uint64_t pps = 0;
	uint32_t shard = 7, shards = 5;
	struct err err = { "" };

	if (survey_args_rate(text, &rate, &pps, &err) == 0)
		must((pps > 0) == (rate == SURVEY_RATE_FIXED) && pps <= 100000000);
	if (survey_args_shard(text, &shard, &shards, &err) == 0)
		must(shard < shards);
	else
		must(shard == 7 && shards == 5 && err.text[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = calloc(1, len + 1), *second;
	struct services *names = NULL;

	if (!text || services_new((struct span){ (const uint8_t *)etc, sizeof(etc) - 1 },
				  (struct span){ NULL, 0 }, &names) < 0) {
		free(text);
		return 0;
	}
	if (len > 0)
		memcpy(text, data, len);
	second = strchr(text, '\n');
	if (second)
		*second++ = '\0';
	check_ports(text, names);
	check_where(text, second, names);
	check_numbers(text);
	services_free(names);
	free(text);
	return 0;
}
