#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""watch_counts.py SONDE ARG…: `sonde ARG… -r FILE` counts every capture as icmp_counts.py has it.

ARG… is `watch --json` and what else changes nothing of the counts. TAP, one case a capture.
"""
import json
import subprocess
import sys

sys.dont_write_bytecode = True  # the sources are no place for it
import icmp_counts  # noqa: E402


def number(v):
    return "?" if v is None else str(v)


def counted(program, path):
    run = subprocess.run([*program, "-r", path], capture_output=True, check=False, timeout=60)
    if run.returncode != 0 or run.stderr:
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.decode(errors='replace')}")
    facts = [json.loads(line) for line in run.stdout.decode().splitlines()]
    got = {}
    for f in facts:
        if f["type"] == "icmp_count":
            key = (str(f["family"]), number(f["icmp_type"]), number(f["code"]))
            got[key] = got.get(key, 0) + f["packets"]
    total = [f for f in facts if f["type"] == "watch_sum"][0]
    if total["icmp"] != sum(got.values()):
        raise RuntimeError(f"the sum says {total['icmp']} ICMP, its parts {sum(got.values())}")
    got[icmp_counts.FRAMES] = total["frames"]
    if total["icmp"] + total["other"] + total["unreadable"] + total["not_opened"] + total["fragments"] \
            != total["frames"]:
        raise RuntimeError(f"not every frame is in one part: {total}")
    return got


if __name__ == "__main__":
    icmp_counts.counted = counted
    icmp_counts.main()
