/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/save_text.h"

#include <string.h>

static struct span word(const char **p, const char *end)
{
	const char *start;

	while (*p < end && **p == ' ')
		(*p)++;
	start = *p;
	while (*p < end && **p != ' ')
		(*p)++;
	return (struct span){ (const uint8_t *)start, (size_t)(*p - start) };
}

static bool is_text(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

/* "[12:3456] " before a rule: packets and octets so far. */
static void skip_counters(const char **p, const char *end)
{
	const char *close;

	if (*p == end || **p != '[')
		return;
	close = memchr(*p, ']', (size_t)(end - *p));
	if (close)
		*p = close + 1;
	while (*p < end && **p == ' ')
		(*p)++;
}

static void read_rule(struct save_line *line, const char *p, const char *end)
{
	const char *start;

	skip_counters(&p, end);
	start = p;
	if (!is_text(word(&p, end), "-A"))
		return;
	line->name = word(&p, end);
	line->text = (struct span){ (const uint8_t *)start, (size_t)(end - start) };
	if (line->name.len)
		line->kind = SAVE_RULE;
}

int save_text_next(const char **text, struct save_line *ret_line)
{
	const char *p = *text, *end = p + strcspn(p, "\n");
	struct save_line line = { .kind = SAVE_OTHER };

	if (*p == '\0')
		return 0;
	*text = end + (*end == '\n');
	line.whole = (struct span){ (const uint8_t *)p, (size_t)(*text - p) };
	if (*p == '*' || *p == ':') {
		line.kind = *p == '*' ? SAVE_TABLE : SAVE_CHAIN;
		p++;
		line.name = word(&p, end);
		line.text = word(&p, end);
	} else if (*p == '[' || *p == '-') {
		read_rule(&line, p, end);
	} else if (end - p >= 6 && memcmp(p, "COMMIT", 6) == 0) {
		line.kind = SAVE_COMMIT;
	}
	*ret_line = line;
	return 1;
}
