#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde watch on the interfaces of a host and of a router: counts as the kernel's own, failures and pings of
# others once each, and an end by signal, by time, without rights, with an interface that goes and comes.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq python3 ping traceroute setpriv

# watch HOST ARG…: in the background, to $TMP/HOST; its process in $watch. Ready when an interval was told.
watch() {
	_at=$1
	shift
	: >"$TMP/$_at"
	ip netns exec "$_at" "$SONDE" watch --json "$@" >"$TMP/$_at" 2>"$TMP/$_at.err" &
	watch=$!
	within 10 grep -q watch_interval "$TMP/$_at" || exit 99
}
# fact HOST TYPE FILTER: of the last of each, by jq.
fact() {
	jq -r "select(.type == \"$2\") | $3" "$TMP/$1"
}
# counted HOST FAMILY TYPE WAY: packets in the report.
counted() {
	jq -s "[.[] | select(.type == \"icmp_count\" and .family == $2 and .icmp_type == $3 and .direction == \"$4\") |
		.packets] | add // 0" "$TMP/$1"
}
# kernel HOST NAME: one of its counters (OutType8, Icmp6InType128), 0 when it has none.
kernel() {
	ip netns exec "$1" sh -c 'cat /proc/net/snmp /proc/net/snmp6' | awk -v name="$2" '
		$1 == "IcmpMsg:" && !head { head = 1; for (i = 2; i <= NF; i++) at[i] = $i; next }
		$1 == "IcmpMsg:" { for (i = 2; i <= NF; i++) if (at[i] == name) v = $i }
		$1 == name { v = $2 }
		END { print v + 0 }'
}
# datagrams HOST ADDRESS PORT N
datagrams() {
	# The program is Python, not the shell.
	# shellcheck disable=SC2016
	ip netns exec "$1" python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(int(sys.argv[3])):
    s.sendto(b"x", (sys.argv[1], int(sys.argv[2])))
    time.sleep(0.02)' "$2" "$3" "$4"
}
names="InType8 OutType0 OutType3 Icmp6InType128 Icmp6OutType129 Icmp6OutType1"
numbers() {
	for _name in $names; do
		kernel b "$_name"
	done | tr '\n' ' '
}

routed_world
on b sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
within 10 on a ping -q -c 1 10.0.2.2 || exit 99
within 10 on a ping -q -c 1 fd02::2 || exit 99

watch b -i eth0
b=$watch
watch r
r=$watch
before=$(numbers)
on a ping -q -c 5 -i 0.05 10.0.2.2 >/dev/null
on a ping -q -c 4 -i 0.05 fd02::2 >/dev/null
datagrams a 10.0.2.2 53 7
datagrams a fd02::2 53 3
on a traceroute -n -q 1 -N 1 -w 1 -m 2 10.0.2.2 >/dev/null
on a ping -q -c 2 -i 0.05 -W 1 10.0.1.99 >/dev/null
ip -n r link set eth1 mtu 1400
on a ping -q -c 1 -W 1 -M 'do' -s 1450 10.0.2.2 >/dev/null
after=$(numbers)
sleep 1.5
kill -TERM $b $r
wait $b
is "$?" 0 "stopped by a signal it ends well"
wait $r
is "$(tail -n 1 "$TMP/b" | jq -c '[.type, .status, .interrupted]')" '["summary",0,true]' "with a summary"

# What the kernel of b counted meanwhile.
# shellcheck disable=SC2086 # numbers
set -- $before
want=
for now in $after; do
	want="$want$((now - $1)) "
	shift
done
is "$(counted b 4 8 in) $(counted b 4 0 out) $(counted b 4 3 out) $(counted b 6 128 in) $(counted b 6 129 out) $(counted b 6 1 out) " \
	"$want" "every count of b is its kernel's: $names"
