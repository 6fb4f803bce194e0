/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flow/survey.h"
#include "test.h"

static const struct state_head head = {
	.what = 1,
	.seed = { { 7, 9 } },
	.targets = 0x1122334455667788,
	.asks = 5,
	.shard = 1,
	.shards = 3,
	.slots = 4096,
	.options = { (const uint8_t *)"10.0.0.0/8 --with echo", 22 },
};

static const char *make_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/sonde-state-%d", (int)getpid());
	unlink(path);
	return path;
}

TEST(state_head_is_read_as_it_was_written)
{
	uint8_t buf[256];
	struct wcur out = wcur(buf, sizeof(buf));
	struct state_head h;

	state_head_build(&head, &out);
	CHECK(!out.bad);
	CHECK_EQ(state_head_parse((struct span){ buf, wcur_len(&out) }, &h), 0);
	CHECK_EQ(h.what, 1);
	CHECK_EQ(h.seed.k[0], 7);
	CHECK_EQ(h.seed.k[1], 9);
	CHECK(h.targets == head.targets);
	CHECK_EQ(h.asks, 5);
	CHECK_EQ(h.shard, 1);
	CHECK_EQ(h.shards, 3);
	CHECK_EQ(h.slots, 4096);
	CHECK_EQ(h.options.len, 22);
	CHECK_MEM(h.options.p, "10.0.0.0/8 --with echo", 22);
	CHECK(state_head_differs(&head, &h) == NULL);
}

TEST(state_head_that_cannot_be_is_refused_and_leaves_the_result_alone)
{
	uint8_t buf[256];
	struct state_head bad[5], h = { .what = 77 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		bad[i] = head;
	bad[0].what = 0;
	bad[1].what = 3;
	bad[2].shard = 3;
	bad[3].slots = 0;
	bad[4].options = (struct span){ (const uint8_t *)"a\0b", 3 };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct wcur out = wcur(buf, sizeof(buf));

		state_head_build(&bad[i], &out);
		CHECK_EQ(state_head_parse((struct span){ buf, wcur_len(&out) }, &h), -EBADMSG);
	}
	for (size_t len = 0; len < 45; len++)
		CHECK_EQ(state_head_parse((struct span){ buf, len }, &h), -EBADMSG);
	CHECK_EQ(h.what, 77);
}

TEST(state_head_differs_names_what)
{
	struct state_head h = head;

	h.targets++;
	CHECK_STR(state_head_differs(&head, &h), "the targets");
	h = head;
	h.asks++;
	CHECK_STR(state_head_differs(&head, &h), "what is asked of them");
	h = head;
	h.shard = 0;
	CHECK_STR(state_head_differs(&head, &h), "the shard");
	h = head;
	h.what = 2;
	CHECK_STR(state_head_differs(&head, &h), "the command");
	h = head;
	h.seed.k[1]++;
	CHECK_STR(state_head_differs(&head, &h), "the seed");
}

TEST(state_frame_is_good_whole_and_damaged_or_short_otherwise)
{
	uint8_t buf[64];
	struct wcur out = wcur(buf, sizeof(buf));
	struct state_frame f = { .kind = 99 };
	size_t used = 99, len;

	CHECK_EQ(state_frame_build(STATE_SUM, (struct span){ (const uint8_t *)"hello", 5 }, &out),
		 0);
	len = wcur_len(&out);
	CHECK_EQ(len, STATE_FRAME_LEN + 5);
	for (size_t cut = 0; cut < len; cut++)
		CHECK_EQ(state_frame_parse((struct span){ buf, cut }, &f, &used), -EMSGSIZE);
	for (size_t i = 0; i < len; i++) {
		buf[i] ^= 1;
		CHECK(state_frame_parse((struct span){ buf, len }, &f, &used) < 0);
		buf[i] ^= 1;
	}
	CHECK_EQ(f.kind, 99);
	CHECK_EQ(used, 99);
	CHECK_EQ(state_frame_parse((struct span){ buf, sizeof(buf) }, &f, &used), 0);
	CHECK_EQ(f.kind, STATE_SUM);
	CHECK_EQ(f.body.len, 5);
	CHECK(f.body.p == buf + STATE_FRAME_LEN);
	CHECK_EQ(used, len);
}

