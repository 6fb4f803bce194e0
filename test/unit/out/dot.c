/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/dot.h"

#include <string.h>

#include "test.h"

static char got[16384];
static size_t got_len;

static int take(void *to UNUSED, const char *p, size_t len)
{
	CHECK(got_len + len < sizeof(got));
	memcpy(got + got_len, p, len);
	got_len += len;
	got[got_len] = '\0';
	return 0;
}

static const char *written(const struct fact_trace *trace, const struct fact_path *path,
			   size_t path_n, const struct fact_hop *hop, size_t hop_n)
{
	static struct out_sink sink;
	static struct branches b;

	got_len = 0;
	out_init(&sink, take, NULL);
	branches_make(&b, path, path_n, hop, hop_n);
	dot_begin(&sink);
	dot_target(&sink, trace, &b);
	dot_end(&sink);
	out_flush(&sink);
	return got;
}

/* Blanks and comments off the front; then one token off @p: an id, a string, a sign. NULL: neither. */
static const char *token(const char *p, char *ret_kind)
{
	for (;;) {
		p += strspn(p, " \t\n");
		if (strncmp(p, "//", 2) != 0)
			break;
		p += strcspn(p, "\n");
	}
	*ret_kind = *p;
	if (*p == '\0')
		return p;
	if (*p == '"') {
		for (p++; *p != '"'; p++) {
			if (*p == '\\')
				p++;
			if (*p == '\0' || *p == '\n')
				return NULL;
		}
		*ret_kind = 'i';
		return p + 1;
	}
	if (strncmp(p, "->", 2) == 0) {
		*ret_kind = '>';
		return p + 2;
	}
	if (strchr("{}[];,=", *p))
		return p + 1;
	*ret_kind = 'i';
	p += strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.");
	return strchr(" \t\n{}[];,=", *p) ? p : NULL;
}

/*
 * The part of the language that is used: "strict digraph id { statement; … }", where a statement
 * is id=id, id or id -> id, with [id=id, …] behind it or not.
 */
static bool is_dot(const char *p)
{
	char k;

	for (int i = 0; i < 3; i++)
		if (!(p = token(p, &k)) || k != 'i')
			return false;
	if (!(p = token(p, &k)) || k != '{')
		return false;
	while ((p = token(p, &k)) && k == 'i') {
		if (!(p = token(p, &k)))
			return false;
		if (k == '=' || k == '>') {
			if (!(p = token(p, &k)) || k != 'i' || !(p = token(p, &k)))
				return false;
		}
		if (k == '[') {
			do {
				if (!(p = token(p, &k)) || k != 'i' || !(p = token(p, &k)) ||
				    k != '=' || !(p = token(p, &k)) || k != 'i' ||
				    !(p = token(p, &k)))
					return false;
			} while (k == ',');
			if (k != ']' || !(p = token(p, &k)))
				return false;
		}
		if (k != ';')
			return false;
	}
	return p && k == '}' && token(p, &k) && k == '\0';
}

static const struct fact_path_hop hops[2][3] = {
	{ { 1, { 4, { 10, 0, 0, 1 }, 0 } }, { 2, { 0 } }, { 3, { 4, { 10, 0, 3, 1 }, 0 } } },
	{ { 1, { 4, { 10, 0, 0, 1 }, 0 } },
	  { 2, { 4, { 10, 0, 2, 9 }, 0 } },
	  { 3, { 4, { 10, 0, 3, 1 }, 0 } } },
};
static const struct fact_path paths[2] = {
	{ .target = "t", .hops = { hops[0], 3 } },
	{ .target = "t", .hops = { hops[1], 3 } },
};

