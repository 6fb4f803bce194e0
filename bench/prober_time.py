#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""prober_time.py TOOLS ROOT [OPTION…] [ROW…]: the inside of bench/prober.sh; see there."""
import argparse
import os
import platform
import random
import sys
import xml.etree.ElementTree as ElementTree

from prober_lab import (GATEWAY, SOURCE, Lab, addresses, counts, hosts_of_lines, hosts_of_masscan,
                        hosts_of_nmap, hosts_of_scamper, hosts_of_sonde, median, number,
                        ports_of_nmap, ports_of_sonde, shell, wrong)

LISTEN = "test/net/audit_listen.py"
RESPONDER_MAC = "02:00:5e:10:00:01"
NMAP = ["nmap", "-n", "-oX", "nmap.xml"]
FAST = ["--max-rate", "10000000"]


class Bench:
    def __init__(self, args, tools, root):
        self.sonde, self.tools, self.root = args.sonde, tools, root
        self.runs, self.with_sonde, self.only = args.runs, not args.no_sonde, args.only
        self.tmp = os.path.join(tools, "mem")
        self.listen = os.path.join(root, LISTEN)

    def lab(self):
        return Lab(self.tools, self.tmp)

    def take(self, names):
        """Of the tools of a row those that are wanted."""
        return [n for n in names if (self.with_sonde or not n.startswith("sonde")) and
                (not self.only or any(n.startswith(o) for o in self.only))]


def table(title, head, rows):
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(str(c) for c in row)} |")
    sys.stdout.flush()


class Row:
    """The runs of one row: seconds, what was wrong, and more, of each tool."""

    def __init__(self, bench, title):
        self.bench, self.title, self.seen = bench, title, {}

    def note(self, tool, run, verdict, **more):
        self.seen.setdefault(tool, []).append((run, verdict, more))
        print(f"{tool}: {run.seconds:.3f} s, {verdict}" + "".join(
            f", {k} {v}" for k, v in more.items()) + ("" if run.ended else ", did not end well: " +
              (run.error.strip().splitlines() or ["nothing said"])[-1]), file=sys.stderr)

    def print(self, to_beat=None, extra=()):
        """@to_beat: the tools that sonde is compared with (all others when None). @extra: names
        of further figures, their medians are shown."""
        mids = {t: median([r.seconds for r, _, _ in s]) for t, s in self.seen.items()}
        ours = min((m for t, m in mids.items() if t.startswith("sonde")), default=None)
        rows = []
        for tool, seen in self.seen.items():
            took = [r.seconds for r, _, _ in seen]
            against = "" if ours is None or tool.startswith("sonde") or (
                to_beat and tool not in to_beat) else f"{ours / mids[tool]:.2f}"
            cells = [f"{median([m[e] for _, _, m in seen]):,.6g}" if all(e in m for _, _, m in seen)
                     else "" for e in extra]
            verdicts = sorted({v for _, v, _ in seen})
            if not all(r.ended for r, _, _ in seen):
                verdicts.append("does not end by itself")
            rows.append([f"`{tool}`", f"{mids[tool]:.3f} s", f"{min(took):.3f}–{max(took):.3f}",
                         *cells, against,
                         "; ".join(verdicts)])
        table(f"{self.title}, {max(len(s) for s in self.seen.values())} runs",
              ["program", "median", "range", *extra, "sonde / this", "result"], rows)


def judged(found, want):
    if found == want:
        return f"all {len(want):,} right"
    return f"{len(found & want):,} of {len(want):,}" + (
        f", {len(found - want):,} wrong" if found - want else "")


def judged_ports(found, want):
    bad, unresolved = wrong(found, want)
    text = f"all {len(want):,} right" if bad == 0 and unresolved == 0 else f"{bad:,} wrong"
    return text + (f", {unresolved:,} unresolved" if unresolved else "")


# Sweeps.

