/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/audit_store.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK_LEN 65536

struct audit_chunk {
	struct audit_chunk *next;
	size_t len, room;
	_Alignas(max_align_t) char octets[];
};

void audit_store_init(struct audit_store *s)
{
	*s = (struct audit_store){
		.exposure.size = sizeof(struct fact_exposure),
		.group.size = sizeof(struct fact_port_group),
		.verdict.size = sizeof(struct fact_icmp_verdict),
		.burst.size = sizeof(struct fact_burst),
		.proof.size = sizeof(struct fact_rule_proof),
		.gap.size = sizeof(struct fact_gap),
		.finding.size = sizeof(struct fact_finding),
		.iface.size = sizeof(struct fact_iface),
	};
}

void audit_store_done(struct audit_store *s)
{
	struct audit_list *lists[] = { &s->exposure, &s->group, &s->verdict, &s->burst,
				       &s->proof,    &s->gap,   &s->finding, &s->iface };

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		free(lists[i]->item);
	while (s->chunks) {
		struct audit_chunk *c = s->chunks;

		s->chunks = c->next;
		free(c);
	}
}

void audit_add(struct audit_store *s, struct audit_list *list, const void *item)
{
	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		void *more = reallocarray(list->item, room, list->size);

		if (!more) {
			s->full = true;
			return;
		}
		list->item = more;
		list->room = room;
	}
	memcpy((char *)list->item + list->n++ * list->size, item, list->size);
}

static void *keep(struct audit_store *s, const void *from, size_t len)
{
	size_t need =
		(len + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
	struct audit_chunk *c = s->chunks;
	void *at;

	if (!c || c->room - c->len < need) {
		size_t room = MAX(need, (size_t)CHUNK_LEN);

		c = malloc(sizeof(*c) + room);
		if (!c) {
			s->full = true;
			return NULL;
		}
		*c = (struct audit_chunk){ .next = s->chunks, .room = room };
		s->chunks = c;
	}
	at = c->octets + c->len;
	c->len += need;
	return memcpy(at, from, len);
}

const char *audit_text(struct audit_store *s, const char *text)
{
	return text ? keep(s, text, strlen(text) + 1) : NULL;
}

const struct fact_answer *audit_answer(struct audit_store *s, const struct fact_answer *answer)
{
	return answer ? keep(s, answer, sizeof(*answer)) : NULL;
}

void audit_add_finding(struct audit_store *s, const struct fact_finding *f)
{
	struct fact_finding copy = *f;

	copy.id = audit_text(s, f->id);
	copy.subject = audit_text(s, f->subject);
	copy.evidence = audit_text(s, f->evidence);
	copy.why = audit_text(s, f->why);
	copy.fix = audit_text(s, f->fix);
	audit_add(s, &s->finding, &copy);
}

void audit_add_gap(struct audit_store *s, const struct fact_gap *g)
{
	struct fact_gap copy = {
		.what = audit_text(s, g->what),
		.which = audit_text(s, g->which),
		.why = audit_text(s, g->why),
		.means = audit_text(s, g->means),
	};

	audit_add(s, &s->gap, &copy);
}
