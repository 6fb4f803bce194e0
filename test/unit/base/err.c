/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"

TEST(err_set_and_wrap_return_the_code_and_keep_the_text)
{
	struct err err;

	CHECK_EQ(err_set(&err, -EINVAL, "%s: no port", "x"), -EINVAL);
	CHECK_STR(err.text, "x: no port");
	CHECK_EQ(err_wrap(&err, -EIO, "line %d", 3), -EIO);
	CHECK_STR(err.text, "line 3: x: no port");
	CHECK_EQ(err_set(NULL, -EIO, "nobody listens"), -EIO);
	CHECK_EQ(err_wrap(NULL, -EIO, "nobody listens"), -EIO);
}

TEST(err_text_is_cut_not_overrun)
{
	struct err err;
	char big[600];

	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	err_set(&err, -1, "%s", big);
	CHECK_EQ(strlen(err.text), sizeof(err.text) - 1);
	err_wrap(&err, -1, "%s", big);
	CHECK_EQ(strlen(err.text), sizeof(err.text) - 1);
}
