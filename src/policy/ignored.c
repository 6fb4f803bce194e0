/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/ignored.h"

#include <stdio.h>
#include <string.h>

#include "icmp/number.h"

static long number_of(const char *text, long absent)
{
	long v = 0;

	if (*text < '0' || *text > '9')
		return absent;
	for (; *text >= '0' && *text <= '9' && v < 1000000000; text++)
		v = v * 10 + (*text - '0');
	return v;
}

long ignored_setting(const struct ignored_settings *s, const char *name, long absent)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = strcmp(name, s->item[mid].name);

		if (d == 0)
			return number_of(s->item[mid].value, absent);
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return absent;
}

/* sysctl(8)'s spelling: a dot in an interface's name is a slash in the setting's. */
static const char *name_of(const char *tree, const char *iface, const char *key, char *buf,
			   size_t len)
{
	size_t at = strlen(tree) + 1;

	snprintf(buf, len, "%s.%s.%s", tree, iface, key);
	for (size_t i = at; i < at + strlen(iface) && i < len - 1; i++)
		if (buf[i] == '.')
			buf[i] = '/';
	return buf;
}

long ignored_setting_of(const struct ignored_settings *s, const char *tree, const char *iface,
			const char *key, long absent)
{
	char name[IGNORED_TEXT_LEN];

	return ignored_setting(s, name_of(tree, iface, key, name, sizeof(name)), absent);
}

bool ignored_has_handler(uint8_t family, uint8_t type)
{
	static const uint8_t v4[] = { ICMP4_ECHO_REPLY,    ICMP4_UNREACH,   ICMP4_SOURCE_QUENCH,
				      ICMP4_REDIRECT,      ICMP4_ECHO,      ICMP4_TIME_EXCEEDED,
				      ICMP4_PARAM_PROBLEM, ICMP4_TIMESTAMP, ICMP4_EXT_ECHO,
				      ICMP4_EXT_ECHO_REPLY };

	if (family == 4)
		return memchr(v4, type, sizeof(v4)) != NULL;
	/* Errors of any number go to the protocol whose packet they quote. */
	return type < ICMP6_INFO_MIN ||
	       (type >= ICMP6_ECHO && type <= ICMP6_ND_REDIRECT && type != ICMP6_MLD_DONE) ||
	       type == ICMP6_EXT_ECHO || type == ICMP6_EXT_ECHO_REPLY;
}

static const char *found(char buf[static IGNORED_TEXT_LEN], const char *name, long value)
{
	snprintf(buf, IGNORED_TEXT_LEN, "%s=%ld", name, value);
	return buf;
}

/* "@name is @value" when it is. */
static const char *when(const struct ignored_settings *s, const char *name, long value,
			char buf[static IGNORED_TEXT_LEN])
{
	return ignored_setting(s, name, -1) == value ? found(buf, name, value) : NULL;
}

/* "@name is on": the kernel asks of these whether they are 0, not which other number. */
static const char *when_on(const struct ignored_settings *s, const char *name,
			   char buf[static IGNORED_TEXT_LEN])
{
	long v = ignored_setting(s, name, 0);

	return v != 0 ? found(buf, name, v) : NULL;
}

static const char *when_of(const struct ignored_settings *s, const char *tree, const char *iface,
			   const char *key, long value, char buf[static IGNORED_TEXT_LEN])
{
	char name[IGNORED_TEXT_LEN];

	return when(s, name_of(tree, iface, key, name, sizeof(name)), value, buf);
}

static const char *when_forwarding6(const struct ignored_settings *s, const char *iface,
				    char buf[static IGNORED_TEXT_LEN])
{
	char name[IGNORED_TEXT_LEN];

	return when_on(s, name_of("net.ipv6.conf", iface, "forwarding", name, sizeof(name)), buf);
}

/* A host takes redirects if "all" or the interface says so; a router if both do. */
static const char *redirect4(const struct ignored_settings *s, const char *iface,
			     char buf[static IGNORED_TEXT_LEN])
{
	long all = ignored_setting(s, "net.ipv4.conf.all.accept_redirects", 1);
	long own = ignored_setting_of(s, "net.ipv4.conf", iface, "accept_redirects", 1);
	bool router = ignored_setting_of(s, "net.ipv4.conf", iface, "forwarding", 0) != 0;

	if (router ? all && own : all || own)
		return NULL;
	if (own == 0)
		return when_of(s, "net.ipv4.conf", iface, "accept_redirects", 0, buf);
	return when(s, "net.ipv4.conf.all.accept_redirects", 0, buf);
}

