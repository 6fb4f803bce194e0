/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_picture.h"

#include <string.h>

#include "base/portset.h"
#include "icmp/number.h"
#include "out/html.h"
#include "out/html_fold.h"
#include "out/html_text.h"

#define LINE_H   26 /* pixels of one line */
#define GAP_H    8  /* between rows */
#define HEAD_H   34 /* a heading within the picture */
#define ANY_CODE (-1)

/* One row: a service or ICMP type, and what two kinds of senders meet. */
struct row {
	struct html_fold fold[2];
	const char *who[2];
};

struct canvas {
	struct out_sink *to;
	unsigned y; /* where the next row begins */
};

static enum html_fate fate_of(const struct row *r, int side)
{
	return html_fold_fate(&r->fold[side]);
}

/* Both kinds of senders meet the same: one line says so. */
static bool is_single(const struct row *r)
{
	return fate_of(r, 0) == HTML_UNTRIED || fate_of(r, 1) == HTML_UNTRIED ||
	       (fate_of(r, 0) == fate_of(r, 1) && fate_of(r, 0) != HTML_MIXED);
}

static unsigned row_height(const struct row *r)
{
	return is_single(r) ? LINE_H : 2 * LINE_H;
}

/* The end of a line: an arrow at the host, a cross or a hook at the firewall. */
static void put_end(struct out_sink *to, unsigned y, enum html_fate fate)
{
	static const char *const path[] = {
		[HTML_UNTRIED] = "M0 0",
		[HTML_IN] = "M-9 -5 L0 0 L-9 5 Z",
		[HTML_IDLE] = "M0 -6 L0 6",
		[HTML_CUT] = "M-13 -6 L-1 6 M-13 6 L-1 -6",
		[HTML_BACK] = "M-3 0 C8 0 8 9 -3 9 L-18 9 M-12 4 L-18 9 L-12 14",
		[HTML_MIXED] = "M-9 -5 L0 0 L-9 5 Z",
	};
	bool at_wall = fate == HTML_CUT || fate == HTML_BACK;

	out_printf(to,
		   "<svg class=\"end %s\" x=\"%s\" y=\"%u\" overflow=\"visible\"><path "
		   "d=\"%s\"/></svg>",
		   html_fold_class(fate), at_wall ? "36%" : "49.5%", y, path[fate]);
}

static void put_line(struct out_sink *to, unsigned top, const char *who, const struct html_fold *f)
{
	enum html_fate fate = html_fold_fate(f);
	bool at_wall = fate == HTML_CUT || fate == HTML_BACK;
	unsigned y = top + LINE_H / 2;

	if (!at_wall)
		out_printf(to,
			   "<rect class=\"door %s\" x=\"36%%\" y=\"%u\" width=\"4%%\" "
			   "height=\"12\"/>",
			   html_fold_class(fate), y - 6);
	out_printf(to, "<line class=\"%s\" x1=\"0\" y1=\"%u\" x2=\"%s\" y2=\"%u\"/>",
		   html_fold_class(fate), y, at_wall ? "35.6%" : "49%", y);
	put_end(to, y, fate);
	/* Over the line, with a halo: so the line begins where the word ends, at any width. */
	out_printf(to,
		   "<text class=\"who halo\" x=\"3\" y=\"%u\" aria-hidden=\"true\">%s</text>"
		   "<text class=\"who\" x=\"3\" y=\"%u\">%s</text>",
		   y + 4, who, y + 4, who);
	if (f->rule) {
		out_printf(to, "<text class=\"rule\" x=\"34%%\" y=\"%u\">", y - 4);
		html_text_place(to, f->rule);
		out_text(to, "</text>");
	}
}

/* What the pointer shows: every word of it, with the rule's text. */
static void put_title(struct out_sink *to, const struct row *r)
{
	out_text(to, "<title>");
	for (int side = 0; side < 2; side++) {
		const struct html_fold *f = &r->fold[side];

		if (f->total == 0)
			continue;
		out_printf(to, "%s: ", r->who[side]);
		html_fold_words(to, f);
		if (f->rule) {
			out_text(to, " (");
			html_text_place(to, f->rule);
			out_text(to, ": ");
			html_text_cut(to, f->rule->text, 120);
			out_char(to, ')');
		}
		out_text(to, ". ");
	}
	out_text(to, "</title>");
}

/* Two kinds of senders that differ are no alarm by themselves: only their words are coloured. */
static const char *box_class(const struct row *r)
{
	bool first = fate_of(r, 0) != HTML_UNTRIED;

	return is_single(r) ? html_fold_class(fate_of(r, first ? 0 : 1)) : "plain";
}

static void put_box_start(struct canvas *c, const struct row *r)
{
	out_printf(c->to,
		   "<svg x=\"50%%\" y=\"%u\" width=\"50%%\" height=\"%u\"><rect class=\"box %s\" "
		   "x=\"1\" y=\"1\" width=\"99%%\" height=\"%u\" rx=\"5\"/><text class=\"label\" "
		   "x=\"9\" y=\"%u\">",
		   c->y, row_height(r), box_class(r), row_height(r) - 2, row_height(r) / 2 + 5);
}

