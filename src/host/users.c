/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/users.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64
#define ENTRY_LEN   16384 /* octets for one passwd entry; a longer one counts as nameless */

struct slot {
	const char *name; /* NULL: no such user */
	uint32_t uid;
	bool used;
};

struct users {
	struct keep *names;
	struct slot *slot;
	size_t slots, n; /* slots is a power of two, at most half of them used */
};

struct users *users_new(struct keep *names)
{
	struct users *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->names = names;
	u->slots = SLOTS_FIRST;
	u->slot = calloc(u->slots, sizeof(*u->slot));
	if (!u->slot) {
		free(u);
		return NULL;
	}
	return u;
}

void users_free(struct users *u)
{
	if (!u)
		return;
	free(u->slot);
	free(u);
}

/* The slot of @uid, or the empty one where it belongs. */
static struct slot *slot_of(struct slot *slot, size_t slots, uint32_t uid)
{
	size_t i = uid * 2654435761u & (slots - 1);

	while (slot[i].used && slot[i].uid != uid)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

static bool grow(struct users *u)
{
	size_t slots = u->slots * 2;
	struct slot *slot = calloc(slots, sizeof(*slot));

	if (!slot)
		return false;
	for (size_t i = 0; i < u->slots; i++) {
		if (u->slot[i].used)
			*slot_of(slot, slots, u->slot[i].uid) = u->slot[i];
	}
	free(u->slot);
	u->slot = slot;
	u->slots = slots;
	return true;
}

static const char *ask(struct keep *names, uint32_t uid)
{
	struct passwd entry, *found = NULL;
	char buf[ENTRY_LEN];

	if (getpwuid_r(uid, &entry, buf, sizeof(buf), &found) != 0 || !found)
		return NULL;
	return keep_str(names, found->pw_name);
}

const char *users_name(struct users *u, uint32_t uid)
{
	struct slot *s = slot_of(u->slot, u->slots, uid);

	if (s->used)
		return s->name;
	if (u->n * 2 >= u->slots) {
		if (!grow(u))
			return NULL;
		s = slot_of(u->slot, u->slots, uid);
	}
	*s = (struct slot){ ask(u->names, uid), uid, true };
	u->n++;
	return s->name;
}