def sweepers(bench, mac, prefix, n):
    first = prefix.split("/")[0]
    last = ".".join(str((number(first) + n - 1) >> s & 255) for s in (24, 16, 8, 0))
    with open(f"{bench.tmp}/list", "w", encoding="ascii") as f:
        f.writelines(f"{a >> 24}.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}\n"
                     for a in sorted(addresses(prefix)))
    masscan = ["masscan", "--ping", prefix, "-e", "eth0", "--adapter-ip", SOURCE, "--router-mac",
               mac.replace(":", "-"), "-oL", "masscan.out", "--wait", "1"]
    zmap = ["zmap", "-q", "-v", "0", "--disable-syslog", "-M", "icmp_echoscan", "-i", "eth0", "-G",
            mac, "-S", SOURCE, "-b", "/dev/null", "-c", "1", "-o", "zmap.out", prefix]
    # Targets behind a gateway have a ceiling of 10,000 packets a second unless it is lifted.
    sonde = [bench.sonde, "sweep", "--with", "echo", prefix, "--json", *FAST, "--rate"]
    return {
        "sonde --rate max": (sonde + ["max"], hosts_of_sonde, None),
        "sonde --rate auto": (sonde + ["auto"], hosts_of_sonde, None),
        "sonde --rate max --backend xdp": (sonde + ["max", "--backend", "xdp"], hosts_of_sonde,
                                           None),
        # It ends when asked for more than 65,535.
        "fping -i0, one less": (["fping", "-a", "-q", "-i", "0", "-g", first[:-1] + "1", last],
                                hosts_of_lines, None),
        "nmap -sn --min-rate 1000000": (
            ["nmap", "-n", "-sn", "-PE", "-T5", "--min-rate", "1000000", "--max-retries", "1",
             "--min-hostgroup", "4096", "-oG", "nmap.out", prefix], hosts_of_nmap, "nmap.out"),
        "zmap -r 95000": (zmap + ["-r", "95000"], hosts_of_lines, "zmap.out"),
        "zmap -r 60000": (zmap + ["-r", "60000"], hosts_of_lines, "zmap.out"),
        "zmap -r 200000": (zmap + ["-r", "200000"], hosts_of_lines, "zmap.out"),
        "zmap -r 0": (zmap + ["-r", "0", "-T", "1"], hosts_of_lines, "zmap.out"),
        "masscan --rate 100000": (masscan + ["--rate", "100000"], hosts_of_masscan, "masscan.out"),
        "masscan --rate 50000": (masscan + ["--rate", "50000"], hosts_of_masscan, "masscan.out"),
        "masscan --rate 1000000": (masscan + ["--rate", "1000000"], hosts_of_masscan,
                                   "masscan.out"),
        "scamper -p 10000": (["scamper", "-p", "10000", "-w", "10000", "-c", "ping -c 1", "-f",
                              "list"], hosts_of_scamper, None),
        "bare loop": ([f"{bench.tools}/blast", "eth0", mac, SOURCE, first, str(n)], None, None),
        "bare loop --xdp": ([f"{bench.tools}/blast", "eth0", mac, SOURCE, first, str(n), "--xdp"],
                            None, None),
    }


def sweep_once(bench, lab, row, tool, command, want, limit, more=lambda: {}):
    argv, read, name = command
    if name:
        lab.file(name) and os.unlink(f"{lab.tmp}/{name}")
    run = lab.run(argv, limit)
    if read is None:
        said = counts(run.text.decode()).get("", {})
        verdict = f"{said.get('answers', 0):,.0f} answers"
    else:
        verdict = judged(read(lab.file(name) if name else run.text), want)
    row.note(tool, run, verdict, **more())


def sweep16(bench):
    """a /16 in which every address answers, from a kernel"""
    row, want = Row(bench, "sweep16: 65,536 addresses that a kernel answers for"), \
        addresses("10.0.0.0/16")
    lab = bench.lab()
    lab.kernel()
    mac = lab.mac("b", "eth0")
    known = sweepers(bench, mac, "10.0.0.0/16", 65536)
    names = bench.take(["sonde --rate max", "sonde --rate auto", "fping -i0, one less",
                        "nmap -sn --min-rate 1000000", "zmap -r 95000", "zmap -r 60000",
                        "masscan --rate 100000", "masscan --rate 50000",
                        "scamper -p 10000", "bare loop"])
    for _ in range(bench.runs):
        for tool in names:
            sweep_once(bench, lab, row, tool, known[tool],
                       want - {number("10.0.0.0")} if tool.startswith("fping") else want, 30)
    lab.close()
    row.print()


