#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an audit says beside what somebody outside sees.

audit_judge.py ports AUDIT XML FROM FAMILY: AUDIT is what `sonde --json audit` wrote, XML what
    nmap -oX did from the place FROM (stranger, neighbour): the same state for every port?
audit_judge.py icmp AUDIT FROM FAMILY TYPE ANSWERED: was that request answered (yes, no)?
audit_judge.py source AUDIT FROM FAMILY: the address that the audit was made from.
audit_judge.py host AUDIT FROM FAMILY: the host's address that was probed.
"""
import json
import sys
import xml.etree.ElementTree

# nmap's words for ICMP errors; the second of a pair is Sonde's (type, code).
REASONS = {4: {"net-unreach": (3, 0), "host-unreach": (3, 1), "proto-unreach": (3, 2),
               "port-unreach": (3, 3), "net-prohibited": (3, 9), "host-prohibited": (3, 10),
               "admin-prohibited": (3, 13)},
           6: {"no-route": (1, 0), "net-unreach": (1, 0), "admin-prohibited": (1, 1),
               "beyond-scope": (1, 2), "addr-unreach": (1, 3), "host-unreach": (1, 3),
               "port-unreach": (1, 4), "policy-fail": (1, 5), "reject-route": (1, 6)}}
PLURALS = {"resets": "reset", "no-responses": "no-response", "port-unreaches": "port-unreach",
           "host-prohibiteds": "host-prohibited", "admin-prohibiteds": "admin-prohibited"}
UNREACHABLE = {4: (3, 3), 6: (1, 4)}


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def ports_of(text):
    for part in text.split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def answer_of(fact):
    """What came back, as text: "syn-ack", "rst", "udp", "icmp 3/13", ""."""
    a = fact["answer"]
    if not a:
        return ""
    return f"icmp {a['icmp_type']}/{a['code']}" if a["kind"] == "icmp" else a["kind"]


def allowed(proto, family, state, reason):
    """The (state, answer) pairs of Sonde that agree with nmap's word for a port."""
    reason = PLURALS.get(reason, reason)
    error = REASONS[family].get(reason)
    text = f"icmp {error[0]}/{error[1]}" if error else ""
    unreachable = "icmp %d/%d" % UNREACHABLE[family]
    if proto == "tcp":
        table = {"open": [("open", "syn-ack")],
                 "closed": [("closed", "rst"), ("rejected", "rst")],
                 "filtered": [("rejected", text)] if error else [("filtered", "")]}
    else:
        table = {"open": [("open", ""), ("open", "udp")],
                 "closed": [("closed", unreachable), ("rejected", unreachable)],
                 "filtered": [("rejected", text)],
                 "open|filtered": [("open", ""), ("filtered", "")]}
    return table.get(state, [])


def scanned(path):
    """(proto, port, state, reason) of every port that nmap looked at."""
    root = xml.etree.ElementTree.parse(path)
    for port in root.iter("port"):
        state = port.find("state")
        yield (port.get("protocol"), int(port.get("portid")), state.get("state"),
               state.get("reason"))
    for extra in root.iter("extraports"):
        for reason in extra.iter("extrareasons"):
            for port in ports_of(reason.get("ports")):
                yield reason.get("proto"), port, extra.get("state"), reason.get("reason")


def ports(audit, path, where, family):
    facts = [f for f in read(audit) if f.get("from") == where and f.get("family") == family]
    said = {}
    for f in facts:
        if f["type"] == "port_group":
            for port in ports_of(f["ports"]):
                said[f["proto"], port] = [f]
    for f in facts:
        # A socket on the loopback alone is probed at the host's address like any other port.
        if f["type"] == "exposure":
            said.setdefault((f["proto"], f["port"]), []).append(f)
    seen = bad = 0
    kinds = {}
    for proto, port, state, reason in scanned(path):
        seen += 1
        kinds[proto, state] = kinds.get((proto, state), 0) + 1
        want = allowed(proto, family, state, reason)
        for f in said.get((proto, port), []) or [None]:
            got = (f["state"], answer_of(f)) if f else ("untold", "")
            if got not in want:
                bad += 1
                rule = f and f["rule"] and f["rule"]["text"]
                print(f"{proto}/{port}: nmap says {state} ({reason}), "
                      f"sonde's {f and f['type']} {got[0]} ({got[1] or 'silence'}; {rule})")
    print(f"{seen} ports, {bad} of another opinion:",
          ", ".join(f"{n} {p} {s}" for (p, s), n in sorted(kinds.items())))
    return 1 if bad or not seen else 0


def icmp(audit, where, family, icmp_type, answered):
    found = [f for f in read(audit)
             if f["type"] == "icmp_verdict" and f["from"] == where and f["family"] == family
             and f["icmp_type"] == int(icmp_type) and f["code"] == 0 and f["context"] == "stray"]
    if len(found) != 1:
        print(f"{len(found)} verdicts")
        return 1
    f = found[0]
    print(f["verdict"], f["rule"] and f["rule"]["text"], f["sysctl"], f["answer"])
    return 0 if (f["verdict"] == "answered") == (answered == "yes") else 1


def place(audit, where, family, field):
    for f in read(audit):
        if f.get("from") == where and f.get("family") == family and \
                f["type"] == "icmp_verdict" and f["icmp_type"] in (8, 128):
            print(f[field].partition("%")[0])
            return 0
    return 1


def main(argv):
    what, args = argv[1], argv[2:]
    if what == "ports":
        return ports(args[0], args[1], args[2], int(args[3]))
    if what == "icmp":
        return icmp(args[0], args[1], int(args[2]), args[3], args[4])
    if what in ("source", "host"):
        return place(args[0], args[1], int(args[2]), "source" if what == "source" else "addr")
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
