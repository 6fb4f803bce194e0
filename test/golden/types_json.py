#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""types_json.py SONDE TABLE: `sonde --json types` says cell for cell what data/icmp_registry.tsv says."""
import json
import subprocess
import sys


def expected(row):
    def text(column):
        return None if row[column] == "-" else row[column]

    lo, _, hi = row["type"].partition("-")
    return {
        "schema": "sonde/1", "type": "icmp_type", "family": int(row["family"]),
        "icmp_type": int(lo), "icmp_type_to": int(hi) if hi else None,
        "code": None if row["code"] == "*" else int(row["code"]),
        "name": row["name"], "machine_name": row["machine_name"], "class": row["class"],
        "status": row["status"], "rfc": text("rfc"), "meaning": row["meaning"],
        "cause": row["likely_cause"], "risk": row["risk_inbound"], "risk_why": row["risk_why"],
        "breakage": row["breakage_if_blocked"],
        "advice": {hook: row["act_" + hook] for hook in ("input", "output", "forward")},
        "note": text("policy_note"),
    }


def order(fact):
    return fact["family"], fact["icmp_type"], -1 if fact["code"] is None else fact["code"]


def main(sonde, table):
    with open(table, encoding="ascii") as f:
        head, *lines = (line.split("\t") for line in f.read().splitlines())
    want = sorted((expected(dict(zip(head, cells))) for cells in lines), key=order)
    out = subprocess.run([sonde, "--json", "types"], capture_output=True, check=True)
    assert out.stderr == b"", out.stderr
    got = [json.loads(line) for line in out.stdout.decode().splitlines()]
    summary = got.pop()
    assert summary["type"] == "summary" and summary["records"] == len(want), summary
    for g, w in zip(got, want, strict=True):
        time = g.pop("time")
        assert len(time) == len("2026-01-01T00:00:00.000000Z") and time.endswith("Z"), time
        # More fields may come; those of the table must be what it says.
        g = {k: v for k, v in g.items() if k in w}
        assert g == w, f"\n{g}\n{w}"
    print(f"{len(got)} rows")


main(*sys.argv[1:])