TEST(dot_draws_nodes_edges_and_silence)
{
	const struct fact_trace trace = { .target = "t",
					  .addr = ip4_make(10, 0, 3, 1),
					  .state = FACT_TRACE_REACHED };
	const struct fact_hop hop[] = {
		{ .ttl = 1,
		  .addr = ip4_make(10, 0, 0, 1),
		  .name = "r1.example",
		  .rtt_us = { .p50 = 1234567 },
		  .verdict = FACT_HOP_LIMITS },
		{ .ttl = 2,
		  .addr = ip4_make(10, 0, 2, 9),
		  .rtt_us = { .p50 = FACT_NONE, .min = FACT_NONE },
		  .verdict = FACT_HOP_LOSES },
	};
	const char *text = written(&trace, paths, 2, hop, 2);

	CHECK(is_dot(text));
	CHECK_HAS(text, "\"10.0.0.1\" [label=\"1: 10.0.0.1\\nr1.example\\n1.23 ms\\nlimits its "
			"ICMP\", color=\"#b8860b\"];");
	CHECK_HAS(text, "\"10.0.2.9\" [label=\"2: 10.0.2.9\\nloses packets\", color=\"#b2182b\"];");
	CHECK_HAS(text, "\"silent 2 after 10.0.0.1\" [label=\"2: silent\", color=\"#808080\", "
			"style=dashed];");
	CHECK_HAS(text, "\"10.0.3.1\" [label=\"3: 10.0.3.1\", color=\"#1b7837\", peripheries=2];");
	CHECK_HAS(text, "\"this host\" -> \"10.0.0.1\";");
	CHECK_HAS(text, "\"10.0.0.1\" -> \"silent 2 after 10.0.0.1\";");
	CHECK_HAS(text, "\"silent 2 after 10.0.0.1\" -> \"10.0.3.1\";");
	CHECK_HAS(text, "\"10.0.2.9\" -> \"10.0.3.1\";");
}

TEST(dot_marks_no_end_that_was_not_reached)
{
	const struct fact_trace trace = { .target = "t",
					  .addr = ip4_make(10, 0, 3, 1),
					  .state = FACT_TRACE_SILENT };

	CHECK(strstr(written(&trace, paths, 2, NULL, 0), "peripheries") == NULL);
}

TEST(dot_escapes_what_the_network_calls_a_name)
{
	const struct fact_trace trace = { .target = "x\n}\"", .state = FACT_TRACE_SILENT };
	const struct fact_hop hop = { .ttl = 1,
				      .addr = ip4_make(10, 0, 0, 1),
				      .name = "a\"]; \\N\n\x1b[31m\xff\xc3\xa4",
				      .rtt_us = { .p50 = FACT_NONE, .min = FACT_NONE } };
	const char *text = written(&trace, paths, 1, &hop, 1);

	CHECK(is_dot(text));
	CHECK_HAS(text, "a\\\"]; \\\\N??[31m?\xc3\xa4");
	CHECK_HAS(text, "// x?}\"\n");
}

TEST(dot_has_a_node_of_unequal_ways_once)
{
	const struct fact_path_hop shorter[] = { { 1, ip4_make(10, 0, 0, 1) },
						 { 2, ip4_make(10, 0, 0, 9) } };
	const struct fact_path_hop longer[] = { { 1, ip4_make(10, 0, 0, 1) },
						{ 2, ip4_make(10, 0, 0, 2) },
						{ 3, ip4_make(10, 0, 0, 9) } };
	const struct fact_path path[] = { { .hops = { shorter, 2 } }, { .hops = { longer, 3 } } };
	const struct fact_trace trace = { .target = "t" };
	const char *text = written(&trace, path, 2, NULL, 0);

	CHECK(is_dot(text));
	CHECK_HAS(text, "\"10.0.0.9\" [label=\"2: 10.0.0.9");
	CHECK(strstr(text, "3: 10.0.0.9") == NULL);
	CHECK_HAS(text, "\"10.0.0.2\" -> \"10.0.0.9\"");
}

TEST(dot_of_nothing_is_a_graph)
{
	const struct fact_trace trace = { .target = NULL, .state = FACT_TRACE_UNSENT };

	CHECK(is_dot(written(&trace, NULL, 0, NULL, 0)));
}

TEST(dot_begins_silence_at_this_host)
{
	const struct fact_trace trace = { .target = "t", .state = FACT_TRACE_SILENT };
	const struct fact_path_hop two[] = { { 1, { 0 } }, { 2, { 0 } } };
	const struct fact_path path = { .hops = { two, 2 } };
	const char *text = written(&trace, &path, 1, NULL, 0);

	CHECK(is_dot(text));
	CHECK_HAS(text, "\"this host\" -> \"silent 1 after this host\";");
	CHECK_HAS(text, "\"silent 1 after this host\" -> \"silent 2 after silent 1 after this "
			"host\";");
}

TEST(dot_check_refuses_what_is_no_graph)
{
	CHECK(!is_dot("strict digraph trace {"));
	CHECK(!is_dot("strict digraph trace { \"a\" -> ; }"));
	CHECK(!is_dot("strict digraph trace { \"a [label=\"b\"]; }"));
	CHECK(is_dot("strict digraph trace { a -> b; }"));
}
