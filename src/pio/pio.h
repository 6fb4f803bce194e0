/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet I/O back ends: how messages leave this host and how what comes back arrives.
 * A back end moves octets and tells who, when and how far; what they mean is the business
 * of probe/. One back end = one file here + one line in backends.def.
 *
 * These carry ICMP messages, one family a back end; the kernel makes the IP header.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "base/ip.h"

#define PIO_BATCH 32 /* frames that one call moves at most; more are left for the next */

struct pio_mem_net;

struct pio_conf {
	int family;            /* 4 or 6 */
	const char *iface;     /* to send from and receive on; NULL: as routes say */
	struct ip_addr source; /* family 0: the kernel's choice */
	int hops;              /* TTL or hop limit, 1..255; 0: the kernel's default */
	uint64_t accept
		[4]; /* ICMP types to hand over, one bit each; a back end may hand over more */
	const struct pio_mem_net *mem; /* memory only */
};

enum pio_kind {
	PIO_MESSAGE, /* octets as they arrived */
	PIO_ERROR,   /* the kernel's account of an ICMP error; octets are our message as quoted */
};

struct pio_frame {
	/* Both ways. */
	uint8_t *p;         /* buffer, the caller's */
	uint32_t len, room; /* octets used, octets there are */
	struct ip_addr
		peer; /* send: destination; receive: who sent it (of an error, the offender) */

	/* Filled in by recv. */
	enum pio_kind kind;
	struct span icmp;     /* the ICMP message, within the buffer */
	struct ip_addr local; /* our address it came to; family 0: not told */
	struct ip_addr dst;   /* ERROR: where our message went */
	uint8_t type, code;   /* ERROR */
	uint32_t mtu;         /* ERROR: next-hop MTU; 0: none */
	uint16_t ext_at;      /* ERROR: where in .icmp RFC 4884 extensions begin; 0: none told */
	int16_t hops;         /* TTL or hop limit as it arrived; -1: not told */
	bool verified;        /* the kernel has checked the checksum */
	uint64_t t_ns;        /* when it arrived, monotonic */
};

struct pio_ops {
	const char *name, *summary;

	/*
	 * 0, *@ret_self owned by the caller; -EPERM when this user may not (@err says what
	 * would grant it); other -errno with @err.
	 */
	int (*open)(const struct pio_conf *conf, void **ret_self, struct err *err);
	void (*close)(void *self); /* NULL is fine */
	int (*fd)(void *self);     /* readable, or in error, when recv has something; -1: never */
	int (*id)(void *self);     /* identifier that every message gets; -1: the caller's own */

	/* Frames taken, 1..n; -EAGAIN, -ENOBUFS: none now, try later; else the first one's fault. */
	int (*send)(void *self, const struct pio_frame *f, size_t n);

	/* Frames filled, 1..n; -EAGAIN: none now; else -errno. Needs .p and .room of each. */
	int (*recv)(void *self, struct pio_frame *f, size_t n);
};

#define BACKEND(name) extern const struct pio_ops pio_##name;
#include "pio/backends.def"
#undef BACKEND

/** Back end @i of the table, NULL behind the last. */
const struct pio_ops *pio_at(size_t i);

/** The back end called @name, or NULL. */
const struct pio_ops *pio_find(const char *name);

static inline void pio_accept(struct pio_conf *conf, uint8_t type)
{
	conf->accept[type / 64] |= 1ull << type % 64;
}
