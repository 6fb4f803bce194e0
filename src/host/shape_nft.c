/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One nftables rule, from the library's numeric JSON (libnftables-json(5)). */
#include <string.h>

#include "host/shape.h"
#include "host/shape_value.h"

#define ETH_IP4 0x0800
#define ETH_IP6 0x86dd
#define TCP_SYN 0x02 /* the flags of a probe that opens a connection */

struct reader {
	struct shape_scope scope;
	struct keep *keep;
	shape_way *way;
	void *to;
	struct rule_shape shape;
};

static bool is_equal(const char *op)
{
	return strcmp(op, "==") == 0 || strcmp(op, "in") == 0;
}

static void match_addr(struct reader *r, bool source, const char *op, const json_t *value)
{
	void (*set)(struct rule_shape *, const struct ip_prefix *, bool) =
		source ? shape_saddr : shape_daddr;
	bool exact;
	const json_t *one = shape_pick(&r->scope, value, &exact),
		     *prefix = json_object_get(one, "prefix");
	const char *text = json_string_value(prefix ? json_object_get(prefix, "addr") : one);
	struct ip_prefix p;

	r->shape.restricts_source |= source;
	if (!is_equal(op) || !text || ip_prefix_scan(text, &p) < 0) {
		r->shape.complete = false;
		return;
	}
	if (prefix)
		p = ip_prefix_of(&p.addr,
				 (unsigned)json_integer_value(json_object_get(prefix, "len")));
	set(&r->shape, &p, exact);
}

static void match_iif(struct reader *r, const char *op, const json_t *value)
{
	bool exact;
	const char *name = json_string_value(shape_pick(&r->scope, value, &exact));
	size_t len = name ? strlen(name) : 0;

	r->shape.restricts_source = true;
	if (!is_equal(op) || !len) {
		r->shape.complete = false;
		return;
	}
	shape_iif(&r->shape, keep_str(r->keep, name), exact && name[len - 1] != '*');
}

static void match_ct(struct reader *r, const json_t *ct, const char *op, const json_t *value)
{
	static const unsigned all = RULE_CT_INVALID | RULE_CT_ESTABLISHED | RULE_CT_RELATED |
				    RULE_CT_NEW | RULE_CT_UNTRACKED;
	const char *key = shape_text(ct, "key");
	unsigned states;

	if (strcmp(key, "state") == 0) {
		states = shape_bits(&r->scope, value) & all;
		states = strcmp(op, "!=") == 0 ? all & ~states : states;
		if (states && states != all && (is_equal(op) || strcmp(op, "!=") == 0)) {
			shape_ct(&r->shape, states);
			return;
		}
	}
	r->shape.restricts_source |= strcmp(key, "mark") == 0 || strstr(key, "saddr");
	r->shape.complete = false;
}

static void match_ethertype(struct reader *r, const char *op, const json_t *value)
{
	bool exact;
	const json_t *one = shape_pick(&r->scope, value, &exact);
	const char *text = json_string_value(one);
	int64_t n = json_integer_value(one);

	if (is_equal(op) && exact && (n == ETH_IP4 || n == 8 || (text && !strcmp(text, "ip"))))
		shape_family(&r->shape, 4);
	else if (is_equal(op) && exact && (n == ETH_IP6 || (text && !strcmp(text, "ip6"))))
		shape_family(&r->shape, 6);
	else
		r->shape.complete = false;
}

static void match_meta(struct reader *r, const char *key, const char *op, const json_t *value)
{
	bool exact;
	int64_t n;

	if (strcmp(key, "l4proto") == 0) {
		n = shape_number(&r->scope, op, value, 255, &exact);
		shape_proto(&r->shape, n, exact);
	} else if (strcmp(key, "nfproto") == 0) {
		n = shape_number(&r->scope, op, value, 255, &exact);
		if (exact && (n == 2 || n == 10))
			shape_family(&r->shape, n == 2 ? 4 : 6);
		else
			r->shape.complete = false;
	} else if (strcmp(key, "protocol") == 0) {
		match_ethertype(r, op, value);
	} else if (strcmp(key, "iif") == 0 || strcmp(key, "iifname") == 0) {
		match_iif(r, op, value);
	} else if (strcmp(key, "pkttype") == 0) {
		/* 0 is "to this host", as every probe is. */
		r->shape.complete &= is_equal(op) && shape_holds(&r->scope, value, 0) == 1;
	} else {
		r->shape.restricts_source |= strcmp(key, "mark") == 0 || strstr(key, "iif");
		r->shape.complete = false;
	}
}

