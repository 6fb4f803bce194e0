/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/slurp.h"

TEST(slurp_reads_whole_files_and_cuts_at_the_bound)
{
	char path[] = "/tmp/sonde-slurp-XXXXXX", block[1000];
	int fd = mkstemp(path);
	char *text = NULL;
	size_t len;

	CHECK(fd >= 0);
	CHECK_EQ(slurp(path, 100, &text, &len), 0);
	CHECK_EQ(len, 0);
	CHECK_STR(text, "");
	free(text);
	memset(block, 'a', sizeof(block));
	for (int i = 0; i < 20; i++)
		CHECK_EQ(write(fd, block, sizeof(block)), sizeof(block));
	close(fd);
	CHECK_EQ(slurp(path, 1 << 20, &text, &len), 0);
	CHECK_EQ(len, 20000);
	CHECK_EQ(strlen(text), 20000);
	free(text);
	CHECK_EQ(slurp(path, 7, &text, &len), 0);
	CHECK_STR(text, "aaaaaaa");
	free(text);
	unlink(path);
}

TEST(slurp_refuses_and_leaves_results_alone)
{
	char here[] = "here", *text = here;
	size_t len = 99;

	CHECK_EQ(slurp("/nonexistent/file", 100, &text, &len), -ENOENT);
	CHECK_EQ(slurp("/proc", 100, &text, &len), -EISDIR);
	CHECK_EQ(slurp("/proc/self/stat", 0, &text, &len), -EINVAL);
	CHECK(text == here);
	CHECK_EQ(len, 99);
}
