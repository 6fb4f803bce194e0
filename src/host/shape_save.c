/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One rule of iptables-save (iptables(8), iptables-extensions(8)). */
#include <stdlib.h>
#include <string.h>

#include "host/shape.h"

#define WORD_LEN 256 /* longer words are cut: they name nothing that is understood */
#define ANY_TYPE 255 /* "--icmp-type 255" means any (iptables' own oddity) */

struct words {
	const char *p;
	char word[WORD_LEN]; /* the current one, without its quotes */
	bool again;          /* it was put back */
	bool end;
};

struct line {
	struct words in;
	struct rule_shape shape;
	struct keep *keep;
	int family;
	bool not ; /* a "!" stands before the option */
};

/* iptables quotes words that hold blanks, and escapes quotes and backslashes in them. */
static const char *next(struct words *w)
{
	size_t n = 0;
	bool quoted = false;

	if (w->again) {
		w->again = false;
		return w->end ? NULL : w->word;
	}
	while (*w->p == ' ')
		w->p++;
	w->end = *w->p == '\0' || *w->p == '\n';
	for (; *w->p && *w->p != '\n' && (quoted || *w->p != ' '); w->p++) {
		if (*w->p == '"') {
			quoted = !quoted;
			continue;
		}
		if (*w->p == '\\' && w->p[1])
			w->p++;
		if (n + 1 < sizeof(w->word))
			w->word[n++] = *w->p;
	}
	w->word[n] = '\0';
	return w->end ? NULL : w->word;
}

static void put_back(struct words *w)
{
	w->again = true;
}

/* "22", "1000:2000", ":1024", "1000:": the first port; exact when it is the only one. */
static int64_t first_port(const char *text, bool *ret_exact)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*ret_exact = *end == '\0';
	if ((end == text && *text != ':') || n > 65535 || (*end && *end != ':' && *end != ','))
		return RULE_ANY;
	return (int64_t)n;
}

static void port(struct line *l, const char *value, bool source)
{
	bool exact;
	int64_t n = first_port(value, &exact);

	if (l->not &&exact && n >= 0) { /* all but this one */
		n = n == 65535 ? 1 : n + 1;
		exact = false;
	} else if (l->not ) {
		n = RULE_ANY;
	}
	(source ? shape_sport : shape_dport)(&l->shape, n, exact);
}

static void sport(struct line *l, const char *value)
{
	port(l, value, true);
}

static void dport(struct line *l, const char *value)
{
	port(l, value, false);
}

static void proto(struct line *l, const char *value)
{
	static const struct {
		const char *name;
		uint8_t number;
	} known[] = {
		{ "tcp", 6 },     { "udp", 17 },   { "icmp", 1 },      { "ipv6-icmp", 58 },
		{ "icmpv6", 58 }, { "sctp", 132 }, { "udplite", 136 }, { "dccp", 33 },
		{ "igmp", 2 },    { "esp", 50 },   { "ah", 51 },       { "gre", 47 },
		{ "ipencap", 4 }, { "ipv6", 41 },
	};
	int64_t n = RULE_ANY;
	char *end;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].name, value) == 0)
			n = known[i].number;
	if (n == RULE_ANY && *value >= '0' && *value <= '9') {
		n = (int64_t)strtoul(value, &end, 10);
		n = *end ? RULE_ANY : n;
	}
	if (strcmp(value, "all") == 0 && !l->not )
		return;
	if (l->not &&n != RULE_ANY)
		shape_proto(&l->shape, n == 17 ? 6 : 17, false);
	else
		shape_proto(&l->shape, n, true);
}

static void prefix(struct line *l, const char *value, bool source)
{
	struct ip_prefix p;

	l->shape.restricts_source |= source;
	if (l->not || ip_prefix_scan(value, &p) < 0)
		l->shape.complete = false;
	else
		(source ? shape_saddr : shape_daddr)(&l->shape, &p, true);
}

static void saddr(struct line *l, const char *value)
{
	prefix(l, value, true);
}

static void daddr(struct line *l, const char *value)
{
	prefix(l, value, false);
}

static void iif(struct line *l, const char *value)
{
	size_t len = strlen(value);

	l->shape.restricts_source = true;
	if (l->not || len == 0)
		l->shape.complete = false;
	else if (value[len - 1] == '+')
		shape_iif(&l->shape, keep_format(l->keep, "%.*s*", (int)len - 1, value), false);
	else
		shape_iif(&l->shape, keep_str(l->keep, value), true);
}

/* "8", "3/4", "any". */
static void icmp_type(struct line *l, const char *value)
{
	char *end;
	unsigned long type = strtoul(value, &end, 10), code = 0;
	bool has_code = *end == '/';

	shape_proto(&l->shape, l->family == 4 ? 1 : 58, true);
	if (strcmp(value, "any") == 0 || (type == ANY_TYPE && *end == '\0' && l->family == 4))
		return;
	if (has_code)
		code = strtoul(end + 1, &end, 10);
	if (end == value || *end || type > 255 || code > 255 || (l->not &&has_code)) {
		l->shape.complete = false;
		return;
	}
	if (l->not )
		type = type == 8 ? 0 : 8;
	shape_type(&l->shape, (int64_t)type, !l->not );
	if (has_code)
		shape_code(&l->shape, (int64_t)code, true);
}

