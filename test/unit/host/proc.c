/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/proc.h"

TEST(proc_socket_inode_knows_sockets_from_other_files)
{
	static const struct {
		const char *link;
		uint64_t inode;
	} cases[] = {
		{ "socket:[4711]", 4711 },
		{ "socket:[9999999999999999999]", 9999999999999999999ull },
		{ "socket:[99999999999999999999]", 0 },
		{ "socket:[]", 0 },
		{ "socket:[1", 0 },
		{ "socket:[1x]", 0 },
		{ "socket:[-1]", 0 },
		{ "pipe:[4711]", 0 },
		{ "/tmp/socket:[1]", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_EQ(proc_socket_inode(cases[i].link, strlen(cases[i].link)), cases[i].inode);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	CHECK_EQ(fstat(fd, &st), 0);
	return st.st_ino;
}

TEST(proc_map_finds_who_holds_a_socket)
{
	int a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET, SOCK_DGRAM, 0);
	uint64_t wanted = inode_of(a), other = inode_of(b);
	struct keep names = { 0 };
	struct proc_map *map = NULL;
	const struct proc_owner *o;
	char before[16];

	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, "a) b\n(c");
	CHECK_EQ(proc_map_new(3, &names, &map), 0);
	proc_map_want(map, 0);
	proc_map_want(map, wanted);
	proc_map_want(map, wanted);
	proc_map_want(map, 1); /* no socket has this inode: the whole of /proc is searched */
	CHECK(proc_map_find(map, wanted) == NULL);
	CHECK_EQ(proc_map_scan(map, NULL), 0);
	prctl(PR_SET_NAME, before);
	o = proc_map_find(map, wanted);
	CHECK(o != NULL);
	CHECK_EQ(o->pid, getpid());
	CHECK_STR(o->program, "a) b\n(c");
	CHECK(proc_map_find(map, other) == NULL);
	CHECK(proc_map_find(map, 1) == NULL);
	CHECK(proc_map_find(map, 0) == NULL);
	proc_map_free(map);
	proc_map_free(NULL);
	keep_done(&names);
	close(a);
	close(b);
}
