#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What goes wrong while a survey runs, what liars send, and what people mistype: a clear message or
# a right result, never a hang, never a wrong verdict.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq nft python3 tc

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth0
on b ip route add local 10.0.0.0/15 dev lo
# The upper half of 10.1.0.0/22 is silent.
on b nft 'add table t; add chain t in { type filter hook input priority 0; };
	add rule t in ip daddr 10.1.2.0/23 drop'
way() {
	on a ip route replace 10.0.0.0/15 via 192.0.2.2
}
# Up, and seen to be: the kernel looks after links of all namespaces together, once a second.
link_up() {
	on a ip link set eth0 up
	within 5 running || fail "eth0 is up"
	way
}
# shellcheck disable=SC2317 # called through `within`
running() {
	on a ip link show eth0 | grep -q 'state UP'
}
way

# sonde OPTION…: at most 30 s; the status in $status, the message in $TMP/err.
sonde() {
	on a timeout 30 "$SONDE" --json "$@" >"$TMP/out" 2>"$TMP/err"
	status=$?
}
begin() {
	ip netns exec a timeout 30 "$SONDE" --json "$@" >"$TMP/out" 2>"$TMP/err" &
	running=$!
}
over() {
	wait $running
	status=$?
}
up() {
	jq -r 'select(.type == "host" and .state == "up") | .addr' "$TMP/out" | sort -V
}
# Addresses that are said to be up, or down, and are not.
wrong_up() {
	up | grep -Ev '^10\.(0\.|1\.[01]\.)' | head -n 3
}
said_down() {
	jq -r 'select(.type == "host" and .state == "down") | .addr' "$TMP/out" | head -n 3
}
both=10.1.0.0/22
half=$(python3 -c 'for i in range(512): print(f"10.1.{i >> 8}.{i & 255}")')

# The interface goes down half way.
begin sweep --with echo --rate 10000 10.0.0.0/16
sleep 1.5
on a ip link set eth0 down
over
nok "an interface goes down: the status is not 0" test "$status" -eq 0
nok "and it does not hang" test "$status" -eq 124
is "$status" 4 "but that of an incomplete run"
is "$(grep -c 'eth0 went down' "$TMP/err") $(grep -c 'eth0 is down: [0-9]* targets' "$TMP/err")" \
	"1 1" "and it is told, once, which"
is "$(jq 'select(.type == "summary") | .status' "$TMP/out")" 4 "in the summary as well"
is "$(jq -r 'select(.type == "host" and .state != "up") | "\(.state) \(.error)"' "$TMP/out" |
	sort -u)" "unknown the interface went down" "of the others it is said why they are not known"
is "$(wrong_up)$(said_down)" "" "nobody is said to be down, whom nobody could ask"
ok "those that answered are kept" test "$(up | wc -l)" -gt 1000
link_up

# It comes back before long.
begin sweep --with echo --rate 10000 10.0.0.0/18
sleep 0.8
on a ip link set eth0 down
sleep 0.4
on a ip link set eth0 up
way
over
is "$status $(up | wc -l)" "0 16384" "an interface that comes back: everybody is found"
is "$(grep -c 'went down' "$TMP/err") $(grep -c 'is there again' "$TMP/err")" "1 1" \
	"and that is told, once"
# It comes back in steps: what is there goes again a moment later. steps: the longest such, in ms.
steps() {
	# shellcheck disable=SC2016 # it is the inner shell that expands
	on a sh -c 'for _ in 1 2 3; do
		since=$(date +%s%N)
		ip route add 10.0.0.0/15 via 192.0.2.2
		sleep 0.1
		ip route del 10.0.0.0/15
		echo $((($(date +%s%N) - since) / 1000000))
		sleep 0.1
	done' | sort -n | tail -n 1
}
# On a busy machine a step may be long enough to be no step.
for _ in 1 2 3 4 5; do
	begin sweep --with echo --rate 10000 10.0.0.0/18
	sleep 0.6
	on a ip route del 10.0.0.0/15
	sleep 0.4
	longest=$(steps)
	way
	over
	[ "$longest" -ge 300 ] || break
done
is "$status $(up | wc -l)" "0 16384" "a route that comes back in steps: everybody is found"
is "$(grep -c 'no route to' "$TMP/err") $(grep -c 'is there again' "$TMP/err")" "1 1" \
	"and that is told, once (the longest step was $longest ms)"
# In the midst of ports.
begin scan -n -Pn -sS -sU -p T:1-2000,U:1-50 --rate 2000 10.0.0.1-3
sleep 1
on a ip link set eth0 down
over
is "$status" 4 "an interface goes down below a scan: its status"
is "$(jq -r 'select(.type == "port" and .state != "closed") | "\(.state) \(.reason.text)"' \
	"$TMP/out" | sort -u)" "unresolved the interface went down" "no port is said to be filtered"
link_up

# The route goes away half way, and comes.
begin sweep --with echo --rate 10000 10.0.0.0/16
sleep 1.5
on a ip route del 10.0.0.0/15
over
nok "a route that vanishes: no hang" test "$status" -eq 124
is "$(wrong_up)$(said_down)" "" "and nothing wrong is said"
sonde sweep --with echo 10.0.0.1-4
nok "without a route: the status is not 0" test "$status" -eq 0
is "$(up)$(said_down)" "" "and nothing is claimed"
way
sonde sweep --with echo 10.0.0.1-4
is "$status $(up | wc -l)" "0 4" "the route is there again: all answer"

