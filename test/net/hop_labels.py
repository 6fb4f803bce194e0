# SPDX-License-Identifier: GPL-2.0-or-later
# A router's answer with extensions (RFC 4884): to every UDP packet to port 33440 that arrives on the
# interface given, time exceeded with a quote of 128 octets and an MPLS label (RFC 4950), 24001. With "nat"
# behind, the quote's source address and port are another's, as behind a translator.
import socket
import struct
import sys


def fold(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


nat = len(sys.argv) > 2
listen = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
listen.bind((sys.argv[1], 3))
answer4 = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
answer6 = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
label = struct.pack(">I", 24001 << 12 | 1 << 9 | 1 << 8 | 1)
ext = struct.pack(">BBHHBB", 0x20, 0, 0, 8, 1, 1) + label
ext = ext[:2] + struct.pack(">H", fold(ext)) + ext[4:]
print("ready", flush=True)
while True:
    packet, where = listen.recvfrom(65536)
    if where[2] == socket.PACKET_OUTGOING:
        continue
    v4 = packet[0] >> 4 == 4
    head, proto, at = (20, packet[9], 12) if v4 else (40, packet[6], 8)
    if proto != 17 or packet[head + 2 : head + 4] != struct.pack(">H", 33440):
        continue
    end = at + (4 if v4 else 16)
    source = packet[at:end]
    if nat:
        packet = packet[: end - 1] + b"\x77" + packet[end:head] + b"\x11\x22" + packet[head + 2 :]
    quote = packet[:128].ljust(128, b"\0")
    if v4:
        body = struct.pack(">BBHBBH", 11, 0, 0, 0, 32, 0) + quote + ext
        body = body[:2] + struct.pack(">H", fold(body)) + body[4:]
        answer4.sendto(body, (socket.inet_ntop(socket.AF_INET, source), 0))
    else:
        body = struct.pack(">BBHBBH", 3, 0, 0, 16, 0, 0) + quote + ext
        answer6.sendto(body, (socket.inet_ntop(socket.AF_INET6, source), 0))
