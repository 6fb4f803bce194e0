#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Counting in the kernel: counts are what was sent, to the packet, both ways; nothing of it stays.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs python3 ping tc setpriv
C=${HELPERS:?}/counter
[ -x "$C" ] || skip_all "$C is not built"

# No chatter of IPv6: no addresses but the test's, no solicitations.
for h in a b; do
	host_add $h
	on $h sh -c 'for f in /proc/sys/net/ipv6/conf/*/addr_gen_mode; do echo 1 >$f; done
		for f in /proc/sys/net/ipv6/conf/*/router_solicitations; do echo 0 >$f; done
		echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit' 2>/dev/null
done
cable() {
	link a eth0 b eth0
	on a ip addr add 192.0.2.1/24 dev eth0
	on b ip addr add 192.0.2.2/24 dev eth0
	on a ip addr add fd00::1/64 dev eth0
	on b ip addr add fd00::2/64 dev eth0
	mac=$(on b cat /sys/class/net/eth0/address)
	on a ip neigh replace 192.0.2.2 lladdr "$mac" dev eth0
	on a ip neigh replace fd00::2 lladdr "$mac" dev eth0
	on b ip neigh replace 192.0.2.1 lladdr "$(on a cat /sys/class/net/eth0/address)" dev eth0
	on b ip neigh replace fd00::1 lladdr "$(on a cat /sys/class/net/eth0/address)" dev eth0
}
cable

# start FD HOST HOOK IFACE…: a counter that listens on FD, as process $counter; false: it does not open.
start() {
	_fd=$1
	_host=$2
	shift 2
	rm -f "$TMP/in.$_fd"
	mkfifo "$TMP/in.$_fd"
	: >"$TMP/out.$_fd"
	ip netns exec "$_host" "$C" "$@" <"$TMP/in.$_fd" >"$TMP/out.$_fd" 2>&1 &
	counter=$!
	eval "exec $_fd>\"$TMP/in.$_fd\""
	within 10 grep -q . "$TMP/out.$_fd"
	grep -q ready "$TMP/out.$_fd"
}
# ask FD WORD: its rows.
ask() {
	asked=$(grep -c '^end ' "$TMP/out.$1")
	echo "$2 n$asked" >&"$1"
	within 10 grep -q "^end n$asked$" "$TMP/out.$1" || echo "no answer"
	awk -v e="end n$asked" '/^(end|ready) / { if ($0 == e) { printf "%s", rows; exit } rows = ""; next }
		{ rows = rows $0 "\n" }' "$TMP/out.$1"
}
# stop FD PROCESS: its input ends.
stop() {
	eval "exec $1>&-"
	wait "$2"
}
# The rows of what a test sent: the rest is the kernels' own ARP and neighbour discovery.
seen() {
	ask "$1" read | grep -Ev '^(frames|other|nothing) |^v6 (13[3-7]|143)/'
}
send() {
	on a python3 "$ROOT/test/net/counter_send.py" eth0 "$mac" "$@"
}

if ! start 3 b auto eth0; then
	case $(cat "$TMP/out.3") in
	*EOPNOTSUPP*) skip_all "$(cat "$TMP/out.3")" ;;
	esac
fi
is "$(cat "$TMP/out.3")" "ready tcx" "this kernel has tcx"
stop 3 "$counter"
is "$("$C" agree 1 100000 500 | sed 's/:.*//')" "agree" "100,000 made frames count as the walk over all layers reads them"
is "$("$C" agree 2 300 1 | sed 's/:.*//')" "agree" "300 of them one by one"

for hook in tcx clsact xdp; do
	start 3 b $hook eth0 || fail "$hook opens" "$(cat "$TMP/out.3")"
	sleep 0.2
	ask 3 read >/dev/null
	on a ping -q -c 5 -i 0.01 -W 1 192.0.2.2 >/dev/null
	is "$(seen 3)" "v4 0/0 out 5 490
v4 8/0 in 5 490" "$hook: ping, both ways, with its octets"
	on a ping -q -c 4 -i 0.01 -W 1 fd00::2 >/dev/null
	is "$(seen 3)" "v6 128/0 in 4 472
v6 129/0 out 4 472" "$hook: IPv6"
	on a ping -q -c 2 -i 0.01 -s 3000 -W 1 192.0.2.2 >/dev/null
	is "$(seen 3)" "v4 0/0 out 2 3028
