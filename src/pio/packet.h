/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Back ends for whole packets: what probers send and receive at any rate, on one interface.
 * Packets are built in the back end's own memory and arrive in it, so nothing is copied twice.
 * What they mean is the business of probe/. One back end = one file here + one line in
 * packets.def; the first that can serve a link is its default.
 *
 * | name   | sends                                            | receives                        |
 * |--------|--------------------------------------------------|---------------------------------|
 * | packet | AF_PACKET, sendmmsg past the queueing discipline | TPACKET_V3 ring, packet filter  |
 * | ip     | raw IP sockets with the header given             | the same ring, link header cut  |
 * | xdp    | AF_XDP                                           | AF_XDP; what is not ours goes on to the kernel |
 * | memory | a function of the test                           | what that function made         |
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "base/ip.h"
#include "wire/eth.h"

#define PIO_PACKET_BATCH    64   /* packets given to the kernel at once */
#define PIO_PACKET_ROOM     1500 /* octets of one packet, unless more is asked for; xdp has no more */
#define PIO_PACKET_ROOM_MAX 65535

#define PIO_MEMORY_PENDING 65536 /* packets on their way; further ones are lost and counted */

struct pio_packet_mem;

struct pio_packet_conf {
	int ifindex;         /* of the calling thread's namespace */
	bool ether;          /* frames have Ethernet headers; else bare IP packets */
	struct eth_addr mac; /* own; ether only */
	const char *filter;  /* what should arrive, in libpcap's language; NULL: everything */
	uint16_t port_first,
		port_n; /* source ports of this run: xdp takes what is addressed to those, and ICMP */
	bool spread;    /* packets of different calls may leave in any order, by another thread */
	bool few; /* few packets at once are expected: fast to open and close, slower by the million */
	size_t ring_len; /* octets of receive buffer; 0: a good default (16 MiB) */
	size_t room; /* octets of the longest packet, at most PIO_PACKET_ROOM_MAX; 0: PIO_PACKET_ROOM */
	const struct pio_packet_mem *mem; /* memory only */
};

/* Where one packet is to be built. */
struct pio_slot {
	uint8_t *p;          /* from the IP or ARP header on */
	size_t room;         /* PIO_PACKET_ROOM at least */
	size_t len;          /* set by whoever builds; 0: this slot is passed over */
	uint16_t type;       /* EtherType */
	struct eth_addr dst; /* next hop's link address; ether only */
	struct ip_addr to;   /* destination; ip only */
};

struct pio_arrival {
	struct span octets; /* from the IP or ARP header on; borrowed until the call returns */
	uint16_t type;      /* EtherType */
	struct eth_addr src;
	int ifindex;   /* that it came in by; 0: the back end's own */
	uint64_t t_ns; /* monotonic */
};

struct pio_packet_ops {
	const char *name, *summary;

	/*
	 * 0, *@ret_self owned by the caller; -EPERM: not permitted (@err says what would do);
	 * -EOPNOTSUPP: not on this link or kernel, or not built in; -EINVAL: no such filter;
	 * -EBUSY: xdp, where another program has the interface; -errno.
	 */
	int (*open)(const struct pio_packet_conf *conf, void **ret_self, struct err *err);
	void (*close)(void *self); /* NULL is fine */
	/* Readable when something arrived, or recv has an error. Asked for before each wait. */
	int (*fd)(void *self);

	/*
	 * Up to @n <= PIO_PACKET_BATCH free slots; 0: the ring is full, try again soon. They end
	 * with the next call of this: what was not sent must be built again.
	 */
	unsigned (*slots)(void *self, struct pio_slot **ret_slots, unsigned n);

	/*
	 * Send the first @n slots of those last handed out, in order. Once a call.
	 *
	 * Returns how many left, those passed over among them counted; the others did not and are
	 * the caller's to repeat: *@ret_errno is 0 or ENOBUFS (the way is full: slow down), or the
	 * first one's fault (ENETDOWN, ENETUNREACH, EPERM, EMSGSIZE: larger than the link takes …).
	 */
	unsigned (*send)(void *self, unsigned n, int *ret_errno);

	/*
	 * Hand over what has arrived, at most @n packets; does not wait. Number handed over; -errno
	 * (-ENETDOWN: told once when the interface goes down; reception goes on when it is back).
	 */
	int (*recv)(void *self, unsigned n, void (*each)(void *to, const struct pio_arrival *a),
		    void *to);

	/* Packets lost on the way in since the last call, because a ring was full. */
	unsigned (*drops)(void *self);
};

#define PACKETS(name) extern const struct pio_packet_ops pio_packet_##name;
#include "pio/packets.def"
#undef PACKETS

const struct pio_packet_ops *pio_packet_at(size_t i);           /* NULL behind the last */
const struct pio_packet_ops *pio_packet_find(const char *name); /* or NULL */

/* The memory back end: a network that is a function. */
struct pio_packet_mem {
	/*
	 * What becomes of one packet: call @arrive for everything that comes back, with the time
	 * at which it does; what @arrive is given is copied.
	 */
	void (*packet)(void *to, struct span octets, uint16_t type, uint64_t now_ns,
		       void (*arrive)(void *self, const struct pio_arrival *a), void *self);
	uint64_t (*clock)(void *to); /* NULL: the monotonic clock */
	void *to;
};

/** When the next packet arrives; UINT64_MAX: none is on its way. @self is an open "memory". */
uint64_t pio_packet_memory_next(const void *self);
