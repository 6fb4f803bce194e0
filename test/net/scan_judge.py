#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scan_judge.py states FILE: what a scan says of each port, a line each: "10.0.0.1 tcp/80 open".

FILE is nmap's -oX (also when sonde wrote it) or sonde's --json. Ports that nmap leaves out because
many have their state are put back. Of sonde's words "unresolved" stays.
"""
import ipaddress
import json
import sys
import xml.etree.ElementTree as ElementTree


def expand(text):
    for part in text.split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def from_xml(text):
    for host in ElementTree.fromstring(text).iter("host"):
        addr = next(a.get("addr") for a in host.iter("address") if a.get("addrtype") != "mac")
        for port in host.iter("port"):
            yield addr, port.get("protocol"), int(port.get("portid")), port.find("state").get("state")
        for extra in host.iter("extraports"):
            for why in extra.iter("extrareasons"):
                for number in expand(why.get("ports")):
                    yield addr, why.get("proto"), number, extra.get("state")


def from_json(text):
    for line in text.splitlines():
        fact = json.loads(line)
        if fact["type"] == "port":
            yield fact["addr"], fact["proto"], fact["port"], fact["state"]


def main(argv):
    if len(argv) != 3 or argv[1] != "states":
        sys.exit(__doc__)
    with open(argv[2], encoding="utf-8") as f:
        text = f.read()
    read = from_xml if text.startswith("<?xml") else from_json
    rows = {(int(ipaddress.ip_address(a)), a, p, n, s) for a, p, n, s in read(text)}
    for _, addr, proto, number, state in sorted(rows):
        print(f"{addr} {proto}/{number} {state}")


if __name__ == "__main__":
    main(sys.argv)
