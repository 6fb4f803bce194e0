# SPDX-License-Identifier: GPL-2.0-or-later
"""trace_live.py SONDE: the full screen of `sonde trace --live`, on a terminal made of a pty.

Run by trace_live.sh in host a of a routed world. Speaks TAP without the plan.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

SONDE = sys.argv[1]
TARGET, OTHER = "10.0.2.2", "10.0.2.1"
count = failed = 0


class Screen:
    """What a terminal shows: as much of xterm as ncurses uses of it."""

    def __init__(self, width, height):
        self.alternate, self.raw, self.after = False, "", ""
        self.size(width, height)

    def size(self, width, height):
        self.w, self.h, self.x, self.y = width, height, 0, 0
        self.top, self.bottom = 0, height - 1
        self.line = [[" "] * width for _ in range(height)]

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.line)

    def down(self):
        if self.y == self.bottom:
            del self.line[self.top]
            self.line.insert(self.bottom, [" "] * self.w)
        else:
            self.y = min(self.y + 1, self.h - 1)

    def put(self, c):
        if self.x == self.w:
            self.x = 0
            self.down()
        self.line[self.y][self.x] = self.last = c
        self.x += 1

    def csi(self, private, args, what):
        a = [int(v) if v else 0 for v in args.split(";")] if args else [0]
        n, row = max(a[0], 1), self.line[min(self.y, self.h - 1)]
        at = min(self.x, self.w - 1)
        if private:
            if 1049 in a:
                self.alternate = what == "h"
                self.size(self.w, self.h)
        elif what == "H":
            self.y, self.x = n - 1, max(a[1] if len(a) > 1 else 1, 1) - 1
        elif what == "d":
            self.y = n - 1
        elif what == "G":
            self.x = n - 1
        elif what in "ABCD":
            self.y += {"A": -n, "B": n}.get(what, 0)
            self.x = at + {"C": n, "D": -n}.get(what, 0)
        elif what == "J":
            if a[0] == 0:
                row[at:] = [" "] * (self.w - at)
            for y in range(self.y + 1 if a[0] == 0 else 0, self.h):
                self.line[y] = [" "] * self.w
        elif what == "K":
            if a[0] == 0:
                row[at:] = [" "] * (self.w - at)
            else:
                row[:at + 1] = [" "] * (at + 1)
        elif what == "X":
            row[at:at + n] = [" "] * min(n, self.w - at)
        elif what == "P":
            row[at:] = row[at + n:] + [" "] * min(n, self.w - at)
        elif what == "@":
            row[at:] = ([" "] * n + row[at:])[:self.w - at]
        elif what == "b":
            for _ in range(n):
                self.put(self.last)
        elif what in "LM":
            for _ in range(n):
                del self.line[self.bottom if what == "L" else self.y]
                self.line.insert(self.y if what == "L" else self.bottom, [" "] * self.w)
        elif what == "r":
            self.top, self.bottom = n - 1, (a[1] if len(a) > 1 and a[1] else self.h) - 1
            self.x = self.y = 0
        elif what not in "mlhtcn":
            raise AssertionError(f"the terminal does not know CSI {args}{what}")

    def feed(self, text):
        self.raw += text
        while self.raw:
            m = re.match(r"\x1b\[([?>]?)([0-9;]*)([@-~])|\x1b[()].|\x1b[=>78M]|\x1b\].*?(?:\x07|\x1b\\)",
                         self.raw, re.S)
            if self.raw[0] == "\x1b" and not m:
                return  # the rest comes with the next piece
            if m:
                if m[3]:
                    self.csi(m[1], m[2], m[3])
                self.raw = self.raw[m.end():]
                continue
            c, self.raw = self.raw[0], self.raw[1:]
            if not self.alternate:
                self.after += c
            if c == "\r":
                self.x = 0
            elif c == "\n":
                self.down()
            elif c == "\b":
                self.x = max(self.x - 1, 0)
            elif c >= " ":
                self.put(c)


class Live:
    def __init__(self, *args, width=100, height=24, env=None):
        self.screen = Screen(width, height)
        self.master, self.slave = pty.openpty()
        self.set_size(width, height)
        self.before = termios.tcgetattr(self.slave)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            e = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **(env or {})}
            e.pop("COLUMNS", None)
            e.pop("LINES", None)
            os.execve(SONDE, [SONDE, "trace", "--live", "-n", *args], e)
        self.rest = b""

    def set_size(self, width, height):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width, height):
        self.screen.size(width, height)
        self.set_size(width, height)

    def read(self, wait):
        if not select.select([self.master], [], [], wait)[0]:
            return False
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            return False
        self.rest += piece
        text = self.rest.decode("utf-8", "ignore")
        cut = len(self.rest) - len(text.encode())
        self.rest = self.rest[len(self.rest) - cut:] if cut else b""
        self.screen.feed(text)
        return bool(piece)

    def until(self, what, seconds=10):
        """Read until @what(screen's text) holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.1)
            if what(self.screen.text()):
                return
        raise AssertionError("on the screen is:\n" + self.screen.text())

    def sees(self, *words):
        self.until(lambda t: all(w in t for w in words))

    def misses(self, word):
        self.until(lambda t: word not in t)

    def press(self, keys):
        os.write(self.master, keys.encode())

    def end(self):
        """Its status, when all is read."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0.1):
                    pass
                self.pid = 0
                self.after = termios.tcgetattr(self.slave)
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it did not end")

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)
        os.close(self.slave)


def restored(live, status=0):
    got = live.end()
    assert got == status, f"exit {got}, not {status}"
    assert not live.screen.alternate, "the alternate screen was not left"
    assert live.after == live.before, "the terminal's settings were not restored"


def check(sentence, body, *args, **more):
    global count, failed
    count += 1
    live = None
    try:
        live = Live(*args, **more)
        body(live)
        print(f"ok {count} - {sentence}", flush=True)
    except Exception as e:  # a check that fails must not end the others
        failed += 1
        print(f"not ok {count} - {sentence}")
        for line in f"{type(e).__name__}: {e}".splitlines():
            print("# " + line)
        sys.stdout.flush()
    if live:
        live.close()


def shows(live):
    live.sees(TARGET, "HOP ADDRESS", "  1 10.0.1.1", "  2 10.0.2.2", "LATEST", " ok ")
    assert live.screen.alternate
    live.press("q")
    restored(live)
    text = live.screen.after
    for part in ("trace to 10.0.2.2, echo", "  1  10.0.1.1", "  2  10.0.2.2", "Reached in 2 hops: it answers the echo request."):
        assert part in text, f"{part!r} is not in what stays:\n{text}"


def keys(live):
    live.sees("  2 10.0.2.2")
    live.press("?")
    live.sees("this help")
    live.press("x")
    live.misses("this help")
    live.press("s")
    live.sees("(loss)")
    live.press("s")
    live.sees("(time)")
    live.press("s")
    live.sees("(hop)")
    live.press("d")
    live.misses("LATEST")
    live.press("d")
    live.misses("RCVD")
    live.press("d")
    live.sees("RCVD", "LATEST")
    live.press("p")
    live.sees("PAUSED")
    live.press(" ")
    live.misses("PAUSED")
    live.sees("  2 10.0.2.2")
    live.press("njk\x1b[A\x1b[B")
    live.sees("  2 10.0.2.2")
    live.press("\x1b")
    restored(live)


def sent(text):
    m = re.search(r"2 10\.0\.2\.2 .*?\d+/(\d+)", text)
    return int(m[1]) if m else 0


def pauses(live):
    live.until(lambda t: sent(t) >= 5)
    live.press("p")
    live.sees("PAUSED")
    live.read(0.5)
    held = sent(live.screen.text())
    for _ in range(10):
        live.read(0.1)
    assert sent(live.screen.text()) <= held + 1, "it goes on while it is paused"
    live.press(" ")
    live.until(lambda t: sent(t) > held + 3)
    live.press("q")
    restored(live)


def resets(live):
    live.until(lambda t: sent(t) >= 10)
    live.press("r")
    live.until(lambda t: 0 < sent(t) < 8)
    live.press("q")
    restored(live)


def resizes(live):
    live.sees("  2 10.0.2.2")
    for width, height in ((20, 5), (5, 2), (1, 1), (200, 50), (40, 8)):
        live.resize(width, height)
        if width >= 20:
            live.until(lambda t: "  2 10.0.2.2" in t)
        else:
            live.read(0.3)
    live.press("q")
    restored(live)


def saves(live):
    live.sees("  2 10.0.2.2")
    live.press("w")
    live.sees("written to trace-10.0.2.2-")
    names = [n for n in os.listdir(".") if re.fullmatch(r"trace-10\.0\.2\.2-\d{8}-\d{6}\.txt", n)]
    assert len(names) == 1, names
    text = open(names[0], encoding="utf-8").read()
    assert "trace to 10.0.2.2" in text and "Reached in" in text and "\x1b" not in text, text
    live.press("q")
    restored(live)


def turns(live):
    live.sees(f"{TARGET}  echo", "target 1 of 2")
    live.press("\t")
    live.sees(f"{OTHER}  echo", "target 2 of 2", "  1 10.0.2.1")
    live.press("\t")
    live.sees(f"{TARGET}  echo", "  2 10.0.2.2")
    live.press("\x1b[Z")
    live.sees("target 2 of 2")
    live.press("q")
    restored(live)
    assert "trace to 10.0.2.2" in live.screen.after and "trace to 10.0.2.1" in live.screen.after


def drawn_anew(live):
    """After a stop, and on ^L, nothing is taken to stand there still."""
    live.sees("  2 10.0.2.2")
    os.kill(live.pid, signal.SIGSTOP)
    while live.read(0.3):
        pass
    live.screen.size(100, 24)
    os.kill(live.pid, signal.SIGCONT)
    live.sees("HOP ADDRESS", "  1 10.0.1.1", "  2 10.0.2.2")
    while live.screen.raw or live.rest:
        live.read(0.1)
    live.screen.size(100, 24)
    live.press("\x0c")
    live.sees("HOP ADDRESS", "  1 10.0.1.1", "  2 10.0.2.2")
    live.press("q")
    restored(live)


def signalled(number):
    def body(live):
        live.sees("  2 10.0.2.2")
        os.kill(live.pid, number)
        restored(live)
        assert "Reached in" in live.screen.after, live.screen.after
    return body


def interrupted(live):
    live.sees("  2 10.0.2.2")
    live.press("\x03")
    restored(live)


def counted(live):
    restored(live)
    assert "Reached in" in live.screen.after


def plain(live):
    live.sees("  2 10.0.2.2", "LATEST")
    assert all(ord(c) < 128 for c in live.screen.text())
    live.press("q")
    restored(live)


def unknown(live):
    assert live.end() == 2
    assert "cannot be drawn upon" in live.screen.after, live.screen.after


FAST = ("-i", "0.05")
check("the screen shows hops, and what was measured stays on the terminal", shows, *FAST, TARGET)
check("every key does what the help says", keys, *FAST, TARGET)
check("p pauses and space goes on", pauses, *FAST, TARGET)
check("r forgets what was measured", resets, *FAST, TARGET)
check("the screen follows its size, down to one column", resizes, *FAST, TARGET)
check("w writes the report to a file", saves, *FAST, TARGET)
check("Tab turns to the next target", turns, *FAST, TARGET, OTHER)
check("after a stop, and on ^L, all is drawn anew", drawn_anew, *FAST, TARGET)
check("^C gives the terminal back", interrupted, *FAST, TARGET)
check("SIGTERM gives the terminal back", signalled(signal.SIGTERM), *FAST, TARGET)
check("SIGHUP gives the terminal back", signalled(signal.SIGHUP), *FAST, TARGET)
check("-c N ends by itself", counted, *FAST, "-c", "5", TARGET)
check("without UTF-8 all is ASCII", plain, *FAST, TARGET, env={"LC_ALL": "C"})
check("an unknown terminal is refused", unknown, *FAST, TARGET, env={"TERM": "no-such-terminal"})
check("a dumb terminal is refused", unknown, *FAST, TARGET, env={"TERM": "dumb"})
sys.exit(1 if failed else 0)
