#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# UDP against a kernel with its limiters as they are: no closed port is taken for an open one, in
# about the time that the limiter asks for; with more addresses of our own, in less; and where time
# runs out, what is not known is not claimed.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq nft python3

mkfifo "$TMP/hold"
exec 9<>"$TMP/hold"

# world N: a prober and a host, new: its limiter remembers nobody.
world() {
	a=a$1 b=b$1
	host_add "$a"
	host_add "$b"
	link "$a" eth0 "$b" eth0
	on "$a" ip addr add 192.0.2.1/24 dev eth0
	on "$b" ip addr add 192.0.2.2/24 dev eth0
	rm -f "$TMP/served" # what the one of the world before said
	ip netns exec "$b" python3 "$ROOT/test/net/audit_listen.py" udp/53 udp/105 \
		<"$TMP/hold" >"$TMP/served" &
	within 5 grep -q ready "$TMP/served" || exit 99
	on "$b" nft 'add table t; add chain t in { type filter hook input priority 0; };
		add rule t in udp dport 109 drop; add rule t in udp dport 110 reject with icmp admin-prohibited'
}
# scan OPTION…: the states and how often each, "12 closed", then the seconds.
scan() {
	_start=$(date +%s%N)
	on "$a" "$SONDE" scan -n -Pn -sU --json "$@" >"$TMP/out" 2>"$TMP/err"
	status=$?
	took=$((($(date +%s%N) - _start) / 1000000))
	jq -r 'select(.type == "port") | .state' "$TMP/out" | sort | uniq -c | awk '{ print $1, $2 }' |
		tr '\n' ' '
}
states() {
	jq -r "select(.type == \"port\" and (.state | IN($1))) | .port" "$TMP/out" | sort -n | tr '\n' ' '
}
# between LOW VALUE HIGH
# shellcheck disable=SC2317 # called through `ok`
between() {
	[ "$1" -le "$2" ] && [ "$2" -le "$3" ]
}

# 20 ports, 16 of which refuse: 6 tokens at once, one a second after, and the refusal of 110 costs one.
world 1
scan -p U:100-118,53 192.0.2.2 >"$TMP/sum"
is "$(cat "$TMP/sum")" "16 closed 1 filtered 3 open|filtered " "every verdict is right"
is "$(states '"open|filtered"')" "53 105 109 " "bound and dropped ports are open|filtered"
is "$(states '"filtered"')" "110 " "a prohibition is told as one"
ok "not much later than the limiter lets it" between 9000 "$took" 25000
is "$(jq -r 'select(.type == "port" and .state == "open|filtered") | .reason.kind' "$TMP/out" |
	sort -u)" sentinel "silence is certified"
is "$status" 0 "and it ends well"

# Four more addresses: four more buckets.
world 2
for n in 10 11 12 13; do
	on "$a" ip addr add 192.0.2.$n/24 dev eth0
done
scan -p U:100-129,53 --sources 192.0.2.10-192.0.2.13 192.0.2.2 >"$TMP/sum"
is "$(cat "$TMP/sum")" "27 closed 1 filtered 3 open|filtered " "with four sources as right"
ok "and sooner than one could" between 0 "$took" 15000
scan -p U:100 --sources 192.0.2.10-192.0.2.14 192.0.2.2 >/dev/null
nok "an address that is not this host's is refused" test "$status" -eq 0
has "$(cat "$TMP/err")" "ip address add 192.0.2.14/24 dev eth0" "with the command that would add it"

# A limiter that lets three through, then one every 20 s: nothing is claimed of what it hides.
world 3
on "$b" sysctl -qw net.ipv4.icmp_ratelimit=20000
scan -p U:100-104,106-108,111-114 --deadline 8s 192.0.2.2 >"$TMP/sum"
is "$(states '"open", "open|filtered", "filtered"')" "" "behind a tight limiter no port is said open"
ok "and it ends in time" between 0 "$took" 15000

# One that is shut: the host says nothing at all, and nothing is sure.
world 5
on "$b" sysctl -qw net.ipv4.icmp_ratelimit=600000
scan -p U:100-104,106-108 --deadline 8s 192.0.2.2 >"$TMP/sum"
is "$(jq -r 'select(.type == "port" and .state != "unresolved") | .confidence' "$TMP/out" | sort -u |
	grep -v doubtful)" "" "of a host that is silent altogether nothing is said with confidence"

# No limit at all: at once.
world 4
on "$b" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 \
	net.ipv4.icmp_msgs_burst=10000
scan -p U:1-1000 192.0.2.2 >"$TMP/sum"
is "$(cat "$TMP/sum")" "996 closed 1 filtered 3 open|filtered " "a thousand ports without a limit"
ok "soon" between 0 "$took" 10000
finish
