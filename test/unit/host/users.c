/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include "host/users.h"

TEST(users_are_named_and_remembered)
{
	struct keep s = { 0 };
	struct users *u = users_new(&s);
	const char *root = users_name(u, 0);

	CHECK_STR(root, "root");
	/* More strangers than the first table holds: it must grow and forget nobody. */
	for (uint32_t uid = 3000000000u; uid < 3000000200u; uid++)
		CHECK(users_name(u, uid) == NULL);
	CHECK(users_name(u, 0) == root);
	CHECK(users_name(u, 3000000007u) == NULL);
	users_free(u);
	users_free(NULL);
	keep_done(&s);
}
