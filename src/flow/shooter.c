/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and closing; the ways out of this host, one back end each. */
#include "flow/shooter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "flow/shooter_own.h"
#include "host/sysctl.h"
#include "sys/caps.h"
#include "sys/entropy.h"

#define PORT_TRIES  16    /* ranges of source ports that are looked at */
#define PORT_LOW    1024  /* lowest one taken */
#define LOCAL_FIRST 32768 /* the kernel's own range where it does not tell */
#define LOCAL_LAST  60999

static bool port_free(int type, uint16_t port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), r;

	if (fd >= 0) {
		r = bind(fd, (struct sockaddr *)&any, sizeof(any));
	} else {
		fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return true;
		r = bind(fd, (struct sockaddr *)&any4, sizeof(any4));
	}
	r = r < 0 ? errno : 0;
	close(fd);
	return r != EADDRINUSE;
}

static bool ports_free(uint16_t first, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++)
		if (!port_free(SOCK_STREAM, (uint16_t)(first + i)) ||
		    !port_free(SOCK_DGRAM, (uint16_t)(first + i)))
			return false;
	return true;
}

/*
 * Source ports that no socket uses and that the kernel will not give to one: outside of its
 * own range, where there is room.
 */
static uint16_t find_ports(uint64_t random, unsigned n)
{
	unsigned low = LOCAL_FIRST, high = LOCAL_LAST, from, to;
	uint16_t first = 0;
	char text[64];

	if (host_sysctl_get("net.ipv4.ip_local_port_range", text, sizeof(text)) < 0 ||
	    sscanf(text, "%u %u", &low, &high) != 2 || low > high || high > UINT16_MAX)
		low = LOCAL_FIRST, high = LOCAL_LAST;
	from = high + 1;
	to = UINT16_MAX + 1;
	if (to - from < 2 * n) {
		from = PORT_LOW;
		to = MAX(low, PORT_LOW + 2 * n);
	}
	for (unsigned i = 0; i < PORT_TRIES; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		first = (uint16_t)(from + (random >> 33) % (to - from - n + 1));
		if (ports_free(first, (uint16_t)n))
			break;
	}
	return first;
}

static int init_codec(struct shooter *s, const struct shooter_conf *conf, struct err *err)
{
	uint16_t n = SHOOTER_PORTS, first;
	struct hash_key key;
	int r = entropy_fill(&key, sizeof(key), err);

	if (r < 0)
		return r;
	if (conf->hops_run)
		n = conf->flows ? MIN(conf->flows, HOP_FLOWS_MAX) : HOP_FLOWS_MAX;
	else if (conf->source_port >= 0)
		n = 1;
	first = conf->source_port >= 0 ? (uint16_t)conf->source_port
				       : find_ports(key.k[0] ^ key.k[1], n);
	shot_init(&s->codec, &key, first, n);
	hop_codec_init(&s->hop, &key, first, n);
	if (conf->hops_run)
		hop_filter(&s->hop, s->filter, sizeof(s->filter));
	else
		shot_filter(&s->codec, s->filter, sizeof(s->filter));
	s->neighbours = neighbours_new(&key);
	return s->neighbours ? 0 : err_set(err, -ENOMEM, "getting ready to probe: out of memory");
}

/* Everything by sockets. */
static int open_sockets(struct shooter *s, struct err *err)
{
	int r = shooter_sock_open(s, err);

	return r == 0 && s->hops_run ? shooter_hops_sock_open(s, err) : r;
}

static int choose_backend(struct shooter *s, const char *wanted, bool connect, struct err *err)
{
	if (strcmp(wanted, "sockets") == 0)
		return open_sockets(s, err);
	if (strcmp(wanted, "auto") != 0 && !pio_packet_find(wanted))
		return err_set(err, -EINVAL,
			       "--backend %s: no such back end; there are auto, packet, ip, xdp, "
			       "sockets",
			       wanted);
	if (strcmp(wanted, "memory") != 0 && !caps_has(CAP_NET_RAW)) {
		if (strcmp(wanted, "auto") == 0)
			return open_sockets(s, err);
		return caps_missing("CAP_NET_RAW", "sending packets of one's own", err);
	}
	s->packets = true;
	return connect ? shooter_sock_open(s, err) : 0;
}

