/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names: "localhost" only, which every Debian's /etc/hosts has, and ".invalid" (RFC 6761). */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/list.h"

static const char *shape(const struct flow_list *l, char *buf, size_t room)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < l->space.n; i++) {
		char text[IP_TEXT_LEN];

		at += (size_t)snprintf(buf + at, room - at, "%s%s+%llu", i ? " " : "",
				       ip_format(&l->space.range[i].first, text),
				       (unsigned long long)l->space.range[i].n);
	}
	return buf;
}

/* Read @len octets as a list's file. */
static int read_text(struct flow_list *l, const char *octets, size_t len, bool exclude,
		     struct err *err)
{
	char path[] = "/tmp/sonde-list-XXXXXX";
	int fd = mkstemp(path), r;

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, octets, len), len);
	close(fd);
	r = flow_list_read(l, path, exclude, NULL, NULL, err);
	unlink(path);
	return r;
}

TEST(list_takes_every_kind_of_target)
{
	AUTO(flow_list_done) struct flow_list l = { .iface = "lo" };
	struct ip_addr a = ip4_make(127, 0, 0, 1);
	char buf[300];

	CHECK_EQ(flow_list_add(&l, "10.0.0.1-3", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "10.0.2,4.0-255", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "10.0.8.254-10.0.9.1", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "10.0.2.0/30", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "fe80::1", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "fe80::4/127", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "192.0.2.0/31", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "192.0.2.9", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "127.0.0.0/30", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "126.255.255.255-128.0.0.0", NULL), 0);
	CHECK_EQ(flow_list_seal(&l, NULL), 0);
	CHECK_STR(
		shape(&l, buf, sizeof(buf)),
		"10.0.0.1+3 10.0.2.0+256 10.0.4.0+256 10.0.8.254+4 126.255.255.255+1 127.0.0.0+4 128.0.0.0+1 192.0.2.9+1 fe80::1%1+1 "
		"fe80::4%1+2");
	CHECK_EQ(l.space.repeated, 8);
	CHECK_EQ(l.space.special, 2 + (1 << 24) - 4);
	CHECK(!flow_list_name(&l, &a));
}

TEST(list_knows_names_again)
{
	AUTO(flow_list_done) struct flow_list l = { .family = 4 };
	struct ip_addr a = ip4_make(127, 0, 0, 1), b = ip4_make(127, 0, 0, 2);
	struct err err;

	CHECK_EQ(flow_list_add(&l, "127.0.0.2", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "localhost", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "no.such.host.invalid", &err), -ENOENT);
	CHECK_HAS(err.text, "no.such.host.invalid");
	CHECK_EQ(l.unresolved, 1);
	CHECK_EQ(flow_list_seal(&l, NULL), 0);
	CHECK_EQ(l.space.total, 2);
	CHECK_STR(flow_list_name(&l, &a), "localhost");
	CHECK(!flow_list_name(&l, &b));
}

TEST(list_leaves_out_what_is_excluded)
{
	AUTO(flow_list_done) struct flow_list l = { 0 };
	char buf[300];

	CHECK_EQ(flow_list_add(&l, "10.0.0.0/24", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "2001:db8::7", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "fc00::7", NULL), 0);
	CHECK_EQ(flow_list_exclude(&l, "10.0.0.128/25", NULL), 0);
	CHECK_EQ(flow_list_exclude(&l, "10.0.0.0,2,4,6,8", NULL), 0);
	CHECK_EQ(flow_list_exclude(&l, "2001::/16", NULL), 0);
	CHECK_EQ(flow_list_exclude(&l, "no.such.host.invalid", NULL), -ENOENT);
	CHECK_EQ(l.unresolved, 0);
	CHECK_EQ(flow_list_seal(&l, NULL), 0);
	CHECK_STR(shape(&l, buf, sizeof(buf)),
		  "10.0.0.1+1 10.0.0.3+1 10.0.0.5+1 10.0.0.7+1 10.0.0.9+119 fc00::7+1");
	CHECK_EQ(l.space.excluded, 128 + 5 + 1);
}