static const char *advert6(const struct ignored_settings *s, const char *iface,
			   char buf[static IGNORED_TEXT_LEN])
{
	long accept = ignored_setting_of(s, "net.ipv6.conf", iface, "accept_ra", 1);

	if (accept == 0)
		return when_of(s, "net.ipv6.conf", iface, "accept_ra", 0, buf);
	/* A router takes them with exactly 2. */
	return accept == 2 ? NULL : when_forwarding6(s, iface, buf);
}

static const char *redirect6(const struct ignored_settings *s, const char *iface,
			     char buf[static IGNORED_TEXT_LEN])
{
	const char *r = when_of(s, "net.ipv6.conf", iface, "accept_redirects", 0, buf);

	return r ? r : when_forwarding6(s, iface, buf);
}

static const char *by_setting4(const struct ignored_settings *s, const char *iface, uint8_t type,
			       uint8_t code, char buf[static IGNORED_TEXT_LEN])
{
	const char *r;

	switch (type) {
	case ICMP4_ECHO:
		return when_on(s, "net.ipv4.icmp_echo_ignore_all", buf);
	case ICMP4_EXT_ECHO:
		r = when(s, "net.ipv4.icmp_echo_enable_probe", 0, buf);
		return r ? r : when_on(s, "net.ipv4.icmp_echo_ignore_all", buf);
	case ICMP4_REDIRECT:
		return redirect4(s, iface, buf);
	case ICMP4_UNREACH:
		return code == ICMP4_UNREACH_NEEDFRAG ? when(s, "net.ipv4.ip_no_pmtu_disc", 2, buf)
						      : NULL;
	default:
		return NULL;
	}
}

static const char *by_setting6(const struct ignored_settings *s, const char *iface, uint8_t type,
			       char buf[static IGNORED_TEXT_LEN])
{
	const char *r;

	switch (type) {
	case ICMP6_ECHO:
		return when_on(s, "net.ipv6.icmp.echo_ignore_all", buf);
	case ICMP6_EXT_ECHO:
		r = when(s, "net.ipv4.icmp_echo_enable_probe", 0, buf);
		return r ? r : when_on(s, "net.ipv6.icmp.echo_ignore_all", buf);
	case ICMP6_ND_ROUTER_SOLICIT: /* only a router listens */
		return when_of(s, "net.ipv6.conf", iface, "forwarding", 0, buf);
	case ICMP6_ND_ROUTER_ADVERT:
		return advert6(s, iface, buf);
	case ICMP6_ND_REDIRECT:
		return redirect6(s, iface, buf);
	default:
		return NULL;
	}
}

const char *ignored_by_setting(const struct ignored_settings *s, const char *iface, uint8_t family,
			       uint8_t type, uint8_t code, char buf[static IGNORED_TEXT_LEN])
{
	return family == 4 ? by_setting4(s, iface, type, code, buf)
			   : by_setting6(s, iface, type, buf);
}

const char *ignored_by_route(const struct ignored_settings *s, const char *iface, uint8_t family,
			     char buf[static IGNORED_TEXT_LEN])
{
	long all, own;

	if (family != 4)
		return NULL;
	all = ignored_setting(s, "net.ipv4.conf.all.rp_filter", 0);
	own = ignored_setting_of(s, "net.ipv4.conf", iface, "rp_filter", 0);
	if (all == 0 && own == 0)
		return NULL;
	/* The larger of the two rules. */
	return own >= all ? when_of(s, "net.ipv4.conf", iface, "rp_filter", own, buf)
			  : when(s, "net.ipv4.conf.all.rp_filter", all, buf);
}

const char *ignored_by_origin(uint8_t family, uint8_t type, uint8_t from)
{
	if (family != 6 || from != FACT_STRANGER)
		return NULL;
	if (type >= ICMP6_ND_ROUTER_SOLICIT && type <= ICMP6_ND_REDIRECT)
		return "its hop limit is not 255, so it was forwarded (RFC 4861 6.1, 7.1, 8.1)";
	if (type >= ICMP6_MLD_QUERY && type <= ICMP6_MLD_DONE)
		return "not from a link-local address (RFC 2710 3, RFC 3810 6.2)";
	return NULL;
}
