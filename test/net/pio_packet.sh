#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Back ends for whole packets against another host's kernel: everything asked is answered, counts
# match, and what goes wrong is told.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs python3
P=${HELPERS:?}/pio_packet
[ -x "$P" ] || skip_all "$P is not built"

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth0
on a ip addr add fd00::1/64 dev eth0
on b ip addr add fd00::2/64 dev eth0
# A link without link addresses.
ip -n a link add ipip0 type ipip local 192.0.2.1 remote 192.0.2.2 2>/dev/null &&
	ip -n b link add ipip0 type ipip local 192.0.2.2 remote 192.0.2.1 &&
	ip -n a link set ipip0 up && ip -n b link set ipip0 up &&
	on a ip addr add 198.51.100.1/24 dev ipip0 && on b ip addr add 198.51.100.2/24 dev ipip0 &&
	bare=yes || bare=
for h in a b; do
	# Every question is to be answered; the limits are other tests' business.
	on $h sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
		echo 1000000 >/proc/sys/net/ipv4/icmp_msgs_per_sec; echo 1000000 >/proc/sys/net/ipv4/icmp_msgs_burst' 2>/dev/null
	sleep 1000 | on $h python3 -c '
import socket, sys
s = socket.create_server(("::", 7000), family=socket.AF_INET6, dualstack_ipv6=True, backlog=4096)
print("ready", flush=True)
sys.stdin.read()' >"$TMP/listen.$h" &
	within 10 grep -q ready "$TMP/listen.$h" || exit 99
done
mac=$(on b cat /sys/class/net/eth0/address)
# Now and then b's kernel would ask by ARP whether a is still there: one packet too many.
on b ip neigh replace 192.0.2.1 lladdr "$(on a cat /sys/class/net/eth0/address)" dev eth0
# The kernels' own neighbours, which "ip" and the answers need.
on a ping -c 1 -W 2 192.0.2.2 >/dev/null
on a ping -c 1 -W 2 fd00::2 >/dev/null
p() {
	on a timeout 60 "$P" "$@" 2>"$TMP/err"
}
all="echo 2
tcp open 1
tcp closed 1
udp closed 2
other 0"

has "$(on a timeout 5 "$P" packet eth0 "$mac" open 'nonsense here')" "EINVAL: packet filter 'nonsense here'" \
	"a filter that is none is refused"
has "$(on a timeout 5 "$P" packet eth0 "$mac" open 'ether src 00:00:00:00:00:01')" "EINVAL: packet filter" \
	"so is one on link addresses"
has "$(on a timeout 5 "$P" packet lo - open)" "EOPNOTSUPP" "packet refuses a link without Ethernet headers"
has "$(on a setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all timeout 5 "$P" \
	packet eth0 "$mac" open 2>&1)" "EPERM: sending packets needs CAP_NET_RAW" "packet names the capability it lacks"
has "$(on a setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all timeout 5 "$P" \
	ip eth0 "$mac" open 2>&1)" "EPERM: sending packets needs CAP_NET_RAW" "so does ip"

backends="packet few-packet ip few-ip"
xdp=$(on a timeout 5 "$P" xdp eth0 "$mac" open 2>&1)
case $xdp in
opens) backends="$backends xdp" ;;
*EOPNOTSUPP*) skip "xdp" "$xdp" ;;
*) fail "xdp opens" "$xdp" ;;
esac
for backend in $backends; do
	is "$(p $backend eth0 "$mac" ask 192.0.2.1 192.0.2.2)" "$all" "$backend: IPv4 answers"
	is "$(p $backend eth0 "$mac" ask fd00::1 fd00::2)" "$all" "$backend: IPv6 answers"
	# What xdp's program takes does not pass the filter.
	[ $backend = xdp ] || is "$(p $backend eth0 "$mac" ask 192.0.2.1 192.0.2.2 'tcp and dst portrange 40000-40999')" "echo 0
tcp open 1
tcp closed 1
udp closed 0
other 0" "$backend: the filter leaves out what is not asked for"
	on b ping -i 0.01 -c 60 -q 192.0.2.1 >/dev/null &
	[ $backend = xdp ] || is "$(p $backend eth0 "$mac" listen 300 'icmp[icmptype] != icmp-echo and icmp')" "other 0" \
		"$backend: others' traffic is filtered, our own sending is not heard"
	wait $!
	is "$(p $backend eth0 "$mac" many 192.0.2.1 192.0.2.2 100000)" "sent 100000 received 100000 drops 0" \
		"$backend: 100,000 questions, 100,000 answers"
	echo "# $backend: $(cat "$TMP/err")"
	out=$(p $backend eth0 "$mac" drops 192.0.2.1 192.0.2.2 20000)
	ok "$backend: what a small ring lost is counted, every packet ($out)" \
		sh -c "set -- $out; [ \$2 -eq 20000 ] && [ \$6 -gt 0 ] && [ \$((\$4 + \$6)) -eq 20000 ]"
