/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/target.h"
#include "probe/target.h"

#define PIECE_LEN 65536 /* octets read at once */

void flow_list_done(struct flow_list *l)
{
	for (size_t i = 0; i < l->name_n; i++)
		free(l->name[i].name);
	free(l->name);
	free(l->space.range);
	free(l->exclude.range);
	l->name = NULL;
	l->name_n = l->name_room = 0;
	l->space = (struct space){ 0 };
	l->exclude = (struct space){ 0 };
}

static int grow(struct space *s, size_t room)
{
	struct space_range *r;

	if (room > FLOW_LIST_RANGES_MAX)
		return -E2BIG;
	r = realloc(s->range, room * sizeof(*r));
	if (!r)
		return -ENOMEM;
	s->range = r;
	s->room = room;
	return 0;
}

static int add_range(struct space *s, const struct ip_addr *first, uint64_t n, bool named)
{
	int r = space_add(s, first, n, named);

	if (r != -ENOSPC)
		return r;
	r = grow(s, MAX(s->room * 2, (size_t)16));
	return r < 0 ? r : space_add(s, first, n, named);
}

static int add_wide(struct space *s, const struct ip_prefix *p)
{
	int r = space_add_prefix(s, p);

	if (r != -ENOSPC)
		return r;
	r = grow(s, MAX(s->room * 2, (size_t)16));
	return r < 0 ? r : space_add_prefix(s, p);
}

static int add_name(struct flow_list *l, const char *text, const struct ip_addr *a)
{
	size_t room = MAX(l->name_room * 2, (size_t)16);
	struct flow_list_name *p;
	char *name;

	if (l->name_n == l->name_room) {
		p = room > FLOW_LIST_RANGES_MAX ? NULL : realloc(l->name, room * sizeof(*p));
		if (!p)
			return room > FLOW_LIST_RANGES_MAX ? -E2BIG : -ENOMEM;
		l->name = p;
		l->name_room = room;
	}
	name = strdup(text);
	if (!name)
		return -ENOMEM;
	l->name[l->name_n++] = (struct flow_list_name){ *a, name };
	return 0;
}

static int failed(const char *text, int r, struct err *err)
{
	if (r == -ENOMEM)
		return err_set(err, r, "'%.60s': out of memory", text);
	if (r == -E2BIG)
		return err_set(err, r,
			       "'%.60s': too many in all; one run takes 2^48 addresses in %u "
			       "ranges at most",
			       text, FLOW_LIST_RANGES_MAX);
	return r;
}

/* @exclude: a name that does not resolve cannot be kept out, so that is no small matter. */
static int take_name(struct flow_list *l, const char *text, bool exclude, struct err *err)
{
	struct ip_addr a;
	int r = flow_target_resolve(text, l->family, &a, err);

	if (r < 0) {
		l->unresolved += !exclude;
		return r;
	}
	if (!exclude)
		r = add_name(l, text, &a);
	if (r == 0)
		r = add_range(exclude ? &l->exclude : &l->space, &a, 1, true);
	return failed(text, r, err);
}

static int too_wide(const char *text, const struct target *t, struct err *err)
{
	if (t->kind == TARGET_PREFIX)
		return err_set(err, -E2BIG,
			       "'%.60s' has 2^%zu addresses, 2^48 is the most one can ask: name "
			       "the hosts (a hit-list, -iL FILE); those of a link are found by "
			       "sonde sweep --neighbours",
			       text, 8 * ip_len(t->prefix.addr.family) - t->prefix.len);
	return err_set(err, -E2BIG,
		       "'%.100s' has more than 2^48 addresses: name the hosts (-iL FILE)", text);
}

/* Nobody means this host 16 million times by 0.0.0.0/0, but 127.0.0.0/29 is as good as its names. */
static bool is_loopback(const struct ip_addr *first, uint64_t n)
{
	struct ip_addr last = ip_plus(first, n - 1);

	return ip_kind(first) == IP_LOOPBACK && ip_kind(&last) == IP_LOOPBACK;
}

static int take_range(struct flow_list *l, const char *text, const struct target *t, bool exclude,
		      struct err *err)
{
	struct space *s = exclude ? &l->exclude : &l->space;
	uint64_t count = target_count(t), n;
	struct ip_addr first = t->prefix.addr, a;
	struct target_walk w = { 0 };
	int r = flow_target_zone(text, t->zone, l->iface, &first, err);

	if (r < 0)
		return r;
	if (exclude && t->kind == TARGET_PREFIX && count > SPACE_TOTAL_MAX) {
		struct ip_prefix p = { first, t->prefix.len };

		return failed(text, add_wide(s, &p), err);
	}
	if (count > SPACE_TOTAL_MAX)
		return too_wide(text, t, err);
	if (count > SPACE_TOTAL_MAX - s->total)
		return failed(text, -E2BIG, err);
	while (r == 0 && target_next(t, &w, &a, &n)) {
		a.zone = first.zone;
		r = add_range(s, &a, n, count == 1 || is_loopback(&a, n));
	}
	return failed(text, r, err);
}

