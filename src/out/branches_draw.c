/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "out/branches.h"

#define LEFT       6 /* columns of hop limits */
#define CELL       4 /* of one node: its name, at most three letters */
#define WIDTH_MAX  512
#define LABEL_MOST 40 /* columns of an address with its name; longer ones push their line on */

enum { UP = 1, DOWN = 2, LEFTWARDS = 4, RIGHTWARDS = 8, DOTTED = 16 };

/* Nodes of one hop limit: from .at on, so many columns to the right of the middle. */
struct layer {
	size_t at, n, shift;
};

/*
 * Two layers and what hangs together between them. A group has the least number of its nodes for
 * its name; nodes of both layers are in .of by their own numbers.
 */
struct between {
	const struct branches *b;
	struct layer upper, lower;
	size_t wide; /* nodes of the widest layer of all */
	uint16_t of[BRANCHES_NODES_MAX];
	uint16_t row[BRANCHES_NODES_MAX];  /* of a group: on which line it hangs */
	uint16_t from[BRANCHES_NODES_MAX]; /* of a group: columns of its line */
	uint16_t to[BRANCHES_NODES_MAX];
	bool whole[BRANCHES_NODES_MAX]; /* of a group: each goes on to each */
	size_t rows;
};

static struct layer layer_at(const struct branches *b, size_t at)
{
	struct layer l = { .at = at };

	while (at + l.n < b->node_n && b->node[at + l.n].ttl == b->node[at].ttl)
		l.n++;
	return l;
}

static bool within(const struct layer *l, size_t i)
{
	return i >= l->at && i < l->at + l->n;
}

/* The column of node @i, its layer in the middle of the widest. */
static size_t column(const struct between *w, const struct layer *l, size_t i)
{
	return LEFT + (w->wide - l->n) * CELL / 2 + (i - l->at) * CELL + 1 + l->shift;
}

static size_t column_of(const struct between *w, size_t i)
{
	return column(w, within(&w->upper, i) ? &w->upper : &w->lower, i);
}

static bool is_ours(const struct between *w, const struct branches_edge *e)
{
	return within(&w->upper, e->from) && within(&w->lower, e->to);
}

/* What is joined by an edge gets one name, until nothing changes any more. */
static void group(struct between *w)
{
	for (size_t i = w->upper.at; i < w->lower.at + w->lower.n; i++)
		w->of[i] = (uint16_t)i;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t e = 0; e < w->b->edge_n; e++) {
			const struct branches_edge *d = &w->b->edge[e];
			uint16_t least;

			if (!is_ours(w, d) || w->of[d->from] == w->of[d->to])
				continue;
			least = MIN(w->of[d->from], w->of[d->to]);
			w->of[d->from] = w->of[d->to] = least;
			changed = true;
		}
	}
}

/* The columns of group @g, and whether it has every edge that it can have. */
static void measure(struct between *w, uint16_t g)
{
	size_t n[2] = { 0, 0 }, edges = 0;

	w->from[g] = UINT16_MAX;
	w->to[g] = 0;
	for (size_t i = w->upper.at; i < w->lower.at + w->lower.n; i++) {
		uint16_t x = (uint16_t)column_of(w, i);

		if (w->of[i] != g)
			continue;
		n[within(&w->lower, i)]++;
		w->from[g] = MIN(w->from[g], x);
		w->to[g] = MAX(w->to[g], x);
	}
	for (size_t e = 0; e < w->b->edge_n; e++)
		edges += is_ours(w, &w->b->edge[e]) && w->of[w->b->edge[e].from] == g;
	w->whole[g] = edges == n[0] * n[1];
}

/* Lines that would lie on one another get rows of their own. */
static void stack(struct between *w)
{
	w->rows = 1;
	for (size_t g = w->upper.at; g < w->lower.at + w->lower.n; g++) {
		if (w->of[g] != g)
			continue;
		measure(w, (uint16_t)g);
		w->row[g] = 0;
		for (size_t h = w->upper.at; h < g; h++) {
			if (w->of[h] != h || w->row[h] != w->row[g] || w->to[h] < w->from[g] ||
			    w->from[h] > w->to[g])
				continue;
			w->row[g]++;
			h = w->upper.at - 1; /* against the new row from the first on */
		}
		w->rows = MAX(w->rows, w->row[g] + 1u);
	}
}

static bool goes_on(const struct between *w, size_t i)
{
	for (size_t e = 0; e < w->b->edge_n; e++)
		if (is_ours(w, &w->b->edge[e]) &&
		    (w->b->edge[e].from == i || w->b->edge[e].to == i))
			return true;
	return false;
}

static void draw_line(const struct between *w, size_t row, uint8_t cell[WIDTH_MAX])
{
	for (size_t g = w->upper.at; g < w->lower.at + w->lower.n; g++) {
		if (w->of[g] != g || w->row[g] != row)
			continue;
		for (size_t x = w->from[g]; x < w->to[g]; x++) {
			cell[x] |= RIGHTWARDS | (w->whole[g] ? 0 : DOTTED);
			cell[x + 1] |= LEFTWARDS;
		}
	}
	/* What passes another group's line goes over it. */
	for (size_t i = w->upper.at; i < w->lower.at + w->lower.n; i++) {
		size_t x = column_of(w, i), at = w->row[w->of[i]];
		bool upper = within(&w->upper, i);

		if (!goes_on(w, i))
			continue;
		if (at == row)
			cell[x] |= upper ? UP : DOWN;
		else if (upper ? row < at : row > at)
			cell[x] = UP | DOWN;
	}
}