# Routes that refuse: nothing leaves, and every command says why in the same words.
on b ip addr add fd00::2/64 dev eth0
on a ip addr add fd00::1/64 dev eth0
while read -r kind four six why; do
	on a ip route add "$kind" "$four"
	on a ip route add "$kind" "$six"
	for backend in auto sockets; do
		sonde sweep --backend $backend --with tcp:80 "$four" "$six"
		is "$status $(jq -r 'select(.type == "host") | "\(.addr) \(.state) \(.error)"' "$TMP/out")" \
			"1 $four unreachable $why
$six unreachable $why" "a $kind route, --backend $backend: sweep"
		sonde scan --backend $backend -n -Pn -p T:80,U:53 "$four" "$six"
		is "$status $(jq -r 'select(.type == "port") | "\(.addr) \(.state) \(.reason.kind) \(.reason.text)"' \
			"$TMP/out" | sort -u)" "0 $four unreachable no-route $why
$six unreachable no-route $why" "scan"
	done
	on a timeout 30 "$SONDE" why "$four" 80 >"$TMP/out" 2>"$TMP/err"
	is "$?" 1 "why: its status"
	has "$(tr -s ' \n' ' ' <"$TMP/out")" "TCP: no packet came there: $why" "and its words"
	has "$(tr -s ' \n' ' ' <"$TMP/out")" "the ping could not be sent: $why" "for the ping as well"
done <<-END
	blackhole 10.0.9.5 fd01::5 this host has a blackhole route to it
	prohibit 10.0.9.6 fd01::6 a route or the firewall of this host prohibits it
	unreachable 10.0.9.7 fd01::7 nobody on the way there answers for it, or a route of this host says that it is unreachable
	throw 10.0.9.8 fd01::8 this host has no route to it
END

# The way out is too narrow: what the kernel does not take is sent again.
on a tc qdisc add dev eth0 root tbf rate 20mbit burst 4k limit 4k
sonde sweep --with echo --backend ip --rate max $both
is "$(up)" "$half" "a full queue loses nobody"
sonde sweep --with echo --rate max $both
is "$(up)" "$half" "nor with packets of our own making"
on a tc qdisc del dev eth0 root

# Liars: a million answers by somebody who has not seen the questions.
liar() {
	ip netns exec b "$HELPERS/forge" eth0 "$(on a cat /sys/class/net/eth0/address)" 192.0.2.1 \
		10.1.0.0 1024 1000000 >"$TMP/liar" &
	liar=$!
}
liar
sonde sweep --with echo,timestamp,tcp:443,tcp-ack:80,udp:53 --max-rate 1000000 $both
kill $liar 2>/dev/null
wait $liar
is "$(up)" "$half" "a flood of forged answers is believed by nobody"
ok "they are counted" test "$(jq -r 'select(.type == "summary") | .survey.forged' "$TMP/out" | head -n 1)" -gt 0
# The wrong host answers.
on b nft 'add chain t out { type filter hook output priority 0; };
	add rule t out ip saddr 10.1.0.7 icmp type echo-reply ip saddr set 10.1.2.7'
sonde sweep --with echo 10.1.0.0/29 10.1.2.0/29
is "$(up | grep 10.1.2)" "" "an answer from the wrong host is no sign of life of that host"
is "$(jq -r 'select(.addr == "10.1.0.7") | .by[0].from' "$TMP/out" | grep -v 10.1.2.7)" "" \
	"and of the other one none that hides who answered"
on b nft flush chain t out

on b nft flush ruleset

# What people mistype.
printf '10.0.0.1\n10.0.0.2 # two\n10.0.0.300\n' >"$TMP/junk"
sonde sweep --with echo -iL "$TMP/junk"
is "$status" 2 "a file with junk: the status is 2"
has "$(cat "$TMP/err")" "$TMP/junk:3" "and the line is told"
head -c 4000 /dev/urandom >"$TMP/noise"
sonde sweep --with echo -iL "$TMP/noise"
nok "a file of noise: no success" test "$status" -eq 0
nok "and no hang, no crash" test "$status" -ge 124
sonde sweep --with echo nosuchname.invalid 10.0.0.1
is "$status" 1 "a name that does not resolve: the status is 1"
has "$(cat "$TMP/err")" "nosuchname.invalid" "which one is told"
is "$(up)" 10.0.0.1 "and the rest goes on"
for bad in "-p 65536" "-p 10-5" "-p http:" "-p ,"; do
	# shellcheck disable=SC2086 # two words
	sonde scan -n $bad 10.0.0.1
	is "$status" 2 "scan $bad: the status is 2"
	ok "and a message" test -s "$TMP/err"
done
for bad in 10.0.0.0/33 10.0.0.1-10.0.0 1.2.3.4.5; do
	sonde sweep $bad
	nok "sweep $bad: refused" test "$status" -eq 0
	has "$(cat "$TMP/err")" "$bad" "and told"
done
sonde sweep 10.0.0.1 --rate fast
is "$status" 2 "a rate that is none: the status is 2"
sonde sweep 10.0.0.1 -I nosuch0
nok "an interface that is not there" test "$status" -eq 0
has "$(cat "$TMP/err")" nosuch0 "is told"
finish
