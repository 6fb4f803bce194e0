#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts of many kinds, made up, and the twin of each: equal in every field that rtnetlink and
# /proc/sys show, and the gaps exactly those that are named here.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
BUILD=${HELPERS:?}/twin_build
[ -x "$BUILD" ] || skip_all "$BUILD is not built"

have_v6=
[ ! -d /proc/sys/net/ipv6 ] || have_v6=1

# compare HOST [GAP]: every comparison that twin_build makes is a check; GAP, a text, is the first
# part of all its gaps, one a line.
compare() {
	on "$1" timeout 60 "$BUILD" >"$TMP/out" 2>&1
	_exit=$?
	while IFS= read -r _line; do
		case "$_line" in
		'ok '*) pass "$1: the twin's ${_line#ok } are the host's" ;;
		'not ok '*) fail "$1: the twin's ${_line#not ok }" ;;
		'time '*) echo "# $1: ${_line#time }" ;;
		'gap '*) ;;
		*) echo "# $1: $_line" ;;
		esac
	done <"$TMP/out"
	is "$(grep '^gap' "$TMP/out" | cut -d, -f1-3)" "${2:-}" "$1: exactly the named gaps"
	is $_exit 0 "$1: the comparison ends well"
}

v6() {
	[ -z "$have_v6" ] || "$@"
}

host_add loopback
compare loopback

host_add bare
ip -n bare link set lo down
compare bare

# The usual server: one cable, both families, a default route each.
host_add net
host_add server
link server eth0 net s0
on server ip addr add 192.0.2.10/24 brd + dev eth0
on server ip addr add 192.0.2.11/24 dev eth0
on server ip route add default via 192.0.2.1
on server ip route add 198.51.100.0/24 via 192.0.2.254 metric 50
on server ip route add blackhole 203.0.113.128/25
on server ip route add 10.9.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3
v6 on server ip addr add 2001:db8:1::10/64 dev eth0
v6 on server ip route add default via fe80::1 dev eth0
v6 on server ip route add unreachable 2001:db8:dead::/48
on server sh -c 'echo 777 >/proc/sys/net/ipv4/icmp_ratelimit
	echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter
	echo 1 >/proc/sys/net/ipv4/conf/all/accept_redirects
	echo 0 >/proc/sys/net/ipv4/conf/eth0/send_redirects
	echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all'
compare server

# A router with names that have dots, two links with the same IPv6 prefixes, rules, tables.
host_add router
link router eth0.100 net r0
link router eth0.200 net r1
link router wan@isp net r2
on router ip addr add 10.1.0.1/24 dev eth0.100
on router ip addr add 10.2.0.1/24 dev eth0.200
on router ip addr add 10.3.0.2/30 dev wan@isp
v6 on router ip addr add fd00:1::1/64 dev eth0.100
v6 on router ip addr add fd00:2::1/64 dev eth0.200
on router ip route add default via 10.3.0.1
on router ip route add default via 10.1.0.254 table 100
on router ip route add 10.77.0.0/16 via 10.2.0.9 table 4000
on router ip rule add from 10.1.0.0/24 lookup 100 priority 1000
on router ip rule add fwmark 0x7 lookup 4000 priority 1001
on router ip rule add iif eth0.200 to 10.77.0.0/16 lookup 4000
on router ip rule del priority 32767
v6 on router ip -6 rule add from fd00:1::/64 lookup 100 priority 900
on router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
	[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	echo 1 >/proc/sys/net/ipv4/conf/eth0.100/proxy_arp
	echo 1 >/proc/sys/net/ipv4/conf/eth0.200/accept_redirects'
compare router

# Point to point: TUN, and a link that is down, and one without a carrier.
if [ -c /dev/net/tun ]; then
	host_add vpn
	link vpn eth0 net v0
	on vpn ip addr add 192.0.2.20/24 dev eth0
	on vpn ip tuntap add tun0 mode tun
	on vpn ip link set tun0 mtu 1380 up
	on vpn ip addr add 10.8.0.2 peer 10.8.0.1/32 dev tun0
	on vpn ip tuntap add tun1 mode tun
	on vpn ip route add 10.10.0.0/16 via 10.8.0.1
	on vpn ip link add eth1 type veth peer name spare
	on vpn ip addr add 172.16.0.1/24 dev eth1
	compare vpn "gap interface, tun0, the host's has no carrier"
else
	skip "a host with TUN devices" "/dev/net/tun is not there"
fi

# A bridge with ports: what belongs to it stands beside it.
if ip link add probe0 type bridge 2>/dev/null; then
	ip link del probe0
	host_add bridge
	on bridge ip link add br0 type bridge
	link bridge eth0 net b0
	link bridge eth1 net b1
	on bridge ip link set eth0 master br0
	on bridge ip link set eth1 master br0
	on bridge ip link set br0 up
	on bridge ip addr add 192.0.2.30/24 dev br0
	on bridge ip route add default via 192.0.2.1
	within 3 sh -c 'ip -n bridge -o link show br0 | grep -q LOWER_UP'
	compare bridge 'gap interface, br0, its 2 members stand beside it in the twin'
else
	skip "a host with a bridge" "the kernel has no bridges"
fi

# What sees packets before the firewall, and is not copied.
if tc qdisc add dev lo clsact 2>/dev/null && ip xfrm policy 2>/dev/null; then
	host_add guarded
	link guarded eth0 net g0
	link guarded eth1 net g1
	on guarded ip addr add 192.0.2.35/24 dev eth0
	on guarded tc qdisc add dev eth1 clsact
	on guarded ip xfrm policy add src 10.0.0.0/8 dst 192.0.2.35 dir in
	compare guarded 'gap interface, eth1, its ingress classifiers (tc)
gap IPsec, its policies, the twin has none'
else
	skip "a host with classifiers and IPsec" "the kernel has not both, or tc is not installed"
fi

# No IPv6 in use.
if [ -n "$have_v6" ]; then
	host_add four
	on four sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
		echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	link four eth0 net f0
	on four ip addr add 192.0.2.40/24 dev eth0
	compare four
	is "$(on four sh -c 'cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6')" 1 \
		"four: the host stays without IPv6"
else
	skip "a host that has switched IPv6 off" "the kernel has no IPv6"
fi

# Many.
host_add many
link many eth0 net m0
i=0
while [ $i -lt 200 ]; do
	echo "addr add 10.50.$((i / 100)).$((i % 100 + 1))/16 dev eth0"
	[ -z "$have_v6" ] || echo "addr add fd00:50::$i:1/64 dev eth0"
	i=$((i + 1))
done >"$TMP/batch"
ip -n many -batch "$TMP/batch"
compare many

is "$(ip -n net -o link | grep -c 'link-netns')" "$(ip -n net -o link | grep -vc ': lo:')" \
	"the neighbour of all these hosts has no interface but its own"
finish
