/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/habits.h"

/* clang-format off */
#define NO_VERSIONS "Sonde tells which ports are open and why, not versions, systems or flaws"
#define NO_TRICKS   "Sonde does not disguise who asks"
#define ONE_SCAN    "TCP is asked by -sS, -sT or -sA"
#define PACED       "the rate follows what is lost; --rate or --max-rate N bounds it"
#define WAITED      "waiting follows what answers take; --timeout TIME bounds it"

#define HABITS_BOTH \
	{ "A", NO_VERSIONS }, \
	{ "O", NO_VERSIONS }, \
	{ "osscan-guess", NO_VERSIONS }, \
	{ "osscan-limit", NO_VERSIONS }, \
	{ "version-intensity", NO_VERSIONS }, \
	{ "script", NO_VERSIONS }, \
	{ "banners", NO_VERSIONS }, \
	{ "traceroute", "sonde trace TARGET traces the way to it" }, \
	{ "D", NO_TRICKS }, \
	{ "f", NO_TRICKS }, \
	{ "mtu", NO_TRICKS }, \
	{ "badsum", NO_TRICKS }, \
	{ "data-length", NO_TRICKS }, \
	{ "spoof-mac", NO_TRICKS }, \
	{ "proxies", NO_TRICKS }, \
	{ "d", "there is no debugging output; -v and --json tell more" }, \
	{ "packet-trace", "use tcpdump(8) beside it; --json tells every answer that counted" }, \
	{ "stats-every", "progress is shown by itself, on a terminal" }, \
	{ "iflist", "use ip(8): ip -brief address; ip route" }, \
	{ "max-parallelism", PACED }, \
	{ "min-parallelism", PACED }, \
	{ "max-hostgroup", PACED }, \
	{ "min-hostgroup", PACED }, \
	{ "scan-delay", PACED }, \
	{ "max-scan-delay", PACED }, \
	{ "initial-rtt-timeout", WAITED }, \
	{ "max-rtt-timeout", WAITED }, \
	{ "min-rtt-timeout", WAITED }, \
	{ "wait", WAITED }, \
	{ "retries", "--max-retries N" }, \
	{ "adapter", "-I IFACE" }, \
	{ "adapter-ip", "-S ADDRESS" }, \
	{ "adapter-port", "-g PORT" }, \
	{ "send-eth", "--backend packet" }, \
	{ "send-ip", "--backend ip" }, \
	{ "unprivileged", "--backend sockets" }, \
	{ "dns-servers", "names are looked up as this host does it; -n looks up none" }, \
	{ "iR", "Sonde asks no strangers at random" }, \
	{ "oJ", "--json writes JSON to standard output" }, \
	{ "oL", "--json writes JSON to standard output" }, \
	{ "oS", "-oN FILE" }, \
	{ "P0", "-Pn" }, \
	{ "PN", "-Pn" }, \
	{ "PO", "--with or -PE, -PP, -PM, -PS, -PA, -PU say what to ask" }, \
	{ "PY", "--with or -PE, -PP, -PM, -PS, -PA, -PU say what to ask" }, \
	{ "randomize-hosts", NULL }, \
	{ "privileged", NULL }, \
	{ "system-dns", NULL }, \
	{ "noninteractive", NULL }, \
	{ "no-stylesheet", NULL }, \
	{ "webxml", NULL }
/* clang-format on */

const struct opt_habit habits_scan[] = {
	HABITS_BOTH,
	{ "sV", NO_VERSIONS },
	{ "sC", NO_VERSIONS },
	{ "sO", NO_VERSIONS },
	{ "sN", ONE_SCAN },
	{ "sF", ONE_SCAN },
	{ "sX", ONE_SCAN },
	{ "sM", ONE_SCAN },
	{ "sW", ONE_SCAN },
	{ "sY", "Sonde asks TCP and UDP, not SCTP" },
	{ "sZ", "Sonde asks TCP and UDP, not SCTP" },
	{ "sI", NO_TRICKS },
	{ "sL", "sonde scan -sn tells which targets are there; none only lists them" },
	{ "sP", "-sn" },
	{ "top-ports",
	  "there is no list by frequency here: -F asks 100 well-known services, without -p TCP 1-1023 "
	  "besides" },
	{ "port-ratio", "there is no list by frequency here: -F asks 100 well-known services" },
	{ "exclude-ports", "name the ports that are wanted: -p 1-21,23-1000" },
	{ "allports", NULL },
	{ "defeat-rst-ratelimit", NULL },
	{ "defeat-icmp-ratelimit", "--impatient does not wait for limits on ICMP" },
	{ "disable-arp-ping", "-Pn, or sonde sweep --no-arp" },
	{ "oH", "-oN, -oX, -oG or --json" },
	{ "r", NULL },
	{ NULL, NULL },
};

