/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What runs in the kernel for packet_xdp.c: hands what may be an answer to an AF_XDP socket and all
 * else on to the kernel, as if it were not there.
 *
 * Taken, when addressed to our link address and no fragment: TCP and UDP to our ports; ICMP replies
 * (echo, timestamp, information, mask, extended echo, node information); ICMP errors that quote
 * TCP or UDP from our ports, or ICMP. Not told apart: replies to other programs' pings, and what
 * this host routes for others.
 */
#pragma once

#include <linux/bpf.h>

#include "wire/eth.h"

#define PACKET_XDP_PROGRAM_MAX 160 /* instructions */

/**
 * Write the program for source ports @port_first and @port_n - 1 more, and the AF_XDP sockets by
 * queue in @map_fd.
 *
 * Returns how many instructions.
 */
unsigned packet_xdp_program(struct bpf_insn ret_insn[static PACKET_XDP_PROGRAM_MAX],
			    const struct eth_addr *mac, uint16_t port_first, uint16_t port_n,
			    int map_fd);
