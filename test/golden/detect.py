#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""detect.py PROGRAM: what Sonde tells about every capture, against what is known of it.

The column `label` of pcaps/INDEX.tsv says what a capture holds. PROGRAM (detect.c) must raise an
alert of a kind that fits the label, sweeps by the 30th contact, and nothing above low where the
label is benign. detect_exceptions.tsv names the captures for which that is otherwise, and why; an
exception that is not needed fails. Then 1 million forged sources with a scanner among them: it is found.
TAP, one case a capture.
"""

import csv
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
KINDS = {
    "icmp sweep": ("sweep.sequential", "sweep.random"),
    "tcp scan": ("scan.tcp",),
    "udp scan": ("scan.udp",),
    "flood": ("flood.icmp", "flood.smurf"),
    "backscatter": ("backscatter",),
    "redirect": ("redirect",),
    "traceroute": ("traceroute",),
    "tunnel": ("tunnel",),
    "spoofed RA": ("router.rogue",),
}
# Labels that name no attack a detector is for.
FREE = ("malformed", "pmtud", "malware")
CONTACT = 30


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def alerts(program, *args):
    """The alerts of PROGRAM as tuples: kind, severity, state, packet, contact, packets, source."""
    run = subprocess.run([program, *args], capture_output=True, check=False, timeout=240)
    if run.returncode != 0:
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.decode(errors='replace')}")
    return [tuple(line.split()[:7]) for line in run.stdout.decode().splitlines()]


def faults_of(label, told):
    """What is wrong with the alerts of a capture of this label."""
    if label == "benign":
        return [f"{a[0]} is {a[1]}, and the capture benign" for a in told if a[1] != "low"]
    if label in FREE:
        return []
    if label not in KINDS:
        return [f"label {label}: no kind is known for it"]
    found = [a for a in told if a[0] in KINDS[label] and a[2] == "new"]
    if not found:
        return [f"no alert of {' or '.join(KINDS[label])}"]
    if label == "icmp sweep" and min(int(a[4]) for a in found) > CONTACT:
        return [f"found at contact {found[0][4]}, must be by {CONTACT}"]
    return []


def check(program, row, exceptions):
    try:
        faults = faults_of(row["label"], alerts(program, HERE / "pcaps" / row["file"]))
    except (RuntimeError, subprocess.SubprocessError) as e:
        return str(e).splitlines()
    if row["file"] in exceptions:
        if not faults:
            return ["it is as it must be: remove the exception"]
        return []
    return faults


def check_forged(program):
    """Among a million forged sources the scanner is found, by its 30th contact."""
    found = [a for a in alerts(program, "--forged", "1000000")
             if a[0] == "sweep.sequential" and a[2] == "new" and a[6] == "192.0.2.1"]
    if not found:
        return ["the scanner was not found"]
    return [] if int(found[0][4]) <= CONTACT else [f"found at contact {found[0][4]}"]


def report(number, name, faults):
    print(f"{'not ok' if faults else 'ok'} {number} - {name}")
    for line in faults:
        print(f"# {line}")


def main():
    index = rows(HERE / "pcaps" / "INDEX.tsv")
    exceptions = {e["file"]: e["reason"] for e in rows(HERE / "detect_exceptions.tsv")}
    print("TAP version 13")
    print(f"1..{len(index) + 2}")
    report(1, "every exception has its capture and a reason",
           [n for n, why in exceptions.items() if not why or n not in {r["file"] for r in index}])
    report(2, "a scanner among a million forged sources is found", check_forged(sys.argv[1]))
    for number, row in enumerate(index, 3):
        report(number, row["file"], check(sys.argv[1], row, exceptions))


if __name__ == "__main__":
    main()
