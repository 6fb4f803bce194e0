#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""twin_talks.py SPEC…: open sockets, write "ready", hold them until standard input ends.

SPEC is tcp4/ADDR/PORT, tcp6/…, udp4/…, udp6/…, udplite4/…; "@DEV" behind it binds to a device,
"!" opens an IPv6 socket for IPv6 alone. udp4/ADDR/FROM-TO opens a range.
"""
import re
import resource
import socket as so
import sys

SPEC = re.compile(r"(tcp|udp|udplite)([46])/([^/]+)/(\d+)(?:-(\d+))?(?:@([\w.]+))?(!?)$")
held = []


def sock(proto, family, addr, port, dev, only6):
    kind = so.SOCK_STREAM if proto == "tcp" else so.SOCK_DGRAM
    s = so.socket(so.AF_INET6 if family == "6" else so.AF_INET, kind, 136 if proto == "udplite" else 0)
    s.setsockopt(so.SOL_SOCKET, so.SO_REUSEADDR, 1)
    s.setsockopt(so.SOL_SOCKET, so.SO_REUSEPORT, 1)
    if family == "6":
        s.setsockopt(so.IPPROTO_IPV6, so.IPV6_V6ONLY, 1 if only6 else 0)
    if dev:
        s.setsockopt(so.SOL_SOCKET, so.SO_BINDTODEVICE, dev.encode() + b"\0")
    s.setsockopt(so.SOL_IP, 15, 1)  # IP_FREEBIND
    s.bind((addr, port))
    if proto == "tcp":
        s.listen(5)
    held.append(s)


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    for spec in sys.argv[1:]:
        m = SPEC.match(spec)
        proto, family, addr, first, last, dev, only6 = m.groups()
        for port in range(int(first), int(last or first) + 1):
            sock(proto, family, addr, port, dev, bool(only6))
    print("ready", flush=True)
    sys.stdin.read()


main()
