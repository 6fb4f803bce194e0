/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "host/nft_text.h"
#include "test.h"

static const char listing[] = "table inet f { # handle 7\n"
			      "\tflags owner\n"
			      "\tset s { # handle 3\n"
			      "\t\ttype ipv4_addr\n"
			      "\t\telements = { 1.1.1.1 comment \"a } {\",\n"
			      "\t\t\t     2.2.2.2 }\n"
			      "\t}\n"
			      "\n"
			      "\tchain input { # handle 1\n"
			      "\t\ttype filter hook input priority filter; policy drop;\n"
			      "\t\tcomment \"all of it\"\n"
			      "\t\tiif \"lo\" accept # handle 4\n"
			      "\t\ttcp dport 1 comment \"x # handle 9\nsecond line }\" # handle 5\n"
			      "\t}\n"
			      "\n"
			      "\tchain other { # handle 2\n"
			      "\t}\n"
			      "}\n"
			      "table ip g {\n"
			      "}\n";

static bool is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

TEST(a_listing_falls_into_its_items)
{
	struct nft_scan s = nft_text_scan(listing, strlen(listing));
	struct nft_item i;

	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.kind, NFT_ITEM_TABLE);
	CHECK(is(i.family, "inet") && is(i.table, "f"));
	CHECK_EQ(i.handle, 7);
	CHECK(i.text.p == (const uint8_t *)listing);
	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.kind, NFT_ITEM_SPEC);
	CHECK(is(i.text, "flags owner"));
	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.kind, NFT_ITEM_OBJECT);
	CHECK(nft_text_begins(i.text, "set s {") && i.text.p[i.text.len - 1] == '}');
	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.kind, NFT_ITEM_CHAIN);
	CHECK(is(i.chain, "input") && nft_text_begins(i.text, "type filter"));
	CHECK(i.text.p[i.text.len - 1] == '"');
	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.kind, NFT_ITEM_RULE);
	CHECK_EQ(i.handle, 4);
	CHECK(is(i.text, "iif \"lo\" accept") && is(i.chain, "input"));
	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.handle, 5);
	CHECK(nft_text_begins(i.text, "tcp dport 1") && i.text.p[i.text.len - 1] == '"');
	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.kind, NFT_ITEM_CHAIN);
	CHECK(is(i.chain, "other") && i.text.len == 0);
	CHECK_EQ(nft_text_next(&s, &i), 1);
	CHECK_EQ(i.kind, NFT_ITEM_TABLE);
	CHECK(is(i.family, "ip") && is(i.table, "g") && i.chain.len == 0);
	CHECK_EQ(i.handle, 0);
	CHECK_EQ(nft_text_next(&s, &i), 0);
}

TEST(plain_text_is_without_what_two_listings_differ_in)
{
	static const struct {
		const char *text, *plain;
	} cases[] = {
		{ "icmp type 8 counter packets 3 bytes 180 accept # handle 7\n",
		  "icmp type 8 counter accept\n" },
		{ "\telements = { 1.1.1.1 timeout 1h expires 59m3s, 2.2.2.2 }\n",
		  "\telements = { 1.1.1.1 timeout 1h, 2.2.2.2 }\n" },
		{ "quota over 100 mbytes used 3 kbytes drop\n", "quota over 100 mbytes drop\n" },
		{ "log prefix \" counter packets 1 bytes 2 \"\n",
		  "log prefix \" counter packets 1 bytes 2 \"\n" },
		{ "\tcounter c {\n\t\tpackets 5 bytes 6\n\t}\n", "\tcounter c {\n\t}\n" },
		{ "\tset f {\n\t\tflags dynamic,timeout\n\t\telements = { 1.1.1.1 limit rate 1/second,\n"
		  "\t\t\t 2.2.2.2 }\n\t}\n\tset g {\n\t\telements = { 3.3.3.3 }\n\t}\n",
		  "\tset f {\n\t\tflags dynamic,timeout\n\t}\n\tset g {\n\t\telements = { 3.3.3.3 }\n\t}\n" },
		{ "drop", "drop\n" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].text);
		char *buf = calloc(1, len + 2);

		CHECK(buf != NULL);
		CHECK_EQ(nft_text_plain(cases[i].text, len, buf), strlen(cases[i].plain));
		CHECK_STR(buf, cases[i].plain);
		free(buf);
	}
}

TEST(broken_listings_end)
{
	static const char *const cases[] = {
		"}",
		"{",
		"table",
		"table inet f {\nchain",
		"table inet f {\nchain c {\n\"never ends",
		"table inet f {\nset s {\n",
		"table  {\n\nchain  {\n# handle 5\n",
		"# handle 99999999999999999999999",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nft_scan s = nft_text_scan(cases[i], strlen(cases[i]));
		struct nft_item item;
		int n = 0;

		while (nft_text_next(&s, &item))
			CHECK(n++ < 10);
	}
}
