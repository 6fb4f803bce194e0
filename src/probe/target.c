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

static struct ip_addr prefix_last(const struct ip_prefix *p)
{
	struct ip_addr a = p->addr;

	for (unsigned bit = p->len; bit < 8 * ip_len(a.family); bit++)
		a.octet[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return a;
}

/* @a minus @b, @a being no less; UINT64_MAX when it is as much or more. */
static uint64_t distance(const struct ip_addr *a, const struct ip_addr *b)
{
	uint64_t high[2] = { 0, 0 }, low[2] = { 0, 0 };
	const struct ip_addr *side[2] = { a, b };
	size_t len = ip_len(a->family);

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < len; i++) {
			high[k] = high[k] << 8 | low[k] >> 56;
			low[k] = low[k] << 8 | side[k]->octet[i];
		}
	high[0] -= high[1] + (low[0] < low[1]);
	return high[0] > 0 ? UINT64_MAX : low[0] - low[1];
}

/* "first-last"; @dash is in @text. */
static int ends_scan(const char *text, const char *dash, struct target *t, struct err *err)
{
	size_t len = (size_t)(dash - text);
	char head[IP_TEXT_LEN];

	t->kind = TARGET_RANGE;
	if (len >= sizeof(head))
		return err_set(err, -EINVAL, "'%.60s': no address before the '-'", text);
	memcpy(head, text, len);
	head[len] = '\0';
	if (ip_prefix_scan(head, &t->prefix) < 0 || ip_scan(dash + 1, &t->last) < 0 ||
	    t->prefix.addr.family != t->last.family)
		return err_set(err, -EINVAL,
			       "'%.100s' is no range: two addresses of one kind, '-' between them",
			       text);
	if (ip_cmp(&t->prefix.addr, &t->last) > 0)
		return err_set(err, -EINVAL, "'%.100s': the range ends before it begins", text);
	return 0;
}

/* Up to three digits off the front of [*p, end), 0 to 255, no zero in front; -1: none such. */
static int octet_scan(const char **p, const char *end)
{
	const char *from = *p;
	int v = 0;

	while (*p < end && is_digit(**p) && *p - from < 3)
		v = v * 10 + (*(*p)++ - '0');
	return *p == from || v > 255 || (*from == '0' && *p - from > 1) ? -1 : v;
}

/* One item of an octet's list, [p, end): "7", "1-50", "-50", "200-", "-", "*". 0, or -EINVAL. */
static int item_scan(const char *p, const char *end, uint64_t set[static 4])
{
	int from = 0, to = 255;

	if (p == end)
		return -EINVAL;
	if (*p == '*') {
		p++;
	} else {
		if (*p != '-')
			to = from = octet_scan(&p, end);
		if (p < end && *p == '-') {
			p++;
			to = p < end ? octet_scan(&p, end) : 255;
		}
	}
	if (p != end || from < 0 || to < from)
		return -EINVAL;
	for (int v = from; v <= to; v++)
		set[v / 64] |= 1ull << v % 64;
	return 0;
}

static bool octet_has(const struct target *t, size_t i, unsigned v)
{
	return v < 256 && (t->octet[i][v / 64] >> v % 64 & 1);
}

/* How many octets at the end are free to be anything. */
static size_t octets_full(const struct target *t)
{
	size_t n = 0;

	while (n < 3 && (t->octet[3 - n][0] & t->octet[3 - n][1] & t->octet[3 - n][2] &
			 t->octet[3 - n][3]) == UINT64_MAX)
		n++;
	return n;
}

/* Values of octet @i (@runs: runs of neighbouring ones). */
static uint64_t octet_count(const struct target *t, size_t i, bool runs)
{
	uint64_t n = 0;

	for (unsigned v = 0; v < 256; v++)
		n += octet_has(t, i, v) && !(runs && v > 0 && octet_has(t, i, v - 1));
	return n;
}

static struct ip_addr octets_end(const struct target *t, bool last)
{
	uint8_t o[4] = { 0 };

	for (size_t i = 0; i < 4; i++)
		for (unsigned v = 0; v < 256; v++)
			if (octet_has(t, i, v)) {
				o[i] = (uint8_t)v;
				if (!last)
					break;
			}
	return ip4_make(o[0], o[1], o[2], o[3]);
}

/* Four octets' lists with dots between them. One run is a range like any other. */
static int octets_scan(const char *text, struct target *t, struct err *err)
{
	uint64_t runs = 1;
	size_t full;

	for (size_t i = 0; i < 4; i++) {
		const char *end = text + strcspn(text, ".");

		for (const char *p = text;; p++) {
			const char *comma = memchr(p, ',', (size_t)(end - p));

			if (item_scan(p, comma ? comma : end, t->octet[i]) < 0)
				return err_set(
					err, -EINVAL,
					"'%.60s': octet %zu of a range is a number from 0 to "
					"255, '1-50', '*', or such with commas between",
					text, i + 1);
			if (!comma)
				break;
			p = comma;
		}
		text = end + (*end == '.');
	}
	full = octets_full(t);
	for (size_t i = 0; i < 4 - full; i++)
		runs *= octet_count(t, i, i == 3 - full);
	if (runs > TARGET_RUNS_MAX)
		return err_set(err, -E2BIG,
			       "an octet range of %llu separate runs of addresses; %d at most: "
			       "name a prefix, or a list with -iL",
			       (unsigned long long)runs, TARGET_RUNS_MAX);
	t->kind = runs == 1 ? TARGET_RANGE : TARGET_OCTETS;
	t->prefix = (struct ip_prefix){ octets_end(t, false), 32 };
	t->last = octets_end(t, true);
	return 0;
}