is "$(fact b watch_sum '"\(.dropped) \(.interfaces) \(.bad_checksum)"')" "0 1 0" "nothing was dropped, one interface watched"
is "$(jq -s '[.[] | select(.type == "watch_interval") | .icmp] | add' "$TMP/b")" "$(fact b watch_sum .icmp)" \
	"the intervals sum up to the whole"

# At the end each group is told once: behind the counts.
ended() {
	jq -rs "(map(.type == \"icmp_count\") | rindex(true)) as \$n | .[\$n:][] | select(.type == \"$2\") | $3" "$TMP/$1"
}
is "$(ended r failure 'select(.dst == "10.0.2.2" and .dport == 53) | "\(.src) \(.proto) \(.icmp_type)/\(.code) \(.offender) \(.count)"')" \
	"10.0.1.2 udp 3/3 10.0.2.2 7" "the router tells the failure, once for each datagram"
has "$(ended r failure 'select(.dst == "10.0.2.2" and .dport == 53) | .hint')" "nothing listens on UDP 53 there" "and what it means"
is "$(ended r failure 'select(.dst == "fd02::2" and .dport == 53) | "\(.src) \(.icmp_type)/\(.code) \(.count)"')" \
	"fd01::2 1/4 3" "over IPv6 too"
is "$(ended r failure 'select(.icmp_type == 11) | "\(.offender) \(.count)"')" "10.0.1.1 1" "its own time exceeded"
is "$(ended r failure 'select(.mtu) | "\(.src) \(.dst) \(.offender) \(.mtu)"')" "10.0.1.2 10.0.2.2 10.0.1.1 1400" \
	"the MTU it told"
is "$(ended r echo_rtt 'select(.dst == "10.0.2.2") | "\(.src) \(.requests) \(.replies) \(.loss)"')" "10.0.1.2 6 5 0" \
	"pings that pass; of the large one, which did not, nothing is known yet"
is "$(ended r echo_rtt 'select(.dst == "fd02::2") | "\(.requests) \(.replies) \(.rtt_us.min > 0) \(.rtt_us.min <= .rtt_us.max)"')" \
	"4 4 true true" "and their times, over IPv6"
is "$(counted r 4 8 in) $(counted r 4 8 out)" "6 5" "what is forwarded is counted on both interfaces"

# By time, with a filter, as a page.
on b "$SONDE" watch -i eth0 --once 1500ms icmp >"$TMP/page" &
page=$!
within 5 grep -q Watching "$TMP/page"
sleep 0.2
on a ping -q -c 3 -i 0.05 10.0.2.2 >/dev/null
on a ping -q -c 3 -i 0.05 fd02::2 >/dev/null
wait $page
is "$?" 0 "--once ends by itself"
has "$(cat "$TMP/page")" "10.0.1.2 -> 10.0.2.2: 3 requests, 3 replies" "the page has the pings"
hasnt "$(cat "$TMP/page")" "fd02::2" "and not what the filter leaves out"

# An interface that goes down, and one that goes away and comes back.
watch b -i eth0
ip -n b link set eth0 down
sleep 0.2
ip -n b link set eth0 up
on b ip route add default via 10.0.2.1
within 5 on a ping -q -c 1 -W 1 10.0.2.2
ip -n b link del eth0
sleep 1.2
link r eth1 b eth0
on r ip addr add 10.0.2.1/24 dev eth1
on b ip addr add 10.0.2.2/24 dev eth0
on b ip route add default via 10.0.2.1
sleep 1.2
on a ping -q -c 3 -i 0.05 10.0.2.2 >/dev/null
sleep 0.2
kill -TERM $watch
wait $watch
is "$([ "$(counted b 4 8 in)" -ge 4 ] && echo seen)" seen "an interface that came back is watched again"

setpriv --reuid=65534 --regid=65534 --clear-groups "$SONDE" watch --once 1s >"$TMP/out" 2>"$TMP/err"
is "$? $(cat "$TMP/out")" "3 " "without rights it is refused"
has "$(cat "$TMP/err")" "CAP_NET_RAW" "and told what would help"
finish
