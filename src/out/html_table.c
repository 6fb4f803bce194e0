/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/html_table.h"

#include <inttypes.h>

#include "base/ip.h"
#include "base/portset.h"
#include "icmp/registry.h"
#include "out/html.h"
#include "out/html_fold.h"
#include "out/html_text.h"

#define PORTS_SHOWN 120 /* characters of a list of ports */

/* @columns: texts of the header cells, NULL at the end. */
static void begin(struct out_sink *to, const char *title, const char *note,
		  const char *const *columns)
{
	out_printf(to, "<section><h2>%s</h2>\n<p class=\"note\">%s</p>\n", title, note);
	out_text(to, "<div class=\"scroll\"><table><thead><tr>");
	for (; *columns; columns++)
		out_printf(to, "<th scope=\"col\">%s</th>", *columns);
	out_text(to, "</tr></thead><tbody>\n");
}

static void end(struct out_sink *to, size_t shown, size_t all)
{
	out_text(to, "</tbody></table></div>\n");
	if (shown < all) {
		out_text(to, "<p class=\"more\">… and ");
		html_text_count(to, all - shown);
		out_text(to, " more. The first ");
		html_text_count(to, shown);
		out_text(to, " are shown here; <code>sonde --json audit</code> lists all.</p>\n");
	}
	out_text(to, "</section>\n");
}

static void cell(struct out_sink *to, const char *text)
{
	out_text(to, "<td>");
	html_text(to, text);
	out_text(to, "</td>");
}

static void rule_cell(struct out_sink *to, const struct fact_rule *rule)
{
	out_text(to, "<td>");
	html_text_rule(to, rule);
	out_text(to, "</td>");
}

static void state_cell(struct out_sink *to, const struct html_fold *f)
{
	out_printf(to, "<td class=\"state %s\">", html_fold_class(html_fold_fate(f)));
	html_fold_words(to, f);
	out_text(to, "</td>");
}

static void put_exposures(struct out_sink *to, const struct fact_audit *a)
{
	static const char *const columns[] = { "Service", "IP",    "Interface",  "Seen by",
					       "Address", "State", "Decided by", NULL };
	size_t n = MIN(a->exposure_n, HTML_EXPOSURES);

	if (n == 0)
		return;
	begin(to, "Services seen from outside",
	      "Each listening socket, as each kind of sender sees it.", columns);
	for (size_t i = 0; i < n; i++) {
		const struct fact_exposure *e = &a->exposure[i];
		char addr[IP_TEXT_LEN];
		struct html_fold f = { 0 };

		html_fold_exposure(&f, e);
		out_text(to, "<tr><td>");
		html_text_service(to, e);
		out_printf(to, "</td><td>%u</td>", e->family);
		cell(to, e->iface);
		cell(to, fact_from_words[e->from]);
		cell(to, ip_format(&e->addr, addr));
		state_cell(to, &f);
		rule_cell(to, e->rule);
		out_text(to, "</tr>\n");
	}
	end(to, n, a->exposure_n);
}

/* What the table tells apart: rows of the registry, so that unassigned types share one. */
static const struct icmp_entry *entry_of(const struct fact_icmp_verdict *v)
{
	return icmp_find(v->family, (uint8_t)v->icmp_type, (int)v->code);
}

static void put_numbers(struct out_sink *to, const struct icmp_entry *e)
{
	if (e->type_lo != e->type_hi)
		out_printf(to, "%u-%u", e->type_lo, e->type_hi);
	else if (e->code == ICMP_CODE_ANY)
		out_printf(to, "%u", e->type_lo);
	else
		out_printf(to, "%u/%d", e->type_lo, e->code);
}

static void put_message(struct out_sink *to, const struct fact_audit *a,
			const struct fact_icmp_verdict *like)
{
	const struct icmp_entry *e = entry_of(like);
	struct html_fold from[2] = { 0 };
	const char *setting = NULL, *reason = NULL;

	for (size_t i = 0; i < a->verdict_n; i++) {
		const struct fact_icmp_verdict *v = &a->verdict[i];

		if (v->context != like->context || entry_of(v) != e)
			continue;
		html_fold_verdict(&from[v->from == FACT_NEIGHBOUR], v);
		setting = setting ? setting : v->sysctl;
		reason = reason ? reason : v->reason;
	}
	out_printf(to, "<tr><td>%s</td><td>", like->family == 6 ? "ICMPv6" : "ICMP");
	put_numbers(to, e);
	out_text(to, "</td>");
	cell(to, e->machine_name);
	cell(to, like->context == FACT_RELATED ? "own flow" : "unasked");
	state_cell(to, &from[0]);
	state_cell(to, &from[1]);
	out_text(to, "<td>");
	html_text_rule(to, from[0].rule ? from[0].rule : from[1].rule);
	if (setting) {
		out_text(to, " <code>");
		html_text(to, setting);
		out_text(to, "</code>");
	} else if (reason) {
		out_text(to, "; ");
		html_text(to, reason);
	}
	out_text(to, "</td></tr>\n");
}

/* Messages already in the table: a bit for each context and first type and code of a registry row. */
struct messages {
	struct portset set[2][2];
};

static bool is_new(struct messages *m, const struct fact_icmp_verdict *v)
{
	const struct icmp_entry *e = entry_of(v);
	uint16_t bit;
	struct portset *set;

	if (!e)
		return false;
	/* No type has a row for code 254: it stands for the row of the whole type. */
	bit = (uint16_t)(e->type_lo << 8 | (e->code == ICMP_CODE_ANY ? 254 : e->code));
	set = &m->set[v->family == 6][v->context == FACT_RELATED];
	if (portset_has(set, bit))
		return false;
	portset_add(set, bit);
	return true;
}

