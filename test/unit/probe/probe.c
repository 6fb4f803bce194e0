/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <ctype.h>
#include <errno.h>

#include "icmp/number.h"
#include "icmp/registry.h"
#include "probe/probe.h"
#include "wire/checksum.h"
#include "wire/icmp4.h"
#include "wire/icmp6.h"
#include "wire/icmpext.h"
#include "wire/ip4.h"

static const struct hash_key key = { { 11, 22 } };

static struct probe_ask ask4(void)
{
	return (struct probe_ask){
		.key = &key,
		.dst = ip4_make(192, 0, 2, 1),
		.index = 3,
		.seq = 0x10002,
		.id = 0xabcd,
		.size = 56,
		.token = 0x01020304,
	};
}

static struct ip_addr ip6(const char *text)
{
	struct ip_addr a;

	CHECK_EQ(ip_scan(text, &a), 0);
	return a;
}

TEST(probe_table_is_whole)
{
	size_t n = 0;

	for (const struct probe_ops *o; (o = probe_at(n)); n++) {
		CHECK(o->name && o->summary && o->summary[strlen(o->summary) - 1] != '.');
		CHECK(probe_find(o->name) == o);
		CHECK(o->seq_bits == 8 || o->seq_bits == 16);
		CHECK(o->v4.ask != PROBE_NONE);
		CHECK(icmp_is_request(4, (uint8_t)o->v4.ask));
		CHECK((o->v6.ask == PROBE_NONE) == (o->v6.answer == PROBE_NONE));
	}
	CHECK_EQ(n, 5);
	CHECK(probe_find("") == NULL);
	CHECK(probe_find("ech") == NULL);
	CHECK_EQ(probe_types(&probe_echo, 5).ask, PROBE_NONE);
}

TEST(probe_echo_builds_every_field)
{
	struct probe_ask ask = ask4();
	struct probe_tag tag;
	struct icmp4_msg m;
	uint8_t buf[128];
	struct wcur out = wcur(buf, sizeof(buf));

	CHECK_EQ(probe_build(&probe_echo, &ask, NULL, &out), 0);
	CHECK_EQ(wcur_len(&out), 64);
	CHECK_EQ(wcur_len(&out), probe_len(&probe_echo, NULL, 56));
	CHECK_EQ(icmp4_parse((struct span){ buf, 64 }, &m), 0); /* the checksum too */
	CHECK_EQ(m.type, ICMP4_ECHO);
	CHECK_EQ(m.code, 0);
	CHECK_EQ(icmp4_echo_id(&m), 0xabcd);
	CHECK_EQ(icmp4_echo_seq(&m), 2); /* the low bits of 0x10002 */
	CHECK(probe_tag_parse(m.body, &tag));
	CHECK_EQ(tag.index, 3);
	CHECK_EQ(tag.seq, 0x10002);
	CHECK(tag.cookie == probe_cookie(&ask));
	CHECK_EQ(m.body.p[16], 16); /* the pattern behind */
	CHECK_EQ(m.body.p[55], 55);
}

TEST(probe_echo_6_has_the_checksum_of_its_addresses)
{
	struct ip_addr src = ip6("2001:db8::1");
	struct probe_ask ask = ask4();
	struct icmp6_msg m;
	uint8_t buf[128];
	struct wcur out = wcur(buf, sizeof(buf));

	ask.dst = ip6("2001:db8::2");
	CHECK_EQ(probe_build(&probe_echo, &ask, &src, &out), 0);
	CHECK_EQ(icmp6_parse(&src, &ask.dst, (struct span){ buf, wcur_len(&out) }, &m), 0);
	CHECK_EQ(m.type, ICMP6_ECHO);
	CHECK_EQ(icmp6_echo_id(&m), 0xabcd);
}

TEST(probe_small_echoes_have_no_tag)
{
	struct probe_ask ask = ask4();
	struct probe_tag tag = { .index = 99 };
	uint8_t buf[128];
	struct wcur out = wcur(buf, sizeof(buf));

	ask.size = PROBE_TAG_LEN - 1;
	CHECK_EQ(probe_build(&probe_echo, &ask, NULL, &out), 0);
	CHECK_EQ(wcur_len(&out), 8 + 15);
	CHECK_EQ(buf[8], 0);
	CHECK_EQ(buf[22], 14);
	CHECK(!probe_tag_parse((struct span){ buf + 8, 15 }, &tag));
	CHECK_EQ(tag.index, 99);
}

TEST(probe_cookies_differ_by_target_sequence_and_key)
{
	static const struct hash_key other = { { 11, 23 } };
	struct probe_ask ask = ask4(), b;
	uint64_t base = probe_cookie(&ask);

	b = ask;
	b.seq++;
	CHECK(probe_cookie(&b) != base);
	b = ask;
	b.index++;
	CHECK(probe_cookie(&b) != base);
	b = ask;
	b.dst = ip4_make(192, 0, 2, 2);
	CHECK(probe_cookie(&b) != base);
	b = ask;
	b.key = &other;
	CHECK(probe_cookie(&b) != base);
}

