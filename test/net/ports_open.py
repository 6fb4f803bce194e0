#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ports_open.py all|few: open one socket of every kind that `sonde ports` must show.

`few` opens what an unprivileged user may. Writes "ready" when all are open, then
waits until standard input ends. Interface eth0 must have 192.0.2.1, fe80::1 and a
permanent neighbour 192.0.2.99 that never answers.
"""
import os
import socket as so
import sys

V4, V6, TCP, UDP, RAW = so.AF_INET, so.AF_INET6, so.SOCK_STREAM, so.SOCK_DGRAM, so.SOCK_RAW
UDPLITE = 136
held = []


def sock(family, kind, bind=None, proto=0, options=(), backlog=None):
    s = so.socket(family, kind, proto)
    s.setsockopt(so.SOL_SOCKET, so.SO_REUSEADDR, 1)
    for level, name, value in options:
        s.setsockopt(level, name, value)
    if bind:
        s.bind(bind)
    if backlog is not None:
        s.listen(backlog)
    held.append(s)
    return s


def pair(listener, family, to):
    """A connection: (this side, the accepted side)."""
    c = sock(family, TCP)
    c.connect(to)
    s, _ = listener.accept()
    held.append(s)
    return c, s


def listeners():
    only6 = [(so.IPPROTO_IPV6, so.IPV6_V6ONLY, 1)]
    eth0 = [(so.SOL_SOCKET, so.SO_BINDTODEVICE, b"eth0\0")]
    sock(V4, TCP, ("0.0.0.0", 80), backlog=17)
    sock(V4, TCP, ("127.0.0.1", 8081), backlog=0)
    sock(V4, TCP, ("192.0.2.1", 8081), backlog=3)
    sock(V6, TCP, ("::", 444), options=only6, backlog=9)
    sock(V6, TCP, ("::1", 445), backlog=9)
    sock(V6, TCP, ("fe80::1", 446, 0, so.if_nametoindex("eth0")), backlog=9)
    sock(V4, TCP, ("0.0.0.0", 447), options=eth0, backlog=9)
    sock(V4, TCP, ("127.0.0.1", 448))  # bound, never listens
    waiting = sock(V4, TCP, ("127.0.0.1", 449), backlog=5)
    for _ in range(2):
        sock(V4, TCP).connect(waiting.getsockname())


def connections():
    dual = sock(V6, TCP, ("::", 443), backlog=20)
    pair(dual, V4, ("127.0.0.1", 443))
    pair(dual, V6, ("::1", 443))
    c, s = pair(dual, V6, ("::1", 443))  # data that nobody reads
    c.send(b"x" * 1234)
    c, s = pair(dual, V6, ("::1", 443))  # fin-wait-2, close-wait
    c.shutdown(so.SHUT_WR)
    c, s = pair(dual, V6, ("::1", 443))  # time-wait: no process has it
    s.close()
    c.recv(1)
    c.close()
    lost = sock(V4, TCP)  # syn-sent
    lost.setblocking(False)
    lost.connect_ex(("192.0.2.99", 9))


def datagrams():
    sock(V4, UDP, ("0.0.0.0", 53))
    sock(V4, UDP, ("127.0.0.1", 54)).connect(("127.0.0.1", 53))
    sock(V4, UDP, ("224.0.0.251", 5353))
    sock(V6, UDP, ("::", 53), options=[(so.IPPROTO_IPV6, so.IPV6_V6ONLY, 1)])
    sock(V6, UDP, ("::", 55))
    sock(V4, UDP, ("0.0.0.0", 68), options=[(so.SOL_SOCKET, so.SO_BINDTODEVICE, b"eth0\0")])
    sock(V4, UDP).sendto(b"y" * 100, ("127.0.0.1", 53))
    sock(V4, UDP, ("0.0.0.0", 53), UDPLITE)
    sock(V6, UDP, ("::1", 54), UDPLITE)


def icmp():
    sock(V4, RAW, None, so.IPPROTO_ICMP)
    sock(V6, RAW, None, so.IPPROTO_ICMPV6)
    sock(V4, RAW, ("127.0.0.1", 0), 89)


def ping():
    sock(V4, UDP, ("127.0.0.1", 4711), so.IPPROTO_ICMP)
    s = sock(V4, UDP, ("0.0.0.0", 4712), so.IPPROTO_ICMP)
    s.connect(("127.0.0.1", 0))
    sock(V6, UDP, ("::1", 4713), so.IPPROTO_ICMPV6)


def main(argv):
    if argv[1:] == ["all"]:
        for make in (listeners, connections, datagrams, icmp, ping):
            make()
        if os.fork() == 0:  # a second process with the same sockets
            sys.stdin.read()
            os._exit(0)
    elif argv[1:] == ["few"]:
        sock(V4, TCP, ("127.0.0.1", 9001), backlog=1)
        sock(V6, UDP, ("::", 9002))
        ping_free = sock(V4, UDP, ("127.0.0.1", 9003), so.IPPROTO_ICMP)
        ping_free.setblocking(False)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    print("ready", flush=True)
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
