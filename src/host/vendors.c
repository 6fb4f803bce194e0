/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vendors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "host/slurp.h"

#define FOLDER       "/usr/share/ieee-data/"
#define FILE_LEN_MAX (32u << 20) /* octets read of a file; the rest is not looked at */
#define DIGITS_MAX   9           /* of a block: 36 bits */

struct block {
	uint64_t bits;  /* the number of digits above 48 bits of the block's first address */
	uint32_t name;  /* where in .text it begins */
	uint32_t order; /* of those with the same bits the first counts */
};

struct vendors {
	struct block *block; /* sorted */
	size_t n, room;
	char *text; /* names, each ended; at 0 an empty one */
	size_t len, text_room;
};

void vendors_free(struct vendors *v)
{
	if (!v)
		return;
	free(v->block);
	free(v->text);
	free(v);
}

void vendors_freep(struct vendors **v)
{
	vendors_free(*v);
}

static uint64_t bits_of(const uint8_t mac[static 6], unsigned digits)
{
	uint64_t v = 0;

	for (size_t i = 0; i < 6; i++)
		v = v << 8 | mac[i];
	v &= ~0ull << (48 - 4 * digits);
	return (uint64_t)digits << 48 | v;
}

/* -1: no such digit. */
static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The block that @text, six, seven or nine digits, means. */
static bool block_scan(const char *text, uint64_t *ret_bits)
{
	size_t n = strlen(text);
	uint64_t v = 0;

	if (n != 6 && n != 7 && n != DIGITS_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (hex(text[i]) < 0)
			return false;
		v = v << 4 | (uint64_t)hex(text[i]);
	}
	*ret_bits = (uint64_t)n << 48 | v << (48 - 4 * n);
	return true;
}

/* One octet of a field; -1 at its end. A quote within quotes is written twice. */
static int octet_next(struct span *s, bool *quoted)
{
	int c;

	while (s->len > 0 && *s->p == '"') {
		bool twice = *quoted && s->len > 1 && s->p[1] == '"';

		s->p += 1 + twice;
		s->len -= 1u + twice;
		if (twice)
			return '"';
		*quoted = !*quoted;
	}
	if (s->len == 0 || (!*quoted && (*s->p == ',' || *s->p == '\n')))
		return -1;
	c = *s->p;
	s->p++;
	s->len--;
	return c;
}

/* What is no UTF-8 becomes '?', in place. */
static void mend(char *text)
{
	size_t left = strlen(text);

	for (size_t n; left > 0; text += n, left -= n) {
		n = utf8_len(text, left);
		if (n == 0) {
			*text = '?';
			n = 1;
		}
	}
}

/* A character that was cut at the end of a full buffer goes away whole. */
static void cut(char *text)
{
	size_t n = strlen(text), back = 0;

	while (back < 3 && back < n && ((unsigned char)text[n - 1 - back] & 0xc0) == 0x80)
		back++;
	if (back < n && (unsigned char)text[n - 1 - back] >= 0xc0 &&
	    utf8_len(text + n - 1 - back, back + 1) == 0)
		text[n - 1 - back] = '\0';
}

/*
 * The next field of the record at @s, blanks and control characters made one blank each, none
 * at the ends. @s is left at the ',' or line end behind it.
 */
static void field(struct span *s, char *buf, size_t room)
{
	bool quoted = false, blank = false;
	size_t n = 0;
	int c;

	while ((c = octet_next(s, &quoted)) >= 0) {
		if (c <= ' ' || c == 0x7f) {
			blank = n > 0;
			continue;
		}
		if (blank && n + 1 < room)
			buf[n++] = ' ';
		blank = false;
		if (n + 1 < room)
			buf[n++] = (char)c;
	}
	buf[n] = '\0';
	if (n + 1 == room)
		cut(buf);
	mend(buf);
}

static bool is_nobody(const char *name)
{
	return strcmp(name, "Private") == 0 || strcmp(name, "IEEE Registration Authority") == 0;
}

static int keep(struct vendors *v, uint64_t bits, const char *name)
{
	size_t len = strlen(name) + 1, at = 0;

	if (v->n == v->room) {
		size_t room = MAX(v->room * 2, (size_t)1024);
		struct block *p = realloc(v->block, room * sizeof(*p));

		if (!p)
			return -ENOMEM;
		v->block = p;
		v->room = room;
	}
	if (v->text_room - v->len < len) {
		size_t room = MAX(v->text_room * 2, (size_t)16384);
		char *p = realloc(v->text, room);

		if (!p)
			return -ENOMEM;
		v->text = p;
		v->text_room = room;
	}
	if (!is_nobody(name) && len > 1) {
		at = v->len;
		memcpy(v->text + at, name, len);
		v->len += len;
	}
	v->block[v->n] = (struct block){ bits, (uint32_t)at, (uint32_t)v->n };
	v->n++;
	return 0;
}