static void ct_state(struct line *l, const char *value)
{
	static const struct {
		const char *name;
		unsigned bit;
	} known[] = {
		{ "INVALID", RULE_CT_INVALID },     { "ESTABLISHED", RULE_CT_ESTABLISHED },
		{ "RELATED", RULE_CT_RELATED },     { "NEW", RULE_CT_NEW },
		{ "UNTRACKED", RULE_CT_UNTRACKED },
	};
	unsigned states = 0, all = 0;

	while (*value) {
		size_t len = strcspn(value, ","), i = 0;

		while (i < ARRAY_LEN(known) &&
		       (strlen(known[i].name) != len || memcmp(known[i].name, value, len) != 0))
			i++;
		if (i == ARRAY_LEN(known)) { /* SNAT, DNAT: no state of a packet alone */
			l->shape.complete = false;
			return;
		}
		states |= known[i].bit;
		value += len + (value[len] == ',');
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		all |= known[i].bit;
	shape_ct(&l->shape, l->not ? all & ~states : states);
}

static void ttl(struct line *l, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (l->not || *end)
		l->shape.complete = false;
	else
		shape_ttl(&l->shape, (int64_t)n, true);
}

static void dst_type(struct line *l, const char *value)
{
	if (l->not || strcmp(value, "LOCAL") != 0) /* as every probe is */
		l->shape.complete = false;
}

static void pkt_type(struct line *l, const char *value)
{
	if (l->not || strcmp(value, "unicast") != 0)
		l->shape.complete = false;
}

/* A bare SYN: fits "--syn" and "--tcp-flags FIN,SYN,RST,ACK SYN". */
static void tcp_flags(struct line *l, const char *value)
{
	bool masked = strstr(value, "SYN") || strcmp(value, "ALL") == 0;
	const char *want = next(&l->in);
	bool fits;

	if (!want)
		return;
	fits = strcmp(want, masked ? "SYN" : "NONE") == 0;
	if (fits == l->not )
		l->shape.complete = false;
}

static void limit(struct line *l, const char *value UNUSED)
{
	l->shape.has_limit = true;
}

/* "recent --set": always fits, and is remembered. */
static void remember(struct line *l, const char *value UNUSED)
{
	l->shape.has_limit = l->shape.alters = true;
}

/* What the sample cannot be told to be. */
static void unclear(struct line *l, const char *value UNUSED)
{
	l->shape.complete = false;
}

static void unclear_limit(struct line *l, const char *value UNUSED)
{
	l->shape.has_limit = true;
	l->shape.complete = false;
}

static void unclear_source(struct line *l, const char *value UNUSED)
{
	l->shape.restricts_source = true;
	l->shape.complete = false;
}

static void harmless(struct line *l UNUSED, const char *value UNUSED)
{
}

/* Options, and "-m" modules that need no option to narrow. Longest prefix first. */
static const struct option {
	const char *name;
	bool prefix; /* stands for all names that begin so */
	void (*take)(struct line *l, const char *value);
} shape_options[] = {
	{ "-p", false, proto },
	{ "-s", false, saddr },
	{ "-d", false, daddr },
	{ "-i", false, iif },
	{ "-o", false, unclear },
	{ "--sport", true, sport },
	{ "--source-port", true, sport },
	{ "--dport", true, dport },
	{ "--destination-port", true, dport },
	{ "--icmp-type", false, icmp_type },
	{ "--icmpv6-type", false, icmp_type },
	{ "--state", false, ct_state },
	{ "--ctstate", false, ct_state },
	{ "--comment", false, harmless },
	{ "--limit", false, limit },
	{ "--limit-burst", false, limit },
	{ "--hashlimit-above", false, unclear_limit },
	{ "--hashlimit", true, limit },
	{ "--set", false, remember },
	{ "--name", false, harmless },
	{ "--mask", false, harmless },
	{ "--rsource", false, harmless },
	{ "--rcheck", false, unclear_limit },
	{ "--update", false, unclear_limit },
	{ "--remove", false, unclear_limit },
	{ "--rdest", false, harmless },
	{ "--seconds", false, unclear_limit },
	{ "--hitcount", false, unclear_limit },
	{ "--connlimit", true, unclear_limit },
	{ "--quota", true, unclear_limit },
	{ "--mode", false, unclear_limit },
	{ "--ttl-eq", false, ttl },
	{ "--hl-eq", false, ttl },
	{ "--dst-type", false, dst_type },
	{ "--pkt-type", false, pkt_type },
	{ "--tcp-flags", false, tcp_flags },
	{ "--mark", false, unclear_source },
	{ "--mac-source", false, unclear_source },
	{ "--match-set", false, unclear_source },
	{ "--src", true, unclear_source },
	{ "--physdev", true, unclear_source },
};

static void take_option(struct line *l, const char *name, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(shape_options); i++) {
		const struct option *o = &shape_options[i];

		if (o->prefix ? strncmp(o->name, name, strlen(o->name)) == 0
			      : strcmp(o->name, name) == 0) {
			o->take(l, value);
			return;
		}
	}
	l->shape.complete = false;
}

