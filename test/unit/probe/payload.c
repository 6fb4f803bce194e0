/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "probe/payload.h"
#include "probe/payload_rows.h"

/* A right answer, made after the payload's document; @at is where the id comes back. */
struct answer {
	const struct payload *row;
	struct span octets;
	size_t at;
};

#define ANSWER(row, at, literal)                                                        \
	{                                                                               \
		&payload_##row, { (const uint8_t *)(literal), sizeof(literal) - 1 }, at \
	}
#define NB_NAME \
	"\x20"  \
	"CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0"
#define IKE_IDS "\0\0\0\0\0\0\0\0RESPONDR"

/* clang-format off */
static const struct answer answers[] = {
	ANSWER(dns, 0, "\0\0\x81\x85\0\1\0\0\0\0\0\0\0\0\2\0\1"),
	ANSWER(dns, 0, "\0\0\x80\x01\0\0\0\0\0\0\0\0"),
	ANSWER(mdns, 0, "\0\0\x84\0\0\0\0\1\0\0\0\0\1x\0\0\x0c\0\1\0\0\0\x0a\0\2\1y"),
	ANSWER(netbios, 0, "\0\0\x84\0\0\0\0\1\0\0\0\0" NB_NAME "\0\x21\0\1\0\0\0\0\0\x01\0"),
	ANSWER(echo, 23, "sonde asks for an echo 00000000"),
	ANSWER(daytime, 0, "Saturday, November 21, 2026 16:27:11-UTC\r\n"),
	ANSWER(qotd, 0, "Simplicity is prerequisite for reliability.\r\n"),
	ANSWER(chargen, 0, "yz{|}~ !\"#$%&'()\r\nz{|}~ !\"#$%&'()*\r\n"),
	ANSWER(time, 0, "\xee\x9c\x10\x20"),
	ANSWER(tftp, 0, "\0\5\0\1File not found\0"),
	ANSWER(tftp, 0, "\0\3\0\1data"),
	ANSWER(ntp, 24, "\x24\2\x06\xec\0\0\0\1\0\0\0\1GPS\0" "abcdefgh" "\0\0\0\0\0\0\0\0"
		"abcdefgh" "abcdefgh"),
	ANSWER(memcached, 0, "\0\0\0\0\0\1\0\0VERSION 1.6.18\r\n"),
	ANSWER(ssdp, 0, "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\nEXT:\r\n\r\n"),
	ANSWER(sip, 55, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP sonde.invalid;branch=0000000000000000"
		";rport=1;received=192.0.2.1\r\n\r\n"),
	ANSWER(wsd, 30, "<Envelope><RelatesTo>urn:uuid:000000000000</RelatesTo><ProbeMatches/>"),
	ANSWER(stun, 8, "\1\1\0\x0c\x21\x12\xa4\x42\0\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\x08\0\1abcdef"),
	ANSWER(coap, 2, "\x64\x45\0\0\0\0\0\0\xff</a>"),
	ANSWER(coap, 2, "\x64\x84\0\0\0\0\0\0"),
	ANSWER(iax, 3, "\x80\x01\x13\0\0\0\0\1\0\1\6\3"),
	ANSWER(dht, 38, "d1:rd2:id20:abcdefghij0123456789e1:t4:\0\0\0\0" "1:y1:re"),
	ANSWER(snmp1, 18, "\x30\x2f\2\1\0\4\6public\xa2\x22\2\4\x4b\0\0\0\2\1\0\2\1\0"
		"\x30\x14\x30\x12\6\x08\x2b\6\1\2\1\1\2\0\6\6\x2b\6\1\4\1\x09"),
	ANSWER(snmp2, 18, "\x30\x29\2\1\1\4\6public\xa2\x1c\2\4\x4b\0\0\0\2\1\0\2\1\0"
		"\x30\x0e\x30\x0c\6\x08\x2b\6\1\2\1\1\2\0\x80\0"),
	ANSWER(snmp3, 10, "\x30\x21\2\1\3\x30\x11\2\4\x4b\0\0\0\2\3\0\xff\xe3\4\1\0\2\1\3\4\0"
		"\x30\7\4\1\x80\4\0\xa8\0"),
	ANSWER(portmap, 0, "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	ANSWER(nfs, 0, "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\3\0\0\0\4"),
	ANSWER(mountd, 0, "\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\5"),
	ANSWER(rmcp, 0, "\6\0\xff\6\0\0\x11\xbe\x40\x53\0\x10\0\0\x11\xbe\0\0\0\0\x81\0\0\0\0\0\0\0"),
	ANSWER(xdmcp, 0, "\0\1\0\5\0\x0a\0\0\0\2hi\0\2up"),
	ANSWER(ike1, 0, IKE_IDS "\x0b\x10\5\0\0\0\0\0\0\0\0\x28\0\0\0\x0c\0\0\0\1\1\0\0\x0e"),
	ANSWER(ike2, 0, IKE_IDS "\x29\x20\x22\x20\0\0\0\0\0\0\0\x24\0\0\0\x08\0\0\0\x0e"),
	ANSWER(natt, 4, "\0\0\0\0" IKE_IDS "\x29\x20\x22\x20\0\0\0\0\0\0\0\x24\0\0\0\x08\0\0\0\x0e"),
	ANSWER(dtls, 0, "\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x13\3\0\0\7\0\0\0\0\0\0\0\7\xfe\xff\4abcd"),
	ANSWER(dtls, 0, "\x15\xfe\xfd\0\0\0\0\0\0\0\0\0\2\2\x28"),
	ANSWER(quic, 6, "\xf5\0\0\0\0\x08\0\0\0\0\0\0\0\0\x08sondeask\0\0\0\1\x6b\x33\x43\xcf"),
	ANSWER(l2tp, 5, "\xc8\2\0\x14\x53\0\0\0\0\0\0\1\x80\x08\0\0\0\0\0\2"),
	ANSWER(l2tp, 5, "\xc8\2\0\x0c\x53\0\0\0\0\0\0\1"),
	ANSWER(openvpn, 14, "\x40SERVERID\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	ANSWER(cldap, 5, "\x30\x0b\2\4\x4b\0\0\0\x64\3\4\1x"),
	ANSWER(cldap, 9, "\x30\x84\0\0\0\x0d\2\4\x4b\0\0\0\x65\5\x0a\1\0\4\0"),
	ANSWER(kerberos, 0, "\x7e\x0c\x30\x0a\xa0\3\2\1\5\xa1\3\2\1\x1e"),
	ANSWER(gtpc1, 8, "\x32\2\0\6\0\0\0\0\0\0\0\0\x0e\1"),
	ANSWER(gtpc2, 4, "\x40\2\0\x09\0\0\0\0\3\0\1\0\7"),
	ANSWER(gtpu, 8, "\x32\2\0\6\0\0\0\0\0\0\0\0\x0e\0"),
	ANSWER(pfcp, 4, "\x20\2\0\x0c\0\0\0\0\0\x60\0\4\xee\x9c\x10\x20"),
	ANSWER(rip, 0, "\2\2\0\0\0\2\0\0\x0a\0\0\0\xff\0\0\0\0\0\0\0\0\0\0\1"),
	ANSWER(ripng, 0, "\2\1\0\0\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20\1"),
	ANSWER(natpmp, 0, "\0\x80\0\0\0\0\0\7\xc6\x33\x64\1"),
	ANSWER(pcp, 0, "\2\x80\0\x0c\0\0\0\x1e\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0"),
	ANSWER(pcp, 0, "\0\x80\0\1\0\0\0\7"),
	ANSWER(slp, 10, "\2\x0b\0\0\x16\0\0\0\0\0\0\0\0\2en\0\0\0\0\0\0"),
	ANSWER(mssql, 0, "\5\x10\0ServerName;DB;;;"),
	ANSWER(bacnet, 7, "\x81\x0a\0\x14\1\0\x30\0\x0c\x0c\2\x3f\xff\xff\x19\x4b\x3e\xc4\2\x3f"),
	ANSWER(bacnet, 11, "\x81\x0a\0\x11\1\x08\0\5\1\7\x50\0\x0c\x91\1\x91\x1f"),
	ANSWER(modbus, 0, "\0\0\0\0\0\3\xff\xab\1"),
	ANSWER(modbus, 0, "\0\0\0\0\0\x0d\xff\x2b\x0e\1\1\0\0\1\0\3abc"),
	ANSWER(enip, 12, "\x63\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	ANSWER(knx, 0, "\6\x10\2\4\0\x08\2\1"),
};
/* clang-format on */

TEST(payload_rows_are_whole)
{
	const struct payload *p;
	size_t n;

	for (n = 0; (p = payload_at(n)); n++) {
		CHECK(p->service && p->source && p->port && *p->port && p->check);
		CHECK(p->octets.len <= PAYLOAD_LEN_MAX && p->id_len <= PAYLOAD_ID_MAX);
		CHECK(p->id_at + p->id_len <= p->octets.len);
		for (const uint16_t *port = p->port; *port; port++) {
			unsigned found = 0;

			CHECK(payload_count(*port) <= PAYLOADS_OF_PORT_MAX);
			for (unsigned i = 0; payload_find(*port, i); i++)
				found += payload_find(*port, i) == p;
			CHECK_EQ(found, 1);
		}
	}
	CHECK(n >= 45);
	CHECK(!payload_at(n + 1));
}

TEST(payload_of_a_port_without_one_is_empty)
{
	const struct payload *p = payload_find(9, 0);

	CHECK(p && !p->service && p->octets.len == 0 && p->id_len == 0);
	CHECK(!payload_find(9, 1));
	CHECK_EQ(payload_count(9), 1);
	CHECK_EQ(payload_count(161), 3);
	CHECK(!payload_find(161, 3));
	CHECK(!payload_spoken(p, 1, (struct span){ (const uint8_t *)"x", 1 }));
}

TEST(payload_ids_are_made_of_the_cookie)
{
	const struct payload text = { .id_len = 16, .id_text = true }, raw = { .id_len = 8 };
	uint8_t a[PAYLOAD_ID_MAX] = { 0 }, b[PAYLOAD_ID_MAX] = { 0 };

	payload_id(&raw, 0x04030201, a);
	CHECK_MEM(a, "\1\2\3\4\x5a\x59\x58\x5f\0", 9);
	payload_id(&text, 0x04030201, a);
	for (size_t i = 0; i < 16; i++)
		CHECK(memchr("0123456789abcdef", a[i], 16) != NULL);
	payload_id(&text, 0x04030202, b);
	CHECK(memcmp(a, b, 16) != 0);
}

static bool answered(const struct answer *a, uint32_t cookie, uint8_t flip)
{
	uint8_t octets[256], id[PAYLOAD_ID_MAX];

	CHECK(a->octets.len <= sizeof(octets) && a->at + a->row->id_len <= a->octets.len);
	memcpy(octets, a->octets.p, a->octets.len);
	payload_id(a->row, cookie, id);
	id[0] ^= flip;
	memcpy(octets + a->at, id, a->row->id_len);
	return payload_spoken(a->row, cookie, (struct span){ octets, a->octets.len });
}

TEST(payload_checks_take_right_answers_and_no_other_id)
{
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		const struct answer *a = &answers[i];

		if (!answered(a, 0x12345678, 0) || !answered(a, 0xffffffff, 0) ||
		    !answered(a, 0, 0))
			fail_msg("answer %zu (%s) refused", i, a->row->service);
		if (a->row->id_len > 0 && answered(a, 0x12345678, 1))
			fail_msg("answer %zu (%s) taken with another id", i, a->row->service);
	}
}

TEST(payload_checks_have_an_answer_each)
{
	const struct payload *p;

	for (size_t n = 0; (p = payload_at(n)); n++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_LEN(answers); i++)
			found |= answers[i].row == p;
		if (!found)
			fail_msg("no answer for %s", p->service);
	}
}

/* What we sent, coming back, answers nothing but echo. */
TEST(payload_checks_take_no_question_for_an_answer)
{
	const struct payload *p;

	for (size_t n = 0; (p = payload_at(n)); n++) {
		uint8_t octets[PAYLOAD_LEN_MAX] = { 0 };

		if (p->octets.len > 0)
			memcpy(octets, p->octets.p, p->octets.len);
		payload_id(p, 7, octets + p->id_at);
		if (payload_spoken(p, 7, (struct span){ octets, p->octets.len }) !=
		    (p == &payload_echo))
			fail_msg("%s and its own question", p->service);
	}
}

TEST(payload_checks_take_no_random_octets)
{
	const struct payload *p;
	uint64_t n = 88172645463325252;
	uint8_t octets[512];

	for (unsigned round = 0; round < 2000; round++) {
		size_t len = round % sizeof(octets);

		for (size_t k = 0; k < len; k++) {
			n ^= n << 13;
			n ^= n >> 7;
			n ^= n << 17; /* xorshift: any octets will do */
			octets[k] = (uint8_t)(n >> 11);
		}
		for (size_t i = 0; (p = payload_at(i)); i++) {
			/* Any number may be a time. */
			if (p == &payload_time && len == 4)
				continue;
			if (payload_spoken(p, (uint32_t)n, (struct span){ octets, len }))
				fail_msg("%s takes %zu random octets", p->service, len);
		}
	}
}