def sweep1m(bench):
    """1,048,576 addresses that the XDP responder answers for; questions a second as it saw them"""
    row, want = Row(bench, "sweep1m: 1,048,576 addresses that the XDP responder answers for"), \
        addresses("10.0.0.0/12")
    names = bench.take(["sonde --rate max", "sonde --rate auto", "sonde --rate max --backend xdp",
                        "zmap -r 0", "zmap -r 200000", "masscan --rate 1000000",
                        "masscan --rate 100000", "bare loop", "bare loop --xdp"])
    known = sweepers(bench, RESPONDER_MAC, "10.0.0.0/12", 1 << 20)
    for _ in range(bench.runs):
        for tool in names:
            lab = bench.lab()
            answers, _ = lab.responder(take="xdp" not in tool)

            def rate():
                said = counts(lab.end(answers))[""]
                asked = said["seen"] - said["arp"]
                return {"asked/s": asked / said["span_us"] * 1e6 if said["span_us"] else 0}
            sweep_once(bench, lab, row, tool, known[tool], want, 40, rate)
            lab.close()
    row.print(extra=["asked/s"])


def memory(bench):
    """16,777,216 addresses: the peak of memory"""
    row = Row(bench, "memory: 16,777,216 addresses that the XDP responder answers for")
    for tool in bench.take(["sonde --rate max"]):
        lab = bench.lab()
        lab.responder()
        run = lab.run(["sh", "-c", 'exec "$@" >/dev/null', "sh", bench.sonde, "sweep", "--with",
                       "echo", "10.0.0.0/8", *FAST, "--rate", "max", "--json"], 600, peak=True)
        row.note(tool, run, f"peak {run.peak_mb:.0f} MB")
        lab.close()
        row.print()


# TCP ports.

def tcp_row(bench, row, world, spec, asked, want, tools, limit, runs):
    lab = bench.lab()
    relay = world(lab)
    for _ in range(runs):
        for tool in bench.take(tools):
            argv = tools[tool]
            if tool.startswith("nmap") and lab.file("nmap.xml"):
                os.unlink(f"{lab.tmp}/nmap.xml")
            run = lab.run([a for a in argv + spec], limit)
            if tool.startswith("masscan"):
                found = {(number(a), "tcp", int(p)): "open" for _, _, p, a, *_ in
                         (line.split() for line in lab.file("masscan.out").decode().splitlines()
                          if line.startswith("open"))}
                only = {k: v for k, v in want.items() if v == "open"}
                verdict = judged_ports(found, only) + " (tells open ones only)"
            else:
                found = ports_of_sonde(run.text) if tool.startswith("sonde") else \
                    ports_of_nmap(lab.file("nmap.xml"), asked)
                verdict = judged_ports(found, want)
            row.note(tool, run, verdict)
    if relay:
        said = counts(lab.end(relay))
        row.title += f" (the relay's own losses: {sum(own_losses(w) for w in said.values()):.0f})"
    lab.close()
    row.print()


def own_losses(way):
    return sum(way[k] for k in ("overflow", "missed", "refused", "long"))


def tcp_truth(hosts, ports, served):
    return {(a, "tcp", p): "open" if p in served else "closed" for a in hosts for p in ports}


SERVED = (22, 25, 80, 110, 143, 443, 587, 993, 8080, 50000)


def served(bench, lab, relay=None):
    process = lab.kernel(relay)
    lab.serve(bench.listen, *(f"tcp/{p}" for p in SERVED))
    return process


def tcp_tools(bench, nmap):
    """nmap's --min-rate is left out: from 100,000 on it takes for filtered what it did not hear."""
    return {
        "sonde --rate max": [bench.sonde, "scan", "-n", "-Pn", "--json", *FAST, "--rate", "max"],
        "sonde --rate auto": [bench.sonde, "scan", "-n", "-Pn", "--json", *FAST],
        "nmap " + " ".join(nmap): [*NMAP, "-Pn", "-sS", *nmap],
    }


def ports65535(bench):
    """65,535 TCP ports of one host"""
    row = Row(bench, "ports65535: the TCP ports of one host")

    def world(lab):
        served(bench, lab)
        tools["masscan --rate 100000"] += ["--router-mac", lab.mac("b", "eth0").replace(":", "-")]
    tools = tcp_tools(bench, ["-T4"])
    tools["masscan --rate 100000"] = [
        "masscan", "-e", "eth0", "--adapter-ip", SOURCE, "-oL", "masscan.out", "--wait", "1",
        "--rate", "100000"]
    host = "10.0.0.1"
    asked = {("tcp", p) for p in range(1, 65536)}
    tcp_row(bench, row, world, ["-p", "1-65535", host], asked,
            tcp_truth([number(host)], range(1, 65536), SERVED), tools, 40, bench.runs)


