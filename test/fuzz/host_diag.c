/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the kernel's socket diagnostics: the input is all that follows the netlink header. */
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

#include "host/sockets_diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sockets_entry e;
	struct nlmsghdr *msg;

	if (len > 65536)
		return 0;
	/* Exactly as long as the message says, so that the sanitizer sees a step past its end. */
	msg = malloc(sizeof(*msg) + len);
	if (!msg)
		return 0;
	*msg = (struct nlmsghdr){ .nlmsg_len = (uint32_t)(sizeof(*msg) + len), .nlmsg_type = 20 };
	if (len > 0)
		memcpy(msg + 1, data, len);
	for (int proto = FACT_TCP; proto <= FACT_ICMP; proto++) {
		if (sockets_diag_parse(msg, (enum fact_proto)proto, &e) < 0)
			continue;
		if (e.fact.family != 4 && e.fact.family != 6)
			abort();
		if (e.fact.state > FACT_NEW_SYN_RECV || e.fact.local.port > 65535)
			abort();
	}
	free(msg);
	return 0;
}
