/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/ports.h"

#include <inttypes.h>
#include <string.h>

#define LIST_MAX 12

#define T (1u << FACT_TCP)
#define U (1u << FACT_UDP)

/*
 * Services that are attacked as soon as they are reachable, or were never meant
 * to leave a trusted network. Ordinary public ones (ssh, http, smtp) are not here.
 */
struct risk {
	uint16_t lo, hi;
	uint8_t protos;
	const char *why;
};

static const struct risk risks[] = {
	{ 7, 7, T | U, "echo can be made to answer itself or a victim without end" },
	{ 13, 13, T | U, "daytime serves as an amplifier and tells the clock" },
	{ 17, 17, T | U, "quote of the day serves as an amplifier" },
	{ 19, 19, T | U, "chargen amplifies forged requests" },
	{ 21, 21, T, "FTP sends passwords in clear" },
	{ 23, 23, T, "telnet sends passwords in clear" },
	{ 69, 69, U, "TFTP has no passwords at all" },
	{ 79, 79, T, "finger tells who is logged in" },
	{ 111, 111, T | U, "rpcbind lists the host's RPC services and amplifies" },
	{ 137, 139, T | U, "NetBIOS belongs on a local network only" },
	{ 161, 162, T | U, "SNMP is guarded by a well-known word in clear, and amplifies" },
	{ 177, 177, U, "XDMCP offers whole desktop sessions in clear" },
	{ 389, 389, T | U, "LDAP shows the directory, and amplifies over UDP" },
	{ 445, 445, T, "SMB is what worms look for first" },
	{ 512, 514, T, "the r-commands trust addresses and send passwords in clear" },
	{ 514, 514, U, "syslog takes forged log lines from anybody" },
	{ 515, 515, T, "printers take jobs from anybody" },
	{ 623, 623, T | U, "IPMI gives away password hashes before login" },
	{ 631, 631, T | U, "CUPS takes printers and jobs from anybody" },
	{ 873, 873, T, "rsync modules often have no password" },
	{ 1099, 1099, T, "Java RMI runs code that strangers send" },
	{ 1433, 1434, T | U, "a database belongs to its application alone" },
	{ 1521, 1521, T, "a database belongs to its application alone" },
	{ 1900, 1900, U, "SSDP amplifies forged requests" },
	{ 2049, 2049, T | U, "NFS trusts what clients say of their users" },
	{ 2181, 2181, T, "ZooKeeper has no password by default" },
	{ 2375, 2375, T, "the Docker API without TLS is root on this host" },
	{ 2376, 2377, T, "the Docker API and swarm control are root on this host" },
	{ 2379, 2380, T, "etcd holds a cluster's secrets" },
	{ 3260, 3260, T, "iSCSI offers whole disks" },
	{ 3306, 3306, T, "a database belongs to its application alone" },
	{ 3389, 3389, T | U, "remote desktop is what password guessers look for first" },
	{ 3632, 3632, T, "distcc runs commands for anybody" },
	{ 4369, 4369, T, "Erlang's port mapper shows the cluster's nodes" },
	{ 5005, 5005, T, "the Java debugger runs code for anybody" },
	{ 5432, 5432, T, "a database belongs to its application alone" },
	{ 5555, 5555, T, "the Android debug bridge is a shell for anybody" },
	{ 5601, 5601, T, "Kibana shows all indexed data, often without a password" },
	{ 5672, 5672, T, "a message broker belongs to its applications alone" },
	{ 5900, 5909, T, "VNC passwords are short and often absent" },
	{ 5984, 5984, T, "CouchDB is administered over this port" },
	{ 6000, 6063, T, "X11 gives screen and keyboard to who connects" },
	{ 6379, 6379, T, "Redis has no password by default and can write files" },
	{ 6443, 6443, T, "the Kubernetes API governs the cluster" },
	{ 7000, 7001, T, "Cassandra's nodes trust each other" },
	{ 8086, 8086, T, "InfluxDB often has no password" },
	{ 8500, 8500, T, "Consul runs checks, which are commands" },
	{ 9042, 9042, T, "Cassandra has no password by default" },
	{ 9092, 9092, T, "Kafka has no password by default" },
	{ 9200, 9200, T, "Elasticsearch often has no password" },
	{ 9300, 9300, T, "Elasticsearch's nodes trust each other" },
	{ 10250, 10250, T, "the kubelet runs commands in containers" },
	{ 10255, 10255, T, "the kubelet's read-only port shows all pods and needs no password" },
	{ 11211, 11211, T | U,
	  "memcached has no password, and amplifies ten thousandfold over UDP" },
	{ 15672, 15672, T, "RabbitMQ is administered over this port" },
	{ 25672, 25672, T, "RabbitMQ's nodes trust a shared word" },
	{ 27017, 27019, T, "MongoDB has no password by default" },
	{ 50070, 50070, T, "Hadoop is administered over this port without a password" },
};

void ports_mark(struct ports *p, const struct fact_audit *a, uint8_t proto,
		uint8_t (*bits)(const struct fact_audit *a, const struct fact_exposure *e))
{
	memset(p->mark, 0, sizeof(p->mark));
	for (size_t i = 0; i < a->exposure_n; i++) {
		const struct fact_exposure *e = &a->exposure[i];

		if (e->proto == proto && e->port >= 0 && e->port <= 65535)
			p->mark[e->port] |= bits(a, e);
	}
}

const struct fact_exposure *ports_find(const struct fact_audit *a, uint8_t proto, int64_t port,
				       uint8_t (*bits)(const struct fact_audit *a,
						       const struct fact_exposure *e),
				       uint8_t want)
{
	for (size_t i = 0; i < a->exposure_n; i++) {
		const struct fact_exposure *e = &a->exposure[i];

		if (e->proto == proto && e->port == port && (bits(a, e) & want))
			return e;
	}
	return NULL;
}

const char *ports_risk(uint8_t proto, int64_t port)
{
	for (size_t i = 0; i < ARRAY_LEN(risks); i++)
		if (port >= risks[i].lo && port <= risks[i].hi && (risks[i].protos >> proto & 1))
			return risks[i].why;
	return NULL;
}

void ports_list(struct note_text *t, uint8_t proto, int64_t port, size_t n)
{
	if (n < LIST_MAX)
		note_put(t, "%s%s/%" PRId64, n ? ", " : "", fact_proto_words[proto], port);
	else if (n == LIST_MAX)
		note_put(t, ", …");
}