def net24(bench):
    """256 hosts, 1,000 TCP ports each"""
    asked = {("tcp", p) for p in range(1, 1001)}
    tcp_row(bench, Row(bench, "net24: 256 hosts, 1,000 TCP ports each"),
            lambda lab: served(bench, lab), ["-p", "1-1000", "10.0.0.0/24"], asked,
            tcp_truth(addresses("10.0.0.0/24"), range(1, 1001), SERVED),
            tcp_tools(bench, ["-T4"]), 60, bench.runs)


def net24_far(bench):
    """the same through the relay: 20 ms and 5 ms of jitter each way, 1 % of loss each way"""
    asked = {("tcp", p) for p in range(1, 1001)}
    # Without --min-rate nmap takes over 300 s here, at 40,000 it errs in every run.
    tools = tcp_tools(bench, ["-T4", "--min-rate", "10000"])
    tools.update({f"nmap {o}": [*NMAP, "-Pn", "-sS", *o.split()] for o in (
        "-T4 --min-rate 20000",)})
    tools["sonde --rate 100k"] = [bench.sonde, "scan", "-n", "-Pn", "--json", *FAST, "--rate",
                                   "100k"]
    tcp_row(bench, Row(bench, "net24-far: 256 hosts, 1,000 TCP ports each; 20 ms, jitter 5 ms, "
                       "loss 1 %, each way"),
            lambda lab: served(bench, lab, "--delay 20 --jitter 5 --loss 1 --busy"),
            ["-p", "1-1000", "10.0.0.0/24"], asked,
            tcp_truth(addresses("10.0.0.0/24"), range(1, 1001), SERVED), tools, 300,
            min(bench.runs, 3))


# UDP ports. A limiter remembers: every run has a world of its own.

def nmap_top(n):
    """nmap's own choice of UDP ports."""
    root = ElementTree.fromstring(shell(f"nmap -sU --top-ports {n} -oX - -n -Pn 127.0.0.1"))
    return root.find("scaninfo").get("services")


def udp_row(bench, row, world, tools, want, asked, best, limit, runs):
    """@best: seconds no prober can do better than, shown as a program."""
    for _ in range(runs):
        for tool in bench.take(tools):
            lab = bench.lab()
            world(lab)
            run = lab.run(tools[tool], limit)
            found = ports_of_sonde(run.text) if tool.startswith("sonde") else \
                ports_of_nmap(lab.file("nmap.xml"), asked)
            row.note(tool, run, judged_ports(found, want), **{
                "of the best possible": run.seconds / best})
            lab.close()
    row.print(extra=["of the best possible"])


def udp100(bench):
    """nmap's 100 UDP ports of a Linux host, three of them bound, from one address"""
    from prober_lab import expand
    spec, host = nmap_top(100), number("10.0.0.1")
    ports = sorted(expand(spec))
    bound = [53, 123, 161]
    want = {(host, "udp", p): "open|filtered" if p in bound else "closed" for p in ports}
    tools = {
        "sonde": [bench.sonde, "scan", "-n", "-Pn", "--json", "-sU", "-p", f"U:{spec}",
                  "10.0.0.1"],
        "nmap -sU": [*NMAP, "-Pn", "-sU", "-p", spec, "10.0.0.1"],
        "nmap -sU --scan-delay 1100ms": [*NMAP, "-Pn", "-sU", "--scan-delay", "1100ms", "-p", spec,
                                         "10.0.0.1"],
    }
    udp_row(bench, Row(bench, "udp100: 100 UDP ports of one host, one source"),
            lambda lab: (lab.kernel(), lab.serve(bench.listen, *(f"udp/{p}" for p in bound))),
            tools, want, {("udp", p) for p in ports}, len(ports) - len(bound) - 6, 300,
            min(bench.runs, 3))


def udp_sources(bench):
    """1,000 UDP ports of a Linux host, from 64 addresses"""
    bound = [53, 123, 161]
    want = {(number("10.0.0.1"), "udp", p): "open|filtered" if p in bound else "closed"
            for p in range(1, 1001)}

    def world(lab):
        lab.kernel()
        lab.serve(bench.listen, *(f"udp/{p}" for p in bound))
        shell("for i in $(seq 10 73); do ip -n a addr add 192.0.2.$i/24 dev eth0; done")
    tools = {"sonde --sources": [bench.sonde, "scan", "-n", "-Pn", "--json", "-sU", "-p",
                                 "U:1-1000", "--sources", "192.0.2.10-192.0.2.73", "10.0.0.1"]}
    # Each source has six tokens to begin with and one a second after.
    udp_row(bench, Row(bench, "udp-sources: 1,000 UDP ports of one host, 64 sources"), world, tools,
            want, set(), (997 - 64 * 6) / 64, 120, min(bench.runs, 3))


