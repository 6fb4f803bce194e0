/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/icmpext.h"

#include "octets.h"

/* What a router of 2004 sent behind 128 octets of quote: label 100704, S, TTL 1. */
#define MPLS "2000 c55f 0008 0101 18960101"

/* One message of type 11 with @ext behind a quote of @quote_len octets, and @words as length. */
static struct span error_with(uint8_t *buf, size_t quote_len, uint8_t words, struct span ext)
{
	memset(buf, 0, 8 + quote_len);
	buf[0] = 11;
	buf[5] = words;
	memcpy(buf + 8 + quote_len, ext.p, ext.len);
	return (struct span){ buf, 8 + quote_len + ext.len };
}

TEST(icmpext_split_follows_the_length_field)
{
	OCTETS(ext, MPLS);
	uint8_t buf[512];
	struct span quote, rest;

	icmpext_split(4, error_with(buf, 140, 35, ext), &quote, &rest);
	CHECK_EQ(quote.len, 140);
	CHECK(quote.p == buf + 8);
	CHECK(same(rest, ext));
	buf[0] = 3; /* of ICMPv6: the length stands elsewhere, in words of 8 */
	buf[5] = 0;
	buf[4] = 17;
	icmpext_split(6, (struct span){ buf, 8 + 140 + ext.len }, &quote, &rest);
	CHECK_EQ(quote.len, 136);
	CHECK_EQ(rest.len, 16);
}

TEST(icmpext_split_finds_a_structure_without_length_field_if_it_convinces)
{
	OCTETS(ext, MPLS);
	uint8_t buf[512];
	struct span quote, rest;

	icmpext_split(4, error_with(buf, 128, 0, ext), &quote, &rest);
	CHECK_EQ(quote.len, 128);
	CHECK(same(rest, ext));
	ext_room[11] ^= 1; /* the checksum does not verify: it is quote */
	icmpext_split(4, error_with(buf, 128, 0, ext), &quote, &rest);
	CHECK_EQ(quote.len, 140);
	CHECK_EQ(rest.len, 0);
}

TEST(icmpext_split_does_not_believe_a_length_past_the_end)
{
	OCTETS(ext, MPLS);
	uint8_t buf[512];
	struct span quote, rest;

	icmpext_split(4, error_with(buf, 100, 255, ext), &quote, &rest);
	CHECK_EQ(quote.len, 112);
	CHECK_EQ(rest.len, 0);
	icmpext_split(4, (struct span){ buf, 7 }, &quote, &rest);
	CHECK_EQ(quote.len, 0);
	CHECK_EQ(rest.len, 0);
}

TEST(icmpext_len_at_knows_which_types_have_one)
{
	unsigned unit;

	CHECK_EQ(icmpext_len_at(4, 3, &unit), 5);
	CHECK_EQ(unit, 4);
	CHECK_EQ(icmpext_len_at(4, 11, &unit), 5);
	CHECK_EQ(icmpext_len_at(4, 12, &unit), 5);
	CHECK_EQ(icmpext_len_at(4, 5, &unit), 0);
	CHECK_EQ(icmpext_len_at(6, 1, &unit), 4);
	CHECK_EQ(unit, 8);
	CHECK_EQ(icmpext_len_at(6, 3, &unit), 4);
	CHECK_EQ(icmpext_len_at(6, 2, &unit), 0);
	CHECK_EQ(icmpext_len_at(6, 4, &unit), 0);
}

TEST(icmpext_parse_reads_every_object)
{
	OCTETS(s, "2000 0000 0008 0101 18960101 0004 fe07 0006 0209 abcd");
	struct icmpext e;

	CHECK_EQ(icmpext_parse(s, &e), 0);
	CHECK(e.sum_ok); /* 0: not computed */
	CHECK_EQ(e.n, 3);
	CHECK_EQ(e.more, 0);
	CHECK_EQ(e.obj[0].class_num, ICMPEXT_MPLS);
	CHECK_EQ(e.obj[0].ctype, 1);
	CHECK_EQ(e.obj[0].body.len, 4);
	CHECK(e.obj[0].body.p == s.p + 8);
	CHECK_EQ(e.obj[1].class_num, 0xfe);
	CHECK_EQ(e.obj[1].ctype, 7);
	CHECK_EQ(e.obj[1].body.len, 0);
	CHECK_EQ(e.obj[2].body.len, 2);
	s_room[3] = 1;
	CHECK_EQ(icmpext_parse(s, &e), 0);
	CHECK(!e.sum_ok); /* told, not refused */
}

