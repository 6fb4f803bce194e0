/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "out/branches.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

#define TEXT_LEN 16384

static char got[TEXT_LEN];
static size_t got_len;

static int take(void *to UNUSED, const char *p, size_t len)
{
	CHECK(got_len + len < sizeof(got));
	memcpy(got + got_len, p, len);
	got_len += len;
	got[got_len] = '\0';
	return 0;
}

/* Paths as words: "a bx c" are hops 1.a 2.b 3.x …; '*' is silent. One letter an address. */
static struct fact_path_hop hops[64][16];

static size_t read_paths(const char *const *text, struct fact_path *ret)
{
	size_t n = 0;

	for (; text[n]; n++) {
		size_t len = strlen(text[n]);

		for (size_t i = 0; i < len; i++)
			hops[n][i] = (struct fact_path_hop){
				.ttl = (int64_t)i + 1,
				.addr = text[n][i] == '*' ? (struct ip_addr){ 0 }
							  : ip4_make(10, 0, 0, (uint8_t)text[n][i]),
			};
		ret[n] = (struct fact_path){ .target = "t", .hops = { hops[n], len } };
	}
	return n;
}

static struct branches *made(const char *const *text)
{
	static struct branches b;
	struct fact_path path[64];
	size_t n = read_paths(text, path);

	branches_make(&b, path, n, NULL, 0);
	return &b;
}

static const char *drawn(const struct branches *b, unsigned width, bool utf8)
{
	static struct out_sink sink;
	const struct text_out t = { &sink, width, false };

	got_len = 0;
	got[0] = '\0';
	out_init(&sink, take, NULL);
	if (!branches_draw(&t, b, utf8))
		return "not drawn";
	out_flush(&sink);
	return got;
}

static const char *listed(const struct branches *b)
{
	static struct out_sink sink;
	const struct text_out t = { &sink, 80, false };

	got_len = 0;
	out_init(&sink, take, NULL);
	branches_list(&t, b);
	out_flush(&sink);
	return got;
}

TEST(branches_are_one_graph_by_hop_limit)
{
	const struct branches *b = made((const char *const[]){ "abd", "acd", NULL });

	CHECK_EQ(b->node_n, 4);
	CHECK_EQ(b->edge_n, 4);
	CHECK_EQ(b->node[0].ttl, 1);
	CHECK_EQ(b->node[1].ttl, 2);
	CHECK_EQ(b->node[2].ttl, 2);
	CHECK_EQ(b->node[2].order, 1);
	CHECK_EQ(b->node[3].ttl, 3);
	CHECK_EQ(b->edge[0].from, 0);
	CHECK_EQ(b->edge[0].to, 1);
	CHECK_EQ(b->edge[3].from, 2);
	CHECK_EQ(b->edge[3].to, 3);
	CHECK(!b->cut);
}

TEST(branches_know_silent_hops_by_what_comes_before)
{
	const struct branches *b = made((const char *const[]){ "ab*d", "ac*d", "ab*d", NULL });
	size_t silent = 0;

	for (size_t i = 0; i < b->node_n; i++)
		if (b->node[i].addr.family == 0) {
			silent++;
			CHECK_EQ(b->node[b->node[i].before].ttl, 2);
		}
	CHECK_EQ(silent, 2);
	CHECK_EQ(b->node_n, 6);
}

TEST(branches_keep_what_is_known_of_an_address)
{
	static struct branches b;
	struct fact_path path[8];
	const struct fact_hop hop[] = {
		{ .ttl = 2, .addr = ip4_make(10, 0, 0, 'a') },
		{ .ttl = 1, .addr = ip4_make(10, 0, 0, 'a') },
	};
	size_t n = read_paths((const char *const[]){ "ab", NULL }, path);

	branches_make(&b, path, n, hop, 2);
	CHECK(b.node[0].hop == &hop[1]);
	CHECK(b.node[1].hop == NULL);
}

