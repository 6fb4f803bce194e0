/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that find or call each other: text protocols, STUN, CoAP, IAX2, DHT. */
#include "probe/payload_rows.h"

#define STUN_HEAD     20
#define COAP_HEAD     4
#define COAP_TOKEN    4
#define COAP_ACK      2
#define COAP_RST      3
#define IAX_LEN       12
#define IAX_CALL_HIGH 0x13 /* our call number is this and one octet of id */
#define IAX_CONTROL   6
#define IAX_PONG      3

static bool ssdp_check(struct span a, struct span id)
{
	static const char *const names[] = { "\r\nUSN:", "\r\nusn:", "\r\nUsn:" };

	(void)id;
	if (!payload_begins(a, "HTTP/1.1 200"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (payload_holds(a, (struct span){ (const uint8_t *)names[i], 6 }))
			return true;
	}
	return false;
}

const struct payload payload_ssdp = {
	.service = "ssdp",
	.source = "UPnP Device Architecture 2.0, 1.3.2 and 1.3.3",
	.port = PAYLOAD_PORTS(1900),
	.octets = PAYLOAD_TEXT("M-SEARCH * HTTP/1.1\r\n"
			       "HOST: 239.255.255.250:1900\r\n"
			       "MAN: \"ssdp:discover\"\r\n"
			       "MX: 1\r\n"
			       "ST: upnp:rootdevice\r\n"
			       "\r\n"),
	.check = ssdp_check,
};

#define SIP_FRONT                                \
	"OPTIONS sip:sonde.invalid SIP/2.0\r\n"  \
	"Via: SIP/2.0/UDP sonde.invalid;branch=" \
	"z9hG4bK"

/* A status line, and the branch in its Via as it was sent (RFC 3261 8.2.6.2). */
static bool sip_check(struct span a, struct span id)
{
	return a.len > 12 && payload_begins(a, "SIP/2.0 ") && a.p[8] >= '1' && a.p[8] <= '6' &&
	       payload_holds(a, id);
}

const struct payload payload_sip = {
	.service = "sip",
	.source = "RFC 3261 8.1.1 and 11.1, RFC 3581 3 (rport)",
	.port = PAYLOAD_PORTS(5060),
	.octets = PAYLOAD_TEXT(SIP_FRONT "0000000000000000;rport\r\n"
					 "Max-Forwards: 70\r\n"
					 "From: <sip:ask@sonde.invalid>;tag=736f6e6465\r\n"
					 "To: <sip:sonde.invalid>\r\n"
					 "Call-ID: 736f6e6465@sonde.invalid\r\n"
					 "CSeq: 1 OPTIONS\r\n"
					 "Contact: <sip:ask@sonde.invalid>\r\n"
					 "Accept: application/sdp\r\n"
					 "Content-Length: 0\r\n"
					 "\r\n"),
	.id_at = sizeof(SIP_FRONT) - 1,
	.id_len = 16,
	.id_text = true,
	.check = sip_check,
};

#define WSD_FRONT                                                                \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>"                             \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "       \
	"xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "          \
	"xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Header>" \
	"<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"        \
	"</a:Action><a:MessageID>urn:uuid:736f6e64-6500-4000-8000-"

/* ProbeMatches, which relates to our message. */
static bool wsd_check(struct span a, struct span id)
{
	static const struct span match = { (const uint8_t *)"ProbeMatches", 12 };

	return a.len > 0 && a.p[0] == '<' && payload_holds(a, match) && payload_holds(a, id);
}

const struct payload payload_wsd = {
	.service = "ws-discovery",
	.source = "Web Services Dynamic Discovery (April 2005) 5.2, SOAP-over-UDP",
	.port = PAYLOAD_PORTS(3702),
	.octets = PAYLOAD_TEXT(WSD_FRONT "000000000000</a:MessageID>"
					 "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
					 "</s:Header><s:Body><d:Probe/></s:Body></s:Envelope>"),
	.id_at = sizeof(WSD_FRONT) - 1,
	.id_len = 12,
	.id_text = true,
	.check = wsd_check,
};

/* Binding request, no attributes, magic cookie, transaction id. */
static const uint8_t stun_octets[STUN_HEAD] = { 0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42 };

static bool stun_check(struct span a, struct span id)
{
	static const struct span magic = { stun_octets + 4, 4 };

	return a.len >= STUN_HEAD && a.p[0] == 0x01 && (a.p[1] == 0x01 || a.p[1] == 0x11) &&
	       payload_u16(a.p + 2) == a.len - STUN_HEAD && a.len % 4 == 0 &&
	       payload_at_is(a, 4, magic) && payload_at_is(a, 8, id);
}

const struct payload payload_stun = {
	.service = "stun",
	.source = "RFC 8489 5 and 6.1",
	.port = PAYLOAD_PORTS(3478),
	.octets = PAYLOAD_OCTETS(stun_octets),
	.id_at = 8,
	.id_len = 12,
	.check = stun_check,
};

/* Confirmable GET, token of four; Uri-Path ".well-known", Uri-Path "core". */
#define COAP_GET                                  \
	"\x44\x01\0\0\0\0\0\0\xbb.well-known\x04" \
	"core"

/* Piggybacked, refused by a reset, or on its own with our token; id: message id, then token. */
static bool coap_check(struct span a, struct span id)
{
	struct span mid = { id.p, 2 }, token = { id.p + 2, COAP_TOKEN };
	unsigned kind, class;
	bool tokened;

	if (a.len < COAP_HEAD || a.p[0] >> 6 != 1)
		return false;
	kind = a.p[0] >> 4 & 3;
	class = a.p[1] >> 5;
	tokened = (a.p[0] & 0x0f) == COAP_TOKEN && payload_at_is(a, COAP_HEAD, token) &&
		  (class == 2 || class == 4 || class == 5);
	if (kind < COAP_ACK)
		return tokened;
	if (!payload_at_is(a, 2, mid))
		return false;
	return a.p[1] == 0 ? a.len == COAP_HEAD : kind != COAP_RST && tokened;
}

const struct payload payload_coap = {
	.service = "coap",
	.source = "RFC 7252 3, 5.10.1 and 7.2, RFC 6690 4",
	.port = PAYLOAD_PORTS(5683),
	.octets = PAYLOAD_TEXT(COAP_GET),
	.id_at = 2,
	.id_len = 6,
	.check = coap_check,
};

/* Full frame, call number, none of the other side, time 0, both counters 0, IAX control, POKE. */
static const uint8_t iax_octets[IAX_LEN] = { 0x80 | IAX_CALL_HIGH, 0,   0, 0, 0, 0, 0, 0, 0, 0,
					     IAX_CONTROL,          0x1e };

static bool iax_check(struct span a, struct span id)
{
	return a.len >= IAX_LEN && a.p[0] & 0x80 && a.p[2] == IAX_CALL_HIGH &&
	       payload_at_is(a, 3, id) && a.p[10] == IAX_CONTROL && a.p[11] == IAX_PONG;
}

const struct payload payload_iax = {
	.service = "iax",
	.source = "RFC 5456 6.7.1, 8.1.1 and 8.4",
	.port = PAYLOAD_PORTS(4569),
	.octets = PAYLOAD_OCTETS(iax_octets),
	.id_at = 1,
	.id_len = 1,
	.check = iax_check,
};

#define DHT_FRONT "d1:ad2:id20:sonde asks a node...e1:q4:ping2:roi1e1:t4:"

/* A dictionary with our transaction: a response or an error. */
static bool dht_check(struct span a, struct span id)
{
	uint8_t key[5 + 4] = { '1', ':', 't', '4', ':' };

	if (a.len < 2 || a.p[0] != 'd' || a.p[a.len - 1] != 'e' || id.len != 4)
		return false;
	memcpy(key + 5, id.p, 4);
	return payload_holds(a, (struct span){ key, sizeof(key) }) &&
	       (payload_holds(a, (struct span){ (const uint8_t *)"1:y1:r", 6 }) ||
		payload_holds(a, (struct span){ (const uint8_t *)"1:y1:e", 6 }));
}

/* "ro": not to be remembered as a node (BEP 43). */
const struct payload payload_dht = {
	.service = "bittorrent-dht",
	.source = "BEP 5 (KRPC, ping), BEP 43",
	.port = PAYLOAD_PORTS(6881),
	.octets = PAYLOAD_TEXT(DHT_FRONT "\0\0\0\0"
					 "1:y1:qe"),
	.id_at = sizeof(DHT_FRONT) - 1,
	.id_len = 4,
	.check = dht_check,
};