TEST(list_refuses_what_cannot_be_asked)
{
	static const struct {
		const char *text;
		int family, want;
		const char *says;
	} cases[] = {
		{ "10.0.0.256", 0, -EINVAL, "four numbers" },
		{ "0.0.0.0", 0, -EINVAL, "not the address of a host" },
		{ "255.255.255.255", 0, -EINVAL, "not the address of a host" },
		{ "::", 0, -EINVAL, "not the address of a host" },
		{ "::1", 4, -EINVAL, "-4" },
		{ "10.0.0.1-9", 6, -EINVAL, "-6" },
		{ "fe80::1", 0, -EINVAL, "say which" },
		{ "fe80::/120", 0, -EINVAL, "say which" },
		{ "fe80::1%nosuchif", 0, -EINVAL, "no interface" },
		{ "2001:db8::1%lo", 0, -EINVAL, "-I says" },
		{ "2001:db8::/64", 0, -E2BIG, "2^64 addresses" },
		{ "2001:db8::/79", 0, -E2BIG, "hit-list" },
		{ "2001:db8::-2001:db9::", 0, -E2BIG, "more than 2^48" },
		{ "*.*.*.1", 0, -E2BIG, "separate runs" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(flow_list_done) struct flow_list l = { .family = cases[i].family };
		struct err err;

		CHECK_EQ(flow_list_add(&l, cases[i].text, &err), cases[i].want);
		CHECK_HAS(err.text, cases[i].says);
		CHECK_EQ(l.space.n, 0);
	}
}

TEST(list_bounds_the_sum)
{
	AUTO(flow_list_done) struct flow_list l = { 0 };
	struct err err;

	CHECK_EQ(flow_list_add(&l, "fc00::/80", &err), 0);
	CHECK_EQ(flow_list_add(&l, "10.0.0.1", &err), -E2BIG);
	CHECK_HAS(err.text, "too many in all");
}

TEST(list_reads_files_of_all_shapes)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "10.0.0.1", "10.0.0.1+1" },
		{ "10.0.0.1\n10.0.0.2\n", "10.0.0.1+2" },
		{ "\xef\xbb\xbf"
		  "10.0.0.1\r\n10.0.0.3\r\n",
		  "10.0.0.1+1 10.0.0.3+1" },
		{ "\xef\xbb\xbf# nothing\n", "" },
		{ "# 10.0.0.9\n 10.0.0.1\t10.0.0.3 # 10.0.0.5\n\n\n10.0.0.7#10.0.0.11",
		  "10.0.0.1+1 10.0.0.3+1 10.0.0.7+1" },
		{ "10.0.0.1\r10.0.0.2\r#x\r10.0.0.3", "10.0.0.1+3" },
		{ "\n\f\v  \n10.0.0.0/30\n", "10.0.0.0+4" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(flow_list_done) struct flow_list l = { 0 };
		char buf[300];

		CHECK_EQ(read_text(&l, cases[i].text, strlen(cases[i].text), false, NULL), 0);
		CHECK_EQ(flow_list_seal(&l, NULL), 0);
		CHECK_STR(shape(&l, buf, sizeof(buf)), cases[i].want);
	}
}

