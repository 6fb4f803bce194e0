/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/slurp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_LEN 4096

/* Read until the end or @max; the buffer doubles on the way. */
static int fill(int fd, size_t max, char **text, size_t *len)
{
	size_t room = 0;

	for (;;) {
		ssize_t n;

		if (*len == room && room < max) {
			size_t more = MIN(MAX(room * 2, (size_t)FIRST_LEN), max);
			char *t = realloc(*text, more + 1);

			if (!t)
				return -ENOMEM;
			*text = t;
			room = more;
		}
		n = read(fd, *text + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		*len += (size_t)n;
		if (n == 0 || *len == max)
			return 0;
	}
}

int slurp(const char *path, size_t max, char **ret_text, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;
	char *text = NULL;
	size_t len = 0;

	if (fd < 0)
		return -errno;
	r = max > 0 ? fill(fd, max, &text, &len) : -EINVAL;
	close(fd);
	if (r < 0) {
		free(text);
		return r;
	}
	text[len] = '\0';
	*ret_text = text;
	*ret_len = len;
	return 0;
}
