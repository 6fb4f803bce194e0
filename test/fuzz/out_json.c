/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts with arbitrary octets as their texts, numbers and words: always one line of
 * JSON, as jansson reads it, with no control character in it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fact/audit.h"
#include "out/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char line[8 * OUT_BUF_LEN];
static size_t line_len;

static int keep(void *to, const char *p, size_t len)
{
	(void)to;
	if (len > sizeof(line) - line_len)
		abort();
	memcpy(line + line_len, p, len);
	line_len += len;
	return 0;
}

static void must(bool held)
{
	if (!held)
		abort();
}

static void check(const struct fact_type *type, const void *fact)
{
	static struct out_sink sink;
	json_error_t e;
	json_t *root;

	line_len = 0;
	out_init(&sink, keep, NULL);
	out_json_line(&sink, type, fact, 0);
	must(out_flush(&sink) == 0 && line_len > 0 && line[line_len - 1] == '\n');
	for (size_t i = 0; i + 1 < line_len; i++)
		must((uint8_t)line[i] >= 0x20 && line[i] != 0x7f);
	root = json_loadb(line, line_len, JSON_REJECT_DUPLICATES, &e);
	must(root != NULL && json_object_size(root) == type->field_n + 3);
	json_decref(root);
}

/* An exposure made of octets, with a rule and an answer below it. */
static void check_exposure(const uint8_t head[static 32], const char *text)
{
	struct fact_rule rule = {
		.backend = text, .family = text, .table = text, .chain = text, .text = text
	};
	struct fact_answer answer = { .kind = text };
	struct fact_exposure x = {
		.proto = head[0],
		.family = head[1],
		.from = head[2],
		.state = head[3],
		.reach = head[4],
		.iface = text,
		.program = text,
		.service = text,
		.rule = head[5] & 1 ? &rule : NULL,
		.answer = head[5] & 2 ? &answer : NULL,
	};

	memcpy(&x.port, head + 8, 8);
	memcpy(&x.pid, head + 16, 8);
	memcpy(&rule.handle, head + 24, 8);
	x.addr.family = head[6];
	memcpy(x.addr.octet, head + 8, 16);
	check(&fact_exposure, &x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t head[32] = { 0 };
	struct fact_gap gap = { 0 };
	char *text;

	/* A control character is at most six characters of JSON, a text stands here eight times. */
	if (len > OUT_BUF_LEN / 8)
		return 0;
	text = calloc(1, len + 1);
	if (!text)
		return 0;
	if (len > 0)
		memcpy(text, data, len);
	memcpy(head, data ? data : head, len < sizeof(head) ? len : sizeof(head));
	gap.what = gap.which = gap.why = gap.means = text;
	check(&fact_gap, &gap);
	check_exposure(head, text);
	free(text);
	return 0;
}