TEST(probe_builds_the_questions_of_rfc_792_and_950)
{
	static const struct {
		const struct probe_ops *ops;
		uint8_t type;
		size_t len;
		uint32_t first; /* word of the body */
	} cases[] = {
		{ &probe_timestamp, 13, 20, 0x01020304 },
		{ &probe_info, 15, 8, 0 },
		{ &probe_mask, 17, 12, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct probe_ask ask = ask4();
		uint8_t buf[64];
		struct wcur out = wcur(buf, sizeof(buf));
		struct icmp4_msg m;
		struct rcur body;

		CHECK_EQ(probe_build(cases[i].ops, &ask, NULL, &out), 0);
		CHECK_EQ(wcur_len(&out), cases[i].len);
		CHECK_EQ(probe_len(cases[i].ops, NULL, 0), cases[i].len);
		CHECK_EQ(icmp4_parse((struct span){ buf, cases[i].len }, &m), 0);
		CHECK_EQ(m.type, cases[i].type);
		CHECK_EQ(m.rest, 0xabcd0002);
		body = rcur(m.body);
		CHECK_EQ(get_u32(&body), cases[i].first);
	}
}

/* RFC 8335 2.1: the object's class is 3; names are padded, addresses have a family and a length. */
TEST(probe_asks_about_an_interface_by_name_index_and_address)
{
	static const uint8_t name[] = { 'e', 't', 'h', '1', '0', 0, 0, 0 };
	static const uint8_t index[] = { 0, 0, 1, 2 };
	static const uint8_t addr[] = { 0, 1, 4, 0, 198, 51, 100, 9 };
	const struct {
		struct probe_about about;
		uint8_t ctype;
		struct span body;
	} cases[] = {
		{ { PROBE_ABOUT_NAME, "eth10", 0, { 0 } }, 1, { name, sizeof(name) } },
		{ { PROBE_ABOUT_INDEX, "", 258, { 0 } }, 2, { index, sizeof(index) } },
		{ { PROBE_ABOUT_ADDR, "", 0, ip4_make(198, 51, 100, 9) },
		  3,
		  { addr, sizeof(addr) } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct probe_ask ask = ask4();
		struct icmpext ext;
		struct icmp4_msg m;
		uint8_t buf[64];
		struct wcur out = wcur(buf, sizeof(buf));

		ask.about = &cases[i].about;
		CHECK_EQ(probe_build(&probe_ext_echo, &ask, NULL, &out), 0);
		CHECK_EQ(icmp4_parse((struct span){ buf, wcur_len(&out) }, &m), 0);
		CHECK_EQ(wcur_len(&out), probe_len(&probe_ext_echo, ask.about, 0));
		CHECK_EQ(m.type, ICMP4_EXT_ECHO);
		CHECK_EQ(m.rest, 0xabcd0201); /* id, eight bits of sequence, L */
		CHECK_EQ(icmpext_parse(m.body, &ext), 0);
		CHECK(ext.sum_ok && ext.n == 1);
		CHECK_EQ(ext.obj[0].class_num, ICMPEXT_IFACE_ID);
		CHECK_EQ(ext.obj[0].ctype, cases[i].ctype);
		CHECK_EQ(ext.obj[0].body.len, cases[i].body.len);
		CHECK_MEM(ext.obj[0].body.p, cases[i].body.p, cases[i].body.len);
	}
}

TEST(probe_build_refuses)
{
	static const struct probe_about nothing = { .kind = PROBE_ABOUT_NOTHING };
	struct probe_ask ask = ask4();
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf)), tight = wcur(buf, 63);

	CHECK_EQ(probe_build(&probe_echo, &ask, NULL, &tight), -ENOSPC);
	CHECK_EQ(probe_build(&probe_ext_echo, &ask, NULL, &out), -EINVAL);
	ask.about = &nothing;
	out = wcur(buf, sizeof(buf));
	CHECK_EQ(probe_build(&probe_ext_echo, &ask, NULL, &out), -EINVAL);
	ask.dst = ip6("::1");
	out = wcur(buf, sizeof(buf));
	CHECK_EQ(probe_build(&probe_mask, &ask, NULL, &out), -EOPNOTSUPP);
	CHECK_EQ(probe_build(&probe_timestamp, &ask, NULL, &out), -EOPNOTSUPP);
	CHECK_EQ(probe_build(&probe_info, &ask, NULL, &out), -EOPNOTSUPP);
	CHECK_EQ(wcur_len(&out), 0);
}

TEST(probe_about_reads_names_numbers_and_addresses)
{
	struct probe_about a;
	char buf[IP_TEXT_LEN];

	CHECK_EQ(probe_about_scan("eth0", &a, NULL), 0);
	CHECK_EQ(a.kind, PROBE_ABOUT_NAME);
	CHECK_STR(a.name, "eth0");
	CHECK_EQ(probe_about_scan("4294967295", &a, NULL), 0);
	CHECK_EQ(a.kind, PROBE_ABOUT_INDEX);
	CHECK_EQ(a.index, 4294967295);
	CHECK_EQ(probe_about_scan("2001:db8::1", &a, NULL), 0);
	CHECK_EQ(a.kind, PROBE_ABOUT_ADDR);
	CHECK_STR(ip_format(&a.addr, buf), "2001:db8::1");
	CHECK_EQ(probe_about_scan("4294967296", &a, NULL), 0); /* no index, so a name */
	CHECK_EQ(a.kind, PROBE_ABOUT_NAME);
	CHECK_EQ(probe_about_scan("0", &a, NULL), 0);
	CHECK_EQ(a.kind, PROBE_ABOUT_NAME);
}

TEST(probe_about_refuses_what_is_too_long_or_empty)
{
	char text[PROBE_NAME_LEN + 1];
	struct probe_about a = { .index = 77 };
	struct err err;

	memset(text, 'x', sizeof(text));
	text[PROBE_NAME_LEN] = '\0';
	CHECK_EQ(probe_about_scan(text, &a, &err), -EINVAL);
	CHECK_HAS(err.text, "63 octets");
	CHECK_EQ(probe_about_scan("", &a, NULL), -EINVAL);
	CHECK_EQ(a.index, 77);
	text[PROBE_NAME_LEN - 1] = '\0';
	CHECK_EQ(probe_about_scan(text, &a, NULL), 0);
}
