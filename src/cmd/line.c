/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:,=@%+";

	return *word && word[strspn(word, plain)] == '\0';
}

/* At most four octets for one, and quotes around. */
static char *put(char *to, const char *word)
{
	if (is_plain(word)) {
		size_t len = strlen(word);

		memcpy(to, word, len);
		return to + len;
	}
	*to++ = '\'';
	for (; *word; word++) {
		if (*word == '\'') {
			memcpy(to, "'\\''", 4);
			to += 4;
		} else {
			*to++ = *word;
		}
	}
	*to++ = '\'';
	return to;
}

char *line_join(const char *first, int argc, const char *const *argv)
{
	size_t len = first ? strlen(first) + 1 : 0;
	char *text, *to;

	for (int i = 0; i < argc; i++)
		len += 4 * strlen(argv[i]) + 3;
	text = to = malloc(len + 1);
	if (!text)
		return NULL;
	if (first) {
		memcpy(to, first, strlen(first));
		to += strlen(first);
	}
	for (int i = 0; i < argc; i++) {
		if (to > text)
			*to++ = ' ';
		to = put(to, argv[i]);
	}
	*to = '\0';
	return text;
}

/* One word off *@from, unquoted into *@to and ended there. False: a quote has no end. */
static bool take(const char **from, char **to)
{
	char quote = '\0';

	for (; **from && (quote || !strchr(" \t\n", **from)); (*from)++) {
		char c = **from;

		if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? '\0' : c;
		else if (c == '\\' && quote != '\'' && (*from)[1])
			*(*to)++ = *++*from;
		else
			*(*to)++ = c;
	}
	*(*to)++ = '\0';
	return quote == '\0';
}

int line_split(const char *text, struct line *ret, struct err *err)
{
	size_t len = strnlen(text, LINE_MAX_LEN + 1);
	struct line l = { 0 };
	char *to;

	if (len > LINE_MAX_LEN)
		return err_set(err, -EINVAL, "a command line of more than %u octets", LINE_MAX_LEN);
	/* A word and its end need no more room than it has with the blank that parts it. */
	l.text = to = malloc(len + 2);
	l.word = calloc(len / 2 + 2, sizeof(*l.word));
	if (!l.text || !l.word) {
		line_done(&l);
		return err_set(err, -ENOMEM, "reading a command line: out of memory");
	}
	while (text += strspn(text, " \t\n"), *text) {
		l.word[l.n++] = to;
		if (!take(&text, &to)) {
			line_done(&l);
			return err_set(err, -EINVAL, "a command line with a quote that has no end");
		}
	}
	*ret = l;
	return 0;
}

void line_done(struct line *l)
{
	free(l->text);
	free(l->word);
	*l = (struct line){ 0 };
}
