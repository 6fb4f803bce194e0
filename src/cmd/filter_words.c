/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/filter_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEN_MAX 65536

int filter_words(const struct opt_rest *words, char **ret, struct err *err)
{
	size_t len = 1;
	char *text, *p;

	for (size_t i = 0; i < words->n; i++)
		len += strlen(words->item[i]) + 1;
	if (len > LEN_MAX)
		return err_set(err, -EINVAL, "the filter is too long");
	if (words->n == 0) {
		*ret = NULL;
		return 0;
	}
	p = text = malloc(len);
	if (!text)
		return err_set(err, -ENOMEM, "reading the filter: out of memory");
	for (size_t i = 0; i < words->n; i++)
		p = stpcpy(stpcpy(p, i ? " " : ""), words->item[i]);
	*ret = text;
	return 0;
}
