#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""trace_time.py TOOLS ROOT [OPTION…] [ROW…]: the inside of bench/trace.sh; see there."""
import argparse
import collections
import json
import os
import platform
import re
import sys

from prober_lab import Lab, counts, median, shell
from prober_time import Row, own_losses, table

WAYS = [f"10.{k}.0.2" for k in range(1, 16)]


class Chain(Lab):
    """The worlds of test/net/chain.sh."""

    def __init__(self, bench, words):
        super().__init__(bench.tools, bench.tmp)
        lib = f"{bench.root}/test/net"
        shell(f"export NET_TEST_INSIDE=1 NET_TEST_LIB={lib}/lib.sh HELPERS={bench.tools}; "
              f". {lib}/lib.sh; . {lib}/chain.sh; {words}")
        self.hosts = shell("ip netns list").split("\n")
        self.hosts = [h.split()[0] for h in self.hosts]
        self.cut = None

    def delay(self, links, options):
        """The relay over the links that are cut."""
        ends = [name for k in range(1, links + 1) for name in (f"l{k}", f"r{k}")]
        self.cut = self.helper("wire", f"{self.tools}/relay", *ends, *options.split())

    def lost(self):
        """What the relay itself lost, which must be nothing. Ends it."""
        return sum(own_losses(w) for w in counts(self.end(self.cut)).values())

    def longest(self, to, host="h0"):
        """The least round-trip time to the end, ms, as ping has it."""
        said = shell(f"ip netns exec {host} ping -n -q -c 5 -i 0.05 {to}")
        return float(re.search(r"= ([0-9.]+)/", said)[1])


class Bench:
    def __init__(self, args, tools, root):
        self.sonde, self.tools, self.root = args.sonde, tools, root
        self.runs, self.with_sonde, self.only = args.runs, not args.no_sonde, args.only
        self.tmp = os.path.join(tools, "mem")

    def take(self, names):
        return [n for n in names if (self.with_sonde or not n.startswith("sonde")) and
                (not self.only or any(n.startswith(o) for o in self.only))]


# What programs say: hop limit -> the addresses that answered there.

def facts(text, name):
    found = (json.loads(line) for line in text.splitlines() if line.startswith(b"{"))
    return [f for f in found if f.get("type") == name]


def hops_of_sonde(text):
    return {f["ttl"]: {f["addr"]} for f in facts(text, "hop") if f["addr"]}


def hops_of_traceroute(text):
    found = {}
    for line in text.decode().splitlines()[1:]:
        words = line.split()
        found[int(words[0])] = set(re.findall(r"(\d+\.\d+\.\d+\.\d+)", line))
    return {k: v for k, v in found.items() if v}


def hops_of_mtr(text):
    return {int(k): {a} for k, a in
            re.findall(r"^ *(\d+)\.\|-- (\d+\.\d+\.\d+\.\d+)", text.decode(), re.M)}


def hops_of_scamper(text):
    return {int(k): {a} for k, a in
            re.findall(r"^ *(\d+)  (\d+\.\d+\.\d+\.\d+) ", text.decode(), re.M)}


READ = {"sonde": hops_of_sonde, "traceroute": hops_of_traceroute, "mtr": hops_of_mtr,
        "scamper": hops_of_scamper}


def judged(found, want):
    if found == want:
        return f"all {len(want)} hops right"
    wrong = sum(found[k] != want.get(k, found[k]) for k in found)
    extra = len(set(found) - set(want))
    return f"{len(want) - len(set(want) - set(found)) - wrong} of {len(want)} hops" + (
        f", {wrong + extra} wrong" if wrong + extra else "")


# One path.

SLOW = 10  # seconds; what takes longer runs once

def one_path(bench, title, words, delay, silent, tools, limit):
    """@delay: ms each way of each of 15 links."""
    row = Row(bench, title)
    want = {k + 1: {a} for k, a in enumerate(WAYS) if k + 1 not in silent}
    lab = Chain(bench, f"chain_world 15 all; {words}")
    lab.delay(15, f"--delay {delay}")
    rtt = lab.longest(WAYS[-1]) / 1000
    slow = set()
    for _ in range(bench.runs):
        for tool in bench.take(tools):
            if tool in slow:
                continue
            run = lab.run(tools[tool], limit, host="h0")
            if run.seconds > SLOW:
                slow.add(tool)
            verdict = judged(READ[tool.split()[0]](run.text), want)
            row.note(tool, run, verdict, **{"times the RTT": run.seconds / rtt})
    row.title += f"; longest round trip {rtt * 1000:.0f} ms, the relay's own losses {lab.lost():.0f}"
    lab.close()
    row.print(extra=["times the RTT"])


