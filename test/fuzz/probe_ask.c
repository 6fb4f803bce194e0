/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as a list of asks: what is read can be written and read again. */
#include <stdlib.h>
#include <string.h>

#include "probe/ask.h"

#define ROOM 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ask ask[ROOM];
	char text[4096], one[ASK_TEXT_LEN];
	struct err err;
	int n;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	n = ask_scan(text, ask, ROOM, &err);
	if (n == 0 || n > ROOM)
		abort();
	for (int i = 0; i < n; i++) {
		struct ask again;

		if (ask_scan(ask_format(&ask[i], one), &again, 1, NULL) != 1 ||
		    again.kind != ask[i].kind || again.port != ask[i].port)
			abort();
	}
	return 0;
}