static void put_word(struct out_sink *to, unsigned y, const struct html_fold *f)
{
	out_printf(to, "<text class=\"word %s\" x=\"97%%\" y=\"%u\">",
		   html_fold_class(html_fold_fate(f)), y);
	html_fold_words(to, f);
	out_text(to, "</text>");
}

static void put_box_end(struct canvas *c, const struct row *r)
{
	out_text(c->to, "</text>");
	if (is_single(r)) {
		put_word(c->to, LINE_H / 2 + 4, &r->fold[r->fold[0].total ? 0 : 1]);
	} else {
		put_word(c->to, LINE_H / 2 + 4, &r->fold[0]);
		put_word(c->to, LINE_H + LINE_H / 2 + 4, &r->fold[1]);
	}
	out_text(c->to, "</svg>");
}

static void begin_row(struct canvas *c, const struct row *r)
{
	out_text(c->to, "<g>");
	put_title(c->to, r);
	if (is_single(r)) {
		int side = r->fold[0].total ? 0 : 1;
		bool both = r->fold[0].total && r->fold[1].total;

		put_line(c->to, c->y, both ? "anyone" : r->who[side], &r->fold[side]);
	} else {
		put_line(c->to, c->y, r->who[0], &r->fold[0]);
		put_line(c->to, c->y + LINE_H, r->who[1], &r->fold[1]);
	}
	put_box_start(c, r);
}

static void end_row(struct canvas *c, const struct row *r)
{
	put_box_end(c, r);
	out_text(c->to, "</g>\n");
	c->y += row_height(r) + GAP_H;
}

/* The ICMP that a reader should know the fate of; the table below has them all. */
struct icmp_row {
	uint8_t family, type;
	int16_t code;
	const char *label;
	bool is_error; /* seen as own flows / unasked instead of stranger / neighbour */
};

static const struct icmp_row icmp_rows[] = {
	{ 4, ICMP4_UNREACH, ICMP4_UNREACH_NEEDFRAG, "3/4 fragmentation needed", true },
	{ 4, ICMP4_UNREACH, ANY_CODE, "3 destination unreachable", true },
	{ 4, ICMP4_TIME_EXCEEDED, ANY_CODE, "11 time exceeded", true },
	{ 4, ICMP4_PARAM_PROBLEM, ANY_CODE, "12 parameter problem", true },
	{ 4, ICMP4_REDIRECT, ANY_CODE, "5 redirect", true },
	{ 4, ICMP4_ECHO, ANY_CODE, "8 echo request (ping)", false },
	{ 4, ICMP4_TIMESTAMP, ANY_CODE, "13 timestamp request", false },
	{ 4, ICMP4_MASK, ANY_CODE, "17 address mask request", false },
	{ 6, ICMP6_PACKET_TOO_BIG, ANY_CODE, "2 packet too big", true },
	{ 6, ICMP6_UNREACH, ANY_CODE, "1 destination unreachable", true },
	{ 6, ICMP6_TIME_EXCEEDED, ANY_CODE, "3 time exceeded", true },
	{ 6, ICMP6_PARAM_PROBLEM, ANY_CODE, "4 parameter problem", true },
	{ 6, ICMP6_ND_REDIRECT, ANY_CODE, "137 redirect", true },
	{ 6, ICMP6_ECHO, ANY_CODE, "128 echo request (ping)", false },
	{ 6, ICMP6_MLD_QUERY, ANY_CODE, "130 listener query", false },
	{ 6, ICMP6_ND_ROUTER_ADVERT, ANY_CODE, "134 router advertisement", false },
	{ 6, ICMP6_ND_NEIGHBOR_SOLICIT, ANY_CODE, "135 neighbour solicitation", false },
	{ 6, ICMP6_ND_NEIGHBOR_ADVERT, ANY_CODE, "136 neighbour advertisement", false },
};

static struct row fold_icmp(const struct fact_audit *a, const struct icmp_row *want)
{
	struct row r = { .who = { "stranger", "neighbour" } };

	if (want->is_error) {
		r.who[0] = "own flows";
		r.who[1] = "unasked";
	}
	for (size_t i = 0; i < a->verdict_n; i++) {
		const struct fact_icmp_verdict *v = &a->verdict[i];
		bool own_row = want->code == ANY_CODE && v->family == 4 &&
			       v->icmp_type == ICMP4_UNREACH && v->code == ICMP4_UNREACH_NEEDFRAG;
		bool second = want->is_error ? v->context == FACT_STRAY : v->from == FACT_NEIGHBOUR;

		if (v->family == want->family && v->icmp_type == want->type && !own_row &&
		    (want->code == ANY_CODE || v->code == want->code))
			html_fold_verdict(&r.fold[second], v);
	}
	return r;
}

static void put_head(struct canvas *c, const char *text)
{
	out_printf(c->to, "<text class=\"head\" x=\"50%%\" y=\"%u\">%s</text>\n",
		   c->y + HEAD_H - 10, text);
	c->y += HEAD_H;
}

