/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nft prints: text taken apart, and (input that begins with '{') JSON rules turned into shapes. */
#include <stdlib.h>
#include <string.h>

#include "host/nft_text.h"
#include "host/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void way(void *to, const char *chain, const struct rule_shape *shape)
{
	*(size_t *)to += strlen(chain) + shape->verdict;
}

static void read_json(const char *text, size_t len)
{
	json_t *all = json_loadb(text, len, 0, NULL);
	const json_t *list = json_object_get(all, "nftables");
	struct shape_sets *sets;
	struct keep keep = { 0 };
	size_t sum = 0;

	sets = shape_sets_new(all);
	if (!sets)
		abort();
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *rule = json_object_get(json_array_get(list, i), "rule");
		struct rule_shape s;

		if (!rule)
			continue;
		s = shape_of_nft(rule, sets, &keep, way, &sum);
		if (s.dport < RULE_ANY || s.dport > 65535 || s.type > 255 || s.proto > 255)
			abort();
	}
	keep_done(&keep);
	shape_sets_free(sets);
	json_decref(all);
}

static void within(struct span s, const char *text, size_t len)
{
	if (s.len && (s.p < (const uint8_t *)text || s.p + s.len > (const uint8_t *)text + len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1), *plain = malloc(len + 2);
	struct nft_scan s;
	struct nft_item i;

	if (!text || !plain)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	if (*text == '{')
		read_json(text, len);
	s = nft_text_scan(text, len);
	while (nft_text_next(&s, &i)) {
		within(i.text, text, len);
		within(i.family, text, len);
		within(i.table, text, len);
		within(i.chain, text, len);
	}
	if (nft_text_plain(text, len, plain) > len + 1)
		abort();
	free(text);
	free(plain);
	return 0;
}
