#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""gen_registry.py GENERATOR: it refuses each kind of malformed table by its line, writing nothing."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
GENERATOR = os.path.join(ROOT, "tools", "gen-registry")


def table(kind):
    with open(os.path.join(ROOT, "data", f"icmp_{kind}.tsv"), encoding="ascii") as f:
        return [line.split("\t") for line in f.read().splitlines()]


class Refusals(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)

    def run_on(self, kind, octets):
        path, to = (os.path.join(self.dir.name, n) for n in ("in.tsv", "out.c"))
        with open(path, "wb") as f:
            f.write(octets)
        r = subprocess.run([sys.executable, GENERATOR, kind, path, to], capture_output=True,
                           text=True, check=False)
        return r, to

    def refused(self, kind, rows, says):
        octets = rows if isinstance(rows, bytes) else \
            ("\n".join("\t".join(r) for r in rows) + "\n").encode()
        r, to = self.run_on(kind, octets)
        self.assertEqual(r.returncode, 1, r.stderr)
        self.assertIn(f"in.tsv:{says}", r.stderr)
        self.assertEqual(len(r.stderr.splitlines()), 1)
        self.assertFalse(os.path.exists(to))

    def cell(self, kind, line, column, value, says):
        """The table with one cell changed is refused."""
        rows = table(kind)
        rows[line - 1][rows[0].index(column)] = value
        self.refused(kind, rows, says)

    def test_the_tables_as_they_are(self):
        for kind in ("registry", "sysctls"):
            with open(os.path.join(ROOT, "data", f"icmp_{kind}.tsv"), "rb") as f:
                r, to = self.run_on(kind, f.read())
            self.assertEqual((r.returncode, r.stderr), (0, ""))
            with open(to, encoding="ascii") as f:
                self.assertTrue(f.read().startswith("/* SPDX"))

    def test_usage(self):
        for args in ([], ["registry"], ["tables", "a", "b"]):
            r = subprocess.run([sys.executable, GENERATOR, *args], capture_output=True, check=False)
            self.assertEqual(r.returncode, 2)

    def test_shape(self):
        for kind in ("registry", "sysctls"):
            rows = table(kind)
            n = len(rows[0])
            self.refused(kind, rows[:4] + [rows[4][:-1]] + rows[5:],
                         f"5: {n - 1} columns instead of {n}")
            self.refused(kind, rows[:4] + [rows[4] + ["x"]] + rows[5:],
                         f"5: {n + 1} columns instead of {n}")
            self.refused(kind, rows[:4] + [[""]] + rows[5:], f"5: 1 columns instead of {n}")
            self.refused(kind, [rows[0][::-1]] + rows[1:], "1: the columns must be")
            self.refused(kind, b"", "1: the last line is cut off")
            whole = "\n".join("\t".join(r) for r in rows).encode()
            self.refused(kind, whole, f"{len(rows)}: the last line is cut off")
            self.refused(kind, whole.replace(b"net", b"n\xc3\xa9t", 1) + b"\n", "")

    def test_cells(self):
        self.cell("registry", 3, "meaning", "", "3: meaning is empty")
        self.cell("registry", 3, "meaning", " x", "3: meaning is empty, or has blanks")
        self.cell("registry", 3, "meaning", "a\x1bb", "3: meaning is empty, or has blanks around "
                  "it, or cannot be printed")
        self.cell("registry", 3, "meaning", "\u00e9", "3: something that is not ASCII")
        self.cell("registry", 3, "meaning", "-", "3: meaning may not be '-'")
        self.cell("sysctls", 3, "values", "-", "3: values may not be '-'")

    def test_words(self):
        for column in ("class", "status", "risk_inbound", "act_input", "act_output",
                       "act_forward", "confidence", "ct_states"):
            self.cell("registry", 4, column, "nonsense", f"4: {column} 'nonsense' is none of: ")
        self.cell("registry", 4, "ct_states", "invalid,invalid", "4: ct_states names a state twice")
        for column in ("scope", "effect_group", "confidence"):
            self.cell("sysctls", 4, column, "nonsense", f"4: {column} 'nonsense' is none of: ")

    def test_numbers(self):
        self.cell("registry", 2, "family", "5", "2: family '5' is neither 4 nor 6")
        for bad in ("256", "-1", "x", "1-", "1-256", "0x1", "1000"):
            self.cell("registry", 2, "type", bad, "2: type '")
        self.cell("registry", 2, "type", "9-3", "2: type range '9-3' does not rise")
        self.cell("registry", 2, "code", "256", "2: code '256' is not a number from 0 to 255")
        self.cell("sysctls", 2, "family", "5", "2: family '5' is none of 4, 6 and 46")

    def test_names(self):
        self.cell("registry", 2, "machine_name", "Echo", "2: machine_name 'Echo' is not words")
        self.cell("registry", 2, "machine_name", "x" * 49, "2: machine_name 'x")
        self.cell("registry", 3, "machine_name", "echo-reply",
                  "3: machine_name 'echo-reply' is on line 2 already")
        self.cell("sysctls", 2, "sysctl", "kernel.x", "2: sysctl 'kernel.x' is not as")
        self.cell("sysctls", 2, "sysctl", "net.a.*.b.*", "2: sysctl 'net.a.*.b.*' is not as")

    def test_overlaps(self):
        rows = table("registry")
        n = len(rows)
        again = list(rows[1])
        again[4] = "another-name"
        self.refused("registry", rows + [again],
                     f"{n + 1}: family 4 type 0 code * is on line 2 already")
        again[1] = "200-201"
        self.refused("registry", rows + [again], f"{n + 1}: family 4 type 200 code * is on line ")
        again[1:3] = ["200-201", "3"]
        self.refused("registry", rows + [again],
                     f"{n + 1}: a range of types cannot have a code: use '*'")
        again[1:3] = ["200", "3"]
        self.refused("registry", rows + [again],
                     f"{n + 1}: family 4 type 200 has a row for code 3 but no '*' row of its own")
        rows = table("sysctls")
        self.refused("sysctls", rows + [rows[1]], f"{len(rows) + 1}: net.ipv4.icmp_echo_ignore_all "
                     "is on line 2 already")

    def test_gaps(self):
        rows = table("registry")
        self.refused("registry", rows[:1] + rows[2:],
                     f"{len(rows)}: the table ends without a row for family 4 type 0")
        self.refused("registry", rows[:1], "2: the table ends without a row for family 4 type 0")
        self.refused("sysctls", table("sysctls")[:1], "2: the table has no row")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        GENERATOR = sys.argv.pop(1)
    unittest.main()
