# SPDX-License-Identifier: GPL-2.0-or-later
"""watch_time.py FOLDER RUNS SONDE: times programs that count the ICMP of one large capture, and checks what they say.

The capture is 20,000 different packets, 250 times over: requests, replies and errors of 20,000 hosts that do not
repeat within the memory of any table, which is the worst case for what remembers them.
"""
import json
import os
import platform
import random
import re
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import time

PACKETS, TIMES = 20000, 250
KINDS = [(8, 0), (0, 0), (3, 3), (11, 0), (3, 1)]


def checksum(octets):
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(number, kind, rand):
    """An Ethernet frame; errors quote a UDP packet of whom they go to."""
    src, dst = struct.pack("!I", 0x0a000000 + number), struct.pack("!I", 0x0a010000 + rand.randrange(65536))
    body = bytes(48)
    if kind[0] in (3, 11):
        quote = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 48, 1, 0, 1, 17, 0, dst, src)
        body = (quote + struct.pack("!HHHH", 4000, rand.randrange(1024), 28, 0)).ljust(48, b"\0")
    icmp = struct.pack("!BBHHH", *kind, 0, *((0, 0) if kind[0] in (3, 11) else (number & 0xffff, 1))) + body
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), number & 0xffff, 0, 64, 1, 0, src, dst)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return bytes(12) + b"\x08\0" + ip + icmp


def make_capture(path):
    """Writes it; returns how many packets of each type and code there are."""
    rand, records, want = random.Random(1), [], {}
    for i in range(PACKETS):
        kind = rand.choice(KINDS)
        frame = packet(i, kind, rand)
        want[kind] = want.get(kind, 0) + TIMES
        records.append(struct.pack("<IIII", 1000 + i // 1000, i % 1000 * 1000, len(frame), len(frame)) + frame)
    block = b"".join(records)
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for _ in range(TIMES):
            f.write(block)
    return want


def sonde_right(out, want):
    facts = [json.loads(line) for line in out.splitlines()]
    return {(f["icmp_type"], f["code"]): f["packets"] for f in facts if f["type"] == "icmp_count"} == want


def number_right(out, _):
    return re.search(rb"\b(5000000|5000 k)\b", out) is not None


def rows(sonde, path):
    yield "`sonde watch -c` (each type and code)", [sonde, "watch", "--json", "-c", "-r", path], sonde_right
    yield "`sonde watch` (and failures, pings, talkers)", [sonde, "watch", "--json", "-r", path], sonde_right
    yield "`tcpdump --count icmp` (one number)", ["tcpdump", "--count", "-r", path, "icmp"], number_right
    if shutil.which("capinfos"):
        yield "`capinfos -c` (one number, no filter)", ["capinfos", "-c", path], number_right


def run(command):
    """Seconds of the wall and of the processor, output."""
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if p.returncode != 0:
        raise SystemExit(f"{command[0]}: exit {p.returncode}: {p.stdout[-300:]!r}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, p.stdout


def memory(command):
    """Kilobytes at most, looked at every millisecond of a run of its own: rusage would count this program's too."""
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as p:
        while p.poll() is None:
            with open(f"/proc/{p.pid}/status", encoding="ascii") as f:
                exe, peak = f.readline().split()[1], re.search(r"VmHWM:\s+(\d+)", f.read())
            if peak and not exe.startswith("python"):
                most = max(most, int(peak[1]))
            time.sleep(0.001)
    return most


def main(folder, runs, sonde):
    path = folder + "/big.pcap"
    want = make_capture(path)
    with open(path, "rb") as f:
        while f.read(1 << 20):
            pass
    all_rows = list(rows(sonde, path))
    got = {name: [] for name, _, _ in all_rows}
    for _ in range(runs):
        for name, command, right in all_rows:
            wall, cpu, out = run(command)
            if not right(out, want):
                raise SystemExit(f"{name}: wrong: {out[-500:]!r}")
            got[name].append((wall, cpu))
    print(f"{PACKETS * TIMES} packets, {os.path.getsize(path) >> 20} MiB, {runs} runs, {os.cpu_count()} cores, "
          f"{platform.system()} {platform.release()} {platform.machine()}\n")
    most = {name: memory(command) for name, command, _ in all_rows}
    peer = statistics.median(w for w, _ in got["`tcpdump --count icmp` (one number)"])
    print("| program | median | range | processor | packets/s | tcpdump / this | most memory |")
    print("|---|---|---|---|---|---|---|")
    for name, figures in got.items():
        wall = [w for w, _ in figures]
        mid = statistics.median(wall)
        print(f"| {name} | {mid:.3f} s | {min(wall):.3f}–{max(wall):.3f} | "
              f"{statistics.median(c for _, c in figures):.3f} s | {PACKETS * TIMES / mid / 1e6:.1f} million | "
              f"{peer / mid:.2f} | {most[name] / 1024:.1f} MB |")


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