TEST(icmpext_parse_counts_what_it_does_not_keep)
{
	static uint8_t many[4 + 4 * (ICMPEXT_OBJECTS_MAX + 3)];
	struct icmpext e;

	many[0] = 0x20;
	for (size_t at = 4; at < sizeof(many); at += 4)
		many[at + 1] = 4;
	CHECK_EQ(icmpext_parse((struct span){ many, sizeof(many) }, &e), 0);
	CHECK_EQ(e.n, ICMPEXT_OBJECTS_MAX);
	CHECK_EQ(e.more, 3);
}

TEST(icmpext_parse_refuses_and_leaves_result_alone)
{
	static const struct {
		const char *octets;
		int want;
	} cases[] = {
		{ "", -EMSGSIZE },
		{ "200000", -EMSGSIZE },
		{ "10000000", -EBADMSG },            /* version 1 */
		{ "20000000 0008 0101", -EMSGSIZE }, /* object past the end */
		{ "20000000 00", -EMSGSIZE },        /* object header cut */
		{ "20000000 0003 0101", -EBADMSG },  /* object shorter than its header */
		{ "20000000 0000 0101", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t buf[16];
		struct icmpext e = { .n = 99 };

		CHECK_EQ(icmpext_parse(octets(cases[i].octets, buf, sizeof(buf)), &e),
			 cases[i].want);
		CHECK_EQ(e.n, 99);
	}
}

TEST(icmpext_build_inverts_parse)
{
	OCTETS(s, MPLS);
	static const uint8_t big[65532];
	struct icmpext e;
	uint8_t buf[12];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, sizeof(buf) - 1);

	CHECK_EQ(icmpext_parse(s, &e), 0);
	CHECK(e.sum_ok);
	CHECK_EQ(icmpext_build(&e, &out), 0);
	CHECK(same(written(&out), s));
	CHECK_EQ(icmpext_build(&e, &tight), -ENOSPC);
	e.obj[0].body = (struct span){ big, sizeof(big) };
	CHECK_EQ(icmpext_build(&e, &tight), -EINVAL);
	e.n = ICMPEXT_OBJECTS_MAX + 1;
	CHECK_EQ(icmpext_build(&e, &tight), -EINVAL);
}

TEST(icmpext_mpls_reads_and_writes_a_stack)
{
	OCTETS(body, "18960101 0000afff"); /* 100704 S ttl 1; 10 exp 7 S ttl 255 */
	struct icmpext_obj obj = { .class_num = ICMPEXT_MPLS, .ctype = 1, .body = body };
	struct icmpext_label label[ICMPEXT_LABELS_MAX];
	uint8_t buf[8];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, 7);

	CHECK_EQ(icmpext_mpls_parse(&obj, label), 2);
	CHECK_EQ(label[0].label, 100704);
	CHECK_EQ(label[0].tc, 0);
	CHECK(label[0].bottom);
	CHECK_EQ(label[0].ttl, 1);
	CHECK_EQ(label[1].label, 10);
	CHECK_EQ(label[1].tc, 7);
	CHECK(label[1].bottom);
	CHECK_EQ(label[1].ttl, 255);
	CHECK_EQ(icmpext_mpls_build(label, 2, &out), 0);
	CHECK(same(written(&out), body));
	CHECK_EQ(icmpext_mpls_build(label, 2, &tight), -ENOSPC);
	label[1].tc = 8;
	CHECK_EQ(icmpext_mpls_build(label, 2, &tight), -EINVAL);
	label[1].tc = 0;
	label[1].label = 0x100000;
	CHECK_EQ(icmpext_mpls_build(label, 2, &tight), -EINVAL);
}

TEST(icmpext_mpls_refuses_others_and_keeps_its_bound)
{
	static const uint8_t big[4 * (ICMPEXT_LABELS_MAX + 1)];
	struct icmpext_label label[ICMPEXT_LABELS_MAX];
	struct icmpext_obj obj = { .class_num = ICMPEXT_MPLS, .ctype = 1, .body = { big, 5 } };

	CHECK_EQ(icmpext_mpls_parse(&obj, label), -EBADMSG);
	obj.body.len = sizeof(big);
	CHECK_EQ(icmpext_mpls_parse(&obj, label), ICMPEXT_LABELS_MAX);
	obj.ctype = 2;
	CHECK_EQ(icmpext_mpls_parse(&obj, label), -ENOMSG);
	obj = (struct icmpext_obj){ .class_num = ICMPEXT_IFACE, .ctype = 1 };
	CHECK_EQ(icmpext_mpls_parse(&obj, label), -ENOMSG);
}