static int take(struct flow_list *l, const char *text, bool exclude, struct err *err)
{
	const struct ip_addr *a;
	struct target t;
	int r = target_scan(text, &t, err);
	enum ip_kind kind;

	if (r < 0)
		return r;
	if (t.kind == TARGET_NAME)
		return take_name(l, text, exclude, err);
	a = &t.prefix.addr;
	if (l->family != 0 && a->family != l->family)
		return exclude ? 0
			       : err_set(err, -EINVAL, "'%.60s' is not IPv%d, which -%d asks for",
					 text, l->family, l->family);
	kind = ip_kind(a);
	if (!exclude && target_count(&t) == 1 && (kind == IP_BROADCAST || kind == IP_UNSPECIFIED))
		return err_set(err, -EINVAL, "'%.60s' is not the address of a host", text);
	if (t.zone[0] && kind != IP_LINK_LOCAL && kind != IP_MULTICAST)
		return err_set(err, -EINVAL,
			       "'%.60s' is no address of one link only: -I says by which interface",
			       text);
	return take_range(l, text, &t, exclude, err);
}

int flow_list_add(struct flow_list *l, const char *text, struct err *err)
{
	return take(l, text, false, err);
}

int flow_list_exclude(struct flow_list *l, const char *text, struct err *err)
{
	return take(l, text, true, err);
}

/* A file on its way in. */
struct reading {
	struct flow_list *l;
	const char *name;
	bool exclude, comment;
	void (*name_failed)(void *to, const char *text);
	void *to;
	unsigned long line;
	size_t octets, len;
	char word[FLOW_LIST_WORD_MAX + 1];
};

static int fault(const struct reading *in, const char *what, struct err *err)
{
	return err_set(err, -EINVAL, "%.100s:%lu: %s", in->name, in->line, what);
}

static int word_end(struct reading *in, struct err *err)
{
	struct err e;
	int r;

	if (in->len == 0)
		return 0;
	in->word[in->len] = '\0';
	in->len = 0;
	r = take(in->l, in->word, in->exclude, &e);
	if (r == 0)
		return 0;
	err_wrap(&e, r, "%.100s:%lu", in->name, in->line);
	if (r == -ENOENT && in->name_failed && !in->exclude) {
		in->name_failed(in->to, e.text);
		return 0;
	}
	if (err)
		*err = e;
	return r;
}

static int octet(struct reading *in, char c, struct err *err)
{
	int r = 0;

	if (c == '\0')
		return fault(in, "a NUL octet: this is no text file", err);
	if (strchr(" \t\r\n\f\v#", c)) {
		r = word_end(in, err);
		in->comment = c != '\n' && c != '\r' && (in->comment || c == '#');
		in->line += c == '\n';
	} else if (!in->comment) {
		if (in->len == FLOW_LIST_WORD_MAX)
			return fault(in, "a word of more than 1024 octets", err);
		in->word[in->len++] = c;
	}
	return r;
}

static int piece(struct reading *in, const char *p, size_t len, struct err *err)
{
	static const char mark[] = "\xef\xbb\xbf"; /* U+FEFF in UTF-8 */
	int r = 0;

	for (size_t i = 0; r == 0 && i < len; i++) {
		r = octet(in, p[i], err);
		if (++in->octets == sizeof(mark) - 1 && in->len == in->octets &&
		    memcmp(in->word, mark, in->len) == 0)
			in->len = 0;
	}
	return r;
}

static int read_all(struct reading *in, int fd, char *buf, struct err *err)
{
	for (;;) {
		ssize_t n = read(fd, buf, PIECE_LEN);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r = -errno;
			return err_set(err, r, "reading %.100s: %s", in->name, strerror(-r));
		}
		if (n == 0)
			return word_end(in, err);
		if (in->octets + (size_t)n > FLOW_LIST_FILE_MAX)
			return err_set(err, -E2BIG, "%.100s: more than 2^30 octets are no list",
				       in->name);
		r = piece(in, buf, (size_t)n, err);
		if (r < 0)
			return r;
	}
}

int flow_list_read(struct flow_list *l, const char *path, bool exclude,
		   void (*name_failed)(void *to, const char *text), void *to, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), r;
	struct reading in = {
		.l = l,
		.name = standard ? "standard input" : path,
		.exclude = exclude,
		.name_failed = name_failed,
		.to = to,
		.line = 1,
	};
	char *buf;

	if (fd < 0) {
		r = -errno;
		return err_set(err, r, "opening %.100s: %s", path, strerror(-r));
	}
	buf = malloc(PIECE_LEN);
	r = buf ? read_all(&in, fd, buf, err)
		: err_set(err, -ENOMEM, "reading %.100s: out of memory", path);
	free(buf);
	if (!standard)
		close(fd);
	return r;
}

static int addr_cmp(const struct ip_addr *a, const struct ip_addr *b)
{
	int c = ip_cmp(a, b);

	return c != 0 ? c : a->zone < b->zone ? -1 : a->zone > b->zone;
}

static int name_cmp(const void *a, const void *b)
{
	return addr_cmp(&((const struct flow_list_name *)a)->addr,
			&((const struct flow_list_name *)b)->addr);
}

int flow_list_seal(struct flow_list *l, struct err *err)
{
	size_t room = 0;
	int r;

	while ((r = space_seal(&l->space, &l->exclude, l->special, &room)) == -ENOSPC) {
		r = grow(&l->space, room);
		if (r < 0)
			return err_set(err, r, "the list of targets: %s",
				       r == -E2BIG ? "exclusions split it into too many ranges"
						   : "out of memory");
	}
	if (l->name_n > 1)
		qsort(l->name, l->name_n, sizeof(*l->name), name_cmp);
	return r;
}

const char *flow_list_name(const struct flow_list *l, const struct ip_addr *a)
{
	struct flow_list_name key = { .addr = *a };
	const struct flow_list_name *found;

	if (l->name_n == 0)
		return NULL;
	found = bsearch(&key, l->name, l->name_n, sizeof(*l->name), name_cmp);
	return found ? found->name : NULL;
}