def udp6(bench):
    """65,535 UDP ports of a Linux host over IPv6, from 120 addresses"""
    host, bound = "2001:db8:1::2", [53, 123, 161]
    want = {(number(host), "udp", p): "open|filtered" if p in bound else "closed"
            for p in range(1, 65536)}
    per_second = int(shell("cat /proc/sys/net/ipv4/icmp_msgs_per_sec"))

    def world(lab):
        for name in "ab":
            lab.host(name)
        lab.link("a", "eth0", "b", "eth0")
        shell(f"ip -n b addr add {host}/64 dev eth0 nodad;"
              "ip -n a addr add 2001:db8:1::1/64 dev eth0 nodad;"
              "for i in $(seq 256 375); do ip -n a addr add "
              "$(printf '2001:db8:1::%x/64' $i) dev eth0 nodad; done")
        lab.serve(bench.listen, *(f"udp/{p}" for p in bound))
    tools = {"sonde --sources": [bench.sonde, "scan", "-6", "-n", "-Pn", "--json", "-sU", "-p",
                                 "U:1-65535", "--sources", "2001:db8:1::100-2001:db8:1::177",
                                 host]}
    udp_row(bench, Row(bench, "udp6: 65,535 UDP ports of one host over IPv6, 120 sources"), world,
            tools, want, set(), (65532 - 50) / per_second, 400, min(bench.runs, 3))


def udp_net(bench):
    """254 hosts with a kernel's limiter each, 20 UDP ports each, beside one of them alone"""
    ports = list(range(100, 120))
    bound = [105]
    last = 254

    def world(lab):
        lab.host("a")
        lab.host("s")
        shell("ip -n s link add br0 type bridge; ip -n s link set br0 up")
        lab.link("a", "eth0", "s", "p0")
        shell("ip -n s link set p0 master br0; ip -n a addr add 10.0.1.1/23 dev eth0")
        for i in range(1, last + 1):
            lab.host(f"h{i}")
            lab.link(f"h{i}", "eth0", "s", f"p{i}")
            shell(f"ip -n s link set p{i} master br0;"
                  f"ip -n h{i} addr add 10.0.0.{i}/23 dev eth0")
        for i in range(1, last + 1, 16):
            lab.helper(f"h{i}", "python3", bench.listen, *(f"udp/{p}" for p in bound))
    row = Row(bench, "udp-net: 254 hosts, 20 UDP ports each, and one of them alone")
    spec = f"U:{ports[0]}-{ports[-1]}"
    # When a host's limiter gives its tokens is chance: of all of them the slowest one tells, of one
    # alone the slowest of three (the upper end of its range).
    for alone in (2, 3, 4):
        for tool in bench.take(["sonde, all", "sonde, one", "nmap -sU -T4, all"]):
            lab = bench.lab()
            world(lab)
            hosts = [alone] if "one" in tool else range(1, last + 1)
            where = f"10.0.0.{alone}" if "one" in tool else f"10.0.0.1-{last}"
            want = {(number(f"10.0.0.{i}"), "udp", p):
                    "open|filtered" if p in bound and i % 16 == 1 else "closed"
                    for i in hosts for p in ports}
            if tool.startswith("sonde"):
                run = lab.run([bench.sonde, "scan", "-n", "-Pn", "--json", "-sU", "-p", spec,
                               where], 120)
                found = ports_of_sonde(run.text)
            else:
                run = lab.run([*NMAP, "-Pn", "-sU", "-T4", "-p", spec[2:], where], 300)
                found = ports_of_nmap(lab.file("nmap.xml"), {("udp", p) for p in ports})
            row.note(tool, run, judged_ports(found, want))
            lab.close()
    row.print()


# A bad line.

LOSSY = "--delay 30 --jitter 20 --loss 5 --dup 1 --reorder 5 --busy"