static size_t count_of(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

/* Numbers, dots, and something that only a range has. "10-0-0-1" is a name. */
static bool is_octets(const char *text)
{
	return count_of(text, '.') == 3 && strspn(text, "0123456789.-,*") == strlen(text) &&
	       strcspn(text, "-,*") < strlen(text);
}

static bool is_ends(const char *text)
{
	if (count_of(text, '-') != 1)
		return false;
	return strchr(text, ':') ||
	       (count_of(text, '.') == 6 && strspn(text, "0123456789.-") == strlen(text));
}

static int plain_scan(const char *text, struct target *t, struct err *err)
{
	if (is_octets(text))
		return octets_scan(text, t, err);
	if (is_ends(text))
		return ends_scan(text, strchr(text, '-'), t, err);
	if (ip_prefix_scan(text, &t->prefix) == 0)
		return 0;
	t->kind = TARGET_NAME;
	if (strchr(text, ':'))
		return err_set(err, -EINVAL, "'%.60s' is no IPv6 address", text);
	return name_scan(text, err);
}

/* Which of them it is shows in one character: '/', '%', ':', '-', or none of them. */
int target_scan(const char *text, struct target *ret_target, struct err *err)
{
	const char *slash = strchr(text, '/'), *percent = strchr(text, '%');
	struct target t = { .kind = TARGET_ADDR };
	int r;

	if (slash && ip_prefix_scan(text, &t.prefix) < 0)
		return err_set(err, -EINVAL,
			       "'%.60s' is no prefix: an address, '/', and a length of at most 32 "
			       "(IPv4) or 128 (IPv6)",
			       text);
	if (slash) {
		t.kind = TARGET_PREFIX;
		r = 0;
	} else if (percent) {
		r = zone_scan(text, percent, &t, err);
	} else {
		r = plain_scan(text, &t, err);
	}
	if (r < 0)
		return r;
	if (t.kind == TARGET_ADDR || t.kind == TARGET_PREFIX)
		t.last = prefix_last(&t.prefix);
	*ret_target = t;
	return 0;
}

/* The lowest value of octet @i from @v on; 256: there is none. */
static unsigned octet_from(const struct target *t, size_t i, unsigned v)
{
	while (v < 256 && !octet_has(t, i, v))
		v++;
	return v;
}

/* An odometer whose last wheel goes from run to run: octet 3 - @full. */
static bool octets_next(const struct target *t, size_t full, struct target_walk *w)
{
	size_t last = 3 - full;

	if (!w->begun) {
		for (size_t i = 0; i <= last; i++)
			w->at[i] = (uint16_t)octet_from(t, i, 0);
		w->begun = true;
		return true;
	}
	for (size_t i = last;; i--) {
		unsigned v = w->at[i] + 1;

		while (i == last && octet_has(t, i, v))
			v++;
		w->at[i] = (uint16_t)octet_from(t, i, v);
		if (w->at[i] < 256)
			return true;
		if (i == 0)
			return false;
		w->at[i] = (uint16_t)octet_from(t, i, 0);
	}
}

bool target_next(const struct target *t, struct target_walk *w, struct ip_addr *ret_first,
		 uint64_t *ret_n)
{
	size_t full;
	unsigned n = 1;

	if (w->over || t->kind == TARGET_NAME)
		return false;
	if (t->kind != TARGET_OCTETS) {
		w->over = true;
		*ret_first = t->prefix.addr;
		*ret_n = distance(&t->last, &t->prefix.addr);
		*ret_n += *ret_n < UINT64_MAX;
		return true;
	}
	full = octets_full(t);
	w->over = !octets_next(t, full, w);
	if (w->over)
		return false;
	while (octet_has(t, 3 - full, w->at[3 - full] + n))
		n++;
	*ret_n = (uint64_t)n << 8 * full;
	*ret_first = ip4_make((uint8_t)w->at[0], (uint8_t)w->at[1], (uint8_t)w->at[2],
			      (uint8_t)w->at[3]);
	return true;
}

uint64_t target_count(const struct target *t)
{
	struct target_walk w = { 0 };
	struct ip_addr first;
	uint64_t sum = 0, n;

	while (target_next(t, &w, &first, &n))
		sum = n > UINT64_MAX - sum ? UINT64_MAX : sum + n;
	return sum;
}
