# SPDX-License-Identifier: GPL-2.0-or-later
"""counter_send.py IFACE TO-MAC KIND N: N frames of a kind that few programs send. None is for an address of
the host that gets them, so nothing answers."""
import socket
import struct
import sys

IP4, IP6, VLAN, QINQ = 0x0800, 0x86DD, 0x8100, 0x88A8
ECHO4, ECHO6 = bytes([8, 0, 0, 0, 0, 1, 0, 1]), bytes([128, 0, 0, 0, 0, 1, 0, 1])


def ip4(message, proto=1, options=b"", frag=0):
    head = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4, 0, 20 + len(options) + len(message), 7, frag, 64,
                       proto, 0, bytes([192, 0, 2, 1]), bytes([203, 0, 113, 9]))
    return struct.pack("!H", IP4), head + options + message


def ip6(first, payload, length=None):
    source, to = bytes.fromhex("fd" + "00" * 14 + "01"), bytes.fromhex("fd" + "00" * 14 + "09")
    head = struct.pack("!IHBB", 6 << 28, len(payload) if length is None else length, first, 64)
    return struct.pack("!H", IP6), head + source + to + payload


def ext(following, rest=bytes(6)):
    return bytes([following, (len(rest) - 6) // 8]) + rest


def tagged(*tags, inner):
    kind, packet = inner
    return struct.pack("!H", tags[0]), b"".join(
        struct.pack("!H", 5) + (struct.pack("!H", t) if t else kind) for t in tags[1:] + (0,)) + packet


FRAMES = {
    "mld": [ip6(0, ext(58, bytes([5, 2, 0, 0, 1, 0])) + bytes([131, 0]) + bytes(22))],
    "chain": [ip6(0, ext(60) + ext(43) + ext(60, bytes(14)) + ext(58) + ECHO6)],
    "long": [ip6(60, ext(60) * 100 + ext(58) + ECHO6)],
    "fragments6": [ip6(44, bytes([58, 0, 0, 1, 0, 0, 0, 9]) + ECHO6),
                   ip6(44, bytes([58, 0, 0, 8, 0, 0, 0, 9]) + bytes(8))],
    "atomic6": [ip6(44, bytes([58, 0, 0, 0, 0, 0, 0, 9]) + ECHO6)],
    "udp6": [ip6(0, ext(17) + bytes([0, 53, 0, 53, 0, 8, 0, 0]))],
    "options": [ip4(bytes([13, 0]) + bytes(18), options=bytes([7, 39, 4]) + bytes(37))],
    "fragments4": [ip4(ECHO4, frag=0x2000), ip4(bytes(8), frag=0x0001)],
    "rare": [ip4(bytes([8, 200]) + bytes(6)), ip4(bytes([200, 255]) + bytes(6))],
    "short": [ip4(b""), ip4(bytes([9]))],
    "tag": [tagged(VLAN, inner=ip4(ECHO4))],
    "tags": [tagged(QINQ, VLAN, inner=ip6(58, ECHO6))],
    "arp": [(b"\x08\x06", bytes([0, 1, 8, 0, 6, 4, 0, 2]) + bytes(20))],
}


def main(iface, mac, kind, n):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind((iface, 0))
    for _ in range(int(n)):
        for ethertype, packet in FRAMES[kind]:
            s.send(bytes.fromhex(mac.replace(":", "")) + bytes([2, 0, 0, 0, 0, 9]) + ethertype + packet)


main(*sys.argv[1:])
