/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fact/socket.h"

const char *const fact_proto_words[] = { "tcp", "udp", "udplite", "sctp", "raw", "icmp", NULL };
const char *const fact_sock_state_words[] = {
	"unconn",    "listen", "established", "syn-sent", "syn-recv", "fin-wait-1",   "fin-wait-2",
	"time-wait", "close",  "close-wait",  "last-ack", "closing",  "new-syn-recv", NULL
};
const char *const fact_reach_words[] = { "loopback", "link", "interface", "any", NULL };

static const struct fact_field endpoint_fields[] = {
	FACT_FIELD(struct fact_endpoint, addr, FACT_IP, "address"),
	FACT_FIELD(struct fact_endpoint, port, FACT_INT, "port; raw sockets: the IP protocol"),
};

const struct fact_type fact_endpoint =
	FACT_TYPE(struct fact_endpoint, "endpoint", "one end of a socket", endpoint_fields);

static const struct fact_field fields[] = {
	FACT_FIELD_ENUM(struct fact_socket, proto, fact_proto_words, "protocol"),
	FACT_FIELD(struct fact_socket, family, FACT_U8, "4 or 6"),
	FACT_FIELD_ENUM(struct fact_socket, state, fact_sock_state_words, "TCP's state, or unconn"),
	FACT_FIELD(struct fact_socket, recv_q, FACT_INT,
		   "octets waiting; listen: connections waiting"),
	FACT_FIELD(struct fact_socket, send_q, FACT_INT,
		   "octets not acknowledged; listen: the backlog"),
	FACT_FIELD_SUB(struct fact_socket, local, FACT_OBJ, &fact_endpoint, "this host's end"),
	FACT_FIELD_SUB(struct fact_socket, peer, FACT_OBJ, &fact_endpoint, "the other end"),
	FACT_FIELD(struct fact_socket, uid, FACT_INT, "owner's user id"),
	FACT_FIELD(struct fact_socket, user, FACT_TEXT, "owner's name"),
	FACT_FIELD(struct fact_socket, pid, FACT_INT, "process id; null: not to be seen"),
	FACT_FIELD(struct fact_socket, program, FACT_TEXT, "program's name; null: not to be seen"),
	FACT_FIELD(struct fact_socket, service, FACT_TEXT, "service name of the local port"),
	FACT_FIELD_ENUM(struct fact_socket, reach, fact_reach_words, "how far the bind reaches"),
	FACT_FIELD(struct fact_socket, iface, FACT_TEXT, "device it is bound to"),
	FACT_FIELD(struct fact_socket, v6only, FACT_BOOL, "a family 6 socket that takes no IPv4"),
	FACT_FIELD(struct fact_socket, inode, FACT_INT, "inode number"),
};

const struct fact_type fact_socket =
	FACT_TYPE(struct fact_socket, "socket", "a socket of this host", fields);