v4 8/0 in 2 3028
fragments 8" "$hook: fragments, the first by its type"
	on a ping -q -c 2 -i 0.01 -s 3000 -W 1 fd00::2 >/dev/null
	is "$(seen 3)" "v6 128/0 in 2 3020
v6 129/0 out 2 3020
fragments 8" "$hook: of IPv6 too"
	on a traceroute -n -q 3 -m 1 192.0.2.2 >/dev/null
	is "$(seen 3 | cut -d' ' -f1-4)" "v4 3/3 out 3" "$hook: traceroute"
	for case in "mld|v6 131/0 in 7 602" "chain|v6 128/0 in 7 714" "long|v6 128/0 in 7 6090" \
		"atomic6|v6 128/0 in 7 490" "udp6|" "options|v4 13/0 in 7 658" "arp|" "tag|v4 8/0 in 7 322" \
		"tags|v6 128/0 in 7 490" \
		"fragments6|v6 128/0 in 7 490
fragments 7" "fragments4|v4 8/0 in 7 294
fragments 7" "rare|v4 8/200 in 7 294
v4 200/255 in 7 294" "short|v4 9/- in 7 245
v4 -/- in 7 238"; do
		send "${case%%|*}" 7
		is "$(seen 3)" "${case#*|}" "$hook: ${case%%|*}"
	done
	stop 3 "$counter"
	is "$(on b "$C" there eth0)|$(on b tc filter show dev eth0 ingress)|$(on b tc qdisc show dev eth0 clsact)" "0 0||" \
		"$hook: nothing of it stays"
	hasnt "$(on b ip link show eth0)" xdp "$hook: no XDP program either"
done

packets() {
	on b cat /sys/class/net/eth0/statistics/${1}_packets
}
for hook in tcx clsact xdp; do
	n=500000
	[ $hook != tcx ] || n=2000000
	start 3 b $hook eth0 || fail "$hook opens"
	ask 3 read >/dev/null
	rx=$(packets rx)
	tx=$(packets tx)
	out=$(on a "$C" flood eth0 "$mac" $n)
	sleep 0.3
	rows=$(ask 3 read)
	is "$(echo "$rows" | grep -E '^(frames|v4)')" "v4 0/0 out $n $((n * 42))
v4 8/0 in $n $((n * 42))
frames $(($(packets rx) - rx + $(packets tx) - tx))" "$hook: $n echo requests, as many as the interface counted ($out)"
	stop 3 "$counter"
done
start 3 a tcx eth0
on a "$C" flood eth0 "$mac" 1000 bypass >/dev/null
is "$(seen 3)" "v4 0/0 in 1000 42000" "departures past the queueing discipline are not seen, as the header says"
stop 3 "$counter"

start 3 b in eth0
on a ping -q -c 3 -i 0.01 -W 1 192.0.2.2 >/dev/null
is "$(seen 3)" "v4 8/0 in 3 294" "arrivals only"
stop 3 "$counter"
start 3 b tcx lo
on b ping -q -c 3 -i 0.01 -W 1 127.0.0.1 >/dev/null
is "$(seen 3)" "v4 0/0 in 3 294
v4 8/0 in 3 294" "loopback counts each packet once"
stop 3 "$counter"
send mld 1
on a ip link set eth0 promisc on
on a ip neigh replace 192.0.2.2 lladdr 02:00:00:00:00:77 dev eth0
on b ip link set eth0 promisc on
start 3 b tcx eth0
on a ping -q -c 2 -i 0.01 -W 1 192.0.2.2 >/dev/null
is "$(seen 3)" "v4 8/0 passing 2 196" "what is for another host passes"
stop 3 "$counter"
on a ip neigh replace 192.0.2.2 lladdr "$mac" dev eth0

# Links without link headers. What arrives from a GRE tunnel begins with that tunnel's header.
for kind in ipip gre; do
	if ip -n a link add t0 type $kind local 192.0.2.1 remote 192.0.2.2 2>/dev/null; then
		ip -n b link add t0 type $kind local 192.0.2.2 remote 192.0.2.1
		for h in a b; do ip -n $h link set t0 up; done
		on a ip addr add 198.51.100.1/24 dev t0
		on b ip addr add 198.51.100.2/24 dev t0
		start 3 b auto t0
		on a ping -q -c 3 -i 0.01 -s 2000 -W 1 198.51.100.2 >/dev/null
		is "$(seen 3 | cut -d' ' -f1-4)" "v4 0/0 out 3
