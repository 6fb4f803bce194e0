/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of /proc/net/{icmp,raw,…}: the first octet chooses the family, the rest is the line. */
#include <stdlib.h>
#include <string.h>

#include "host/procnet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct procnet_line l;
	int family;

	if (len == 0)
		return 0;
	family = data[0] == '6' ? 6 : 4;
	memset(&l, 0, sizeof(l));
	if (procnet_parse((const char *)data + 1, len - 1, family, &l) < 0)
		return 0;
	if (l.local.addr.family != family || l.peer.addr.family != family)
		abort();
	if (l.local.port < 0 || l.local.port > 65535 || l.recv_q < 0 || l.send_q < 0)
		abort();
	return 0;
}