/* The protocol that a header's name implies, as the library adds it unseen. */
static void imply(struct reader *r, const char *protocol)
{
	static const struct {
		const char *name;
		uint8_t family;
		int16_t proto;
	} known[] = {
		{ "ip", 4, -1 },   { "ip6", 6, -1 }, { "icmp", 4, 1 },   { "icmpv6", 6, 58 },
		{ "tcp", 0, 6 },   { "udp", 0, 17 }, { "sctp", 0, 132 }, { "udplite", 0, 136 },
		{ "dccp", 0, 33 }, { "igmp", 4, 2 }, { "th", 0, -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i].name, protocol) != 0)
			continue;
		if (known[i].family)
			shape_family(&r->shape, known[i].family);
		if (known[i].proto >= 0)
			shape_proto(&r->shape, known[i].proto, true);
		return;
	}
	r->shape.complete = false;
}

/* Fields that are one number of the sample. */
static bool match_number(struct reader *r, const char *protocol, const char *field, const char *op,
			 const json_t *value)
{
	static const struct {
		const char *protocol, *field; /* NULL: any */
		void (*set)(struct rule_shape *, int64_t, bool);
		int64_t max;
	} known[] = {
		{ "icmp", "type", shape_type, 255 },    { "icmp", "code", shape_code, 255 },
		{ "icmpv6", "type", shape_type, 255 },  { "icmpv6", "code", shape_code, 255 },
		{ "ip", "protocol", shape_proto, 255 }, { "ip6", "nexthdr", shape_proto, 255 },
		{ "ip", "ttl", shape_ttl, 255 },        { "ip6", "hoplimit", shape_ttl, 255 },
		{ NULL, "sport", shape_sport, 65535 },  { NULL, "dport", shape_dport, 65535 },
	};
	bool exact;
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if ((known[i].protocol && strcmp(known[i].protocol, protocol) != 0) ||
		    strcmp(known[i].field, field) != 0)
			continue;
		n = shape_number(&r->scope, op, value, known[i].max, &exact);
		known[i].set(&r->shape, n, exact);
		return true;
	}
	return false;
}

static void match_payload(struct reader *r, const json_t *payload, const char *op,
			  const json_t *value)
{
	const char *protocol = shape_text(payload, "protocol"),
		   *field = shape_text(payload, "field");

	imply(r, protocol);
	if (strcmp(field, "saddr") == 0 || strcmp(field, "daddr") == 0)
		match_addr(r, *field == 's', op, value);
	else if (!match_number(r, protocol, field, op, value))
		r->shape.complete = false;
}

/* "tcp flags & (fin|syn) == syn": does a bare SYN fit? */
static void match_tcp_flags(struct reader *r, unsigned mask, const char *op, const json_t *value)
{
	unsigned want = shape_bits(&r->scope, value), have = TCP_SYN & mask;

	shape_proto(&r->shape, 6, true);
	if (strcmp(op, "==") == 0)
		r->shape.complete &= have == want;
	else if (strcmp(op, "in") == 0)
		r->shape.complete &= (have & want) != 0;
	else if (strcmp(op, "!=") == 0)
		r->shape.complete &= have != want;
	else
		r->shape.complete = false;
}

static bool is_tcp_flags(const json_t *left)
{
	const json_t *p = json_object_get(left, "payload");

	return strcmp(shape_text(p, "protocol"), "tcp") == 0 &&
	       strcmp(shape_text(p, "field"), "flags") == 0;
}

static void match(struct reader *r, const json_t *left, const char *op, const json_t *value);

static void match_concat(struct reader *r, const json_t *fields, const char *op,
			 const json_t *value)
{
	bool exact;
	const json_t *one = json_object_get(shape_pick(&r->scope, value, &exact), "concat");

	if (!is_equal(op) || json_array_size(one) != json_array_size(fields)) {
		r->shape.complete = false;
		return;
	}
	for (size_t i = 0; i < json_array_size(fields); i++)
		match(r, json_array_get(fields, i), "==", json_array_get(one, i));
	if (!exact) /* another element may have other values */
		r->shape.exact &= RULE_FAMILY | RULE_PROTO;
}

static void match(struct reader *r, const json_t *left, const char *op, const json_t *value)
{
	const json_t *and = json_object_get(left, "&"), *o;

	if (is_tcp_flags(left))
		match_tcp_flags(r, 0xff, op, value);
	else if (and&&is_tcp_flags(json_array_get(and, 0)))
		match_tcp_flags(r, shape_bits(&r->scope, json_array_get(and, 1)), op, value);
	else if ((o = json_object_get(left, "payload")))
		match_payload(r, o, op, value);
	else if ((o = json_object_get(left, "meta")))
		match_meta(r, shape_text(o, "key"), op, value);
	else if ((o = json_object_get(left, "ct")))
		match_ct(r, o, op, value);
	else if ((o = json_object_get(left, "concat")))
		match_concat(r, o, op, value);
	else
		r->shape.complete = false;
	if (json_object_get(left, "numgen"))
		r->shape.has_limit = true;
}

static void tell_way(struct reader *r, const json_t *verdict, const struct rule_shape *shape)
{
	const json_t *jump = json_object_get(verdict, "jump");
	const char *target;

	if (!jump)
		jump = json_object_get(verdict, "goto");
	target = json_string_value(json_object_get(jump, "target"));
	if (target && r->way)
		r->way(r->to, target, shape);
}