TEST(icmpext_iface_reads_every_part)
{
	/* outgoing; ifindex 7, 192.0.2.1, "eth0", MTU 1500 */
	OCTETS(body, "00000007 0001 0000 c0000201 0865746830000000 000005dc");
	struct icmpext_obj obj = { .class_num = ICMPEXT_IFACE, .ctype = 0x8f, .body = body };
	struct icmpext_iface f;
	uint8_t buf[64], ctype = 0;
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, body.len - 1);

	CHECK_EQ(icmpext_iface_parse(&obj, &f), 0);
	CHECK_EQ(f.role, ICMPEXT_OUTGOING);
	CHECK(f.has_ifindex && f.has_mtu);
	CHECK_EQ(f.ifindex, 7);
	CHECK_EQ(f.mtu, 1500);
	CHECK(is_addr(&f.addr, "192.0.2.1"));
	CHECK_STR(f.name, "eth0");
	CHECK_EQ(icmpext_iface_build(&f, &out, &ctype), 0);
	CHECK_EQ(ctype, 0x8f);
	CHECK(same(written(&out), body));
	CHECK_EQ(icmpext_iface_build(&f, &tight, &ctype), -ENOSPC);
}

TEST(icmpext_iface_parts_may_be_missing)
{
	OCTETS(body, "0002 0000 20010db8000000000000000000000001");
	struct icmpext_obj obj = { .class_num = ICMPEXT_IFACE, .ctype = 0x04, .body = body };
	struct icmpext_iface f;

	CHECK_EQ(icmpext_iface_parse(&obj, &f), 0);
	CHECK_EQ(f.role, ICMPEXT_INCOMING);
	CHECK(!f.has_ifindex && !f.has_mtu);
	CHECK(is_addr(&f.addr, "2001:db8::1"));
	CHECK_STR(f.name, "");
	obj = (struct icmpext_obj){ .class_num = ICMPEXT_IFACE, .ctype = 0xc0 };
	CHECK_EQ(icmpext_iface_parse(&obj, &f), 0);
	CHECK_EQ(f.role, ICMPEXT_NEXT_HOP);
	CHECK_EQ(f.addr.family, 0);
}

TEST(icmpext_iface_longest_name_fits)
{
	struct icmpext_iface f = { 0 }, back;
	struct icmpext_obj obj = { .class_num = ICMPEXT_IFACE };
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));

	memset(f.name, 'x', ICMPEXT_NAME_LEN);
	CHECK_EQ(icmpext_iface_build(&f, &out, &obj.ctype), -EINVAL); /* not terminated */
	f.name[ICMPEXT_NAME_LEN - 1] = '\0';
	CHECK_EQ(icmpext_iface_build(&f, &out, &obj.ctype), 0);
	CHECK_EQ(wcur_len(&out), 64);
	obj.body = written(&out);
	CHECK_EQ(icmpext_iface_parse(&obj, &back), 0);
	CHECK_STR(back.name, f.name);
}

TEST(icmpext_iface_refuses_and_leaves_result_alone)
{
	static const struct {
		uint8_t class_num, ctype;
		const char *octets;
		int want;
	} cases[] = {
		{ ICMPEXT_MPLS, 0x08, "00000007", -ENOMSG },
		{ ICMPEXT_IFACE, 0x08, "000007", -EMSGSIZE },
		{ ICMPEXT_IFACE, 0x04, "0003 0000 c0000201", -EBADMSG }, /* no IP */
		{ ICMPEXT_IFACE, 0x04, "0001 0000 c00002", -EMSGSIZE },
		{ ICMPEXT_IFACE, 0x02, "0865", -EMSGSIZE },
		{ ICMPEXT_IFACE, 0x02, "0065", -EBADMSG },
		{ ICMPEXT_IFACE, 0x02, "4165", -EBADMSG }, /* 65 octets */
		{ ICMPEXT_IFACE, 0x01, "05dc", -EMSGSIZE },
		{ ICMPEXT_IFACE, 0x02, "", -EMSGSIZE },
	};
	struct icmpext_iface f = { .role = 4 };
	uint8_t buf[16], ctype;
	struct wcur out = wcur(buf, sizeof(buf));

	CHECK_EQ(icmpext_iface_build(&f, &out, &ctype), -EINVAL);
	f.role = 99;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct icmpext_obj obj = { cases[i].class_num, cases[i].ctype,
					   octets(cases[i].octets, buf, sizeof(buf)) };

		CHECK_EQ(icmpext_iface_parse(&obj, &f), cases[i].want);
		CHECK_EQ(f.role, 99);
	}
}
