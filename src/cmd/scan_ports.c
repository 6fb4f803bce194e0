/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/scan_ports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 64 /* octets of one part of -p */

/*
 * Source: IANA "Service Name and Transport Protocol Port Number Registry", which has a service for
 * each: name, web, mail, file, directory and time services, remote access, databases, message
 * brokers, VPNs, telephony, management, industrial control.
 */
/* clang-format off */
const uint16_t scan_ports_tcp[SCAN_PORTS_FAST] = {
	7, 9, 13, 19, 20, 21, 22, 23, 25, 37, 43, 49, 53, 70, 79, 80, 88, 102, 109, 110, 111,
	113, 119, 135, 139, 143, 179, 194, 199, 389, 427, 443, 445, 464, 465, 502, 512, 513,
	514, 515, 540, 548, 554, 563, 587, 593, 623, 631, 636, 646, 749, 853, 873, 989, 990,
	992, 993, 995, 1080, 1194, 1433, 1521, 1720, 1723, 1883, 2049, 2375, 2376, 2379, 3260,
	3268, 3306, 3389, 3690, 4369, 4786, 4840, 5000, 5060, 5061, 5222, 5269, 5432, 5666,
	5671, 5672, 5900, 5985, 5986, 6000, 6379, 6443, 6514, 8000, 8080, 8443, 9100, 9418,
	11211, 27017,
};

const uint16_t scan_ports_udp[SCAN_PORTS_FAST] = {
	7, 9, 13, 17, 19, 37, 42, 49, 53, 67, 68, 69, 80, 88, 111, 123, 135, 137, 138, 161, 162,
	177, 319, 320, 389, 427, 443, 445, 464, 500, 502, 512, 513, 514, 517, 518, 520, 521,
	525, 546, 547, 554, 593, 623, 631, 646, 664, 749, 750, 848, 853, 1194, 1434, 1645, 1646,
	1701, 1718, 1719, 1812, 1813, 1900, 1985, 2049, 2055, 2123, 2152, 2222, 2427, 3283,
	3389, 3478, 3544, 3671, 3702, 3784, 4500, 4739, 4789, 5004, 5005, 5060, 5061, 5093,
	5246, 5247, 5349, 5351, 5353, 5355, 5632, 5683, 5684, 6081, 6343, 8472, 11211, 20000,
	26000, 44818, 47808,
};
/* clang-format on */

static void add(struct portset *to, const struct portset *from)
{
	for (size_t i = 0; i < ARRAY_LEN(to->word); i++)
		to->word[i] |= from->word[i];
}

/* The ports of @proto that are called @name. */
static bool named(const struct services *names, enum fact_proto proto, const char *name,
		  struct portset *to)
{
	bool found = false;

	for (int port = 0; names && port < 65536; port++) {
		const char *have = services_name(names, proto, port);

		if (have && strcmp(have, name) == 0) {
			portset_add(to, (uint16_t)port);
			found = true;
		}
	}
	return found;
}

/* One part, between commas, for TCP, UDP or both. */
static int part(const char *word, bool tcp, bool udp, const struct services *names,
		struct scan_ports *p, struct err *err)
{
	struct portset set;
	struct err why;
	bool found = false;

	if (!*word)
		return err_set(
			err, -EINVAL,
			"-p: an empty part between commas (right: 22,80,T:1-1000,U:53,http)");
	if (word[strspn(word, "0123456789-")] == '\0') {
		if (portset_scan(word, &set, &why) < 0)
			return err_set(err, -EINVAL, "-p: %s", why.text);
		if (tcp)
			add(&p->tcp, &set);
		if (udp)
			add(&p->udp, &set);
		return 0;
	}
	if (tcp)
		found |= named(names, FACT_TCP, word, &p->tcp);
	if (udp)
		found |= named(names, FACT_UDP, word, &p->udp);
	if (found)
		return 0;
	return err_set(err, -EINVAL,
		       "-p: '%.40s' is neither a port, nor a range (1-1000), nor the name of a%s "
		       "service in /etc/services",
		       word,
		       tcp && udp ? ""
		       : tcp      ? " TCP"
				  : " UDP");
}

int scan_ports_scan(const char *text, const struct services *names, struct scan_ports *ret,
		    struct err *err)
{
	struct scan_ports p = { 0 };
	bool tcp = true, udp = true;

	for (bool more = true; more;) {
		size_t len;
		char word[WORD_MAX];
		int r;

		if ((text[0] == 'T' || text[0] == 'U') && text[1] == ':') {
			tcp = text[0] == 'T';
			udp = !tcp;
			p.says_tcp |= tcp;
			p.says_udp |= udp;
			text += 2;
		}
		len = strcspn(text, ",");
		if (len >= sizeof(word))
			return err_set(err, -EINVAL, "-p: '%.40s…' is no port", text);
		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		r = part(word, tcp, udp, names, &p, err);
		if (r < 0)
			return r;
		more = text[len] == ',';
		text += len + more;
	}
	*ret = p;
	return 0;
}

void scan_ports_fast(struct scan_ports *ret)
{
	*ret = (struct scan_ports){ 0 };
	for (size_t i = 0; i < SCAN_PORTS_FAST; i++) {
		portset_add(&ret->tcp, scan_ports_tcp[i]);
		portset_add(&ret->udp, scan_ports_udp[i]);
	}
}

void scan_ports_usual(struct scan_ports *ret)
{
	scan_ports_fast(ret);
	for (uint16_t port = 1; port < 1024; port++)
		portset_add(&ret->tcp, port);
}