done
is "$(p packet eth0 "$mac" arp 192.0.2.1 192.0.2.2)" "arp $mac" "packet: ARP"

has_program() {
	on a ip link show eth0 | grep -q xdp
}
if [ "$xdp" = opens ]; then
	is "$(p xdp eth0 "$mac" arp 192.0.2.1 192.0.2.2)" "arp $mac" "xdp: ARP, which its program leaves to the kernel"
	nok "xdp: its program is gone with it" has_program
	has "$(on a timeout 5 "$P" xdp lo - open)" "EOPNOTSUPP" "xdp refuses a link without Ethernet headers"
	has "$(on a setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all timeout 5 "$P" \
		xdp eth0 "$mac" open 2>&1)" "EPERM: back end 'xdp' needs CAP_BPF" "and users without rights"
	on a "$P" xdp eth0 "$mac" listen 20000 arp >/dev/null &
	within 5 has_program || fail "xdp: its program is attached"
	has "$(p xdp eth0 "$mac" open)" "EBUSY: back end 'xdp': another XDP program is on eth0" \
		"xdp: refuses where another program is"
	ok "xdp: this host answers others meanwhile" on b ping -c 3 -i 0.05 -W 1 -q 192.0.2.1
	ok "xdp: and its own connections work" on a python3 -c '
import socket
socket.create_connection(("192.0.2.2", 7000), 2, ("192.0.2.1", 33333))
socket.create_connection(("fd00::2", 7000), 2, ("fd00::1", 33333))'
	# There is one such process here: the test has process numbers of its own.
	kill -9 "$(pgrep -x pio_packet)"
	wait $! 2>/dev/null
	ok "xdp: its program is gone when it was killed" within 2 sh -c '! ip -n a link show eth0 | grep -q xdp'
	is "$(p xdp eth0 "$mac" ask 192.0.2.1 192.0.2.2)" "$all" "xdp: and it opens again at once"
fi
is "$(p ip eth0 "$mac" mixed 192.0.2.1 192.0.2.2 fd00::1 fd00::2)" "left 5 Network is unreachable
echo 2
other 2" "ip: both families in one batch, and what has no route is told"
is "$(p ip lo - ask 127.0.0.1 127.0.0.1)" "$all" "ip: loopback, each answer once"
is "$(p ip lo - ask ::1 ::1)" "$all" "ip: loopback, IPv6"
is "$(p ip lo - ask 192.0.2.1 192.0.2.1)" "$all" "ip: an own address by loopback"
if [ "$bare" ]; then
	is "$(p ip ipip0 - ask 198.51.100.1 198.51.100.2)" "$all" "ip: a tunnel"
else
	skip "ip: a tunnel" "no ipip on this kernel"
fi
echo "# packet: $(p packet eth0 "$mac" rtt 192.0.2.1 192.0.2.2 200) us"
is "$(p packet eth0 "$mac" down 192.0.2.1 192.0.2.2)" "up: 2
readable: 1
recv: Network is down
again: 0
send: 0 Network is down
up again: answered" "packet: an interface that goes down says so once, and serves when it is back"
is "$(p few-packet eth0 "$mac" down 192.0.2.1 192.0.2.2)" "up: 2
readable: 1
recv: Network is down
again: 0
send: 0 Network is down
up again: answered" "few-packet: the same"
is "$(p few-ip lo - ask 127.0.0.1 127.0.0.1)" "$all" "few-ip: loopback, each answer once"
[ "$xdp" != opens ] || is "$(p xdp eth0 "$mac" down 192.0.2.1 192.0.2.2)" "up: 2
readable: 1
recv: Network is down
again: 0
send: 0 Network is down
up again: answered" "xdp: the same"
on a ip addr add fd00::1/64 dev eth0 2>/dev/null
on a ping -c 1 -W 2 192.0.2.2 >/dev/null
out=$(p ip eth0 "$mac" down 192.0.2.1 192.0.2.2)
has "$out" "recv: Network is down
again: 0
send: 0 Network is unreachable
up again: answered" "ip: the same, in the words of routing"

if [ -d /sys/module/8021q ] || ip -n a link add link eth0 name v5 type vlan id 5 2>/dev/null; then
	ip -n b link add link eth0 name v5 type vlan id 5
	on b ip addr add 203.0.113.2/24 dev v5
	on b ip link set v5 up
	on b ping -i 0.01 -c 20 -W 1 -q 203.0.113.1 >/dev/null 2>&1 &
	is "$(p packet eth0 "$mac" listen 400 arp)" "other 0" "packet: tagged packets belong to another link"
else
	skip "packet: tagged packets belong to another link" "no VLANs on this kernel"
fi
finish
