/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Written instruction by instruction, so that building needs no compiler for BPF. Registers:
 *
 *	r3 end of the packet   r5 what was read       r7 the header that is looked at
 *	r4 scratch             r6 the context         r9 its protocol
 */
#include "pio/packet_xdp_program.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <linux/bpf.h>

#include "wire/ip4.h"

enum label {
	PASS,
	TAKE,
	V4,
	V6,
	L4,
	PORTS,
	ICMP4,
	ICMP6,
	QUOTED4,
	QUOTED6,
	QUOTED,
	SPORT,
	RANGE,
	LABELS
};

#define FIXES_MAX 96

struct program {
	struct bpf_insn *insn;
	unsigned n;
	unsigned at[LABELS]; /* where each stands */
	struct {
		unsigned insn;
		enum label to;
	} fix[FIXES_MAX]; /* jumps whose way is not known yet */
	unsigned fixes;
};

static void put(struct program *p, int code, int dst, int src, int off, int imm)
{
	assert(p->n < PACKET_XDP_PROGRAM_MAX);
	p->insn[p->n++] = (struct bpf_insn){ .code = (uint8_t)code,
					     .dst_reg = (uint8_t)dst & 0xf,
					     .src_reg = (uint8_t)src & 0xf,
					     .off = (int16_t)off,
					     .imm = imm };
}

static void mov(struct program *p, int dst, int src)
{
	put(p, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

static void alu(struct program *p, int op, int dst, int imm)
{
	put(p, BPF_ALU64 | op | BPF_K, dst, 0, 0, imm);
}

/* Read from the header that is looked at into r5. */
static void load(struct program *p, int size, int off)
{
	put(p, BPF_LDX | BPF_MEM | size, 5, 7, off, 0);
}

static void jump_any(struct program *p, int code, int dst, int src, int imm, enum label to)
{
	assert(p->fixes < FIXES_MAX);
	p->fix[p->fixes].insn = p->n;
	p->fix[p->fixes++].to = to;
	put(p, code, dst, src, 0, imm);
}

static void jump(struct program *p, enum label to)
{
	jump_any(p, BPF_JMP | BPF_JA, 0, 0, 0, to);
}

/* Jump when register @reg, of 32 bits, compares with @imm. */
static void jump_if(struct program *p, int op, int reg, uint32_t imm, enum label to)
{
	jump_any(p, BPF_JMP32 | op | BPF_K, reg, 0, (int)imm, to);
}

/* The header must have @len octets. */
static void need(struct program *p, int len)
{
	mov(p, 4, 7);
	alu(p, BPF_ADD, 4, len);
	jump_any(p, BPF_JMP | BPF_JGT | BPF_X, 4, 3, 0, PASS);
}

static void place(struct program *p, enum label l)
{
	p->at[l] = p->n;
}

static void put_begin(struct program *p, const struct eth_addr *mac)
{
	uint32_t high;
	uint16_t low;

	memcpy(&high, mac->octet, sizeof(high));
	memcpy(&low, mac->octet + sizeof(high), sizeof(low));
	mov(p, 6, 1);
	put(p, BPF_LDX | BPF_MEM | BPF_W, 7, 1, offsetof(struct xdp_md, data), 0);
	put(p, BPF_LDX | BPF_MEM | BPF_W, 3, 1, offsetof(struct xdp_md, data_end), 0);
	need(p, ETH_HDR_LEN);
	load(p, BPF_W, 0);
	jump_if(p, BPF_JNE, 5, high, PASS);
	load(p, BPF_H, sizeof(high));
	jump_if(p, BPF_JNE, 5, low, PASS);
	load(p, BPF_H, 2 * ETH_ADDR_LEN);
	alu(p, BPF_ADD, 7, ETH_HDR_LEN);
	jump_if(p, BPF_JEQ, 5, htons(ETH_TYPE_IP4), V4);
	jump_if(p, BPF_JEQ, 5, htons(ETH_TYPE_IP6), V6);
	jump(p, PASS);
}

/* Past an IPv4 header, its protocol in r9. */
static void put_skip4(struct program *p)
{
	need(p, IP4_MIN_LEN);
	put(p, BPF_LDX | BPF_MEM | BPF_B, 9, 7, 9, 0);
	load(p, BPF_B, 0);
	alu(p, BPF_AND, 5, 0xf);
	alu(p, BPF_LSH, 5, 2);
	jump_if(p, BPF_JLT, 5, IP4_MIN_LEN, PASS);
	put(p, BPF_ALU64 | BPF_ADD | BPF_X, 7, 5, 0, 0);
}

static void put_skip6(struct program *p)
{
	need(p, 40);
	put(p, BPF_LDX | BPF_MEM | BPF_B, 9, 7, 6, 0);
	alu(p, BPF_ADD, 7, 40);
}

static void put_ip(struct program *p)
{
	place(p, V4);
	need(p, IP4_MIN_LEN);
	load(p, BPF_H, 6);
	alu(p, BPF_AND, 5, htons(0x3fff)); /* more fragments, offset */
	jump_if(p, BPF_JNE, 5, 0, PASS);
	put_skip4(p);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_ICMP4, ICMP4);
	jump(p, L4);

	place(p, V6);
	put_skip6(p);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_ICMP6, ICMP6);

	place(p, L4);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_TCP, PORTS);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_UDP, PORTS);
	jump(p, PASS);
}