TEST(branches_beyond_the_bound_are_cut_and_told)
{
	static struct branches b;
	static struct fact_path_hop hop[BRANCHES_NODES_MAX + 1];
	static struct fact_path path[BRANCHES_NODES_MAX + 1];

	for (size_t i = 0; i <= BRANCHES_NODES_MAX; i++) {
		hop[i] = (struct fact_path_hop){ 1, ip4_of((uint32_t)i) };
		path[i] = (struct fact_path){ .hops = { &hop[i], 1 } };
	}
	branches_make(&b, path, BRANCHES_NODES_MAX, NULL, 0);
	CHECK(!b.cut);
	branches_make(&b, path, BRANCHES_NODES_MAX + 1, NULL, 0);
	CHECK(b.cut);
	CHECK_EQ(b.node_n, BRANCHES_NODES_MAX);
}

TEST(branches_refuse_hop_limits_that_are_none)
{
	static struct branches b;
	const struct fact_path_hop hop[] = { { -1, { 0 } }, { 256, { 0 } }, { FACT_NONE, { 0 } } };
	const struct fact_path path = { .hops = { hop, 3 } };

	branches_make(&b, &path, 1, NULL, 0);
	CHECK_EQ(b.node_n, 0);
}

TEST(branches_have_names_of_letters)
{
	char buf[8];

	CHECK_STR(branches_name(0, buf), "a");
	CHECK_STR(branches_name(25, buf), "z");
	CHECK_STR(branches_name(26, buf), "aa");
	CHECK_STR(branches_name(701, buf), "zz");
	CHECK_STR(branches_name(702, buf), "aaa");
}

TEST(branches_of_a_diamond_are_drawn)
{
	const struct branches *b = made((const char *const[]){ "abez", "acfz", "adgz", NULL });

	CHECK_STR(drawn(b, 80, true), "  1        a\n"
				      "       ┌───┼───┐\n"
				      "  2    b   c   d\n"
				      "       │   │   │\n"
				      "  3    e   f   g\n"
				      "       └───┼───┘\n"
				      "  4        h\n");
	CHECK_STR(drawn(b, 80, false), "  1        a\n"
				       "       +---+---+\n"
				       "  2    b   c   d\n"
				       "       |   |   |\n"
				       "  3    e   f   g\n"
				       "       +---+---+\n"
				       "  4        h\n");
	CHECK_STR(drawn(b, 17, true), "not drawn");
}

TEST(branches_of_which_not_each_goes_to_each_hang_on_dots)
{
	const struct branches *b = made((const char *const[]){ "ace", "acf", "bdf", NULL });
	const char *text;

	text = drawn(made((const char *const[]){ "xace", "xacf", "xbdf", NULL }), 80, true);
	CHECK_HAS(text, "┄");
	CHECK_HAS(drawn(b, 80, false), ".");
}

TEST(branches_of_one_path_are_not_drawn)
{
	CHECK_STR(drawn(made((const char *const[]){ "abc", NULL }), 80, true), "not drawn");
	CHECK_STR(drawn(made((const char *const[]){ NULL }), 80, true), "not drawn");
}

TEST(branches_that_end_early_hang_on_nothing)
{
	CHECK_STR(drawn(made((const char *const[]){ "abd", "ac", NULL }), 80, true),
		  "  1      a\n"
		  "       ┌─┴─┐\n"
		  "  2    b   c\n"
		  "       └─┐\n"
		  "  3      d\n");
}

TEST(branches_sixteen_wide_fit_a_terminal)
{
	static char text[16][4];
	const char *words[17] = { NULL };

	for (size_t i = 0; i < 16; i++) {
		text[i][0] = 'A';
		text[i][1] = (char)('a' + i);
		text[i][2] = 'Z';
		words[i] = text[i];
	}
	CHECK_HAS(drawn(made(words), 80, true), "b   c   d");
}

TEST(branches_are_listed_with_those_they_go_on_to)
{
	CHECK_STR(listed(made((const char *const[]){ "abd", "a*d", NULL })),
		  "  1  a   10.0.0.97   -> b c\n"
		  "  2  b   10.0.0.98   -> d\n"
		  "  2  c   silent      -> d\n"
		  "  3  d   10.0.0.100\n");
}
