#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The laboratory of bench/prober.sh: hosts that are network namespaces, one measured run of one
program, and what each program's output says.

Everything is inside the namespaces that prober.sh made, where nothing has a way out.
"""
import collections
import ipaddress
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree

SOURCE, GATEWAY = "192.0.2.1", "192.0.2.2"

Run = collections.namedtuple("Run", "seconds peak_mb ended text error")


def shell(text):
    done = subprocess.run(text, shell=True, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{text}: {done.stderr or done.stdout}")
    return done.stdout.strip()


class Lab:
    """One world: hosts, links, helpers. close() takes it away."""

    def __init__(self, tools, tmp):
        self.tools, self.tmp, self.hosts, self.helpers = tools, tmp, [], []
        self.env = {**os.environ, "XDG_STATE_HOME": tmp}

    def host(self, name):
        shell(f"ip netns add {name}; ip -n {name} link set lo up; ip netns exec {name} sh -c "
              "'for f in /proc/sys/net/ipv6/conf/*/accept_dad; do "
              "[ ! -e $f ] || echo 0 >$f; done'")
        self.hosts.append(name)

    def link(self, a, ifa, b, ifb):
        shell(f"ip -n {a} link add {ifa} type veth peer name {ifb} netns {b} && "
              f"ip -n {a} link set {ifa} up && ip -n {b} link set {ifb} up")

    def mac(self, host, name):
        return shell(f"ip netns exec {host} cat /sys/class/net/{name}/address")

    def helper(self, host, *argv):
        """A helper that says "ready" and runs on; end() ends it and gives what it said then."""
        process = subprocess.Popen(["nsenter", f"--net=/run/netns/{host}", *argv],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        if process.stdout.readline().split()[:1] != [b"ready"]:
            sys.exit(f"{' '.join(argv)}: {process.stderr.read().decode()}")
        self.helpers.append(process)
        return process

    def end(self, process):
        self.helpers.remove(process)
        process.terminate()
        return process.communicate()[1].decode()

    def run(self, argv, limit, host="a", peak=False):
        """One measured run of a whole process. What does not end by itself is interrupted at
        @limit, and killed 2 s after. @peak: look at its memory 20 times a second (a child's
        rusage would tell of this process, which it was before exec)."""
        most = [0.0]

        def look(pid):
            try:
                with open(f"/proc/{pid}/status", encoding="ascii") as f:
                    kb = re.search(r"VmHWM:\s*(\d+)", f.read())
                most[0] = max(most[0], int(kb[1]) / 1024 if kb else 0)
            except OSError:
                return
        out, err = f"{self.tmp}/out", f"{self.tmp}/err"
        with open(out, "wb") as o, open(err, "wb") as e:
            start = time.perf_counter()
            process = subprocess.Popen(["nsenter", f"--net=/run/netns/{host}", *argv], stdout=o,
                                       stderr=e, stdin=subprocess.DEVNULL, start_new_session=True,
                                       cwd=self.tmp, env=self.env)
            stops = [threading.Timer(limit, os.killpg, (process.pid, signal.SIGINT)),
                     threading.Timer(limit + 2, os.killpg, (process.pid, signal.SIGKILL))]
            for stop in stops:
                stop.start()
            pid, status = os.waitpid(process.pid, os.WNOHANG if peak else 0)
            while pid == 0:
                look(process.pid)
                time.sleep(0.05)
                pid, status = os.waitpid(process.pid, os.WNOHANG)
            took = time.perf_counter() - start
            for stop in stops:
                stop.cancel()
        with open(out, "rb") as o, open(err, "rb") as e:
            return Run(took, most[0], took < limit and status == 0, o.read(),
                       e.read().decode(errors="replace"))

    def file(self, name):
        try:
            with open(f"{self.tmp}/{name}", "rb") as f:
                return f.read()
        except OSError:
            return b""

    def close(self):
        for process in list(self.helpers):
            self.end(process)
        for host in self.hosts:
            shell(f"ip netns del {host}")
        self.hosts = []

    # Worlds.

    def kernel(self, relay=None, prefix="10.0.0.0/12"):
        """A prober a and a host b whose kernel answers for all of @prefix; with a relay between
        where its options are given. Returns the relay."""
        process = None
        for name in "ab":
            self.host(name)
        if relay is None:
            self.link("a", "eth0", "b", "eth0")
        else:
            process = self.relay(relay)
        shell(f"ip -n a addr add {SOURCE}/24 dev eth0; ip -n b addr add {GATEWAY}/24 dev eth0;"
              f"ip -n a route add {prefix} via {GATEWAY};"
              f"ip -n b route add local {prefix} dev lo")
        self.known()
        return process

    def known(self):
        """The two know each other: ARP through a bad line is not what is measured."""
        shell(f"ip -n a neigh replace {GATEWAY} lladdr {self.mac('b', 'eth0')} dev eth0;"
              f"ip -n b neigh replace {SOURCE} lladdr {self.mac('a', 'eth0')} dev eth0")

    def relay(self, options):
        self.host("r")
        self.link("a", "eth0", "r", "left")
        self.link("r", "right", "b", "eth0")
        shell("for h in a r b; do ip netns exec $h sh -c '"
              "[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6';"
              "done")
        return self.helper("r", f"{self.tools}/relay", "left", "right", *options.split())

    def responder(self, options="", relay=None, prefix="10.0.0.0/8", take=True):
        """The same with the XDP responder as b. @take: the prober's end has the program that
        veth wants there; a prober that brings its own (AF_XDP) must find none."""
        process = self.kernel(relay, prefix) if relay is not None else None
        if relay is None:
            self.kernel(prefix=prefix)
        answers = self.helper("b", f"{self.tools}/responder", f"{self.tools}/responder.bpf.o",
                              "eth0", "--gateway", GATEWAY, *options.split())
        if take:
            host, name = ("a", "eth0") if relay is None else ("r", "right")
            shell(f"ip netns exec {host} {self.tools}/responder {self.tools}/responder.bpf.o "
                  f"{name} --pass")
        return answers, process

    def serve(self, listen, *words):
        return self.helper("b", "python3", listen, *words)


def counts(text):
    """ "there a=1 b=2\\nback a=3" -> {"there": {"a": 1, …}, …}; a line without a name is "". """
    found = {}
    for line in text.splitlines():
        words = line.split()
        name = words[0] if words and "=" not in words[0] else ""
        found[name] = {k: float(v) for k, v in
                       (w.split("=") for w in words if w.count("=") == 1)}
    return found


# What programs say. Hosts: the set of addresses that are up, as 32-bit numbers. Ports: a dict
# (address, protocol, port) -> state.

def number(text):
    if isinstance(text, bytes):
        text = text.decode()
    if ":" in text:
        return int(ipaddress.ip_address(text))
    a, b, c, d = text.split(".")
    return int(a) << 24 | int(b) << 16 | int(c) << 8 | int(d)


def addresses(prefix):
    net = ipaddress.ip_network(prefix)
    return set(range(int(net[0]), int(net[0]) + net.num_addresses))


UP = re.compile(rb'"type":"host",.*?"addr":"([^"]+)",.*?"state":"up"')


def hosts_of_sonde(text):
    return {number(m) for m in UP.findall(text)}


def hosts_of_lines(text):
    return {number(line) for line in text.split() if line[:1].isdigit()}


def hosts_of_nmap(text):
    return {number(m) for m in re.findall(rb"^Host: (\S+) .*Status: Up", text, re.M)}


def hosts_of_masscan(text):
    return {number(m) for m in re.findall(rb"^open \S+ \S+ (\d+\.\d+\.\d+\.\d+) ", text, re.M)}


def hosts_of_scamper(text):
    return {number(m) for m in re.findall(rb"bytes from ([0-9.]+),", text)}


PORT = re.compile(rb'"type":"port",.*?"addr":"([^"]+)","proto":"(...)","port":(\d+),"state":"([^"]+)"')


def ports_of_sonde(text):
    return {(number(a), p.decode(), int(n)): s.decode() for a, p, n, s in PORT.findall(text)}


def expand(text):
    """"1-3,7" -> 1, 2, 3, 7"""
    for part in text.split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def ports_of_nmap(text, asked):
    """Of -oX. nmap names no port of a state that it has many of: those of @asked that are left
    over have it, and where there are several such states the ranges are in the file."""
    states = {}
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return states
    for host in root.iter("host"):
        addr = number(host.find("address").get("addr"))
        for port in host.iter("port"):
            states[addr, port.get("protocol"), int(port.get("portid"))] = \
                port.find("state").get("state")
        for extra in host.iter("extraports"):
            for why in extra.iter("extrareasons"):
                for port in expand(why.get("ports")):
                    if (why.get("proto"), port) in asked:
                        states[addr, why.get("proto"), port] = extra.get("state")
    return states


def wrong(found, want):
    """How many verdicts are not the truth, those that are missing included; "unresolved" is no
    verdict and counted by itself."""
    open_end = sum(found.get(k) == "unresolved" for k in want)
    bad = sum(found.get(k) != v for k, v in want.items()) - open_end
    return bad + sum(k not in want for k in found), open_end


def median(values):
    return statistics.median(values)
