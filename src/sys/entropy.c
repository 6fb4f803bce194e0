/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys/entropy.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int entropy_fill(void *buf, size_t len, struct err *err)
{
	uint8_t *p = buf;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, -errno, "asking the kernel for random octets: %s",
				       strerror(errno));
		p += n;
		len -= (size_t)n;
	}
	return 0;
}
