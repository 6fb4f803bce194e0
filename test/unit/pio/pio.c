/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <string.h>

#include "pio/pio.h"

TEST(pio_table_is_whole)
{
	size_t n = 0;

	for (const struct pio_ops *o; (o = pio_at(n)); n++) {
		CHECK(o->name && o->summary && o->summary[strlen(o->summary) - 1] != '.');
		CHECK(o->open && o->close && o->fd && o->id && o->send && o->recv);
		CHECK(pio_find(o->name) == o);
		o->close(NULL);
	}
	CHECK_EQ(n, 3);
	CHECK(pio_find("ra") == NULL);
}

TEST(pio_accept_sets_one_bit_a_type)
{
	struct pio_conf c = { 0 };

	pio_accept(&c, 0);
	pio_accept(&c, 129);
	CHECK_EQ(c.accept[0], 1);
	CHECK_EQ(c.accept[1], 0);
	CHECK_EQ(c.accept[2], 2);
	CHECK_EQ(c.accept[3], 0);
}
