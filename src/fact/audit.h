/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an audit reads of a host and what its proof shows: the nouns that the
 * twin, the review rules and the reports share. How any of it is learnt is
 * host/'s, twin/'s and flow/'s business.
 *
 * Pure. Texts and lists are borrowed from whoever made the fact_audit, and live
 * as long as it does.
 */
#pragma once

#include "fact/field.h"
#include "fact/socket.h"

enum fact_from {
	FACT_STRANGER,  /* an address that no local prefix holds */
	FACT_NEIGHBOUR, /* an address of the interface's own subnet */
};

enum fact_context {
	FACT_STRAY,   /* about nothing that the host ever did */
	FACT_RELATED, /* an error that quotes a real flow of the host */
};

enum fact_port_state {
	FACT_OPEN,      /* a process took the probe */
	FACT_CLOSED,    /* the kernel said that nobody listens: RST, 3/3, 1/4 */
	FACT_FILTERED,  /* nothing came back, and nobody took the probe */
	FACT_REJECTED,  /* a firewall rule answered; .answer says how */
	FACT_FORWARDED, /* rules hand it on to another host or a container; what answers there
			 * is not part of the proof */
};

enum fact_icmp_outcome {
	FACT_PASSED,   /* the firewall let it through to the host's ICMP */
	FACT_ANSWERED, /* and the host answered it */
	FACT_DROPPED,  /* a rule took it away, silently */
	FACT_REFUSED,  /* a rule rejected it with a message */
	FACT_IGNORED,  /* it got through, and the kernel does nothing with it */
};

enum fact_severity { FACT_INFO, FACT_LOW, FACT_MEDIUM, FACT_HIGH };

extern const char *const fact_from_words[];
extern const char *const fact_context_words[];
extern const char *const fact_port_state_words[];
extern const char
	*const fact_icmp_outcome_words[];       /* passed, answered, dropped, rejected, ignored */
extern const char *const fact_severity_words[]; /* info, low, medium, high */

/* One firewall rule, or a chain's policy, as the host's own tool names it. */
struct fact_rule {
	const char *backend; /* nftables, iptables-nft, iptables-legacy */
	const char *family;  /* ip, ip6, inet, netdev, arp, bridge */
	const char *table, *chain;
	int64_t handle;   /* FACT_NONE: the chain's policy, or a back end without handles */
	int64_t position; /* in its chain, from 1; FACT_NONE for a policy */
	const char *text; /* "tcp dport 22 accept"; "policy drop" */
};

/* What came back. */
struct fact_answer {
	const char *kind; /* syn-ack, rst, udp, icmp */
	struct ip_addr from;
	int64_t icmp_type, code; /* kind icmp; else FACT_NONE */
	int64_t ttl;
};

/* One listening socket seen from one place. */
struct fact_exposure {
	uint8_t proto;  /* enum fact_proto: TCP or UDP */
	uint8_t family; /* 4 or 6 */
	int64_t port;
	const char *iface;           /* where the probe arrived */
	uint8_t from;                /* enum fact_from */
	struct ip_addr source, addr; /* the prober's address, the host's */
	uint8_t state;               /* enum fact_port_state */
	const char *program, *service;
	int64_t pid;
	uint8_t reach;                /* enum fact_reach of the socket */
	const struct fact_rule *rule; /* NULL: no rule decided (or no trace: see gaps) */
	const struct fact_answer *answer;
};

/* All ports that behaved alike, from one place; listening ports are exposures besides. */
struct fact_port_group {
	uint8_t proto, family;
	const char *iface;
	uint8_t from;
	uint8_t state;
	const char *ports; /* "1-21,23-65535" */
	int64_t count;
	const struct fact_rule *rule; /* what decided for a sample of them */
	const struct fact_answer *answer;
};

