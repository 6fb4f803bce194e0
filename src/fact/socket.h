/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket of this host, as the kernel tells it. Pure. */
#pragma once

#include "fact/field.h"

enum fact_proto {
	FACT_TCP,
	FACT_UDP,
	FACT_UDPLITE,
	FACT_SCTP,
	FACT_RAW,
	FACT_ICMP, /* an unprivileged "ping" socket */
};

enum fact_sock_state {
	FACT_UNCONN, /* a datagram socket without a peer */
	FACT_LISTEN,
	FACT_ESTABLISHED,
	FACT_SYN_SENT,
	FACT_SYN_RECV,
	FACT_FIN_WAIT1,
	FACT_FIN_WAIT2,
	FACT_TIME_WAIT,
	FACT_CLOSE,
	FACT_CLOSE_WAIT,
	FACT_LAST_ACK,
	FACT_CLOSING,
	FACT_NEW_SYN_RECV,
};

/* How far the local address lets others come. */
enum fact_reach {
	FACT_REACH_LOOPBACK, /* 127/8, ::1, or bound to lo: this host only */
	FACT_REACH_LINK,     /* a link-local address: the neighbours on one link */
	FACT_REACH_IFACE,    /* one address, or bound to one interface */
	FACT_REACH_ANY,      /* every address of this host */
};

extern const char *const fact_proto_words[];
extern const char *const fact_sock_state_words[];
extern const char *const fact_reach_words[];

struct fact_endpoint {
	struct ip_addr addr; /* family 0: none */
	int64_t port;        /* 0..65535; RAW: the IP protocol; 0: any */
};

struct fact_socket {
	uint8_t proto;  /* enum fact_proto */
	uint8_t family; /* 4 or 6 */
	uint8_t state;  /* enum fact_sock_state */
	uint8_t reach;  /* enum fact_reach */
	bool v6only;    /* false on a family 6 socket bound to ::: it takes IPv4 too */
	int64_t recv_q; /* octets waiting; LISTEN: connections waiting */
	int64_t send_q; /* octets not acknowledged; LISTEN: the backlog */
	struct fact_endpoint local, peer;
	int64_t uid;         /* owner */
	const char *user;    /* NULL: no such name */
	int64_t pid;         /* FACT_NONE: nobody we may look into */
	const char *program; /* NULL likewise */
	const char *service; /* from /etc/services; NULL: none */
	const char *iface;   /* bound to this device; NULL: to none */
	int64_t inode;
};

extern const struct fact_type fact_endpoint;
extern const struct fact_type fact_socket;