static void put_line(const struct text_out *t, const uint8_t cell[WIDTH_MAX], bool utf8)
{
	static const char *const box[] = { " ", "│", "│", "│", "─", "┘", "┐", "┤",
					   "─", "└", "┌", "├", "─", "┴", "┬", "┼" };
	static const char *const plain[] = { " ", "|", "|", "|", "-", "+", "+", "+",
					     "-", "+", "+", "+", "-", "+", "+", "+" };
	size_t last = WIDTH_MAX;

	while (last > 0 && cell[last - 1] == 0)
		last--;
	for (size_t x = 0; x < last; x++) {
		unsigned arms = cell[x] & 15;

		if (cell[x] & DOTTED && !(arms & (UP | DOWN)))
			out_text(t->to, utf8 ? "┄" : ".");
		else
			out_text(t->to, (utf8 ? box : plain)[arms]);
	}
	out_char(t->to, '\n');
}

static void put_nodes(const struct text_out *t, const struct between *w, const struct layer *l)
{
	size_t at = 0;
	char buf[16];

	snprintf(buf, sizeof(buf), "%3lld", (long long)w->b->node[l->at].ttl);
	out_text(t->to, buf);
	at = strlen(buf);
	for (size_t i = l->at; i < l->at + l->n; i++) {
		const struct branches_node *n = &w->b->node[i];

		for (; at < column(w, l, i); at++)
			out_char(t->to, ' ');
		branches_name(i, buf);
		text_put(t, n->addr.family ? TEXT_BOLD : TEXT_DIM, buf);
		at += strlen(buf);
	}
	out_char(t->to, '\n');
}

/* Where a node stands below one of another group, their lines to the rows may lie on one another. */
static bool collides(const struct between *w)
{
	for (size_t u = w->upper.at; u < w->upper.at + w->upper.n; u++)
		for (size_t l = w->lower.at; l < w->lower.at + w->lower.n; l++)
			if (column_of(w, u) == column_of(w, l) && w->of[u] != w->of[l] &&
			    goes_on(w, u) && goes_on(w, l) && w->row[w->of[u]] >= w->row[w->of[l]])
				return true;
	return false;
}

static void put_between(const struct text_out *t, struct between *w, bool utf8)
{
	group(w);
	stack(w);
	if (collides(w)) {
		w->lower.shift = w->upper.shift ? 0 : CELL / 2;
		stack(w);
	}
	for (size_t row = 0; row < w->rows; row++) {
		uint8_t cell[WIDTH_MAX] = { 0 };

		draw_line(w, row, cell);
		put_line(t, cell, utf8);
	}
}

bool branches_draw(const struct text_out *t, const struct branches *b, bool utf8)
{
	struct between w = { .b = b };
	size_t columns;

	for (struct layer l = { 0 }; l.at + l.n < b->node_n;) {
		l = layer_at(b, l.at + l.n);
		w.wide = MAX(w.wide, l.n);
	}
	columns = LEFT + w.wide * CELL + CELL / 2;
	if (w.wide < 2 || columns > WIDTH_MAX || (t->width && columns > t->width))
		return false;
	for (struct layer l = layer_at(b, 0), next; l.n > 0; l = next) {
		put_nodes(t, &w, &l);
		next = layer_at(b, l.at + l.n);
		if (next.n == 0)
			break;
		w.upper = l;
		w.lower = next;
		/* One below one needs no line to say so. */
		if (l.n > 1 || next.n > 1)
			put_between(t, &w, utf8);
		next = w.lower;
	}
	return true;
}

/* "192.0.2.1 (name)", "silent". */
static void node_text(const struct branches_node *n, char *buf, size_t len)
{
	char addr[IP_TEXT_LEN];
	const char *name = n->hop ? n->hop->name : NULL;

	if (n->addr.family == 0)
		snprintf(buf, len, "silent");
	else
		snprintf(buf, len, "%s%s%.200s%s", ip_format(&n->addr, addr), name ? " (" : "",
			 name ? name : "", name ? ")" : "");
}

void branches_list(const struct text_out *t, const struct branches *b)
{
	const struct text_out plain = { t->to, t->width, false };
	size_t wide = 0, e = 0;
	char label[320], head[400], list[1024], name[8];

	for (size_t i = 0; i < b->node_n; i++) {
		node_text(&b->node[i], label, sizeof(label));
		if (utf8_width(label) <= LABEL_MOST)
			wide = MAX(wide, utf8_width(label));
	}
	for (size_t i = 0; i < b->node_n; i++) {
		size_t used = 0, w;
		bool ends = e >= b->edge_n || b->edge[e].from != i;

		node_text(&b->node[i], label, sizeof(label));
		w = utf8_width(label);
		snprintf(head, sizeof(head), "%3lld  %-3s %s%*s%s", (long long)b->node[i].ttl,
			 branches_name(i, name), label, (int)(w < wide && !ends ? wide - w : 0), "",
			 ends ? "" : "  -> ");
		list[0] = '\0';
		for (; e < b->edge_n && b->edge[e].from == i; e++)
			if (used < sizeof(list) - 16)
				used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
							 used ? " " : "",
							 branches_name(b->edge[e].to, name));
		text_wrap(&plain, ends ? 0 : (unsigned)(9 + MAX(w, wide) + 5), head, list);
	}
}
