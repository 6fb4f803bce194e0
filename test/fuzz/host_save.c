/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What iptables-save prints: lines, and the shape of each rule. */
#include <stdlib.h>
#include <string.h>

#include "host/save_text.h"
#include "host/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);
	const char *p = text;
	struct keep keep = { 0 };
	struct save_line line;
	size_t sum = 0;

	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	while (save_text_next(&p, &line)) {
		sum += line.whole.len;
		if (line.kind == SAVE_RULE) {
			const char *rule =
				keep_text(&keep, (const char *)line.text.p, line.text.len);
			struct rule_shape s = shape_of_save(rule, len % 2 ? 4 : 6, &keep);

			if (s.dport < RULE_ANY || s.dport > 65535 || s.type > 255 || s.proto > 255)
				abort();
		}
	}
	if (sum != strlen(text))
		abort();
	keep_done(&keep);
	free(text);
	return 0;
}