int shooter_open(const struct shooter_conf *conf, struct shooter **ret, struct err *err)
{
	const struct flow_routes_conf routes = { .iface = conf->iface, .source = conf->source };
	AUTO(shooter_closep) struct shooter *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(err, -ENOMEM, "getting ready to probe: out of memory");
	s->backend = conf->backend;
	s->iface = conf->iface;
	s->mem = conf->mem;
	s->sources = conf->sources;
	s->hops = conf->hops;
	s->spread = conf->spread;
	s->hops_run = conf->hops_run;
	s->ring_len = conf->ring_len;
	s->room = conf->room;
	s->source = conf->source;
	s->ifindex = conf->iface ? (int)if_nametoindex(conf->iface) : 0;
	r = flow_routes_open(&routes, &s->routes, err);
	if (r == 0)
		r = init_codec(s, conf, err);
	if (r == 0)
		r = choose_backend(s, conf->backend, conf->connect, err);
	if (r < 0)
		return r;
	*ret = s;
	s = NULL;
	return 0;
}

void shooter_close(struct shooter *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SHOOTER_WAYS_MAX; i++)
		if (s->way[i].self)
			s->way[i].ops->close(s->way[i].self);
	pio_packet_packet.close(s->ear);
	pio_sockets_close(s->sockets);
	pio_hopsock_close(s->hop_echo);
	pio_hopsock_close(s->hop_udp);
	free(s->asked);
	neighbours_free(s->neighbours);
	flow_routes_close(s->routes);
	free(s);
}

void shooter_closep(struct shooter **s)
{
	shooter_close(*s);
}

bool shooter_can(const struct shooter *s, enum ask_kind kind)
{
	if (!shooter_by_sock(s, kind))
		return true;
	return kind == ASK_TCP_SYN || kind == ASK_UDP || (kind == ASK_ECHO && s->may_ping);
}

bool shooter_connects(const struct shooter *s)
{
	return shooter_by_sock(s, ASK_TCP_SYN);
}

const struct flow_path *shooter_path(struct shooter *s, const struct ip_addr *dst)
{
	return flow_routes_find(s->routes, dst);
}

/* Frames need Ethernet; everything else takes bare IP packets. */
static const struct pio_packet_ops *backend_of(const struct shooter *s,
					       const struct flow_path *path)
{
	if (strcmp(s->backend, "memory") == 0)
		return pio_packet_find("memory");
	if (!path->ether)
		return pio_packet_find("ip");
	return pio_packet_find(strcmp(s->backend, "auto") == 0 ? "packet" : s->backend);
}

/*
 * Answers of routers take ways of their own, and on a host with several interfaces need not return by the
 * one the probe left by. Without it (no memory, no more descriptors) those are not heard, no more.
 */
static void open_ear(struct shooter *s, const struct pio_packet_conf *way)
{
	struct pio_packet_conf conf = *way;

	if (s->ear || !s->hops_run || strcmp(s->backend, "memory") == 0)
		return;
	conf.ifindex = 0;
	conf.ether = true;
	if (pio_packet_packet.open(&conf, &s->ear, NULL) < 0)
		s->ear = NULL;
}

int shooter_way_open(struct shooter *s, const struct flow_path *path, struct shooter_way **ret,
		     struct err *err)
{
	const struct pio_packet_conf conf = { .ifindex = path->ifindex,
					      .ether = path->ether,
					      .mac = path->mac,
					      .filter = s->filter,
					      .port_first = s->codec.port_first,
					      .port_n = s->codec.port_n,
					      .spread = s->spread,
					      .few = s->hops_run,
					      .ring_len = s->ring_len,
					      .room = s->room,
					      .mem = s->mem };
	struct shooter_way *w = NULL;
	int r;