TEST(state_items_are_read_as_they_were_written)
{
	const struct state_cells cells = { 12,
					   34,
					   { 0, 56, 7, CELL_ANSWERED, 3, REPLY_ERROR, 3, 13, 63 } };
	const struct state_from from = { 3, ip4_make(10, 0, 0, 1) };
	const struct state_mac mac = { 5, { { 2, 0, 0, 0, 0, 1 } } };
	const struct state_tag tag = { 1ull << 40, 2, 1 };
	uint8_t buf[256];
	struct wcur out = wcur(buf, sizeof(buf));
	struct rcur in;
	struct state_tag t;
	struct state_cells c;
	struct state_from f;
	struct state_mac m;
	uint64_t v;

	state_tag_put(&out, &tag);
	CHECK_EQ(state_cells_put(&out, &cells), 0);
	CHECK_EQ(state_from_put(&out, &from), 0);
	CHECK_EQ(state_mac_put(&out, &mac), 0);
	CHECK_EQ(state_sum_put(&out, 1ull << 50), 0);
	in = rcur((struct span){ buf, wcur_len(&out) });
	t = state_tag_get(&in);
	CHECK(t.group == tag.group && t.stage == 2 && t.part == 1);
	CHECK(state_cells_get(&in, &c));
	CHECK(c.first == 12 && c.n == 34 && memcmp(&c.cell, &cells.cell, sizeof(c.cell)) == 0);
	CHECK(state_from_get(&in, &f));
	CHECK(f.index == 3 && ip_eq(&f.addr, &from.addr));
	CHECK(state_mac_get(&in, &m));
	CHECK(m.slot == 5 && memcmp(&m.mac, &mac.mac, sizeof(m.mac)) == 0);
	CHECK(state_sum_get(&in, &v) && v == 1ull << 50);
	CHECK(!state_sum_get(&in, &v) && !in.bad);
}

TEST(state_items_that_cannot_be_are_refused)
{
	static const struct state_cells bad[] = {
		{ 0, 0, { .state = CELL_SILENT } },                   /* of nothing */
		{ 0, 1, { .state = CELL_OPEN_QUESTION } },            /* not decided */
		{ 0, 1, { .state = CELL_UNSENT + 1 } },               /* no such state */
		{ 0, 1, { .state = CELL_ANSWERED, .kind = 77 } },     /* no such reply */
		{ 0, 1, { .state = CELL_ANSWERED, .from = 0xffff } }, /* no such offender */
	};
	uint8_t buf[64];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct wcur out = wcur(buf, sizeof(buf));
		struct state_cells c = { .first = 77 };
		struct rcur in;

		CHECK_EQ(state_cells_put(&out, &bad[i]), 0);
		in = rcur((struct span){ buf, wcur_len(&out) });
		CHECK(!state_cells_get(&in, &c));
		CHECK(in.bad);
		CHECK_EQ(c.first, 77);
	}
}

TEST(state_items_that_do_not_fit_leave_the_body_as_it_was)
{
	const struct state_cells cells = { 1, 1, { .state = CELL_SILENT } };
	uint8_t buf[30];
	struct wcur out = wcur(buf, sizeof(buf));

	CHECK_EQ(state_cells_put(&out, &cells), 0);
	CHECK_EQ(state_cells_put(&out, &cells), -ENOSPC);
	CHECK_EQ(wcur_len(&out), 20);
	CHECK(!out.bad);
}

static int put_text(struct state *s, uint32_t kind, const char *text)
{
	return state_put(s, kind, (struct span){ (const uint8_t *)text, strlen(text) }, NULL);
}

