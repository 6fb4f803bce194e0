#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""icmp_counts.py PROGRAM [--whole]: Sonde's ICMP counts of every capture against another program's.

PROGRAM (icmp_counts.c) counts the outermost ICMP header of each frame of pcaps/NAME; the
counts must equal the `outer` rows of truth/NAME.tsv, column packets_nodefrag, and the number
of frames the one in pcaps/INDEX.tsv. Where the other program is known to be wrong or to have
been unable to read a capture, exceptions.tsv says what Sonde must count instead, and why; an
exception that repeats the truth fails. With --whole messages are counted that came in fragments,
once they are whole, and the column is packets_defrag, the exceptions exceptions_whole.tsv.
TAP, one case a capture.
"""

import csv
import hashlib
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FRAMES = ("frames",)


def rows(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def expected(row, column):
    """The truth's counts by (family, type, code), and the frames under FRAMES."""
    want = {FRAMES: int(row["packets"])}
    for t in rows(HERE / "truth" / (row["file"] + ".tsv")):
        key = (t["family"], t["type"], t["code"])
        if t["layer"] == "outer" and int(t[column]) > 0:
            want[key] = want.get(key, 0) + int(t[column])
    return want


def counted(program, path):
    """The program's counts in the same form; raises when it could not read the file."""
    run = subprocess.run([*program, path], capture_output=True, check=False, timeout=60)
    if run.returncode != 0:
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.decode(errors='replace')}")
    got = {}
    for line in run.stdout.decode().splitlines():
        *key, n = line.split()
        got[tuple(key)] = int(n)
    return got


def apply_exceptions(name, want, exceptions):
    """Puts the excepted counts in place of the truth's. Returns what is wrong with them."""
    faults = []
    for e in exceptions:
        if e["file"] != name:
            continue
        key = FRAMES if e["family"] == "frames" else (e["family"], e["type"], e["code"])
        if want.get(key, 0) == int(e["count"]):
            faults.append(f"the exception for {' '.join(key)} says what the truth says: remove it")
        want[key] = int(e["count"])
    return faults


def check(program, column, row, exceptions):
    """What is wrong with one capture: a list of lines, empty when all is well."""
    path = HERE / "pcaps" / row["file"]
    if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
        return ["the file is not the one INDEX.tsv describes (sha256)"]
    want = expected(row, column)
    faults = apply_exceptions(row["file"], want, exceptions)
    try:
        got = counted(program, path)
    except (RuntimeError, subprocess.SubprocessError) as e:
        return faults + str(e).splitlines()
    for key in sorted(set(want) | set(got)):
        if want.get(key, 0) != got.get(key, 0):
            faults.append(f"{' '.join(key)}: counted {got.get(key, 0)}, must be {want.get(key, 0)}")
    return faults


def check_index(index, exceptions):
    """Every file has its row, every row and exception its file."""
    listed = {r["file"] for r in index}
    there = {p.name for p in (HERE / "pcaps").iterdir()} - {"INDEX.tsv", "README.md"}
    faults = [f"{n}: not in INDEX.tsv" for n in sorted(there - listed)]
    faults += [f"{n}: in INDEX.tsv, not there" for n in sorted(listed - there)]
    faults += [f"exceptions: {e['file']}: no such capture"
               for e in exceptions if e["file"] not in listed]
    return faults


def report(number, name, faults):
    print(f"{'not ok' if faults else 'ok'} {number} - {name}")
    for line in faults:
        print(f"# {line}")


def main():
    index = rows(HERE / "pcaps" / "INDEX.tsv")
    whole = "--whole" in sys.argv
    column = "packets_defrag" if whole else "packets_nodefrag"
    exceptions = rows(HERE / ("exceptions_whole.tsv" if whole else "exceptions.tsv"))
    print("TAP version 13")
    print(f"1..{len(index) + 1}")
    report(1, "every capture has its row and every row its capture", check_index(index, exceptions))
    for number, row in enumerate(index, 2):
        report(number, row["file"], check(sys.argv[1:], column, row, exceptions))


if __name__ == "__main__":
    main()
