/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which UDP probe a source port, and octets of a payload, speak of. */
#include <errno.h>

#include "probe/shot_own.h"

#define ID_MIN 2 /* octets of an id that, with the ports, nobody guesses soon */

static unsigned count_of(const struct shot_codec *c, uint16_t port)
{
	return portset_has(&c->spoken, port) ? payload_count(port) : 1;
}

/* NULL for the empty one too: it has neither id nor language. */
static const struct payload *payload_of(const struct shot_codec *c, uint16_t port, unsigned i)
{
	return portset_has(&c->spoken, port) ? payload_find(port, i) : NULL;
}

/* From one code of a port to the next that may be another payload. */
static unsigned step_of(const struct shot_codec *c)
{
	return MAX(c->port_n, (unsigned)ASK_TRIES_MAX);
}

/*
 * With fewer than SHOT_CODES ports of our own several codes share one: they are tried in turn, and
 * one that the octets speak for is better than the first.
 */
int shot_udp_answer(const struct shot_codec *c, const struct ip_addr *target,
		    const struct ip_addr *local, uint16_t port, uint16_t ours, struct span answer,
		    struct shot_udp *ret)
{
	uint64_t cookie = shot_cookie(c, ASK_UDP, target, local, port);
	unsigned code = shot_port_code(c, cookie, ours);
	unsigned codes = code < SHOT_CODES ? count_of(c, port) * ASK_TRIES_MAX : 0;
	bool any = false;

	for (; code < codes; code += step_of(c)) {
		uint8_t i = (uint8_t)(code / ASK_TRIES_MAX);
		const struct payload *p = payload_of(c, port, i);
		bool spoke = p && payload_spoken(p, shot_id_word(cookie, i), answer);

		if (spoke || !any)
			*ret = (struct shot_udp){ i, shot_try(c, code), spoke,
						  !spoke || p->id_len < ID_MIN };
		any = true;
		if (spoke)
			break;
	}
	return any ? 0 : -EBADMSG;
}

/*
 * Octets of @p's id that were quoted, when they are @cookie's; -EBADMSG: they are not. The rest a
 * translator may have changed.
 */
static int id_fits(const struct payload *p, uint32_t cookie, struct span quoted)
{
	uint8_t id[PAYLOAD_ID_MAX];
	size_t len;

	if (quoted.len <= p->id_at)
		return 0;
	payload_id(p, cookie, id);
	len = MIN(quoted.len - p->id_at, (size_t)p->id_len);
	if (len > 0 && memcmp(quoted.p + p->id_at, id, len) != 0)
		return -EBADMSG;
	return (int)len;
}

int shot_udp_quoted(const struct shot_codec *c, const struct ip_addr *target,
		    const struct ip_addr *local, uint16_t port, uint16_t ours, struct span quoted,
		    struct shot_udp *ret)
{
	uint64_t cookie = shot_cookie(c, ASK_UDP, target, local, port);
	unsigned code = shot_port_code(c, cookie, ours);
	unsigned codes = code < SHOT_CODES ? count_of(c, port) * ASK_TRIES_MAX : 0;

	for (; code < codes; code += step_of(c)) {
		uint8_t i = (uint8_t)(code / ASK_TRIES_MAX);
		const struct payload *p = payload_of(c, port, i);

		int id = p ? id_fits(p, shot_id_word(cookie, i), quoted) : 0;

		if (id < 0)
			continue;
		*ret = (struct shot_udp){ i, shot_try(c, code), false, id < ID_MIN };
		return 0;
	}
	return -EBADMSG;
}

size_t shot_udp_len(const struct shot_codec *c, uint16_t port, uint8_t i)
{
	const struct payload *p = payload_of(c, port, i);

	return p ? p->octets.len : 0;
}
