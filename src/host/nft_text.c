/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/nft_text.h"

#include <string.h>

static struct span span_of(const char *from, const char *to)
{
	return (struct span){ (const uint8_t *)from, (size_t)(to - from) };
}

static const char *chars(struct span s)
{
	return (const char *)s.p;
}

/* A line ends at a newline outside of quotes: a comment may hold one. nft knows no escapes. */
static struct span take_line(struct nft_scan *s)
{
	const char *start = s->p, *first_nl = NULL, *at;
	bool quoted = false;

	for (at = start; at < s->end && (quoted || *at != '\n'); at++) {
		quoted ^= *at == '"';
		if (*at == '\n' && !first_nl)
			first_nl = at;
	}
	if (at == s->end && quoted && first_nl) /* a quote that never ends: its line does */
		at = first_nl;
	s->p = at < s->end ? at + 1 : at;
	return span_of(start, at);
}

static struct span trim(struct span s)
{
	while (s.len && (*s.p == ' ' || *s.p == '\t')) {
		s.p++;
		s.len--;
	}
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

bool nft_text_begins(struct span text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && memcmp(text.p, word, len) == 0;
}

static bool is_text(struct span s, const char *text)
{
	return s.len == strlen(text) && nft_text_begins(s, text);
}

/* Cut " # handle 7" off the end of @s; the number, or 0 when there is none. */
static uint64_t cut_handle(struct span *s)
{
	static const char mark[] = "# handle ";
	size_t len = strlen(mark), at = s->len, digits;
	uint64_t handle = 0;

	while (at > 0 && s->p[at - 1] >= '0' && s->p[at - 1] <= '9')
		at--;
	digits = at;
	if (digits == s->len || at < len || memcmp(s->p + at - len, mark, len) != 0)
		return 0;
	for (; digits < s->len; digits++)
		handle = handle * 10 + (uint64_t)(s->p[digits] - '0');
	*s = trim(span_of(chars(*s), chars(*s) + at - len));
	return handle;
}

static struct span word(struct span *s)
{
	size_t n = 0;
	struct span w;

	*s = trim(*s);
	while (n < s->len && s->p[n] != ' ')
		n++;
	w = span_of(chars(*s), chars(*s) + n);
	s->p += n;
	s->len -= n;
	return w;
}

/* Opening less closing braces, outside of quotes. */
static int braces(struct span s)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		quoted ^= s.p[i] == '"';
		if (!quoted)
			depth += (s.p[i] == '{') - (s.p[i] == '}');
	}
	return depth;
}

struct nft_scan nft_text_scan(const char *text, size_t len)
{
	return (struct nft_scan){ .p = text, .end = text + len };
}

static bool begin_table(struct nft_scan *s, struct span line, struct nft_item *ret)
{
	struct span start = { line.p, 0 };
	uint64_t handle = cut_handle(&line);

	if (!nft_text_begins(line, "table ") || braces(line) != 1)
		return false;
	word(&line);
	s->family = word(&line);
	s->table = word(&line);
	s->in_table = true;
	*ret = (struct nft_item){ .kind = NFT_ITEM_TABLE, .text = start, .handle = handle };
	return true;
}

/* The lines of a chain that are no rules: they stand before the rules. */
static struct span chain_spec(struct nft_scan *s)
{
	const char *start = s->p, *end = s->p;

	for (;;) {
		struct nft_scan ahead = *s;
		struct span line = trim(take_line(&ahead));

		if (!nft_text_begins(line, "type ") && !nft_text_begins(line, "comment "))
			return trim(span_of(start, end));
		s->p = ahead.p;
		end = (const char *)line.p + line.len;
	}
}

static struct nft_item begin_chain(struct nft_scan *s, struct span line)
{
	struct nft_item item = { .kind = NFT_ITEM_CHAIN, .handle = cut_handle(&line) };

	word(&line);
	s->chain = word(&line);
	item.text = chain_spec(s);
	return item;
}

static struct nft_item take_object(struct nft_scan *s, struct span line, int depth)
{
	const char *start = chars(line), *end = start + line.len;

	while (depth > 0 && s->p < s->end) {
		line = take_line(s);
		end = chars(line) + line.len;
		depth += braces(line);
	}
	return (struct nft_item){ .kind = NFT_ITEM_OBJECT, .text = trim(span_of(start, end)) };
}