/* One line: registry, block, owner, address. */
static int record(struct vendors *v, struct span *s)
{
	char text[4][VENDORS_NAME_MAX];
	uint64_t bits;
	size_t n = 0;

	do {
		char rest[VENDORS_NAME_MAX];

		field(s, n < ARRAY_LEN(text) ? text[n] : rest, VENDORS_NAME_MAX);
		n++;
		if (s->len == 0 || *s->p == '\n')
			break;
		s->p++;
		s->len--;
	} while (true);
	if (s->len > 0) {
		s->p++;
		s->len--;
	}
	return n >= 3 && block_scan(text[1], &bits) ? keep(v, bits, text[2]) : 0;
}

static int by_bits(const void *a_, const void *b_)
{
	const struct block *a = a_, *b = b_;

	if (a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void sort(struct vendors *v)
{
	size_t n = 0;

	if (v->n > 1)
		qsort(v->block, v->n, sizeof(*v->block), by_bits);
	for (size_t i = 0; i < v->n; i++)
		if (n == 0 || v->block[n - 1].bits != v->block[i].bits)
			v->block[n++] = v->block[i];
	v->n = n;
}

int vendors_new(const struct span *text, size_t n, struct vendors **ret)
{
	AUTO(vendors_freep) struct vendors *v = calloc(1, sizeof(*v));
	int r = 0;

	if (v)
		v->text = calloc(1, 1);
	if (!v || !v->text)
		return -ENOMEM;
	v->len = v->text_room = 1;
	for (size_t i = 0; i < n; i++) {
		struct span s = { text[i].p, MIN(text[i].len, (size_t)FILE_LEN_MAX) };

		while (r == 0 && s.len > 0)
			r = record(v, &s);
	}
	if (r < 0)
		return r;
	sort(v);
	*ret = v;
	v = NULL;
	return 0;
}

int vendors_read(struct vendors **ret, struct err *err)
{
	static const char *const files[] = { FOLDER "oui.csv", FOLDER "mam.csv", FOLDER "oui36.csv",
					     FOLDER "iab.csv" };
	char *text[ARRAY_LEN(files)] = { 0 };
	struct span span[ARRAY_LEN(files)] = { 0 };
	int r;

	/* Without the package nobody has a name, and that is no failure. */
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (slurp(files[i], FILE_LEN_MAX, &text[i], &span[i].len) == 0)
			span[i].p = (const uint8_t *)text[i];
	r = vendors_new(span, ARRAY_LEN(files), ret);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		free(text[i]);
	return r < 0 ? err_set(err, r, "reading the names of vendors: out of memory") : 0;
}

/* Addresses that a protocol gives to whichever interface serves it now. */
static const char *protocol_of(const uint8_t mac[static 6])
{
	static const struct {
		uint8_t octet[5];
		const char *name;
	} rows[] = {
		{ { 0x00, 0x00, 0x5e, 0x00, 0x01 }, "VRRP virtual router (IPv4)" },
		{ { 0x00, 0x00, 0x5e, 0x00, 0x02 }, "VRRP virtual router (IPv6)" },
		{ { 0x00, 0x00, 0x0c, 0x07, 0xac }, "HSRP virtual router" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (memcmp(rows[i].octet, mac, sizeof(rows[i].octet)) == 0)
			return rows[i].name;
	return NULL;
}

const char *vendors_name(const struct vendors *v, const uint8_t mac[static 6])
{
	static const unsigned digits[] = { DIGITS_MAX, 7, 6 };
	const char *protocol = protocol_of(mac);

	if (protocol)
		return protocol;
	if (mac[0] & 3) /* a group's; locally administered */
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(digits); i++) {
		uint64_t bits = bits_of(mac, digits[i]);
		size_t low = 0, high = v->n;

		while (high - low > 1) {
			size_t middle = low + (high - low) / 2;

			if (v->block[middle].bits <= bits)
				low = middle;
			else
				high = middle;
		}
		if (v->n > 0 && v->block[low].bits == bits)
			return v->block[low].name ? v->text + v->block[low].name : NULL;
	}
	return NULL;
}
