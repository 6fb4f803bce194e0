/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of targets (-iL) and, behind its first NUL, one of exclusions. Names are not
 * resolved: those files are passed over.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "flow/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A word with a letter beyond the hexadecimal ones may be a name; so may one without colons. */
static bool may_resolve(const uint8_t *p, size_t len)
{
	bool letter = false, colon = false;

	for (size_t i = 0; i <= len; i++) {
		uint8_t c = i < len ? p[i] : ' ';

		if (c == ' ' || (c >= '\t' && c <= '\r') || c == '#') {
			if (letter && !colon)
				return true;
			letter = colon = false;
		}
		letter |= isalpha(c) || c >= 0x80 || c == '_';
		colon |= c == ':';
	}
	return false;
}

static int read_octets(struct flow_list *l, const uint8_t *p, size_t len, bool exclude)
{
	int fd = memfd_create("list", 0), r = -1;
	char path[64];

	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, p, len) == (ssize_t)len)
		r = flow_list_read(l, path, exclude, NULL, NULL, NULL);
	close(fd);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *nul = len ? memchr(data, '\0', len) : NULL;
	size_t first = nul ? (size_t)(nul - data) : len;
	AUTO(flow_list_done) struct flow_list l = { .iface = "lo" };

	if (len == 0 || len > 4096 || may_resolve(data, len))
		return 0;
	(void)read_octets(&l, data, first, false);
	if (nul)
		(void)read_octets(&l, nul + 1, len - first - 1, true);
	if (flow_list_seal(&l, NULL) == 0 && l.space.total > SPACE_TOTAL_MAX)
		abort();
	return 0;
}
