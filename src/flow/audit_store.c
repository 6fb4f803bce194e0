/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/audit_store.h"

#include <stdlib.h>
#include <string.h>

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
	keep_done(&s->keep);
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

const char *audit_text(struct audit_store *s, const char *text)
{
	return keep_str(&s->keep, text);
}

const struct fact_answer *audit_answer(struct audit_store *s, const struct fact_answer *answer)
{
	struct fact_answer *copy = answer ? keep_alloc(&s->keep, sizeof(*copy)) : NULL;

	if (copy)
		*copy = *answer;
	return copy;
}

bool audit_store_full(const struct audit_store *s)
{
	return s->full || s->keep.full;
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
