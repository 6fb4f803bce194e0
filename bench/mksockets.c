/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mksockets N: open about N sockets on loopback addresses, spread over as many
 * processes as the limit of open files asks for; print "ready N", and hold them
 * until standard input ends. Of four: a TCP listener, a UDP socket, and both ends
 * of a TCP connection. For benchmarks, in a network namespace of its own.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#define SPARE_FILES 64 /* of a process, besides its sockets */
#define PER_ADDRESS 20000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The @i-th place of process @p: 127.(p+1).x.1 and a port of its own. */
static struct sockaddr_in place(unsigned p, unsigned i)
{
	uint32_t host = 127u << 24 | (p + 1) << 16 | (i / PER_ADDRESS) << 8 | 1;

	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_addr = { htonl(host) },
				     .sin_port = htons((uint16_t)(1024 + i % PER_ADDRESS)) };
}

static int bound(int type, const struct sockaddr_in *at)
{
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)at, sizeof(*at)) < 0)
		die("mksockets: binding");
	return fd;
}

/* Four sockets: the listener's own connection keeps both of its ends. */
static void four(unsigned p, unsigned i)
{
	struct sockaddr_in at = place(p, i);
	int listener = bound(SOCK_STREAM, &at), client = socket(AF_INET, SOCK_STREAM, 0);

	bound(SOCK_DGRAM, &at);
	if (listen(listener, 8) < 0 || client < 0 ||
	    connect(client, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    accept(listener, NULL, NULL) < 0)
		die("mksockets: connecting");
}

static void hold(unsigned p, unsigned n, int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned i = 0; i < n / 4; i++)
		four(p, i);
	if (write(ready, "", 1) != 1)
		die("mksockets: telling");
	pause();
	exit(0);
}

static unsigned files_max(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		die("mksockets: limit of open files");
	l.rlim_cur = l.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &l) < 0)
		die("mksockets: limit of open files");
	return (unsigned)(l.rlim_cur > 60000 ? 60000 : l.rlim_cur) - SPARE_FILES;
}

int main(int argc, char **argv)
{
	unsigned n = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	unsigned each = files_max(), made = 0, processes = 0;
	int ready[2];
	char c;

	if (n < 4 || n > 1000000) {
		fprintf(stderr, "usage: mksockets N (4 to 1000000)\n");
		return 2;
	}
	if (pipe(ready) < 0)
		die("mksockets: pipe");
	while (made < n) {
		unsigned part = (n - made < each ? n - made : each) / 4 * 4;

		if (part == 0)
			break;
		if (fork() == 0)
			hold(processes, part, ready[1]);
		processes++;
		made += part;
		if (read(ready[0], &c, 1) != 1)
			die("mksockets: waiting");
	}
	printf("ready %u\n", made);
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0; /* the others end with this one */
}