static void put_icmp(struct program *p)
{
	static const uint8_t replies4[] = { 0, 14, 16, 18, 43 }, errors4[] = { 3, 11, 12 };
	static const uint8_t replies6[] = { 129, 140, 161 }, errors6[] = { 1, 2, 3, 4 };

	place(p, ICMP4);
	need(p, 8);
	load(p, BPF_B, 0);
	for (size_t i = 0; i < ARRAY_LEN(replies4); i++)
		jump_if(p, BPF_JEQ, 5, replies4[i], TAKE);
	for (size_t i = 0; i < ARRAY_LEN(errors4); i++)
		jump_if(p, BPF_JEQ, 5, errors4[i], QUOTED4);
	jump(p, PASS);

	place(p, ICMP6);
	need(p, 8);
	load(p, BPF_B, 0);
	for (size_t i = 0; i < ARRAY_LEN(replies6); i++)
		jump_if(p, BPF_JEQ, 5, replies6[i], TAKE);
	for (size_t i = 0; i < ARRAY_LEN(errors6); i++)
		jump_if(p, BPF_JEQ, 5, errors6[i], QUOTED6);
	jump(p, PASS);
}

static void put_quoted(struct program *p)
{
	place(p, QUOTED4);
	alu(p, BPF_ADD, 7, 8);
	put_skip4(p);
	jump(p, QUOTED);

	place(p, QUOTED6);
	alu(p, BPF_ADD, 7, 8);
	put_skip6(p);

	place(p, QUOTED);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_ICMP4, TAKE);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_ICMP6, TAKE);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_TCP, SPORT);
	jump_if(p, BPF_JEQ, 9, IP_PROTO_UDP, SPORT);
	jump(p, PASS);
}

static void put_ports(struct program *p, uint32_t first, uint32_t n)
{
	place(p, SPORT);
	need(p, 4);
	load(p, BPF_H, 0);
	jump(p, RANGE);

	place(p, PORTS);
	need(p, 4);
	load(p, BPF_H, 2);

	place(p, RANGE);
	put(p, BPF_ALU | BPF_END | BPF_TO_BE, 5, 0, 0, 16);
	jump_if(p, BPF_JLT, 5, first, PASS);
	jump_if(p, BPF_JGE, 5, first + n, PASS);
}

static void put_end(struct program *p, int map_fd)
{
	place(p, TAKE);
	put(p, BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map_fd);
	put(p, 0, 0, 0, 0, 0); /* the upper half of that instruction */
	put(p, BPF_LDX | BPF_MEM | BPF_W, 2, 6, offsetof(struct xdp_md, rx_queue_index), 0);
	/* Where a queue has no socket, the packet passes. */
	put(p, BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS);
	put(p, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map);
	put(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);

	place(p, PASS);
	put(p, BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS);
	put(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

unsigned packet_xdp_program(struct bpf_insn ret_insn[static PACKET_XDP_PROGRAM_MAX],
			    const struct eth_addr *mac, uint16_t port_first, uint16_t port_n,
			    int map_fd)
{
	struct program p = { .insn = ret_insn };

	put_begin(&p, mac);
	put_ip(&p);
	put_icmp(&p);
	put_quoted(&p);
	put_ports(&p, port_first, port_n);
	put_end(&p, map_fd);
	/* The kernel counts from the instruction behind the jump. */
	for (unsigned i = 0; i < p.fixes; i++)
		ret_insn[p.fix[i].insn].off = (int16_t)(p.at[p.fix[i].to] - p.fix[i].insn - 1);
	return p.n;
}