TEST(list_names_file_line_and_word_of_junk)
{
	static const struct {
		const char *text;
		size_t len;
		int want;
		const char *says[2];
	} cases[] = {
		{ "10.0.0.1\n\n10.0.0.256 10.0.0.2\n", 0, -EINVAL, { ":3: ", "'10.0.0.256'" } },
		{ "10.0.0.1\r\n10.0.0.300", 0, -EINVAL, { ":2: ", "'10.0.0.300'" } },
		{ "10.0.0.1\n2001:db8::/32", 0, -E2BIG, { ":2: ", "2^96" } },
		{ "10.0.0.1\n\0\n", 11, -EINVAL, { ":2: ", "NUL" } },
		{ "#\n\xff\xfe"
		  "1\0",
		  6,
		  -EINVAL,
		  { ":2: ", "NUL" } },
		{ "a\x1b[31mb\n", 0, -EINVAL, { ":1: ", "host name" } },
		{ "no.such.host.invalid\n", 0, -ENOENT, { ":1: ", "no.such.host.invalid" } },
		{ "10.0.0.1\n\xef\xbb\xbf"
		  "10.0.0.2\n",
		  0,
		  -EINVAL,
		  { ":2: ", "four numbers" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = cases[i].len ? cases[i].len : strlen(cases[i].text);
		AUTO(flow_list_done) struct flow_list l = { 0 };
		struct err err;

		CHECK_EQ(read_text(&l, cases[i].text, len, false, &err), cases[i].want);
		CHECK_HAS(err.text, "/tmp/sonde-list-");
		CHECK_HAS(err.text, cases[i].says[0]);
		CHECK_HAS(err.text, cases[i].says[1]);
	}
}

TEST(list_bounds_words_and_says_why_a_file_is_none)
{
	AUTO(flow_list_done) struct flow_list l = { 0 };
	char text[FLOW_LIST_WORD_MAX + 3];
	struct err err;

	memset(text, '1', sizeof(text));
	text[0] = '\n';
	CHECK_EQ(read_text(&l, text, sizeof(text), false, &err), -EINVAL);
	CHECK_HAS(err.text, ":2: a word of more than 1024");
	text[1] = '#';
	CHECK_EQ(read_text(&l, text, sizeof(text), false, &err), 0);
	CHECK_EQ(flow_list_read(&l, "/tmp", false, NULL, NULL, &err), -EISDIR);
	CHECK_HAS(err.text, "/tmp");
	CHECK_EQ(flow_list_read(&l, "/nonexistent/file", false, NULL, NULL, &err), -ENOENT);
	CHECK_HAS(err.text, "/nonexistent/file");
	CHECK_EQ(flow_list_read(&l, "/dev/zero", false, NULL, NULL, &err), -EINVAL);
	CHECK_HAS(err.text, "NUL");
}

static void count(void *to, const char *text)
{
	CHECK_HAS(text, ".invalid");
	++*(int *)to;
}

TEST(list_goes_on_behind_names_that_do_not_resolve)
{
	static const char text[] = "a.invalid 10.0.0.1\nb.invalid\n10.0.0.2\n";
	AUTO(flow_list_done) struct flow_list l = { 0 };
	char path[] = "/tmp/sonde-list-XXXXXX";
	int fd = mkstemp(path), failed = 0;

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	CHECK_EQ(flow_list_read(&l, path, false, count, &failed, NULL), 0);
	CHECK_EQ(failed, 2);
	CHECK_EQ(l.unresolved, 2);
	CHECK_EQ(l.space.total, 2);
	/* What should be kept out and cannot be is no small matter. */
	CHECK_EQ(flow_list_read(&l, path, true, count, &failed, NULL), -ENOENT);
	CHECK_EQ(failed, 2);
	unlink(path);
}

TEST(list_reads_exclusions_from_files)
{
	static const char text[] = "10.0.0.4/30 # ours\n::/0\n";
	AUTO(flow_list_done) struct flow_list l = { 0 };
	char buf[300];

	CHECK_EQ(flow_list_add(&l, "10.0.0.0/28", NULL), 0);
	CHECK_EQ(flow_list_add(&l, "fc00::1", NULL), 0);
	CHECK_EQ(read_text(&l, text, sizeof(text) - 1, true, NULL), 0);
	CHECK_EQ(flow_list_seal(&l, NULL), 0);
	CHECK_STR(shape(&l, buf, sizeof(buf)), "10.0.0.0+4 10.0.0.8+8");
}

TEST(list_takes_long_hit_lists)
{
	AUTO(flow_list_done) struct flow_list l = { 0 };
	size_t n = 50000, at = 0;
	char *text = malloc(n * 24);
	uint64_t number;

	CHECK(text != NULL);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, 24, "fc00:%zx::%zx\n", i * 7919 % n, i);
	CHECK_EQ(read_text(&l, text, at, false, NULL), 0);
	free(text);
	CHECK_EQ(flow_list_seal(&l, NULL), 0);
	CHECK_EQ(l.space.total, n);
	for (uint64_t i = 0; i < n; i += 97) {
		struct ip_addr a = space_addr(&l.space, i);

		CHECK(space_find(&l.space, &a, &number));
		CHECK_EQ(number, i);
	}
}
