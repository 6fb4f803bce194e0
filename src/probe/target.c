/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/target.h"

#include <errno.h>
#include <string.h>

#define LABEL_MAX 63 /* RFC 1035 2.3.4 */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool all(const char *p, size_t len, bool (*is)(char))
{
	for (size_t i = 0; i < len; i++) {
		if (!is(p[i]))
			return false;
	}
	return len > 0;
}

/* Letters beyond ASCII are the resolver's to judge; control characters and blanks are not. */
static bool in_name(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '_' || (unsigned char)c >= 0x80;
}

/* The kernel forbids '/', ':' and white space in an interface's name; '%' would be a second zone. */
static bool in_zone(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f && c != '/' && c != ':' && c != '%';
}

static bool is_number(const char *label, size_t len)
{
	return all(label, len, is_digit) ||
	       (len > 2 && label[0] == '0' && (label[1] | 0x20) == 'x' &&
		all(label + 2, len - 2, is_hex));
}

/* Every label in order, and the last one no number: then it is a name, not a broken address. */
static int name_scan(const char *text, struct err *err)
{
	size_t len = strlen(text), at = 0, label = 0;

	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len == 0 || len > TARGET_NAME_MAX)
		return err_set(err, -EINVAL, "'%.60s': a name has 1 to %d characters", text,
			       TARGET_NAME_MAX);
	for (; at < len; at += label + 1) {
		const char *dot = memchr(text + at, '.', len - at);

		label = dot ? (size_t)(dot - text) - at : len - at;
		if (label > LABEL_MAX || text[at] == '-' || !all(text + at, label, in_name))
			return err_set(err, -EINVAL, "'%.60s' is no address, prefix or host name",
				       text);
		if (!dot && is_number(text + at, label))
			return err_set(err, -EINVAL,
				       "'%.60s' is no IPv4 address: four numbers from 0 to 255",
				       text);
		if (dot && at + label + 1 == len)
			return err_set(err, -EINVAL, "'%.60s': a name with an empty part", text);
	}
	return 0;
}

static int zone_scan(const char *text, const char *percent, struct target *t, struct err *err)
{
	char addr[IP_TEXT_LEN];
	size_t len = (size_t)(percent - text), zone = strlen(percent + 1);

	if (zone >= TARGET_ZONE_LEN || !all(percent + 1, zone, in_zone))
		return err_set(err, -EINVAL, "'%.60s': behind '%%' stands the name of an interface",
			       text);
	if (len >= sizeof(addr))
		return err_set(err, -EINVAL, "'%.60s': no address before the '%%'", text);
	memcpy(addr, text, len);
	addr[len] = '\0';
	if (ip_scan(addr, &t->prefix.addr) < 0 || t->prefix.addr.family != 6)
		return err_set(err, -EINVAL, "'%.60s': only an IPv6 address has a '%%' behind it",
			       text);
	t->prefix.len = 128;
	memcpy(t->zone, percent + 1, zone + 1);
	return 0;
}

/* Which of the four it is shows in one character: '/', '%', ':', or none of them. */
int target_scan(const char *text, struct target *ret_target, struct err *err)
{
	const char *slash = strchr(text, '/'), *percent = strchr(text, '%');
	struct target t = { .kind = TARGET_ADDR };
	int r = 0;

	if (slash && ip_prefix_scan(text, &t.prefix) < 0)
		return err_set(err, -EINVAL,
			       "'%.60s' is no prefix: an address, '/', and a length of at most 32 "
			       "(IPv4) or 128 (IPv6)",
			       text);
	if (slash) {
		t.kind = TARGET_PREFIX;
	} else if (percent) {
		r = zone_scan(text, percent, &t, err);
	} else if (ip_prefix_scan(text, &t.prefix) < 0) {
		t.kind = TARGET_NAME;
		if (strchr(text, ':'))
			return err_set(err, -EINVAL, "'%.60s' is no IPv6 address", text);
		r = name_scan(text, err);
	}
	if (r < 0)
		return r;
	*ret_target = t;
	return 0;
}
