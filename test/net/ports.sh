#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `sonde ports` against ss, netstat and the kernel's own files: the same sockets, line by line.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
here=$(dirname "$NET_TEST_LIB")
needs python3 ss netstat setpriv

# A copy that another user may run, wherever the build lies.
chmod 711 "$TMP"
cp "$SONDE" "$TMP/sonde" && chmod 755 "$TMP/sonde" || exit 99
cp "$here/ports_open.py" "$TMP/open.py" && chmod 644 "$TMP/open.py" || exit 99
sonde=$TMP/sonde
python=$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))')
[ -x /usr/bin/python3 ] && python=/usr/bin/python3

host_add a
host_add b
link a eth0 b eth9
on a ip addr add 192.0.2.1/24 dev eth0
on a ip addr add fe80::1/64 dev eth0 nodad
on a ip neigh add 192.0.2.99 lladdr 02:00:00:00:00:99 dev eth0 nud permanent
on a sh -c 'echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range'

# open_as NAME WHAT [PREFIX…]: starts open.py; it lives until its pipe is closed.
open_as() {
	_name=$1 _what=$2
	shift 2
	mkfifo "$TMP/$_name"
	on a "$@" "$python" "$TMP/open.py" "$_what" <"$TMP/$_name" >"$TMP/$_name.ready" 2>&1 &
}
open_as root all
exec 8>"$TMP/root"
open_as nobody few setpriv --reuid 65534 --regid 65534 --clear-groups
exec 9>"$TMP/nobody"
ok "root's sockets are open" within 10 grep -q ready "$TMP/root.ready"
ok "nobody's sockets are open" within 10 grep -q ready "$TMP/nobody.ready"
cat "$TMP/root.ready" "$TMP/nobody.ready" | grep -v ready | sed 's/^/# /'

# shellcheck disable=SC2317 # `ok` calls it
judge() {
	"$python" "$here/ports_judge.py" "$@"
}

on a "$sonde" --json ports >"$TMP/all.json" 2>"$TMP/all.err"
is "$(cat "$TMP/all.err")" "" "root gets no message"
on a ss -Hanp -A inet >"$TMP/ss" 2>/dev/null
ok "the same sockets as ss -anp" judge ss "$TMP/all.json" "$TMP/ss"
# What netstat shows by itself: TCP, UDP, UDP-Lite and raw, in both families.
on a netstat -anpW -t -u -U -w >"$TMP/netstat" 2>/dev/null
ok "the same sockets as netstat -anp" judge netstat "$TMP/all.json" "$TMP/netstat"
on a cat /proc/net/icmp /proc/net/icmp6 >"$TMP/icmp"
ok "the same ping sockets as /proc/net/icmp" judge icmp "$TMP/all.json" "$TMP/icmp"

# Letters and words, each against what the whole list says.
count() { grep -c '"type":"socket"' "$1"; }
of() { grep '"type":"socket"' "$TMP/all.json" | grep -c -e "$1"; }
# Every filter must find something: nothing would equal nothing.
filtered() {
	_want=$1
	shift
	[ "$_want" -gt 0 ] || fail "something to find for sonde ports $*"
	on a "$sonde" --json ports "$@" >"$TMP/some.json" 2>"$TMP/some.err"
	is "$(count "$TMP/some.json")" "$_want" "sonde ports $*"
}
filtered "$(of '"proto":"tcp"')" -anpt
filtered "$(of '"proto":"udp"')" -anpu
filtered "$(of '"proto":"udplite"')" -U
filtered "$(of '"proto":"raw"\|"proto":"icmp"')" -w
filtered "$(of '"family":4')" -4
filtered "$(of '"family":6')" -6
filtered "$(of '"type"')" -46
filtered "$(of '"state":"listen"\|"state":"unconn"')" -l
filtered "$(of '"type"')" -a -l
filtered "$(of '"proto":"tcp".*"state":"listen"')" -t -l
filtered "$(of '"proto":"udp",.*"port":53}')" udp/53
filtered "$(of '"addr":"192.0.2.1"')" 192.0.2.1
filtered "$(of '"user":"nobody"')" nobody
filtered "$(of '"reach":"any"')" any
filtered "$(of '"iface":"eth0"')" eth0
filtered "$(of '"port":8081')" 8081 python

# What only Sonde tells.
field() { grep "\"port\":$1}" "$TMP/all.json" | grep -o "\"$2\":[^,}]*" | sort -u | tr '\n' ' '; }
is "$(field 448 state)" '"state":"close" ' "a bound socket that does not listen is shown"
is "$(field 80 reach)" '"reach":"any" ' "a listener on all addresses reaches any"
is "$(field 447 reach)$(field 447 iface)" '"reach":"interface" "iface":"eth0" ' \
	"one bound to a device reaches that interface"
is "$(field 446 reach)" '"reach":"link" ' "one on a link-local address reaches the link"
is "$(field 8081 reach)" '"reach":"interface" "reach":"loopback" ' \
	"one address reaches an interface, or loopback"
is "$(field 444 v6only)" '"v6only":true ' "a socket of IPv6 alone is told from one of both"
is "$(field 80 send_q)" '"send_q":17 ' "a listener's send queue is its backlog"
on a "$sonde" ports 446 >"$TMP/text" 2>&1
has "$(cat "$TMP/text")" "[fe80::1%eth0]:446" "link-local addresses are shown with their device"

# As nobody: everything is listed, with the programs of nobody's own processes.
nobody() { on a setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
nobody "$sonde" --json ports >"$TMP/all.json" 2>"$TMP/all.err"
is $? 0 "nobody may list sockets"
nobody ss -Hanp -A inet >"$TMP/ss" 2>/dev/null
ok "nobody sees the same as ss -anp of nobody" judge ss "$TMP/all.json" "$TMP/ss"
is "$(of '"user":"nobody".*"pid":[0-9]')" 3 "nobody sees the programs of nobody's own sockets"
hidden=$(of '"pid":null.*"inode":[0-9]')
is "$(cat "$TMP/all.err")" \
	"sonde: $hidden sockets without program: this user may not look into the process (needs CAP_SYS_PTRACE: sudo sonde ports)" \
	"one note tells how many programs are not shown"
nobody "$sonde" ports 9001 >"$TMP/text" 2>"$TMP/all.err"
is "$(cat "$TMP/all.err")" "" "no note when every program that is asked for is shown"

nobody "$sonde" ports 9999 >"$TMP/text" 2>"$TMP/all.err"
is "$(cat "$TMP/all.err")" "sonde: no socket matches '9999'" \
	"nor when a port is asked for that nobody uses"
nobody "$sonde" ports no-such-program >"$TMP/text" 2>"$TMP/all.err"
has "$(cat "$TMP/all.err")" "CAP_SYS_PTRACE" "but when a program is asked for that may be hidden"

# Nothing found is an answer too.
on a "$sonde" ports 9999 >"$TMP/text" 2>"$TMP/all.err"
is "$? $(cat "$TMP/text" "$TMP/all.err")" "1 sonde: no socket matches '9999'" "no match: exit 1"
on a "$sonde" --json ports 9999 2>/dev/null >"$TMP/some.json"
is "$? $(wc -l <"$TMP/some.json") $(grep -c '"type":"summary".*"status":1' "$TMP/some.json")" \
	"1 1 1" "with --json the summary alone"
on a "$sonde" ports 70000 >"$TMP/text" 2>"$TMP/all.err"
is "$? $(cat "$TMP/text")" "2 " "a port that is none: exit 2, nothing shown"
has "$(cat "$TMP/all.err")" "70000" "and the message names it"
exec 8>&- 9>&-
finish