def lossy(bench):
    """4,096 addresses, half of which exist, through a bad line: wrong verdicts, and the estimate
    of loss beside the relay's own count"""
    import json
    prefix, rows = "10.0.0.0/20", []
    tools = {
        "sonde": ([bench.sonde, "sweep", "--with", "echo", prefix, "--json", *FAST], hosts_of_sonde, None),
        "fping -r 3": (["fping", "-a", "-q", "-i", "0.1", "-r", "3", "-g", "10.0.0.0",
                        "10.0.15.255"], hosts_of_lines, None),
        "nmap -sn -T4": (["nmap", "-n", "-sn", "-PE", "-T4", "-oG", "nmap.out", prefix],
                         hosts_of_nmap, "nmap.out"),
    }
    for tool in bench.take(tools):
        argv, read, name = tools[tool]
        took, missed, invented, ratios = [], [], [], []
        for seed in range(1, 11 if bench.runs > 1 else 2):
            live = f"--live 50 --seed {seed}"
            want = {number(a) for a in shell(
                f"{bench.tools}/responder {live} --list 10.0.0.0 4096").split()}
            lab = bench.lab()
            _, relay = lab.responder(live, f"{LOSSY} --seed {seed}")
            run = lab.run(argv, 120)
            found = read(lab.file(name) if name else run.text)
            said = counts(lab.end(relay))
            lab.close()
            passed = [1 - said[w]["ip_lost"] / max(said[w]["ip"], 1) for w in ("there", "back")]
            truth = 1 - passed[0] * passed[1]
            took.append(run.seconds)
            missed.append(len(want - found))
            invented.append(len(found - want))
            if tool == "sonde":
                lines = [json.loads(x) for x in run.text.splitlines() if b'"miss_rate' in x]
                rate = lines[-1]["survey"]["miss_rate"] if lines else None
                if rate is not None:
                    ratios.append(rate / truth)
            print(f"{tool}: {run.seconds:.2f} s, {missed[-1]} missed, {invented[-1]} invented, "
                  f"truth {truth:.4f}", ratios[-1:], said, file=sys.stderr)
        rows.append([f"`{tool}`", f"{median(took):.2f} s", f"{min(took):.2f}–{max(took):.2f}",
                     sum(missed), sum(invented),
                     f"{min(ratios):.2f}–{max(ratios):.2f}" if ratios else ""])
    table(f"lossy: 4,096 addresses, half of which exist; each way {LOSSY[:-7]}; "
          f"{len(took)} runs", ["program", "median", "range", "hosts missed", "hosts invented",
                                "miss_rate / truth"], rows)


ROWS = {"sweep16": sweep16, "sweep1m": sweep1m, "ports65535": ports65535, "net24": net24,
        "net24-far": net24_far, "udp100": udp100, "udp-sources": udp_sources, "udp6": udp6,
        "udp-net": udp_net, "lossy": lossy, "memory": memory}


def main(argv):
    tools, root = argv[1], argv[2]
    p = argparse.ArgumentParser(prog="bench/prober.sh", formatter_class=argparse.RawTextHelpFormatter,
                                epilog="\n".join(f"{n:12} {' '.join(f.__doc__.split())}"
                                                 for n, f in ROWS.items()))
    p.add_argument("rows", nargs="*", metavar="ROW", help="one of those below; all when none is named")
    p.add_argument("--sonde", default=os.path.join(root, "build-release/src/sonde"))
    p.add_argument("--runs", type=int, default=5, help="of each program (5; slow ones at most 3)")
    p.add_argument("--no-sonde", action="store_true", help="the peers alone")
    p.add_argument("--only", action="append", help="programs whose name begins so")
    args = p.parse_args(argv[3:])
    if args.rows == ["help"]:
        p.print_help()
        return 0
    unknown = [r for r in args.rows if r not in ROWS]
    if unknown:
        p.error(f"no row '{unknown[0]}'; rows: {' '.join(ROWS)}")
    args.sonde = os.path.abspath(args.sonde)
    if not args.no_sonde and not os.access(args.sonde, os.X_OK):
        p.error(f"{args.sonde} is not there: build it, or name it with --sonde")
    random.seed(1)
    versions = shell("fping --version | sed -n 's/.*Version /fping /p'; "
                     "nmap --version | sed -n '1s/Nmap version \\(\\S*\\).*/nmap \\1/p'; "
                     "masscan --version | sed -n 's/^Masscan version \\(\\S*\\).*/masscan \\1/p'; "
                     "zmap --version; scamper -v | sed -n 's/ version / /p'").split("\n")
    print(f"{os.cpu_count()} cores, Linux {platform.release()} {platform.machine()}; "
          f"{', '.join(v for v in versions if v)}")
    bench = Bench(args, tools, root)
    for name in args.rows or ROWS:
        ROWS[name](bench)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
