/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "host/vendors.h"

static const char large[] =
	"Registry,Assignment,Organization Name,Organization Address\n"
	"MA-L,001122,First Maker,Somewhere 1\r\n"
	"MA-L,001122,Second Maker,Nowhere\n"
	"MA-L,70B3D5,IEEE Registration Authority,\"445 Hoes Lane, Piscataway\"\n"
	"MA-L,0050C2,IEEE Registration Authority,\n"
	"MA-L,a0b1c4,\"Lower, \"\"Case\"\" \n Ltd.\",\"x\n y\"\n"
	"MA-L,AAAAA,five digits,\n"
	"MA-L,GG0000,no digits,\n"
	"MA-L\n"
	"\n"
	"MA-L,004455,   Blanks \t\t and\001more  ,\n"
	"MA-L,004466,,nobody\n"
	"MA-L,004477,Private,\n"
	"MA-L,004488,bad \377\300octets,\n"
	"MA-L,02AAAA,Set Long Ago,\n"
	"MA-L,00005E,\"ICANN, IANA Department\",\n"
	"MA-L,0099AA,Unfinished";
static const char middle[] = "MA-M,70B3D51,Middle Maker,\nMA-M,70B3D52,Private,\n";
static const char small[] = "MA-S,70B3D5123,Small Maker,\nIAB,0050C2FFF,Old Maker,\n";

static const char *name_of(const struct vendors *v, const char *text)
{
	unsigned o[6];
	uint8_t mac[6];

	CHECK_EQ(sscanf(text, "%x:%x:%x:%x:%x:%x", &o[0], &o[1], &o[2], &o[3], &o[4], &o[5]), 6);
	for (size_t i = 0; i < 6; i++)
		mac[i] = (uint8_t)o[i];
	return vendors_name(v, mac);
}

TEST(vendors_are_found_by_the_longest_block)
{
	static const struct {
		const char *mac, *name;
	} cases[] = {
		{ "00:11:22:33:44:55", "First Maker" },
		{ "00:11:23:33:44:55", NULL },
		{ "70:b3:d5:12:34:56", "Small Maker" },
		{ "70:b3:d5:12:44:56", "Middle Maker" },
		{ "70:b3:d5:21:34:56", NULL }, /* a block whose owner is not told */
		{ "70:b3:d5:31:34:56", NULL }, /* a part that nobody has */
		{ "00:50:c2:ff:f0:00", "Old Maker" },
		{ "a0:b1:c4:00:00:00", "Lower, \"Case\" Ltd." },
		{ "00:44:55:ff:ff:ff", "Blanks and more" },
		{ "00:44:66:00:00:00", NULL },
		{ "00:44:77:00:00:00", NULL },
		{ "00:44:88:00:00:00", "bad ??octets" },
		{ "00:99:aa:00:00:00", "Unfinished" },
		{ "02:aa:aa:00:00:00", NULL }, /* locally administered */
		{ "01:11:22:33:44:55", NULL }, /* a group's */
		{ "ff:ff:ff:ff:ff:ff", NULL },
		{ "00:00:00:00:00:00", NULL },
		{ "00:00:5e:00:01:0a", "VRRP virtual router (IPv4)" },
		{ "00:00:5e:00:02:0a", "VRRP virtual router (IPv6)" },
		{ "00:00:5e:00:53:0a", "ICANN, IANA Department" },
		{ "00:00:0c:07:ac:01", "HSRP virtual router" },
	};
	const struct span text[] = { { (const uint8_t *)large, sizeof(large) - 1 },
				     { (const uint8_t *)middle, sizeof(middle) - 1 },
				     { (const uint8_t *)small, sizeof(small) - 1 } };
	AUTO(vendors_freep) struct vendors *v = NULL;

	CHECK_EQ(vendors_new(text, ARRAY_LEN(text), &v), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = name_of(v, cases[i].mac);

		if (cases[i].name)
			CHECK_STR(got ? got : "(none)", cases[i].name);
		else
			CHECK(!got);
	}
}

TEST(vendors_without_files_know_nobody)
{
	AUTO(vendors_freep) struct vendors *v = NULL;

	CHECK_EQ(vendors_new(NULL, 0, &v), 0);
	CHECK(!name_of(v, "00:11:22:33:44:55"));
	CHECK_STR(name_of(v, "00:00:5e:00:01:01"), "VRRP virtual router (IPv4)");
}

TEST(vendors_cut_long_names_between_characters)
{
	char text[400] = "MA-L,001122,";
	AUTO(vendors_freep) struct vendors *v = NULL;
	struct span span = { (const uint8_t *)text, 0 };
	const char *name;

	for (int i = 0; i < 100; i++)
		strcat(text, "\303\274"); /* two octets each: the bound lies within one */
	span.len = strlen(text);
	CHECK_EQ(vendors_new(&span, 1, &v), 0);
	name = name_of(v, "00:11:22:00:00:00");
	CHECK_EQ(strlen(name), (VENDORS_NAME_MAX - 1) / 2 * 2);
	CHECK(!strchr(name, '?'));
}

TEST(vendors_of_this_system_can_be_read)
{
	AUTO(vendors_freep) struct vendors *v = NULL;
	struct err err;

	CHECK_EQ(vendors_read(&v, &err), 0);
	CHECK(!name_of(v, "02:11:22:33:44:55"));
}