def path_tools(bench, end, quick):
    """Three probes a hop. @quick: settings for who knows that no answer takes longer than a second."""
    tools = {
        "sonde": [bench.sonde, "trace", "-n", "--json", "-q", "3", end],
        "sonde -q 1": [bench.sonde, "trace", "-n", "--json", "-q", "1", end],
        "traceroute -I": ["traceroute", "-n", "-I", end],
        "traceroute -I -N 64": ["traceroute", "-n", "-I", "-q", "3", "-N", "64", end],
        "traceroute -I -N 64 -q 1": ["traceroute", "-n", "-I", "-q", "1", "-N", "64", end],
        "mtr -c 3 -i 0.1 -G 1": ["mtr", "-n", "-r", "-c", "3", "-i", "0.1", "-G", "1", end],
        "scamper trace -q 3 -Q -w 1": ["scamper", "-p", "10000", "-c",
                                       "trace -P icmp-paris -q 3 -Q -w 1", "-i", end],
        "scamper trace -q 1 -w 1": ["scamper", "-p", "10000", "-c",
                                    "trace -P icmp-paris -q 1 -w 1", "-i", end],
    }
    if quick:
        tools["traceroute -I -N 64 -w 1"] = ["traceroute", "-n", "-I", "-q", "3", "-N", "64", "-w", "1",
                                             end]
        tools["sonde -w 1s"] = [bench.sonde, "trace", "-n", "--json", "-q", "3", "-w", "1s", end]
    return tools


def hops15(bench):
    """15 hops, 20 ms each way on each link (600 ms to the last), all answer"""
    one_path(bench, "hops15: 15 hops, 20 ms each way on each link", "", 20, (),
             path_tools(bench, WAYS[-1], False), 60)


def hops15_near(bench):
    """the same with 10 ms each way (20 ms for each hop, 300 ms to the last)"""
    one_path(bench, "hops15-near: 15 hops, 10 ms each way on each link", "", 10, (),
             path_tools(bench, WAYS[-1], False), 60)


SILENT = (4, 7, 10, 13)


def silent(bench):
    """15 hops, 20 ms each way on each link, four of them silent"""
    one_path(bench, "silent: 15 hops, 20 ms each way on each link, 4 of them silent",
             f"chain_silent {' '.join(map(str, SILENT))}", 20, SILENT,
             path_tools(bench, WAYS[-1], True), 60)


def silent_near(bench):
    """the same with 10 ms each way"""
    one_path(bench, "silent-near: 15 hops, 10 ms each way on each link, 4 of them silent",
             f"chain_silent {' '.join(map(str, SILENT))}", 10, SILENT,
             path_tools(bench, WAYS[-1], True), 60)


# Branches.

def edges_of_sonde(text):
    edges = set()
    for path in facts(text, "path"):
        addrs = [h["addr"] or "*" for h in path["hops"]]
        edges |= set(zip(addrs, addrs[1:]))
    return edges


def edges_of_scamper(found):
    """It tells which flows were seen where; a flow's routers in a row are edges."""
    at = {}
    for node in found.get("nodes", []):
        for ranks in node.get("links", []):
            for link in ranks:
                for probe in link.get("probes", []):
                    if probe["replyc"] and "addr" in link:
                        at[probe["ttl"], probe["flowid"]] = link["addr"]
                        at.setdefault((node["q_ttl"], probe["flowid"]), node["addr"])
    return {(a, at[ttl + 1, flow]) for (ttl, flow), a in at.items() if (ttl + 1, flow) in at}


def ends(edges, last):
    """The routers and the target, which has another address in each run."""
    return {a for e in edges for a in e if a != last}


