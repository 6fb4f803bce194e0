# SPDX-License-Identifier: GPL-2.0-or-later
"""contract.py SONDE SOURCE-ROOT: what every command of the program promises, seen from outside.

Packets go to the loopback interface only. Speaks TAP; what this machine cannot show is
skipped by name.
"""
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time

SONDE, ROOT = os.path.abspath(sys.argv[1]), sys.argv[2]
ENV = {"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "80"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        ENV[name] = os.environ[name]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
COMMANDS = re.findall(r"^COMMAND\((\w+)\)$", open(ROOT + "/src/cmd/commands.def").read(), re.M)
count = failed = 0


class Skip(Exception):
    pass


def check(sentence, body, *args):
    """One line of TAP: @body must return without an exception."""
    global count, failed
    count += 1
    try:
        body(*args)
        print(f"ok {count} - {sentence}", flush=True)
    except Skip as why:
        print(f"ok {count} - {sentence} # SKIP {why}", flush=True)
    except Exception as e:
        failed += 1
        print(f"not ok {count} - {sentence}")
        for line in f"{type(e).__name__}: {e}".splitlines():
            print("# " + line)
        sys.stdout.flush()


def must(held, what=""):
    if not held:
        raise AssertionError(what)


def run(*args, env=None, before=(), **more):
    return subprocess.run([*before, SONDE, *args], env={**ENV, **(env or {})}, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=more.pop("stdout", subprocess.PIPE),
                          stderr=subprocess.PIPE, **more)


def exits(status, *args, **more):
    """Run it; the status is what it must be. Returns what was written, as text."""
    r = run(*args, **more)
    out, err = (r.stdout or b"").decode(), r.stderr.decode()
    must(r.returncode == status, f"{args}: exit {r.returncode}, not {status}\n{out[-500:]}{err}")
    return out, err


def lines_of(out):
    """Every line a JSON object of the schema; the last, and only that, a summary."""
    must(out.endswith("\n"), f"the last line is not whole: {out[-200:]!r}")
    facts = [json.loads(line) for line in out.splitlines()]
    for f in facts:
        must(f["schema"] == "sonde/1", f)
        must(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", f["time"]), f["time"])
    must([f["type"] for f in facts].index("summary") == len(facts) - 1, "one summary, at the end")
    must(facts[-1]["records"] == len(facts) - 1, facts[-1])
    return facts


def summary(status, *args, **more):
    out, err = exits(status, *args, **more)
    facts = lines_of(out)
    must(facts[-1]["status"] == status, facts[-1])
    return facts, err


def on_terminal(*args, env=None, columns=80):
    """What the program writes to a terminal of so many columns."""
    pid, fd = pty.fork()
    if pid == 0:
        e = {**ENV, **(env or {})}
        e.pop("COLUMNS", None)
        os.execve(SONDE, [SONDE, *args], e)
    import fcntl
    import struct
    import termios
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    out = b""
    try:
        while chunk := os.read(fd, 65536):
            out += chunk
    except OSError:
        pass  # Linux says EIO when the other end is closed
    os.close(fd)
    _, status = os.waitpid(pid, 0)
    must(os.waitstatus_to_exitcode(status) == 0, out)
    return out.decode()


def told(err):
    """Standard error without what `sonde ports` must tell here: that it may not see every program."""
    return re.sub(r"^sonde: \d+ sockets? without program: .*\n", "", err, flags=re.M)


# ---- Statuses

def fine():
    for args in (["--version"], ["-V"], ["help"], ["--help"], ["-h"], ["types", "3/13"], ["ports"],
                 ["--", "types", "3/13"], ["ty", "3/13"]):
        out, err = exits(0, *args)
        must(out and not told(err), f"{args}: {err}")
    must(re.fullmatch(r"sonde \d+\.\d+\.\d+\n", exits(0, "--version")[0]))


def negative():
    must("no socket" in "".join(exits(1, "ports", "pid/4194303")).lower())
    for word in (b"a\nb", b"a\x1b[31mb", b"a\xffb", b"a" * 9999):
        err = told(exits(1, "ports", word)[1])
        must(err.count("\n") == 1 and len(err) < 600, f"not one line: {err!r}")
        must(not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", err), repr(err))


def audited_nothing():
    """Loopback alone is no place to look from, and that is what the report says."""
    if os.geteuid() != 0:
        raise Skip("needs root to build a sealed copy")
    out, _ = exits(0, "audit", "lo")
    must("Nothing was probed" in out and "Nothing listens" not in out, out)
    must("Nothing to change" not in out, out)


def answers():
    out, _ = exits(0, "ping", "-c", "1", "127.0.0.1")
    must("127.0.0.1" in out, out)


BAD = [
    (["xyzzy"], "xyzzy"), (["tpyes"], "types"), (["p"], "ping"), (["--bogus"], "--bogus"),
    (["--color"], "--color"), (["--color", "blue", "types"], "blue"), (["--color=", "types"], "always"),
    (["types", "--jsn"], "--json"), (["types", "-Z"], "-Z"), (["types", "--json=1"], "--json"),
    (["help", "ping", "b"], "'b'"), (["ping"], "TARGET"), (["ping", "-c", "0", "::1"], "--count"),
    (["ping", "-c"], "--count"), (["ping", "-i", "1.5.2", "::1"], "1.5.2"),
    (["ping", "--query", "nothing", "::1"], "timestamp"), (["ports", "99999"], "99999"),
    (["help", "xyzzy"], "xyzzy"), (["help", "--as", "html"], "scdoc"),
    (["sweep"], "TARGET"), (["sweep", "192.0.2.256"], "192.0.2.256"), (["sweep", "--with", "foo", "::1"], "foo"),
    (["sweep", "--rate", "10x", "::1"], "10x"), (["sweep", "--rate", "9", "--max-rate", "5", "::1"], "--max-rate 5"),
    (["sweep", "--min-rate", "9", "::1"], "--rate 9"), (["sweep", "--shard", "1/4", "::1"], "--seed"),
    (["sweep", "--shard", "5/4", "::1"], "5/4"), (["sweep", "192.0.2.0/24"], "--special"),
    (["sweep", "--exclude", "::1", "::1"], "excluded"), (["sweep", "--exclud-file", "x", "::1"], "--exclude-file"),
    (["sweep", "--resume", "x", "::1"], "alone"), (["sweep", "-S", "junk", "::1"], "junk"),
    (["sweep", "--sources", "10.0.0.0/16", "::1"], "256"), (["sweep", "-iL"], "-iL"),
    (["scan"], "TARGET"), (["scan", "-p", "70000", "::1"], "70000"), (["scan", "-p", "90-80", "::1"], "90-80"),
    (["scan", "-p", "22,", "::1"], "-p"), (["scan", "-p", "U:nosuch", "::1"], "UDP"),
    (["scan", "-sS", "-sT", "::1"], "choose one"), (["scan", "-sV", "::1"], "not versions"),
    (["scan", "-A", "::1"], "not versions"), (["scan", "-O", "::1"], "not versions"),
    (["scan", "-sSC", "::1"], "-sC"), (["scan", "--script=x", "::1"], "--script"),
    (["scan", "--top-ports", "10", "::1"], "-F"), (["scan", "-d", "::1"], "-v"),
    (["scan", "-oJ", "x", "::1"], "--json"), (["scan", "--scan-delay", "1s", "::1"], "--rate"),
    (["scan", "-PSx", "::1"], "tcp:x"), (["sweep", "--retries", "1", "::1"], "--max-retries"),
    (["sweep", "-p", "80", "::1"], "sonde scan -p"), (["sweep", "-c", "1", "::1"], "sonde ping"),
    (["sweep", "-I", "nosuch", "::1"], "nosuch"), (["scan", "-I", "nosuch", "-p", "1", "::1"], "nosuch"),
    (["why", "-I", "nosuch", "::1", "80"], "nosuch"), (["scan", "-sT", "-g", "53", "-p", "1", "::1"], "-sS"),
    (["scan", "::1", "80"], "-p 80"), (["sweep", "10.0.0.1:80"], "-p 80 10.0.0.1"),
    (["scan", "http://localhost/"], "URL"), (["why", "-p", "80", "::1"], "sonde why HOST 80"),
    (["sweep", "--backend", "sockets", "-g", "53", "::1"], "-g"),
    (["scan", "-p", "1", "-oX", "/dev/full", "-oN", "/dev/full", "::1"], "another option"),
    (["sweep", "-S", "192.0.2.9", "127.0.0.1"], "ip address add 192.0.2.9/"),
    (["scan", "-p", "1", "-sU", "--sources", "192.0.2.9", "127.0.0.1"], "ip address add 192.0.2.9/"),
    (["sweep", "--max-rate", "10x", "::1"], "10k"), (["sweep", "--max-rate", "0", "::1"], "--max-rate"),
    (["sweep", "--rate", "10k", "--max-rate", "9k", "::1"], "--max-rate 9k"),
    (["scan", "-sn", "-F", "::1"], "-sn"), (["scan", "-T6", "::1"], "aggressive"),
    (["scan", "-sU", "-p", "T:22", "::1"], "UDP"), (["scan", "-oX", "-", "-oN", "-", "::1"], "standard output"),
    (["scan", "-oX"], "-oX"),
    (["why"], "HOST"), (["why", "::1"], "PORT"), (["why", "::1", "99999"], "99999"),
    (["why", "::1", "80/sctp"], "sctp"), (["why", "[::1]:80", "81"], "already"), (["why", "10.0.0.0/24", "80"], "one address"),
    (["nmap", "::1"], "sonde scan"),
    (["help", "--as", "scdoc"], "COMMAND"), (["types", "--\x1b[31m"], "unknown option"),
]


def refused():
    for args, part in BAD:
        out, err = exits(2, *args)
        must(out == "", f"{args}: {out!r}")
        must(err.count("\n") == 1 and err.startswith("sonde"), f"{args}: not one line: {err!r}")
        must(part in err, f"{args}: {part!r} is not in {err!r}")
        must(not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", err), f"{args}: {err!r}")
    out, err = exits(2)
    must(out == "" and "usage:" in err, err)


def denied():
    if os.geteuid() != 0:
        raise Skip("needs root to become nobody")
    if subprocess.run([*NOBODY, "test", "-x", SONDE], check=False, stderr=subprocess.DEVNULL).returncode:
        raise Skip("another user may not run " + SONDE)
    facts, err = summary(3, "--json", "ping", "--query", "timestamp", "-c", "1", "127.0.0.1", before=NOBODY)
    must("CAP_NET_RAW" in err and "setcap" in err, err)
    must("CAP_NET_RAW" in facts[-1]["error"], facts[-1])
    for args in (["scan", "-sS", "-p", "1", "::1"], ["scan", "-sA", "-p", "1", "::1"],
                 ["sweep", "--with", "timestamp,tcp-ack:80", "127.0.0.1"], ["sweep", "--backend", "packet", "::1"]):
        facts, err = summary(3, "--json", *args, before=NOBODY)
        must("CAP_NET_RAW" in err and "setcap" in err and len(facts) == 1, err)
    facts, _ = summary(0, "--json", "scan", "-p", "1", "127.0.0.1", before=NOBODY)
    must([f["state"] for f in facts if f["type"] == "port"] == ["closed"], facts)
    summary(0, "--json", "sweep", "127.0.0.1", before=NOBODY)


def full():
    with open("/dev/full", "wb") as to:
        for args in (["ports"], ["--json", "types"], ["--version"], ["help"]):
            must("No space left" in exits(4, *args, stdout=to)[1], args)


def closed():
    """File descriptors that are closed must not become the program's own sockets."""
    for shut in ("ports >&-", "ports <&- >&-", "--json ping -c 2 -i 10ms 127.0.0.1 <&- >&-"):
        r = subprocess.run(["sh", "-c", f'exec "$0" {shut}', SONDE], env=ENV, timeout=60,
                           stderr=subprocess.PIPE, check=False)
        must(r.returncode == 4 and b"Bad file descriptor" in r.stderr, r)
    r = subprocess.run(["sh", "-c", 'exec "$0" types 3/13 >&- 2>&-', SONDE], env=ENV, timeout=60, check=False)
    must(r.returncode == 4, r)


# ---- JSON

def json_everywhere():
    for args in (["--json", "types"], ["types", "--json", "3"], ["--json", "ports"], ["--json", "help"],
                 ["--json", "--version"], ["--json", "--help"], ["types", "--help", "--json"],
                 ["--json", "ping", "-c", "2", "-i", "10ms", "127.0.0.1"]):
        facts, _ = summary(0, *args)
        must(facts[-1]["error"] is None and not facts[-1]["interrupted"], facts[-1])


def json_refused():
    for args, _ in BAD:
        if args == ["types", "--json=1"] or "-oN" in args:
            continue
        facts, err = summary(2, "--json", *args)
        must(len(facts) == 1 and facts[-1]["error"] in err, args)
    for args in (["xyzzy", "--json"], ["types", "--jsn", "--json"], ["types", "--bogus", "--js"],
                 ["--bogus", "--json"], ["--json"]):
        summary(2, *args)
    summary(2, "types", b"--\xff\xfe", "--json")
    must("JSON" in summary(2, "--json", "help", "--as", "bash")[1])


def interrupted(signo):
    p = subprocess.Popen([SONDE, "--json", "ping", "-i", "20ms", "127.0.0.1"], env=ENV,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        first = p.stdout.readline()
        must(first, p.stderr.read() if p.poll() is not None else "no line")
        p.send_signal(signo)
        out, _ = p.communicate(timeout=30)
    finally:
        if p.poll() is None:
            p.kill()
            p.wait()
    facts = lines_of((first + out).decode())
    must(facts[-1]["interrupted"] is True, facts[-1])
    must(0 <= p.returncode <= 4 and facts[-1]["status"] == p.returncode, p.returncode)


def surveyed():
    """Loopback, by sockets, so that nobody needs rights; and the files that nmap's readers take."""
    import tempfile
    import xml.dom.minidom
    facts, _ = summary(0, "--json", "sweep", "--with", "tcp:1", "--backend", "sockets", "127.0.0.1")
    must(facts[0]["type"] == "host" and facts[0]["state"] == "up" and facts[0]["by"], facts)
    must(facts[-1]["survey"]["up"] == 1 and facts[-1]["survey"]["targets"] == 1, facts[-1])
    with tempfile.TemporaryDirectory() as d:
        facts, _ = summary(0, "--json", "scan", "-Pn", "-sT", "-p", "1-3", "-oA", d + "/of", "127.0.0.1")
        must([f["state"] for f in facts if f["type"] == "port"] == ["closed"] * 3, facts)
        ports = xml.dom.minidom.parse(d + "/of.xml").getElementsByTagName("port")
        must([p.getAttribute("portid") for p in ports] == ["1", "2", "3"], ports)
        must("1/tcp closed" in open(d + "/of.nmap").read() and "Status: Up" in open(d + "/of.gnmap").read())
        for args in (["-oX", d + "/no/such"], ["-oA", d + "/no/such"]):
            out, err = exits(4, "scan", "-p", "1", *args, "127.0.0.1")
            must("nothing was sent" in err and not out, err)
        with open(d + "/list", "w") as f:
            f.write("127.0.0.1 # a comment\n10.0.0.300\n")
        out, err = exits(2, "sweep", "-iL", d + "/list")
        must("/list:2: '10.0.0.300'" in err, err)
    nothing = ["--backend", "sockets", "--max-retries", "0", "--timeout", "50ms", "127.0.0.1"]
    for args in (["-n", "-v"], ["-vv"], ["-PE", "-PS1,2", "-PU9", "--randomize-hosts"], ["-T4"],
                 ["--max-rate", "10k"], ["--rate", "10k", "-T2"]):
        exits(0, "sweep", "--with", "tcp:1", *args, *nothing)
        exits(0, "scan", "-sT", "-r", "-p", "1", "--with", "tcp:1", *args, *nothing)
    out, _ = exits(0, "sweep", "-sn", "--open", "--with", "tcp:1", *nothing)
    must(re.match(r"(\S+ \()?127\.0\.0\.1\)? +up    tcp:1 rst .* ms\n1 of 1 address up", out), out)
    out, _ = exits(0, "scan", "-Pn", "-sT", "-p", "1", "-oX", "-", "127.0.0.1")
    must(out.startswith("<?xml") and out.endswith("</nmaprun>\n"), out)
    facts, err = summary(2, "--json", "scan", "-p", "1", "-oX", "-", "127.0.0.1")
    must("standard output" in err, err)


def explained():
    facts, _ = summary(1, "--json", "why", "127.0.0.1", "1/udp")
    why = facts[0]
    must(why["type"] == "why" and why["local"] and why["answer"] and why["lines"], why)
    must({p["proto"]: p["state"] for p in why["ports"]} == {"tcp": "closed", "udp": "closed"}, why["ports"])
    must(why["answer"] in " ".join(exits(1, "why", "127.0.0.1:1/udp")[0].split()), "the same for people")


def reader_gone():
    for args in ("ports", "--json types", "types", "help --as zsh"):
        r = subprocess.run(["sh", "-c", f'"$0" {args} | head -n 1', SONDE], env=ENV, timeout=60,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        must(not told(r.stderr.decode()) and r.stdout.count(b"\n") == 1, f"{args}: {r.stderr!r}")


def slow_reader():
    """A pipe that its other user made non-blocking, and that is full for a while."""
    rd, wr = os.pipe()
    os.set_blocking(wr, False)
    p = subprocess.Popen([SONDE, "--json", "types"], env=ENV, stdin=subprocess.DEVNULL, stdout=wr,
                         stderr=subprocess.PIPE)
    os.close(wr)
    time.sleep(0.3)
    with os.fdopen(rd, "rb") as f:
        out = f.read().decode()
    err = p.communicate(timeout=30)[1]
    must(p.returncode == 0 and not err, err)
    must(lines_of(out) and len(out) > 65536, "more than a pipe holds")


# ---- For people

def colour():
    esc = "\x1b["
    must(esc in on_terminal("help"), "a terminal has colours")
    must(esc not in on_terminal("help", env={"NO_COLOR": "1"}), "NO_COLOR")
    must(esc in on_terminal("help", env={"NO_COLOR": ""}), "an empty NO_COLOR is none")
    must(esc not in on_terminal("help", env={"TERM": "dumb"}), "TERM=dumb")
    must(esc in on_terminal("--color", "always", "help", env={"NO_COLOR": "1"}), "always")
    must(esc not in on_terminal("--color", "never", "help"), "never")
    must(esc not in on_terminal("types", "3/13", "--color=never"), "never, behind the command")
    must(esc not in exits(0, "help")[0], "a pipe has none")
    must(esc in exits(0, "--color=always", "help")[0], "but may")
    must(esc not in exits(0, "--json", "--color=always", "types", "3")[0], "JSON never has")


def progressed():
    """A line that wrapped could not be wiped again."""
    for columns in (30, 45, 80):
        out = on_terminal("scan", "-n", "-Pn", "-sT", "-p", "1-30", "--rate", "40", "127.0.0.1", columns=columns)
        lines = re.findall(r"\r\x1b\[K([^\r\n\x1b]+)", out)
        must(len([line for line in lines if line.startswith("TCP: ")]) >= 2, out)
        must(all(len(line) < columns for line in lines), lines)
        must("0 up" not in out, lines)


def wrapped(columns):
    for args in [["help"], *(["help", c] for c in COMMANDS)]:
        for line in exits(0, *args, env={"COLUMNS": str(columns)})[0].splitlines():
            free = line.startswith(("  sonde ", "  sudo sonde ", "Usage: ")) or " " not in line.strip()
            must(free or len(line) <= columns, f"{args}: {len(line)} columns: {line}")
            must(line == line.rstrip(), f"{args}: blanks at the end of {line!r}")


def helped():
    for c in COMMANDS:
        out = exits(0, "help", c)[0]
        must(out == exits(0, c, "--help")[0] == exits(0, c, "-h")[0], c)
        must(f"Usage: sonde {c}" in out and "Examples" in out and "Exit status" in out, out)
        must(re.search(rf"^  {c} ", exits(0, "help")[0], re.M), c)


# ---- Manual and completions

def completed():
    if not shutil.which("bash"):
        raise Skip("bash is not installed")
    script = exits(0, "help", "--as", "bash")[0]
    r = subprocess.run(["bash", "-n"], input=script.encode(), stderr=subprocess.PIPE, check=False)
    must(r.returncode == 0 and not r.stderr, r.stderr)

    def words(*typed):
        ask = f'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sonde; printf "%s\\n" "${{COMPREPLY[@]}}"'
        r = subprocess.run(["bash", "-uc", script + ask, "bash", *typed], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, check=False)
        must(not r.stderr, r.stderr)
        return set(r.stdout.decode().split())

    must(words("sonde", "ty") == {"types"}, words("sonde", "ty"))
    must(words("sonde", "") >= set(COMMANDS), words("sonde", ""))
    must(words("sonde", "--json", "--color", "always", "po") == {"ports"})
    must(words("sonde", "ping", "--co") == {"--count", "--color"}, words("sonde", "ping", "--co"))
    must(words("sonde", "help", "ty") == {"types"})
    must(words("sonde", "ports", "-") >= {"-a", "--json"})


def manual():
    if not shutil.which("scdoc"):
        raise Skip("scdoc is not installed")
    if not shutil.which("mandoc"):
        raise Skip("mandoc is not installed")
    for c in COMMANDS:
        page = subprocess.run([ROOT + "/tools/make-man", SONDE, c, f"{ROOT}/doc/man/{c}.scd", "scdoc"],
                              env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        must(page.returncode == 0 and not page.stderr, f"{c}: {page.stderr.decode()}")
        lint(c, page.stdout)
    with open(ROOT + "/doc/man/sonde.scd", "rb") as f:
        lint("sonde", subprocess.run(["scdoc"], stdin=f, stdout=subprocess.PIPE, check=True).stdout)


def lint(name, page):
    r = subprocess.run(["mandoc", "-Tlint", "-W", "error"], input=page, stdout=subprocess.PIPE, check=False)
    must(r.returncode == 0, f"{name}: {r.stdout.decode()}")


print("TAP version 13")
check("what is fine exits with 0", fine)
check("a ping that is answered exits with 0", answers)
check("a negative answer exits with 1", negative)
check("an audit through no interface claims nothing", audited_nothing)
check("a wrong command line exits with 2 and one line that names what is wrong", refused)
check("what is not permitted exits with 3 and names the capability and the way to it", denied)
check("what cannot be written exits with 4", full)
check("closed file descriptors are told, and nothing else is written to", closed)
check("--json is objects of the schema with a summary at the end", json_everywhere)
check("--json ends with a summary when the command line is wrong", json_refused)
check("a sweep and a scan of loopback, for programs and in nmap's files", surveyed)
check("a port of loopback is explained", explained)
for signo in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    check(f"--json ends with a summary after {signo.name}", interrupted, signo)
check("a reader that has seen enough makes no noise", reader_gone)
check("a full non-blocking pipe is waited for", slow_reader)
check("colour is for terminals, NO_COLOR and --color decide", colour)
check("progress is one line, whatever the terminal's width", progressed)
for width in (40, 60, 80, 120):
    check(f"help keeps to {width} columns", wrapped, width)
check("help says the same however it is asked", helped)
check("the completion of bash parses and completes", completed)
check("the manual pages are made and mandoc finds no error in them", manual)
print(f"1..{count}")
sys.exit(1 if failed else 0)