TEST(state_file_gives_back_its_frames_and_goes_on_behind_them)
{
	const char *path = make_path();
	struct state *s = NULL, *second = NULL;
	struct state_head h;
	struct state_frame f;
	char *options;
	struct err err;

	CHECK_EQ(state_new(&head, path, "sweep", &s, &err), 0);
	CHECK_STR(state_path(s), path);
	CHECK_EQ(put_text(s, STATE_SUM, "one"), 0);
	CHECK_EQ(state_flush(s, &err), 0);
	state_close(s, false);

	CHECK_EQ(state_open(path, &s, &h, &err), 0);
	CHECK(state_head_differs(&h, &head) == NULL);
	CHECK_EQ(state_open(path, &second, &h, &err), -EBUSY);
	CHECK_EQ(state_peek(s, &f, &err), 1);
	CHECK_EQ(f.kind, STATE_SUM);
	CHECK_EQ(state_peek(s, &f, &err), 1);
	CHECK_EQ(f.body.len, 3);
	state_take(s);
	CHECK_EQ(state_peek(s, &f, &err), 0);
	CHECK_EQ(put_text(s, STATE_DONE, "two"), 0);
	CHECK_EQ(state_flush(s, &err), 0);
	state_close(s, false);

	CHECK_EQ(flow_state_options(path, &options, &err), 0);
	CHECK_STR(options, "10.0.0.0/8 --with echo");
	free(options);
	CHECK_EQ(state_open(path, &s, &h, &err), 0);
	CHECK_EQ(state_peek(s, &f, &err), 1);
	state_take(s);
	CHECK_EQ(state_peek(s, &f, &err), 1);
	CHECK_EQ(f.kind, STATE_DONE);
	state_close(s, true);
	CHECK(access(path, F_OK) < 0);
}

TEST(state_file_torn_anywhere_is_good_up_to_its_last_whole_frame)
{
	const char *path = make_path();
	struct state *s = NULL;
	struct state_head h;
	struct state_frame f;
	struct stat st;
	struct err err;
	off_t one, two;

	CHECK_EQ(state_new(&head, path, "sweep", &s, &err), 0);
	CHECK_EQ(put_text(s, STATE_SUM, "one"), 0);
	CHECK_EQ(state_flush(s, &err), 0);
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0600);
	one = st.st_size;
	CHECK_EQ(put_text(s, STATE_DONE, "another"), 0);
	CHECK_EQ(state_flush(s, &err), 0);
	state_close(s, false);
	CHECK_EQ(stat(path, &st), 0);
	two = st.st_size;
	for (off_t len = two - 1; len >= one; len--) {
		CHECK_EQ(truncate(path, len), 0);
		CHECK_EQ(state_open(path, &s, &h, &err), 0);
		CHECK_EQ(state_peek(s, &f, &err), 1);
		CHECK_EQ(f.kind, STATE_SUM);
		state_take(s);
		CHECK_EQ(state_peek(s, &f, &err), 0);
		state_close(s, false);
		CHECK_EQ(stat(path, &st), 0);
		CHECK_EQ(st.st_size, one);
	}
	CHECK_EQ(truncate(path, 60), 0);
	CHECK_EQ(state_open(path, &s, &h, &err), -EBADMSG);
	unlink(path);
}

TEST(state_file_replaces_an_older_state_but_nothing_else)
{
	const char *path = make_path();
	struct state *s = NULL;
	struct state_head h;
	struct err err;
	FILE *f = fopen(path, "w");

	CHECK(f != NULL);
	fputs("dear diary, today I scanned", f);
	fclose(f);
	CHECK_EQ(state_new(&head, path, "sweep", &s, &err), -EEXIST);
	CHECK_HAS(err.text, "no state of a survey");
	CHECK_EQ(state_open(path, &s, &h, &err), -EBADMSG);
	unlink(path);
	CHECK_EQ(state_open(path, &s, &h, &err), -ENOENT);
	CHECK_EQ(state_new(&head, path, "sweep", &s, &err), 0);
	state_close(s, false);
	CHECK_EQ(state_new(&head, path, "sweep", &s, &err), 0);
	state_close(s, true);
}

TEST(state_file_of_a_short_run_is_never_made)
{
	struct state *s = NULL;
	struct err err;

	CHECK_EQ(state_new(&head, NULL, "sweep", &s, &err), 0);
	CHECK_EQ(put_text(s, STATE_SUM, "one"), 0);
	CHECK(state_path(s) == NULL);
	state_close(s, true);
}
