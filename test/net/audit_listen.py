#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""audit_listen.py PROTO/PORT[@ADDR]…: listens there, says "ready", ends when its input does.

PROTO is tcp or udp; without ADDR it listens on every address of both families, as most
servers do; ADDR "0.0.0.0" or "::" is every address of one family. TCP connections are taken
and closed; UDP datagrams are read and, on port 7, sent back.
"""
import resource
import select
import socket
import sys


def listen(word):
    where, _, addr = word.partition("@")
    proto, _, port = where.partition("/")
    kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[proto]
    family = socket.AF_INET if addr and ":" not in addr else socket.AF_INET6
    if not addr and not socket.has_dualstack_ipv6():
        family, addr = socket.AF_INET, "0.0.0.0"
    s = socket.socket(family, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1 if addr else 0)
    s.bind((socket.getaddrinfo(addr or "::", int(port), family, kind)[0][4]))
    if proto == "tcp":
        s.listen(64)
    s.setblocking(False)
    return s


def take(s):
    try:
        if s.type == socket.SOCK_STREAM:
            s.accept()[0].close()
            return
        octets, peer = s.recvfrom(2048)
        if s.getsockname()[1] == 7:
            s.sendto(octets, peer)
    except OSError:
        pass  # gone again, or a rule took the answer


def main(words):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, len(words) + 64), hard), hard))
    poll = select.poll()
    by_fd = {}
    for word in words:
        s = listen(word)
        by_fd[s.fileno()] = s
        poll.register(s, select.POLLIN)
    poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
    print("ready", flush=True)
    while True:
        for fd, _ in poll.poll():
            if fd in by_fd:
                take(by_fd[fd])
            elif not sys.stdin.buffer.read1(4096):
                return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