static void put_icmp(struct canvas *c, const struct fact_audit *a, unsigned family)
{
	bool headed = false;

	for (size_t i = 0; i < ARRAY_LEN(icmp_rows); i++) {
		struct row r;

		if (icmp_rows[i].family != family)
			continue;
		r = fold_icmp(a, &icmp_rows[i]);
		if (r.fold[0].total + r.fold[1].total == 0)
			continue;
		if (!headed)
			put_head(c, family == 6 ? "ICMPv6" : "ICMP");
		headed = true;
		begin_row(c, &r);
		out_text(c->to, icmp_rows[i].label);
		end_row(c, &r);
	}
}

static struct row fold_service(const struct fact_audit *a, const struct fact_exposure *like)
{
	struct row r = { .who = { "stranger", "neighbour" } };

	for (size_t i = 0; i < a->exposure_n; i++) {
		const struct fact_exposure *e = &a->exposure[i];

		if (e->proto == like->proto && e->port == like->port)
			html_fold_exposure(&r.fold[e->from == FACT_NEIGHBOUR], e);
	}
	return r;
}

struct seen {
	struct portset tcp, udp;
	size_t n, shown;
};

/*
 * Those that strangers reach first: with many services, they are the ones to show.
 * What listens for this host alone is in the table, not in the picture.
 */
static void put_services(struct canvas *c, const struct fact_audit *a, struct seen *seen, bool open)
{
	for (size_t i = 0; i < a->exposure_n; i++) {
		const struct fact_exposure *e = &a->exposure[i];
		struct portset *set = e->proto == FACT_UDP ? &seen->udp : &seen->tcp;
		struct row r;

		if (e->port < 0 || e->port > 65535 || portset_has(set, (uint16_t)e->port) ||
		    e->reach == FACT_REACH_LOOPBACK)
			continue;
		if (open && (e->state != FACT_OPEN || e->from != FACT_STRANGER))
			continue;
		portset_add(set, (uint16_t)e->port);
		if (seen->n++ >= HTML_SERVICES)
			continue;
		r = fold_service(a, e);
		begin_row(c, &r);
		html_text_service(c->to, e);
		end_row(c, &r);
		seen->shown++;
	}
}

static void put_rows(struct canvas *c, const struct fact_audit *a)
{
	struct seen seen = { 0 };

	if (a->exposure_n)
		put_head(c, "Services");
	put_services(c, a, &seen, true);
	put_services(c, a, &seen, false);
	if (seen.n > seen.shown) {
		out_printf(c->to, "<text class=\"who\" x=\"50%%\" y=\"%u\">… and ", c->y + 14);
		html_text_many(c->to, seen.n - seen.shown, "more service", "more services");
		out_text(c->to, "</text>\n");
		c->y += LINE_H;
	}
	put_icmp(c, a, 4);
	put_icmp(c, a, 6);
}

static int discard(void *to UNUSED, const char *p UNUSED, size_t len UNUSED)
{
	return 0;
}

/* How high the rows are, learnt by drawing them into nothing: the wall behind them comes first. */
static unsigned measure(const struct fact_audit *a)
{
	struct out_sink nowhere;
	struct canvas c = { &nowhere, HEAD_H };

	out_init(&nowhere, discard, NULL);
	put_rows(&c, a);
	return c.y;
}

static void put_wall(struct out_sink *to, const struct fact_audit *a, unsigned height)
{
	bool none = a->firewall && strcmp(a->firewall, "none") == 0;

	out_text(to, "<text class=\"head\" x=\"3\" y=\"20\">The network</text>"
		     "<text class=\"head wall-head\" x=\"38%\" y=\"20\">");
	html_text(to, none ? "No firewall" : "Firewall");
	out_text(to, "</text><text class=\"head\" x=\"50%\" y=\"20\">This host</text>\n");
	out_printf(to,
		   "<rect class=\"wall%s\" x=\"36%%\" y=\"%d\" width=\"4%%\" "
		   "height=\"%u\"/>\n",
		   none ? " absent" : "", HEAD_H, height - HEAD_H);
}

static void put_key(struct out_sink *to)
{
	out_text(
		to,
		"<figcaption><span class=\"key in\">passes</span> <span class=\"key cut\">dropped "
		"silently</span> <span class=\"key back\">rejected with a message</span> <span "
		"class=\"key idle\">arrives, nobody cares</span> <span class=\"key mixed\">not the "
		"same everywhere: see the tables</span><br/>A stranger has an address that is not "
		"local to any interface; a neighbour one of the interface’s own network. An ICMP "
		"error is either about one of the host’s own flows or unasked.</figcaption>\n");
}

void html_picture(struct out_sink *to, const struct fact_audit *audit)
{
	struct canvas c = { to, HEAD_H };
	unsigned height;

	if (audit->exposure_n + audit->verdict_n == 0)
		return;
	height = measure(audit);
	out_text(to, "<figure>\n");
	out_printf(to,
		   "<svg role=\"img\" width=\"100%%\" "
		   "height=\"%u\">\n<title>What of the network reaches this host</title>\n",
		   height);
	put_wall(to, audit, height);
	put_rows(&c, audit);
	out_text(to, "</svg>\n");
	put_key(to);
	out_text(to, "</figure>\n");
}