/* One ICMP type and code sent to the host from one place. */
struct fact_icmp_verdict {
	uint8_t family;
	int64_t icmp_type, code;
	const char *name; /* machine name in the registry */
	uint8_t context;  /* enum fact_context */
	const char *iface;
	uint8_t from;
	struct ip_addr source, addr;
	uint8_t verdict;              /* enum fact_icmp_outcome */
	const struct fact_rule *rule; /* what decided; NULL: no rule did */
	const char *
		sysctl; /* "net.ipv4.icmp_echo_ignore_all=1": what made the kernel ignore it; or NULL */
	const char *
		reason; /* why it ignores it when no setting does: "hop limit below 255 (RFC 4861)"; or NULL */
	const struct fact_answer *answer;
	bool conditional; /* a limit, quota or random rule was on the way: true of the first packets only */
};

/* Many echo requests at once: does anything limit the answers? */
struct fact_burst {
	uint8_t family;
	const char *iface;
	uint8_t from;
	int64_t sent, answered;
	const struct fact_rule *rule; /* the rule that took the first unanswered one; NULL: none */
};

/* What the proof shows of one rule of an input path. */
struct fact_rule_proof {
	const struct fact_rule *rule;
	int64_t hits;   /* decisions or matches of this rule in the whole proof */
	bool addressed; /* a packet made to fit this rule was sent */
	const struct fact_rule
		*decided_by; /* addressed and never hit: which rule took that packet */
	const char *
		packet; /* the packet in words, "icmp type 13 from 203.0.113.7"; NULL: none was made */
	bool limits;    /* the rule holds a limit, quota or meter */
	bool restricts; /* the rule names a source, an interface or a mark besides a port */
};

struct fact_iface {
	const char *name;
	int64_t index, mtu;
	const char *kind; /* ethernet, loopback, l3, bridge, … */
	bool up, in_twin;
	struct fact_list addrs; /* struct fact_iface_addr */
};

struct fact_iface_addr {
	struct ip_addr addr;
	int64_t prefix_len;
};

struct fact_sysctl {
	const char *name;  /* dotted, with the interface's name in it */
	const char *value; /* as /proc/sys shows it, without the line end */
};

/* Something that the twin could not copy. */
struct fact_gap {
	const char *what;  /* "rule", "sysctl", "interface", "socket", "trace", … */
	const char *which; /* the thing itself */
	const char *why;
	const char *means; /* what that does to the answers */
};

struct fact_finding {
	const char *id;      /* "pmtud-broken" */
	uint8_t severity;    /* enum fact_severity */
	uint8_t family;      /* 4, 6, 0: both or neither */
	const char *subject; /* what it is about, "eth0", "tcp/22" */
	const char *evidence;
	const char *why;
	const char *fix; /* an exact command or rule */
};

/* The whole audit. Counts go with their arrays. */
struct fact_audit {
	const char *host;     /* host name */
	uint64_t time_ns;     /* when it was read */
	const char *firewall; /* "nftables", "iptables-nft", …, "none"; NULL: could not be read */
	const struct fact_iface *iface;
	size_t iface_n;
	const struct fact_socket *socket;
	size_t socket_n;
	const struct fact_sysctl *sysctl;
	size_t sysctl_n;
	const struct fact_rule_proof *proof; /* every rule of the host, in order */
	size_t proof_n;
	const struct fact_exposure *exposure;
	size_t exposure_n;
	const struct fact_port_group *group;
	size_t group_n;
	const struct fact_icmp_verdict *verdict;
	size_t verdict_n;
	const struct fact_burst *burst;
	size_t burst_n;
	const struct fact_gap *gap;
	size_t gap_n;
	const struct fact_finding *finding; /* worst first */
	size_t finding_n;
	bool proved;  /* a twin was built and probed; without it only what was read is here */
	bool explain; /* the user asked for notes that are no faults */
};

extern const struct fact_type fact_rule, fact_answer, fact_exposure, fact_port_group,
	fact_icmp_verdict, fact_burst, fact_rule_proof, fact_iface, fact_iface_addr, fact_gap,
	fact_finding;