static void put_verdicts(struct out_sink *to, const struct fact_audit *a)
{
	static const char *const columns[] = { "Family",   "Type/code", "Message",    "About",
					       "Stranger", "Neighbour", "Decided by", NULL };
	struct messages seen = { 0 };
	size_t n = 0;

	if (a->verdict_n == 0)
		return;
	begin(to, "ICMP by type and code",
	      "What becomes of each message, over all interfaces; numbers where it differs.",
	      columns);
	for (size_t i = 0; i < a->verdict_n; i++)
		if (is_new(&seen, &a->verdict[i]) && n++ < HTML_ICMP)
			put_message(to, a, &a->verdict[i]);
	end(to, MIN(n, HTML_ICMP), n);
}

static void put_groups(struct out_sink *to, const struct fact_audit *a)
{
	static const char *const columns[] = { "Ports",   "Protocol", "IP",         "Interface",
					       "Seen by", "State",    "Decided by", NULL };
	size_t n = MIN(a->group_n, HTML_GROUPS);

	if (n == 0)
		return;
	begin(to, "All ports", "Ports that behave alike, from each place.", columns);
	for (size_t i = 0; i < n; i++) {
		const struct fact_port_group *g = &a->group[i];
		struct fact_exposure as = { .state = g->state };
		struct html_fold f = { 0 };

		html_fold_exposure(&f, &as);
		out_text(to, "<tr><td>");
		html_text_many(to, (uint64_t)MAX(g->count, 0), "port: ", "ports: ");
		html_text_cut(to, g->ports, PORTS_SHOWN);
		out_printf(to, "</td><td>%s</td><td>%u</td>", fact_proto_words[g->proto],
			   g->family);
		cell(to, g->iface);
		cell(to, fact_from_words[g->from]);
		state_cell(to, &f);
		rule_cell(to, g->rule);
		out_text(to, "</tr>\n");
	}
	end(to, n, a->group_n);
}

static void put_addrs(struct out_sink *to, const struct fact_iface *iface)
{
	const struct fact_iface_addr *addr = iface->addrs.item;

	for (size_t i = 0; i < iface->addrs.n; i++) {
		char text[IP_TEXT_LEN];

		out_printf(to, "%s%s/%" PRId64, i ? ", " : "", ip_format(&addr[i].addr, text),
			   addr[i].prefix_len);
	}
}

static void put_ifaces(struct out_sink *to, const struct fact_audit *a)
{
	static const char *const columns[] = { "Interface", "Kind",   "MTU", "Addresses",
					       "State",     "Probed", NULL };
	size_t n = MIN(a->iface_n, HTML_IFACES);

	if (n == 0)
		return;
	begin(to, "Interfaces", "Those that were probed, and those that were not.", columns);
	for (size_t i = 0; i < n; i++) {
		const struct fact_iface *iface = &a->iface[i];

		out_text(to, "<tr>");
		cell(to, iface->name);
		cell(to, iface->kind);
		out_text(to, "<td>");
		if (iface->mtu != FACT_NONE)
			html_text_count(to, (uint64_t)MAX(iface->mtu, 0));
		out_text(to, "</td><td>");
		put_addrs(to, iface);
		out_printf(to, "</td><td>%s</td><td>%s</td></tr>\n", iface->up ? "up" : "down",
			   iface->in_twin ? "yes" : "no");
	}
	end(to, n, a->iface_n);
}

static void put_gaps(struct out_sink *to, const struct fact_audit *a)
{
	static const char *const columns[] = { "Kind", "What", "Why", "What it means", NULL };
	size_t n = MIN(a->gap_n, HTML_GAPS);

	if (n == 0)
		return;
	begin(to, "What could not be copied",
	      "The proof was done on a copy of the host; this is where the copy differs.", columns);
	for (size_t i = 0; i < n; i++) {
		out_text(to, "<tr>");
		cell(to, a->gap[i].what);
		cell(to, a->gap[i].which);
		cell(to, a->gap[i].why);
		cell(to, a->gap[i].means);
		out_text(to, "</tr>\n");
	}
	end(to, n, a->gap_n);
}

static void put_rules(struct out_sink *to, const struct fact_audit *a)
{
	static const char *const columns[] = { "Rule", "Packet made for it", "Taken by", NULL };
	size_t n = 0;

	for (size_t i = 0; i < a->proof_n; i++) {
		const struct fact_rule_proof *p = &a->proof[i];

		if (p->hits > 0 || !p->addressed || n++ >= HTML_RULES)
			continue;
		if (n == 1)
			begin(to, "Rules never hit",
			      "A packet made to fit each of these was sent, and none came to it.",
			      columns);
		out_text(to, "<tr>");
		rule_cell(to, p->rule);
		cell(to, p->packet);
		rule_cell(to, p->decided_by);
		out_text(to, "</tr>\n");
	}
	if (n)
		end(to, MIN(n, HTML_RULES), n);
}

void html_table_all(struct out_sink *to, const struct fact_audit *audit)
{
	put_exposures(to, audit);
	put_verdicts(to, audit);
	put_groups(to, audit);
	put_rules(to, audit);
	put_gaps(to, audit);
	put_ifaces(to, audit);
}