v4 8/0 in 3
fragments 6" "$kind: a link without link headers"
		stop 3 "$counter"
		ip -n a link del t0
		ip -n b link del t0
	else
		skip "$kind: a link without link headers" "no $kind on this kernel"
	fi
done

start 3 b tcx eth0
first=$counter
start 4 b tcx eth0
second=$counter
on a ping -q -c 3 -i 0.01 -W 1 192.0.2.2 >/dev/null
want="v4 0/0 out 3 294
v4 8/0 in 3 294"
is "$(seen 3)" "$want" "the first of two counts"
is "$(seen 4)" "$want" "so does the second"
is "$(on b "$C" there eth0)" "2 2" "both are there"
kill -9 "$first"
wait "$first" 2>/dev/null
ok "the killed one's programs are gone" within 5 sh -c "[ \"\$(ip netns exec b $C there eth0)\" = '1 1' ]"
on a ping -q -c 3 -i 0.01 -W 1 192.0.2.2 >/dev/null
is "$(seen 4)" "$want" "the second counts on"
stop 4 "$second"
exec 3>&-

filters() {
	on b tc filter show dev eth0 "$1" | grep -c 'counter_'
}
on b tc qdisc add dev eth0 clsact
on b tc filter add dev eth0 ingress prio 5 u32 match ip dst 255.255.255.255/32 classid 1:1
theirs=$(on b tc filter show dev eth0 ingress)
start 3 b clsact eth0
first=$counter
start 4 b clsact eth0
second=$counter
is "$(filters ingress) $(filters egress)" "2 2" "clsact: two counters have filters of their own"
kill -9 "$first"
wait "$first" 2>/dev/null
exec 3>&-
is "$(filters ingress)" 2 "clsact: a killed one's filter stays"
start 3 b clsact eth0
is "$(filters ingress) $(filters egress)" "2 2" "clsact: until the next one starts"
ask 4 read >/dev/null
on a ping -q -c 3 -i 0.01 -W 1 192.0.2.2 >/dev/null
is "$(seen 3)" "$want" "clsact: the new one counts"
is "$(seen 4)" "$want" "clsact: and the one that lives"
stop 3 "$counter"
stop 4 "$second"
is "$(on b tc filter show dev eth0 ingress)" "$theirs" "clsact: another's filter and its queueing discipline are left alone"
on b tc qdisc del dev eth0 clsact

start 3 b xdp eth0
nok "a second XDP program is refused" start 4 b xdp eth0
has "$(cat "$TMP/out.4")" "EBUSY: eth0: another XDP program is there" "with its reason"
exec 4>&-
stop 3 "$counter"

start 3 b auto eth0
on a ping -q -c 3 -i 0.01 -W 1 192.0.2.2 >/dev/null
ip -n b link del eth0
is "$(ask 3 follow)" "on 0" "an interface that vanishes is told"
cable
is "$(ask 3 follow)" "on 1" "that it came back too"
on a ping -q -c 2 -i 0.01 -W 1 192.0.2.2 >/dev/null
is "$(seen 3)" "v4 0/0 out 5 490
v4 8/0 in 5 490" "before and after count together"
stop 3 "$counter"

bare() {
	on b setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}
has "$(bare --bounding-set=-all timeout 5 "$C" auto eth0 2>&1)" \
	"EPERM: counting in the kernel needs CAP_BPF,CAP_PERFMON,CAP_NET_ADMIN" "without rights it names the capabilities"
has "$(unshare -U -r -n timeout 5 "$C" auto lo 2>&1 </dev/null)" "EPERM: counting in the kernel needs CAP_BPF" \
	"root of a namespace of users is told the same"
is "$(echo | bare --inh-caps=-all,+bpf,+perfmon,+net_admin --ambient-caps=-all,+bpf,+perfmon,+net_admin timeout 5 "$C" auto eth0 2>&1)" \
	"ready tcx" "these are enough"
has "$(on b timeout 5 "$C" auto nosuch0 2>&1)" "ENODEV: nosuch0: no such interface" "an interface that is none is told"
finish
