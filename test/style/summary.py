# SPDX-License-Identifier: GPL-2.0-or-later
"""summary.py TEST-SUMMARY: what tools/test-summary makes of logs as meson writes them."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SUMMARY = sys.argv.pop(1)


def case(name, inside=""):
    return f'<testcase name="{name}">{inside}</testcase>'


class Summary(unittest.TestCase):
    def sum_up(self, junit, *records):
        """Its status, its last line, and the lines before, on one build folder."""
        with tempfile.TemporaryDirectory() as build:
            logs = pathlib.Path(build, "meson-logs")
            logs.mkdir()
            (logs / "testlog.junit.xml").write_text(f"<testsuites>{junit}</testsuites>")
            (logs / "testlog.json").write_text("".join(json.dumps(
                {"name": n, "result": result, "stdout": out, "returncode": status}) + "\n"
                for n, result, out, status in records))
            r = subprocess.run([SUMMARY, build], stdout=subprocess.PIPE, text=True, check=False)
            lines = r.stdout.replace(build, "B").splitlines()
            return r.returncode, lines[-1], lines[:-1]

    def test_each_subtest_counts_one(self):
        junit = ('<testsuite name="sonde.net">' + case("1 a") + case("2 b") +
                 case("3 c", "<skipped/><system-out>no IPv6</system-out>") + "</testsuite>")
        self.assertEqual(self.sum_up(junit, ("net", "OK", "", 0)),
                         (0, "2 passed, 0 failed, 1 skipped", ["skipped: B: net: 3 c: no IPv6"]))

    def test_a_failed_subtest_fails_once(self):
        junit = ('<testsuite name="sonde.net">' + case("1 a") + case("2 b", "<failure/>") +
                 "</testsuite>")
        self.assertEqual(self.sum_up(junit, ("net", "ERROR", "", 1)),
                         (1, "1 passed, 1 failed, 0 skipped", ["failed: B: net: 2 b"]))

    def test_a_crash_after_good_subtests_fails(self):
        junit = '<testsuite name="sonde.net">' + case("1 a") + "</testsuite>"
        self.assertEqual(self.sum_up(junit, ("net", "ERROR", "", -6)),
                         (1, "1 passed, 1 failed, 0 skipped",
                          ["failed: B: net: ERROR, exit status -6"]))

    def test_a_time_out_fails_where_junit_is_silent(self):
        junit = '<testsuite name="sonde">' + case("slow") + case("good") + "</testsuite>"
        self.assertEqual(self.sum_up(junit, ("slow", "TIMEOUT", "", -15), ("good", "OK", "", 0)),
                         (1, "1 passed, 1 failed, 0 skipped",
                          ["failed: B: slow: TIMEOUT, exit status -15"]))

    def test_a_skip_tells_its_reason(self):
        junit = '<testsuite name="sonde">' + case("net") + case("old") + case("x") + "</testsuite>"
        self.assertEqual(
            self.sum_up(junit, ("net", "SKIP", "TAP version 13\n1..0 # SKIP needs root\n", 0),
                        ("old", "SKIP", "looking\nno mandoc\n", 77), ("x", "OK", "", 0)),
            (0, "1 passed, 0 failed, 2 skipped",
             ["skipped: B: net: needs root", "skipped: B: old: no mandoc"]))

    def test_a_skip_without_a_reason_fails(self):
        self.assertEqual(self.sum_up("", ("mute", "SKIP", "", 77)),
                         (1, "0 passed, 1 failed, 0 skipped",
                          ["failed: B: mute: skipped without saying why"]))

    def test_nothing_run_and_no_logs_fail(self):
        self.assertEqual(self.sum_up("")[:2], (1, "0 passed, 0 failed, 0 skipped"))
        r = subprocess.run([SUMMARY, "/nonexistent"], stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual((r.returncode, r.stdout.splitlines()[-1]),
                         (1, "0 passed, 1 failed, 0 skipped"))


unittest.main()