/* Modules whose options say all; any other one narrows in ways unknown. */
static void take_module(struct line *l, const char *name)
{
	static const char *const known[] = {
		"tcp",     "udp",       "icmp",      "icmp6",    "state", "conntrack", "comment",
		"limit",   "hashlimit", "multiport", "recent",   "ttl",   "hl",        "addrtype",
		"pkttype", "udplite",   "sctp",      "dccp",     "mark",  "mac",       "set",
		"iprange", "quota",     "statistic", "connlimit"
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i], name) == 0)
			return;
	l->shape.complete = false;
}

/* Targets that leave the packet, and what is known of it, as they were. */
static bool is_silent(const char *target)
{
	static const char *const silent[] = { "LOG", "NFLOG", "AUDIT", "TRACE", "TEE", "CHECKSUM" };

	for (size_t i = 0; i < ARRAY_LEN(silent); i++)
		if (strcmp(silent[i], target) == 0)
			return true;
	return false;
}

static void take_target(struct line *l, const char *name, bool is_goto)
{
	static const struct {
		const char *name;
		enum rule_verdict verdict;
	} known[] = {
		{ "ACCEPT", RULE_ACCEPT },     { "DROP", RULE_DROP },
		{ "REJECT", RULE_REJECT },     { "RETURN", RULE_RETURN },
		{ "LOG", RULE_CONTINUE },      { "NFLOG", RULE_CONTINUE },
		{ "MARK", RULE_CONTINUE },     { "CT", RULE_CONTINUE },
		{ "CONNMARK", RULE_CONTINUE }, { "SET", RULE_CONTINUE },
		{ "TRACE", RULE_CONTINUE },    { "AUDIT", RULE_CONTINUE },
		{ "TCPMSS", RULE_CONTINUE },   { "TTL", RULE_CONTINUE },
		{ "HL", RULE_CONTINUE },       { "DSCP", RULE_CONTINUE },
		{ "TOS", RULE_CONTINUE },      { "CLASSIFY", RULE_CONTINUE },
		{ "NFQUEUE", RULE_OTHER },     { "QUEUE", RULE_OTHER },
		{ "DNAT", RULE_OTHER },        { "SNAT", RULE_OTHER },
		{ "REDIRECT", RULE_OTHER },    { "MASQUERADE", RULE_OTHER },
		{ "TPROXY", RULE_OTHER },      { "NETMAP", RULE_OTHER },
		{ "SYNPROXY", RULE_OTHER },    { "CHECKSUM", RULE_CONTINUE },
		{ "NOTRACK", RULE_CONTINUE },  { "TEE", RULE_CONTINUE },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i].name, name) == 0) {
			l->shape.verdict = (uint8_t)known[i].verdict;
			l->shape.alters |= known[i].verdict == RULE_CONTINUE && !is_silent(name);
			return;
		}
	}
	/* A chain of the user's own; whoever knows the chains corrects an unknown target. */
	l->shape.verdict = is_goto ? RULE_GOTO : RULE_JUMP;
	l->shape.target = keep_str(l->keep, name);
}

/* One option with its value; false at the end of the conditions. */
static bool take(struct line *l)
{
	char name[WORD_LEN];
	const char *word = next(&l->in);

	if (!word)
		return false;
	l->not = strcmp(word, "!") == 0;
	if (l->not )
		word = next(&l->in);
	if (!word)
		return false;
	memcpy(name, word, sizeof(name));
	if (strcmp(name, "-f") == 0 || strcmp(name, "--rsource") == 0 ||
	    strcmp(name, "--rdest") == 0 || strcmp(name, "--set") == 0) {
		take_option(l, name, "");
		return true;
	}
	word = next(&l->in);
	if (!word || (word[0] == '-' && name[1] == '-')) { /* an option without a value */
		put_back(&l->in);
		word = "";
	}
	if (strcmp(name, "-j") == 0 || strcmp(name, "-g") == 0) {
		take_target(l, word, name[1] == 'g');
		return false;
	}
	if (strcmp(name, "-m") == 0)
		take_module(l, word);
	else if (strcmp(name, "-A") != 0)
		take_option(l, name, word);
	return true;
}

struct rule_shape shape_of_save(const char *line, int family, struct keep *keep)
{
	struct line l = {
		.in = { .p = line },
		.shape = shape_new(family == 4 ? "ip" : "ip6"),
		.keep = keep,
		.family = family,
	};

	while (take(&l))
		;
	return l.shape;
}
