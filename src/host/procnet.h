/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of /proc/net/{icmp,icmp6,raw,raw6,udp,tcp,…}: one socket each.
 * Only the text; files are read by sockets_proc.
 *
 * Format: proc_pid_net(5) and the kernel's ip6_dgram_sock_seq_show(). Addresses are
 * words of eight hexadecimal digits in this machine's own octet order.
 */
#pragma once

#include "fact/socket.h"

struct procnet_line {
	struct fact_endpoint local,
		peer;           /* of the family that was asked for; ICMP: port is the echo id */
	uint8_t state;          /* the kernel's number, 0..255 */
	int64_t recv_q, send_q; /* octets; send_q of a listener is always 0 here */
	uint32_t uid;
	uint64_t inode; /* 0: no process holds it any more */
};

/**
 * Read one line of @len octets, with or without its line end.
 *
 * @family  4 or 6: how long the line's addresses are
 *
 * Returns 0; -EINVAL, with nothing written, when the line is anything else (the
 * title line is).
 */
int procnet_parse(const char *line, size_t len, int family, struct procnet_line *ret_line);