static bool in_table_line(struct nft_scan *s, struct span line, struct nft_item *ret)
{
	int depth = braces(line);

	if (line.len == 0 || nft_text_begins(line, "#"))
		return false;
	if (depth < 0) {
		s->in_table = false;
		return false;
	}
	if (nft_text_begins(line, "chain ") && depth == 1)
		*ret = begin_chain(s, line);
	else if (depth > 0)
		*ret = take_object(s, line, depth);
	else
		*ret = (struct nft_item){ .kind = NFT_ITEM_SPEC, .text = line };
	return true;
}

static bool in_chain_line(struct nft_scan *s, struct span line, struct nft_item *ret)
{
	if (line.len == 0)
		return false;
	if (is_text(line, "}")) {
		s->chain.len = 0;
		return false;
	}
	*ret = (struct nft_item){ .kind = NFT_ITEM_RULE };
	ret->handle = cut_handle(&line);
	ret->text = line;
	return true;
}

int nft_text_next(struct nft_scan *s, struct nft_item *ret_item)
{
	while (s->p < s->end) {
		struct span line = trim(take_line(s));
		struct nft_item item;
		bool found;

		if (!s->in_table)
			found = begin_table(s, line, &item);
		else if (s->chain.len)
			found = in_chain_line(s, line, &item);
		else
			found = in_table_line(s, line, &item);
		if (!found)
			continue;
		item.family = s->family;
		item.table = s->table;
		item.chain = s->chain;
		*ret_item = item;
		return 1;
	}
	return 0;
}

struct plain {
	char *out;
	bool fleeting; /* inside a set whose elements come and go */
	int skip;      /* braces left open of its elements */
};

/* How much of @s, which begins with a blank, may differ between two listings; @ret_keep of that stays. */
static size_t fleeting_len(struct span s, size_t *ret_keep)
{
	static const struct {
		const char *words;
		unsigned more; /* words behind them that go too */
		size_t keep;
	} form[] = {
		{ " counter packets ", 3, 8 },
		{ " expires ", 1, 0 },
		{ " last used ", 1, 5 },
		{ " used ", 2, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(form); i++) {
		struct span rest = s;

		if (!nft_text_begins(s, form[i].words))
			continue;
		rest.p += strlen(form[i].words);
		rest.len -= strlen(form[i].words);
		for (unsigned n = 0; n < form[i].more; n++)
			word(&rest);
		/* What ends a list or a pair clings to the last word. */
		while (rest.p[-1] == ',' || rest.p[-1] == ';') {
			rest.p--;
			rest.len++;
		}
		*ret_keep = form[i].keep;
		return s.len - rest.len;
	}
	return 0;
}

static void put_line(struct plain *p, struct span line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.len;) {
		struct span rest = { line.p + i, line.len - i };
		size_t keep = 0, len = quoted ? 0 : fleeting_len(rest, &keep);

		if (len == 0)
			len = keep = 1;
		quoted ^= line.p[i] == '"';
		memcpy(p->out, line.p + i, keep);
		p->out += keep;
		i += len;
	}
	*p->out++ = '\n';
}

/* Whether the line is one that two listings agree on. */
static bool stays(struct plain *p, struct span line)
{
	struct span bare = trim(line);

	if (p->skip > 0) {
		p->skip += braces(bare);
		return false;
	}
	if (nft_text_begins(bare, "set ") || nft_text_begins(bare, "map ") || is_text(bare, "}"))
		p->fleeting = false;
	if (nft_text_begins(bare, "timeout ") ||
	    (nft_text_begins(bare, "flags ") && memmem(bare.p, bare.len, "dynamic", 7)))
		p->fleeting = true;
	if (p->fleeting && nft_text_begins(bare, "elements = ")) {
		p->skip = braces(bare);
		return false;
	}
	return !nft_text_begins(bare, "packets ") && !nft_text_begins(bare, "#");
}

size_t nft_text_plain(const char *text, size_t len, char *buf)
{
	struct nft_scan s = nft_text_scan(text, len);
	struct plain p = { .out = buf };

	while (s.p < s.end) {
		struct span line = take_line(&s);

		cut_handle(&line);
		if (stays(&p, line))
			put_line(&p, line);
	}
	*p.out = '\0';
	return (size_t)(p.out - buf);
}