	for (size_t i = 0; i < SHOOTER_WAYS_MAX; i++) {
		if (s->way[i].ifindex == path->ifindex) {
			w = &s->way[i];
			break;
		}
		if (s->way[i].ifindex == 0 && !w)
			w = &s->way[i];
	}
	if (!w)
		return err_set(err, -ENOBUFS, "%s: more than %d interfaces at once", path->iface,
			       SHOOTER_WAYS_MAX);
	if (!w->self) {
		open_ear(s, &conf);
		w->ops = backend_of(s, path);
		r = w->ops->open(&conf, &w->self, err);
		if (r < 0) {
			w->self = NULL;
			return r;
		}
		w->ifindex = path->ifindex;
		snprintf(w->name, sizeof(w->name), "%s", path->iface);
		w->told = false;
		*ret = w;
		return 1;
	}
	*ret = w;
	return 0;
}

void shooter_way_down(struct shooter_way *w)
{
	w->ops->close(w->self);
	w->self = NULL;
}

const char *shooter_down(const struct shooter *s)
{
	for (size_t i = 0; i < SHOOTER_WAYS_MAX; i++)
		if (s->way[i].told && !s->way[i].self)
			return s->way[i].name;
	return NULL;
}

void shooter_back(struct shooter *s, int ifindex)
{
	for (size_t i = 0; i < SHOOTER_WAYS_MAX; i++)
		if (s->way[i].ifindex == ifindex && !s->way[i].self)
			s->way[i].told = false;
}

const char *shooter_backend(struct shooter *s, const struct ip_addr *dst)
{
	const struct flow_path *path = flow_routes_find(s->routes, dst);
	struct shooter_way *w;

	if (!s->packets)
		return "sockets";
	if (path->kind == FLOW_PATH_NONE || shooter_way_open(s, path, &w, NULL) < 0)
		return NULL;
	return w->ops->name;
}

bool shooter_source(const struct shooter *s, const struct flow_path *path, uint16_t i,
		    struct ip_addr *ret_addr)
{
	if (i == 0)
		*ret_addr = path->source;
	else if (s->sources && (uint64_t)(i - 1) < s->sources->total)
		*ret_addr = space_addr(s->sources, (uint64_t)(i - 1));
	else
		return false;
	return true;
}

uint16_t shooter_source_number(const struct shooter *s, const struct ip_addr *local)
{
	uint64_t i;

	if (s->sources && space_find(s->sources, local, &i) && i < UINT16_MAX)
		return (uint16_t)(i + 1);
	return 0;
}

unsigned shooter_fds(const struct shooter *s, int *ret_fd, unsigned n)
{
	unsigned at = 0;

	if (at < n)
		ret_fd[at++] = flow_routes_fd(s->routes);
	if (s->sockets && at < n)
		ret_fd[at++] = pio_sockets_fd(s->sockets);
	if (s->hop_echo && at < n)
		ret_fd[at++] = pio_hopsock_fd(s->hop_echo);
	if (s->hop_udp && at < n)
		ret_fd[at++] = pio_hopsock_fd(s->hop_udp);
	for (size_t i = 0; i < SHOOTER_WAYS_MAX && at < n; i++)
		if (s->way[i].self)
			ret_fd[at++] = s->way[i].ops->fd(s->way[i].self);
	if (s->ear && at < n)
		ret_fd[at++] = pio_packet_packet.fd(s->ear);
	return at;
}

uint64_t shooter_next_ns(const struct shooter *s)
{
	return s->sockets ? pio_sockets_next_ns(s->sockets) : UINT64_MAX;
}

bool shooter_neighbour(const struct shooter *s, const struct ip_addr *a, struct eth_addr *ret_mac)
{
	return neighbours_find(s->neighbours, a, ret_mac);
}

uint64_t shooter_forged(const struct shooter *s)
{
	return s->count.forged;
}

struct shooter_counts shooter_counts(struct shooter *s)
{
	for (size_t i = 0; i < SHOOTER_WAYS_MAX; i++)
		if (s->way[i].self)
			s->count.drops += s->way[i].ops->drops(s->way[i].self);
	return s->count;
}