def diamond(bench):
    """two 3 by 3 ECMP diamonds, 100 targets behind each: routers and edges found, probes taken"""
    n, rows = (100 if bench.runs > 1 else 5), []
    targets = [f"10.200.0.{i + 1}" for i in range(n)]
    for kind in ("parallel", "full"):
        lab = Chain(bench, f"diamond_world {kind}; diamond_far; diamond_edges >{bench.tmp}/edges; "
                           f"echo 10.9.0.1 10.1.0.1 >>{bench.tmp}/edges")
        with open(f"{bench.tmp}/edges", encoding="ascii") as f:
            truth = {tuple(line.split()) for line in f}
        truth = {e for e in truth if e[1] != "10.6.0.1"}
        routers = ends(truth, None)
        seen = collections.defaultdict(list)

        def note(tool, edges, last, probes, took):
            inner = {e for e in edges if last not in e}
            seen[tool].append((routers <= ends(edges, last), truth <= inner,
                               bool(inner - truth), probes, took))
        for to in targets:
            for tool, confidence in (("sonde --paths", "95"), ("sonde --paths --confidence 99", "99")):
                if not bench.take([tool]):
                    continue
                run = lab.run([bench.sonde, "trace", "-n", "--json", "-U", "--paths", "--confidence",
                               confidence, to], 30, host="q")
                said = facts(run.text, "trace")
                note(tool, edges_of_sonde(run.text), to, said[0]["probes"] if said else 0, run.seconds)
        # scamper waits a quarter of a second before each probe: all at once, its time means nothing.
        # Its confidence is of one hop, sonde's of the whole path: 99 there is about 95 here.
        for confidence in ("95", "99"):
            run = lab.run(["scamper", "-O", "json", "-p", "10000", "-w", "1000", "-c",
                           f"tracelb -P udp-sport -w 1 -c {confidence}", "-i", *targets], 240,
                          host="q")
            for line in run.text.splitlines():
                found = json.loads(line)
                if found["type"] == "tracelb":
                    note(f"scamper tracelb -P udp-sport -c {confidence}", edges_of_scamper(found),
                         found["dst"], found["probec"], None)
        lab.close()
        for tool, runs in seen.items():
            probes = [r[3] for r in runs]
            took = [r[4] for r in runs if r[4] is not None]
            rows.append([kind, f"`{tool}`", f"{sum(r[0] for r in runs)} of {len(runs)}",
                         f"{sum(r[1] for r in runs)} of {len(runs)}", sum(r[2] for r in runs),
                         f"{sum(probes) / len(probes):.1f}", f"{min(probes)}–{max(probes)}",
                         f"{median(took):.3f} s" if took else ""])
    table("diamond: 3 by 3 ECMP diamonds behind two routers (13 edges in parallel, 25 in full, and the one to the balancer), 100 runs to 100 targets",
          ["diamond", "program", "all routers in", "all edges in", "runs with a false edge",
           "probes, mean", "range", "median time"], rows)


# Limits.

def limits(bench):
    """8 hops, four of which limit their ICMP to 1/s, nothing is lost: hops that are called lossy"""
    n, rows = (100 if bench.runs > 1 else 5), []
    lab = Chain(bench, "chain_world 8 all; chain_limit 2 3; chain_limit_kernel 5 6")
    lab.delay(8, "--delay 1")
    to = WAYS[7]
    tools = {
        "sonde": ([bench.sonde, "trace", "-n", "--json", to], n),
        "sonde --report -c 20 -i 50ms": ([bench.sonde, "trace", "-n", "--json", "--report", "-c",
                                          "20", "-i", "50ms", to], n),
        "sonde -U --report -c 20 -i 50ms": ([bench.sonde, "trace", "-n", "--json", "-U", "--report",
                                             "-c", "20", "-i", "50ms", to], n),
        "mtr -c 20 -i 0.05 -G 1": (["mtr", "-n", "-r", "-c", "20", "-i", "0.05", "-G", "1", to], 10),
    }
    for tool in bench.take(tools):
        argv, times = tools[tool]
        runs, hops, verdicts = 0, 0, collections.Counter()
        for _ in range(times):
            run = lab.run(argv, 30, host="h0")
            if tool.startswith("mtr"):
                said = [float(p) > 0 for p in
                        re.findall(r"^ *\d+\.\|-- \S+ +([0-9.]+)%? ", run.text.decode(), re.M)]
                lossy = sum(said)
                verdicts["some loss"] += lossy
                verdicts["none"] += len(said) - lossy
            else:
                said = [f["verdict"] for f in facts(run.text, "hop")]
                verdicts.update(said)
                lossy = said.count("loses")
            verdicts["runs without hops"] += not said
            runs += lossy > 0
            hops += lossy
        rows.append([f"`{tool}`", times, runs, hops,
                     ", ".join(f"{k} {v}" for k, v in sorted(verdicts.items()) if v)])
    own = lab.lost()
    lab.close()
    table("limits: 8 hops, four limit their ICMP to 1/s (two strictly, two as Linux does), nothing is "
          f"lost (the relay's own losses: {own:.0f})",
          ["program", "runs", "runs that call a hop lossy", "hops called lossy", "verdicts of hops"], rows)


# Many.

