#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ports_judge.py ss|netstat|icmp JSON OUTPUT: do both show the same sockets, line by line?

JSON is what `sonde --json ports` wrote; OUTPUT what the judge wrote: `ss -Hanp -A inet`,
`netstat -anpW -t -u -U -w`, or the files /proc/net/icmp and icmp6 joined.
What the judge cannot know is left out of the comparison, and only that.
"""
import ipaddress
import json
import re
import struct
import sys

SS_STATES = {"ESTAB": "established", "UNCONN": "unconn", "LISTEN": "listen", "SYN-SENT": "syn-sent",
             "SYN-RECV": "syn-recv", "FIN-WAIT-1": "fin-wait-1", "FIN-WAIT-2": "fin-wait-2",
             "TIME-WAIT": "time-wait", "CLOSE-WAIT": "close-wait", "LAST-ACK": "last-ack",
             "CLOSING": "closing"}
NETSTAT_STATES = {"ESTABLISHED": "established", "LISTEN": "listen", "SYN_SENT": "syn-sent",
                  "SYN_RECV": "syn-recv", "FIN_WAIT1": "fin-wait-1", "FIN_WAIT2": "fin-wait-2",
                  "TIME_WAIT": "time-wait", "CLOSE": "close", "CLOSE_WAIT": "close-wait",
                  "LAST_ACK": "last-ack", "CLOSING": "closing", "7": "unconn", "1": "established",
                  "": "unconn"}


def endpoint(text):
    """"[::1%eth0]:80", "*:*", ":::80", "127.0.0.1%eth0:80" as (address or None, port, device)."""
    addr, _, port = text.rpartition(":")
    addr, _, device = addr.replace("]%", "%").strip("[]").partition("%")
    number = 0 if port == "*" else int(port)
    return (None if addr == "*" else ipaddress.ip_address(addr), number, device)


def sonde(path, judge):
    for line in open(path, encoding="utf-8"):
        o = json.loads(line)
        if o["type"] != "socket":
            continue
        proto = o["proto"]
        if judge == "ss" and proto in ("udplite", "icmp"):
            continue  # ss of iproute2 6.1 does not know them
        if judge == "netstat" and proto == "icmp":
            continue
        if judge == "icmp" and proto != "icmp":
            continue
        if proto == "tcp" and o["state"] == "close":
            continue  # bound only: neither judge asks the kernel for these
        send_q = None if judge == "netstat" and o["state"] == "listen" else o["send_q"]
        ends = [(ipaddress.ip_address(o[e]["addr"].partition("%")[0]), o[e]["port"])
                for e in ("local", "peer")]
        yield (proto, o["family"], *ends, o["state"], o["recv_q"], send_q,
               None if judge == "icmp" else o["pid"])


def ss(path):
    for line in open(path, encoding="utf-8"):
        w = line.split(None, 6)
        if not w or w[0] not in ("tcp", "udp", "raw", "sctp"):
            continue
        local, peer = endpoint(w[4]), endpoint(w[5])
        pids = [int(p) for p in re.findall(r"pid=(\d+)", w[6] if len(w) > 6 else "")]
        family = local[0].version if local[0] else 6  # "*" is a socket of both families
        some = ipaddress.ip_address("::" if family == 6 else "0.0.0.0")
        yield (w[0], family, (local[0] or some, local[1]), (peer[0] or some, peer[1]),
               SS_STATES[w[1]], int(w[2]), int(w[3]), min(pids, default=None))


def mapped(end):
    v4 = end[0].version == 4
    return (ipaddress.ip_address(f"::ffff:{end[0]}") if v4 else end[0], *end[1:])


def netstat(path):
    for line in open(path, encoding="utf-8"):
        m = re.match(r"(tcp|udp|udplite|udpl|raw)(6?) +(\d+) +(\d+) (\S+) +(\S+) +(.*)$", line)
        if not m:
            continue
        proto = "udplite" if m[1] == "udpl" else m[1]
        rest = m[7].split()
        state = rest.pop(0) if rest and rest[0] in NETSTAT_STATES else ""
        pid = re.match(r"(\d+)/", rest[0]) if rest else None
        local, peer = endpoint(m[5]), endpoint(m[6])
        state = NETSTAT_STATES[state]
        if m[2]:  # netstat writes ::ffff:127.0.0.1 as 127.0.0.1
            local, peer = mapped(local), mapped(peer)
        yield (proto, 6 if m[2] else 4, local[:2], peer[:2], state, int(m[3]),
               None if state == "listen" else int(m[4]), int(pid[1]) if pid else None)


def kernel_addr(text):
    octets = b"".join(struct.pack("=I", int(text[i:i + 8], 16)) for i in range(0, len(text), 8))
    return ipaddress.ip_address(octets)


def icmp(path):
    for line in open(path, encoding="utf-8"):
        w = line.split()
        if len(w) < 10 or w[0] == "sl":
            continue
        ends = [(kernel_addr(e.split(":")[0]), int(e.split(":")[1], 16)) for e in w[1:3]]
        tx, rx = (int(q, 16) for q in w[4].split(":"))
        yield ("icmp", ends[0][0].version, *ends, "unconn" if w[3] == "07" else "established",
               rx, tx, None)


def main(argv):
    judges = {"ss": ss, "netstat": netstat, "icmp": icmp}
    if len(argv) != 4 or argv[1] not in judges:
        print(__doc__, file=sys.stderr)
        return 2
    ours = sorted(map(str, sonde(argv[2], argv[1])))
    theirs = sorted(map(str, judges[argv[1]](argv[3])))
    for line in ours:
        if ours.count(line) > theirs.count(line):
            print("sonde alone:", line)
    for line in theirs:
        if theirs.count(line) > ours.count(line):
            print(f"{argv[1]} alone:", line)
    print(f"{len(ours)} sockets of sonde, {len(theirs)} of {argv[1]}")
    return 0 if ours == theirs and ours else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