const struct opt_habit habits_sweep[] = {
	HABITS_BOTH,
	{ "p", "sonde scan -p asks ports; --with tcp:PORT asks who is there" },
	{ "Pn", "a sweep is to find who is there; sonde scan -Pn asks ports all the same" },
	{ "c", "sweep asks until the answer is sure; sonde ping -c N counts" },
	{ "i", "--rate N: packets a second" },
	{ "r", "--max-retries N" },
	{ "t", "--timeout TIME" },
	{ "u", "-a shows those that are down as well" },
	{ "disable-arp-ping", "--no-arp" },
	{ "oN", "sonde scan -sn writes nmap's files" },
	{ "oX", "sonde scan -sn writes nmap's files" },
	{ "oG", "sonde scan -sn writes nmap's files" },
	{ "oA", "sonde scan -sn writes nmap's files" },
	{ "open", NULL },
	{ "alive", NULL },
	{ "reason", NULL },
	{ "s", NULL },
	{ NULL, NULL },
};

const struct opt_habit habits_why[] = {
	{ "p", "the port stands behind the host: sonde why HOST 80/udp" },
	{ "u", "the protocol stands behind the port: sonde why HOST 53/udp" },
	{ "t", "the protocol stands behind the port: sonde why HOST 80/tcp" },
	{ "n", NULL },
	{ "v", NULL },
	{ NULL, NULL },
};

/* Of traceroute, mtr and tracepath, where they do not mean the same by it. */
#define NO_REGISTRY "Sonde asks no outside registry about addresses"

const struct opt_habit habits_trace[] = {
	{ "u", "-U sends UDP" },
	{ "P", "-p PORT, with -U or -T" },
	{ "N", "all hop limits are asked at once; --rate N bounds that" },
	{ "sim-queries", "all hop limits are asked at once; --rate N bounds that" },
	{ "sendwait", "-i TIME is between rounds, --rate N bounds the probes" },
	{ "z", "-i TIME is between rounds, --rate N bounds the probes" },
	{ "Z", "-w TIME" },
	{ "G", "-w TIME" },
	{ "timeout", "-w TIME" },
	{ "gracetime", "-w TIME" },
	{ "a", "-s WHERE takes an address or an interface of this host" },
	{ "address", "-s WHERE takes an address or an interface of this host" },
	{ "interface", "-s WHERE takes an address or an interface of this host" },
	{ "S", "-s WHERE takes an address or an interface of this host" },
	{ "psize", "--size OCTETS" },
	{ "L", "--size OCTETS" },
	{ "Q", "-t N" },
	{ "cycles", "-c N" },
	{ "report-cycles", "-c N" },
	{ "max-ttl", "-m N" },
	{ "first-ttl", "-f N" },
	{ "first-hop", "-f N" },
	{ "dst-port", "-p PORT" },
	{ "x", "--json" },
	{ "xml", "--json" },
	{ "j", "--json" },
	{ "C", "--json" },
	{ "csv", "--json" },
	{ "raw", "--json" },
	{ "split", "--json" },
	{ "o", "the d key of --live changes what is shown; --json tells all" },
	{ "order", "the d key of --live changes what is shown; --json tells all" },
	{ "A", NO_REGISTRY },
	{ "y", NO_REGISTRY },
	{ "as-path-lookups", NO_REGISTRY },
	{ "aslookup", NO_REGISTRY },
	{ "ipinfo", NO_REGISTRY },
	{ "g", "loose source routes are dropped everywhere: --flow N and --paths take other ways" },
	{ "gateway",
	  "loose source routes are dropped everywhere: --flow N and --paths take other ways" },
	{ "M", "-I, -U or -T" },
	{ "module", "-I, -U or -T" },
	{ "D", "-T sends TCP; DCCP is not here" },
	{ "d", "there is no debugging output; --json tells more" },
	{ "gtk", "--live" },
	{ "curses", "--live" },
	{ "no-dns", "-n" },
	{ "first_ttl", "-f N" },
	{ "max_ttl", "-m N" },
	{ "e", NULL },
	{ "extensions", NULL },
	{ "mpls", NULL },
	{ "b", NULL },
	{ "show-ips", NULL },
	{ "back", NULL },
	{ "wide", NULL },
	{ NULL, NULL },
};