/* Each element is a way of its own; the rule's sample is the first element's. */
static void verdict_map(struct reader *r, const json_t *vmap)
{
	const json_t *key = json_object_get(vmap, "key");
	const json_t *all = shape_elements(&r->scope, json_object_get(vmap, "data"));
	struct rule_shape before = r->shape, first = r->shape;
	size_t n = json_array_size(all);

	first.complete = first.complete && n > 0;
	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(all, i);

		r->shape = before;
		match(r, key, "==", shape_bare(json_array_get(pair, 0)));
		tell_way(r, json_array_get(pair, 1), &r->shape);
		if (i == 0)
			first = r->shape;
	}
	if (n > 1)
		first.exact &= before.exact;
	r->shape = first;
	r->shape.verdict = RULE_MAPPED;
}

/* "limit rate over", "quota over", "ct count over": a first packet does not fit. */
static void limited(struct reader *r, const json_t *limit)
{
	r->shape.has_limit = true;
	if (!json_is_object(limit) || json_is_true(json_object_get(limit, "inv")))
		r->shape.complete = false;
}

static void set_statement(struct reader *r, const json_t *set)
{
	r->shape.has_limit = r->shape.alters = true;
	for (size_t i = 0; i < json_array_size(json_object_get(set, "stmt")); i++) {
		json_t *s = json_array_get(json_object_get(set, "stmt"), i);

		limited(r, json_object_iter_value(json_object_iter(s)));
	}
}

static bool statement_verdict(struct reader *r, const char *name, const json_t *value)
{
	static const struct {
		const char *name;
		enum rule_verdict verdict;
	} known[] = {
		{ "accept", RULE_ACCEPT },     { "drop", RULE_DROP },
		{ "reject", RULE_REJECT },     { "jump", RULE_JUMP },
		{ "goto", RULE_GOTO },         { "return", RULE_RETURN },
		{ "queue", RULE_OTHER },       { "snat", RULE_OTHER },
		{ "dnat", RULE_OTHER },        { "fwd", RULE_OTHER },
		{ "masquerade", RULE_OTHER },  { "redirect", RULE_OTHER },
		{ "tproxy", RULE_OTHER },      { "synproxy", RULE_OTHER },
		{ "continue", RULE_CONTINUE },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i].name, name) != 0)
			continue;
		r->shape.verdict = (uint8_t)known[i].verdict;
		if (known[i].verdict == RULE_JUMP || known[i].verdict == RULE_GOTO)
			r->shape.target = keep_str(r->keep, shape_text(value, "target"));
		return true;
	}
	return false;
}

static bool is_one_of(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static void statement(struct reader *r, const char *name, const json_t *value)
{
	static const char *const silent[] = { "counter", "log", "dup", "last", "comment" };
	static const char *const altering[] = { "notrack",   "mangle",     "flow",
						"ct helper", "ct timeout", "ct expectation",
						"secmark" };

	if (strcmp(name, "match") == 0)
		match(r, json_object_get(value, "left"), shape_text(value, "op"),
		      json_object_get(value, "right"));
	else if (strcmp(name, "vmap") == 0)
		verdict_map(r, value);
	else if (strcmp(name, "limit") == 0 || strcmp(name, "quota") == 0 ||
		 strcmp(name, "ct count") == 0 || strcmp(name, "meter") == 0)
		limited(r, value);
	else if (strcmp(name, "set") == 0)
		set_statement(r, value);
	else if (!statement_verdict(r, name, value)) {
		if (is_one_of(silent, ARRAY_LEN(silent), name))
			return;
		r->shape.alters = true;
		if (is_one_of(altering, ARRAY_LEN(altering), name))
			return;
		r->shape.complete = false;
		if (strcmp(name, "xt") == 0)
			r->shape.verdict = RULE_OTHER;
	}
}

struct rule_shape shape_of_nft(const json_t *rule, const struct shape_sets *sets, struct keep *keep,
			       shape_way *way, void *to)
{
	struct reader r = {
		.scope = { sets, shape_text(rule, "family"), shape_text(rule, "table") },
		.keep = keep,
		.way = way,
		.to = to,
	};
	const json_t *exprs = json_object_get(rule, "expr");

	r.shape = shape_new(r.scope.family);
	for (size_t i = 0; i < json_array_size(exprs); i++) {
		json_t *e = json_array_get(exprs, i);
		void *it = json_object_iter(e);

		if (it)
			statement(&r, json_object_iter_key(it), json_object_iter_value(it));
		else if (json_is_string(e)) /* "notrack" in some versions */
			statement(&r, json_string_value(e), NULL);
	}
	if (r.shape.target && r.way)
		r.way(r.to, r.shape.target, &r.shape);
	return r.shape;
}
