#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""audit_time.py SONDE LISTEN RUNS: the inside of bench/audit.sh, in its namespaces.

LISTEN is test/net/audit_listen.py. One host, one interface, both families, a default route
each: the audit looks from four places. Prints Markdown.
"""
import os
import platform
import statistics
import subprocess
import sys
import time

SIZES = [(20, 50), (100, 500), (1000, 50), (20, 5000), (1000, 5000)]
SLOW = 20  # seconds; what takes longer is run once


def shell(text):
    subprocess.run(text, shell=True, check=True, stdout=subprocess.DEVNULL)


def rules(n):
    """A usual ruleset, filled up with rules that each ask for something else."""
    sane = ["iif lo accept", "ct state established,related accept", "ct state invalid drop",
            "icmp type echo-request accept",
            "icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert, "
            "nd-router-advert, mld-listener-query } accept",
            "ip saddr 192.0.2.0/24 tcp dport 10000-10499 accept"]
    more = [f"ip saddr 198.51.{i // 250}.{i % 250} tcp dport {20000 + i} accept"
            for i in range(max(n - len(sane), 0))]
    chain = "type filter hook input priority 0; policy drop;"
    return f"table inet f {{ chain i {{ {chain}\n" + "\n".join(sane[:n] + more) + "\n}\n}\n"


def serve(listen, n):
    half = n // 2
    words = [f"tcp/{10000 + i}" for i in range(half)] + \
            [f"udp/{10000 + i}" for i in range(n - half)]
    server = subprocess.Popen([listen, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if server.stdout.readline().split() != [b"ready"]:
        sys.exit("the servers did not get ready")
    return server


def once(argv):
    """Seconds, and the peak of the resident set in MB, of one whole run."""
    with open(os.devnull, "wb") as null:
        start = time.perf_counter()
        process = subprocess.Popen(argv, stdout=null, stderr=subprocess.PIPE)
        message = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(argv)}: {status}: {message.decode()}")
    return took, usage.ru_maxrss / 1024


def main(argv):
    sonde, listen, runs = argv[1], argv[2], int(argv[3])
    shell("ip link set lo up; ip link add eth0 type veth peer name far; ip link set far up;"
          "ip addr add 192.0.2.10/24 dev eth0; ip addr add 2001:db8:1::10/64 dev eth0 nodad;"
          "ip link set eth0 up; ip route add default via 192.0.2.1;"
          "ip route add default via 2001:db8:1::1")
    print(f"{runs} runs (1 where one takes over {SLOW} s), {os.cpu_count()} cores, "
          f"Linux {platform.release()} {platform.machine()}\n")
    print("| listeners | rules | median | fastest | slowest | peak memory |")
    print("|---|---|---|---|---|---|")
    for listeners, count in SIZES:
        server = serve(listen, listeners)
        subprocess.run(["nft", "-f", "-"], input=rules(count).encode(), check=True)
        took = []
        while len(took) < runs and (not took or took[0][0] < SLOW):
            took.append(once([sonde, "--json", "audit", "eth0", "--fail-on", "never"]))
        subprocess.run(["nft", "flush", "ruleset"], check=True)
        server.stdin.close()
        server.wait()
        times, memory = [t for t, _ in took], max(m for _, m in took)
        print(f"| {listeners} | {count} | {statistics.median(times):.2f} s | {min(times):.2f} s | "
              f"{max(times):.2f} s | {memory:.0f} MB |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
