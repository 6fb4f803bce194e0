/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word of the filter of `sonde ports`: reading it, and matching a socket with what was read. */
#include <stdlib.h>
#include <string.h>

#include "cmd/ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct fact_socket s = {
		.proto = FACT_UDP,
		.family = 4,
		.local = { { .family = 4, .octet = { 127, 0, 0, 1 } }, 53 },
		.peer = { { .family = 4 }, 0 },
		.pid = 7,
		.program = "named",
		.user = "bind",
	};
	struct ports_word w;
	struct err err = { "" };
	char *text = malloc(len + 1);

	if (!text)
		return 0;
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	if (ports_word_scan(text, &w, &err) == 0)
		ports_word_match(&w, &s);
	else if (!err.text[0])
		abort(); /* a refusal must say why */
	free(text);
	return 0;
}
