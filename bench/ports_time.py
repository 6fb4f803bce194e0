#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ports_time.py MKSOCKETS N RUNS SONDE: the inside of bench/ports.sh, in its namespace."""
import os
import platform
import statistics
import subprocess
import sys
import time

SS, NETSTAT = "ss -anp", "netstat -anp"


def once(argv):
    """Seconds of one whole run; what it prints is thrown away."""
    with open(os.devnull, "wb") as null:
        start = time.perf_counter()
        code = subprocess.call(argv, stdout=null, stderr=null)
        took = time.perf_counter() - start
    if code != 0:
        sys.exit(f"{' '.join(argv)}: exit {code}")
    return took


def main(argv):
    mksockets, n, runs, sonde = argv[1], int(argv[2]), int(argv[3]), argv[4]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    holder = subprocess.Popen([mksockets, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ready = holder.stdout.readline().split()
    if ready[:1] != [b"ready"]:
        sys.exit("mksockets did not get ready")
    seen = subprocess.run([sonde, "--json", "ports", "-anp"], capture_output=True, check=True)
    lines = seen.stdout.splitlines()
    named = sum(b'"program":"mksockets"' in line for line in lines)
    if named != int(ready[1]):
        sys.exit(f"{named} of {int(ready[1])} sockets were shown with their program")
    commands = {
        "sonde ports -anp": [sonde, "ports", "-anp"],
        "sonde ports -anp --json": [sonde, "ports", "-anp", "--json"],
        "sonde ports": [sonde, "ports"],
        SS: SS.split(),
        NETSTAT: NETSTAT.split(),
    }
    took = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            took[name].append(once(command))
    holder.stdin.close()
    base = statistics.median(took[SS])
    print(f"{named} sockets, {runs} runs, {os.cpu_count()} cores, "
          f"Linux {platform.release()} {platform.machine()}\n")
    print("| command | median | fastest | slowest | of ss |")
    print("|---|---|---|---|---|")
    for name, t in took.items():
        mid = statistics.median(t)
        print(f"| `{name}` | {mid:.3f} s | {min(t):.3f} s | {max(t):.3f} s | {mid / base:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
