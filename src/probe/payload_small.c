/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services whose whole protocol is a page. Not here: discard and syslog, which never answer.
 */
#include "probe/payload_rows.h"

#define NTP_LEN        48
#define NTP_MODE       0x07
#define NTP_SERVER     4
#define TFTP_DATA      3
#define TFTP_ERROR     5
#define TFTP_MAX       516
#define TFTP_CODE_MAX  8           /* RFC 2347 adds the eighth */
#define TIME_2000      0xbc17c200u /* seconds from 1900 to 2000 */
#define TIME_WRAPPED   0x40000000u /* the count begins anew in 2036 */
#define QUOTE_MAX      512
#define MEMCACHED_HEAD 8

#define ECHO_TEXT "sonde asks for an echo "

static bool echo_check(struct span a, struct span id)
{
	return a.len == sizeof(ECHO_TEXT) - 1 + id.len && payload_begins(a, ECHO_TEXT) &&
	       payload_at_is(a, sizeof(ECHO_TEXT) - 1, id);
}

const struct payload payload_echo = {
	.service = "echo",
	.source = "RFC 862",
	.port = PAYLOAD_PORTS(7),
	.octets = PAYLOAD_TEXT(ECHO_TEXT "00000000"),
	.id_at = sizeof(ECHO_TEXT) - 1,
	.id_len = 8,
	.id_text = true,
	.check = echo_check,
};

/* No form is laid down: text with a time of day in it. */
static bool daytime_check(struct span a, struct span id)
{
	bool colon = false;

	(void)id;
	for (size_t i = 1; i + 1 < a.len; i++)
		colon |= a.p[i] == ':' && a.p[i - 1] >= '0' && a.p[i - 1] <= '9' &&
			 a.p[i + 1] >= '0' && a.p[i + 1] <= '9';
	return colon && a.len <= QUOTE_MAX && payload_prints(a);
}

const struct payload payload_daytime = {
	.service = "daytime",
	.source = "RFC 867",
	.port = PAYLOAD_PORTS(13),
	.octets = PAYLOAD_TEXT("\r\n"),
	.check = daytime_check,
};

/* "Limited to the ASCII printing characters, space, carriage return, and line feed", to 512. */
static bool qotd_check(struct span a, struct span id)
{
	(void)id;
	return a.len >= 8 && a.len <= QUOTE_MAX && payload_prints(a);
}

const struct payload payload_qotd = {
	.service = "qotd",
	.source = "RFC 865",
	.port = PAYLOAD_PORTS(17),
	.octets = PAYLOAD_TEXT("\r\n"),
	.check = qotd_check,
};

/* Printing characters in the order of their numbers, from anywhere, around and around. */
static bool chargen_check(struct span a, struct span id)
{
	size_t i;

	(void)id;
	if (a.len < 4 || !payload_prints(a))
		return false;
	for (i = 1; i < a.len && a.p[i] != '\r' && a.p[i] != '\n'; i++) {
		if (a.p[i] != a.p[i - 1] + 1 && a.p[i] > '!')
			return false;
	}
	return i >= 4;
}

const struct payload payload_chargen = {
	.service = "chargen",
	.source = "RFC 864",
	.port = PAYLOAD_PORTS(19),
	.octets = PAYLOAD_TEXT("\r\n"),
	.check = chargen_check,
};

/* Seconds since 1900, of a clock that is somewhere between 2000 and 2070. */
static bool time_check(struct span a, struct span id)
{
	struct rcur c = rcur(a);
	uint32_t seconds = get_u32(&c);

	(void)id;
	return a.len == 4 && (seconds >= TIME_2000 || seconds < TIME_WRAPPED);
}

/* "Send an empty datagram to port 37." */
const struct payload payload_time = {
	.service = "time",
	.source = "RFC 868",
	.port = PAYLOAD_PORTS(37),
	.octets = { NULL, 0 },
	.check = time_check,
};

/* An error, or the first block of a file that nobody should have. */
static bool tftp_check(struct span a, struct span id)
{
	(void)id;
	if (a.len < 4 || a.p[0] != 0)
		return false;
	if (a.p[1] == TFTP_DATA)
		return a.p[2] == 0 && a.p[3] == 1 && a.len <= TFTP_MAX;
	return a.p[1] == TFTP_ERROR && a.p[2] == 0 && a.p[3] <= TFTP_CODE_MAX && a.len > 4 &&
	       a.p[a.len - 1] == 0 && payload_prints((struct span){ a.p + 4, a.len - 5 });
}

/* Answers come from a port that the server chooses anew for each transfer (RFC 1350 4). */
const struct payload payload_tftp = {
	.service = "tftp",
	.source = "RFC 1350 5",
	.port = PAYLOAD_PORTS(69),
	.octets = PAYLOAD_TEXT("\0\1"
			       "sonde-asks-whether-tftp-is-here\0octet\0"),
	.any_port = true,
	.check = tftp_check,
};

/* LI 0, version 4, mode 3 (client); all else zero but the transmit timestamp, which is the id. */
static const uint8_t ntp_octets[NTP_LEN] = { 0x23 };

static bool ntp_check(struct span a, struct span id)
{
	return a.len >= NTP_LEN && (a.p[0] & NTP_MODE) == NTP_SERVER && (a.p[0] >> 3 & 7) >= 1 &&
	       (a.p[0] >> 3 & 7) <= 4 && payload_at_is(a, 24, id);
}

const struct payload payload_ntp = {
	.service = "ntp",
	.source = "RFC 5905 7.3",
	.port = PAYLOAD_PORTS(123),
	.octets = PAYLOAD_OCTETS(ntp_octets),
	.id_at = 40,
	.id_len = 8,
	.check = ntp_check,
};

/* Request id, datagram 0 of 1, reserved; then a command of the text protocol. */
static bool memcached_check(struct span a, struct span id)
{
	struct span text;

	if (a.len <= MEMCACHED_HEAD || !payload_at_is(a, 0, id) || a.p[2] != 0 || a.p[3] != 0 ||
	    a.p[6] != 0 || a.p[7] != 0)
		return false;
	text = (struct span){ a.p + MEMCACHED_HEAD, a.len - MEMCACHED_HEAD };
	return payload_prints(text) &&
	       (payload_begins(text, "VERSION ") || payload_begins(text, "ERROR") ||
		payload_begins(text, "SERVER_ERROR") || payload_begins(text, "CLIENT_ERROR"));
}

const struct payload payload_memcached = {
	.service = "memcache",
	.source = "memcached doc/protocol.txt, \"UDP protocol\" and \"version\"",
	.port = PAYLOAD_PORTS(11211),
	.octets = PAYLOAD_TEXT("\0\0\0\0\0\1\0\0version\r\n"),
	.id_len = 2,
	.check = memcached_check,
};