def many(bench):
    """1,000 targets behind 10 hops: time against probes / rate, complete paths, memory"""
    rows = []
    targets = [f"10.200.{i // 250}.{i % 250 + 1}" for i in range(1000)]
    with open(f"{bench.tmp}/list", "w", encoding="ascii") as f:
        f.writelines(t + "\n" for t in targets)
    with open(f"{bench.tmp}/one", "w", encoding="ascii") as f:
        f.write(targets[0] + "\n")
    lab = Chain(bench, "chain_world 10 1 2 3 4 5 6 7 8 9 10")
    lab.delay(10, "--delay 2")
    rtt = lab.longest(targets[0]) / 1000
    way = [f"10.{k}.0.2" for k in range(1, 10)]
    base = [bench.sonde, "trace", "-n", "--json"]
    tools = {f"sonde {' '.join(o)}": [*base, *o] for o in
             (["-q", "1"], ["-q", "3"], ["-q", "3", "--rate", "20k"], ["-q", "1", "--rate", "2k"])}
    tools["scamper trace -q 1, -p 10000 -w 1000"] = [
        "scamper", "-O", "json", "-p", "10000", "-w", "1000", "-c", "trace -P icmp-paris -q 1 -w 1"]
    for tool in bench.take(tools):
        took, bounds, good, peaks = [], [], [], []
        rate = 20000 if "20k" in tool else 2000 if "2k" in tool else 10000
        for _ in range(min(bench.runs, 3)):
            ours = tool.startswith("sonde")
            run = lab.run([*tools[tool], "-iL" if ours else "-f", "list"], 120, host="h0", peak=True)
            paths, sent = collections.defaultdict(dict), 0
            if ours:
                for f in facts(run.text, "hop"):
                    paths[f["target"]][f["ttl"]] = f["addr"]
                sent = sum(f["sent"] for f in facts(run.text, "trace"))
            else:
                for f in map(json.loads, run.text.splitlines()):
                    if f["type"] == "trace":
                        sent += f["probe_count"]
                        for h in f.get("hops", []):
                            paths[f["dst"]][h["probe_ttl"]] = h["addr"]
            good.append(sum([paths[t].get(k) for k in range(1, 11)] == way + [t] for t in targets))
            took.append(run.seconds)
            bounds.append(sent / rate + rtt)
            peaks.append(run.peak_mb)
        # What one target takes is the program itself.
        one = lab.run([*tools[tool], "-iL" if tool.startswith("sonde") else "-f", "one"], 30,
                      host="h0", peak=True).peak_mb
        rows.append([f"`{tool}`", f"{median(took):.2f} s", f"{min(took):.2f}–{max(took):.2f}",
                     f"{median(bounds):.2f} s", f"{median(took) / median(bounds):.2f}",
                     f"{min(good)} of 1000", f"{median(peaks):.1f} MB", f"{one:.1f} MB"])
    own = lab.lost()
    lab.close()
    table(f"many: 1,000 targets behind 10 hops, 2 ms each way on each link, {min(bench.runs, 3)} runs "
          f"(the relay's own losses: {own:.0f})",
          ["program", "median", "range", "bound: probes / rate + RTT", "time / bound",
           "complete paths, fewest", "peak memory", "with one target"], rows)


ROWS = {"hops15": hops15, "hops15-near": hops15_near, "silent": silent, "silent-near": silent_near,
        "diamond": diamond, "limits": limits, "many": many}


def main(argv):
    tools, root = argv[1], os.path.abspath(argv[2])
    p = argparse.ArgumentParser(prog="bench/trace.sh", formatter_class=argparse.RawTextHelpFormatter,
                                epilog="\n".join(f"{n:12} {' '.join(f.__doc__.split())}"
                                                 for n, f in ROWS.items()))
    p.add_argument("rows", nargs="*", metavar="ROW", help="one of those below; all when none is named")
    p.add_argument("--sonde", default=os.path.join(root, "build-release/src/sonde"))
    p.add_argument("--runs", type=int, default=5,
                   help="of each program (5; many: at most 3; diamond and limits: 100, or 5 with --runs 1)")
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
    versions = shell("traceroute --version 2>&1 | sed -n 's/.*version \\([0-9.]*\\).*/traceroute \\1/p'; "
                     "mtr --version; scamper -v | sed -n 's/ version / /p'").split("\n")
    print(f"{os.cpu_count()} cores, Linux {platform.release()} {platform.machine()}; "
          f"{', '.join(v for v in versions if v)}")
    bench = Bench(args, tools, root)
    for name in args.rows or ROWS:
        ROWS[name](bench)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
