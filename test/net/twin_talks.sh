#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets into the twin: it answers as the host would, and stubs stand for the host's sockets.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs python3
TALK=${HELPERS:?}/twin_talk
[ -x "$TALK" ] || skip_all "$TALK is not built"
[ -d /proc/sys/net/ipv6 ] || skip_all "the kernel has no IPv6"

# listen HOST SPEC…: sockets on it until the test ends (the process dies with its namespace).
listen() {
	_on=$1
	shift
	: >"$TMP/listen"
	sleep 1000 | on "$_on" python3 "$ROOT/test/net/twin_talks.py" "$@" >"$TMP/listen" &
	within 10 grep -q ready "$TMP/listen" || exit 99
}
talk() {
	_at=$1
	shift
	on "$_at" timeout 60 "$TALK" "$@" 2>&1
}

host_add net
host_add server
link server eth0 net s0
on server ip addr add 192.0.2.10/24 brd + dev eth0
on server ip addr add 2001:db8:1::10/64 dev eth0
on server ip route add default via 192.0.2.1
on server ip route add default via fe80::1 dev eth0
listen server tcp4/0.0.0.0/22 tcp6/::/80 tcp4/127.0.0.1/25 tcp4/192.0.2.10/443 tcp6/::/81! \
	tcp4/0.0.0.0/8080@eth0 tcp4/0.0.0.0/8081@lo tcp4/0.0.0.0/22 \
	udp4/0.0.0.0/53 udp6/::/123 udp4/127.0.0.1/323 udp4/192.0.2.255/137 udp4/224.0.0.251/5353 \
	udplite4/0.0.0.0/7 tcp4/198.51.100.99/99

ports='tcp/22 tcp/80 tcp/25 tcp/443 tcp/81 tcp/8080 tcp/8081 tcp/23 udp/53 udp/123 udp/323 udp/54'
# shellcheck disable=SC2086
for from in stranger neighbour; do
	is "$(talk server eth0 4 $from $ports)" "stubs 14
echo answered
icmp seen
tcp/22 syn-ack
tcp/80 syn-ack
tcp/25 rst
tcp/443 syn-ack
tcp/81 rst
tcp/8080 syn-ack
tcp/8081 rst
tcp/23 rst
udp/53 taken
udp/123 taken
udp/323 unreachable
udp/54 unreachable" "IPv4, from a $from: each port as the host has it"
	is "$(talk server eth0 6 $from $ports)" "stubs 14
echo answered
icmp seen
tcp/22 rst
tcp/80 syn-ack
tcp/25 rst
tcp/443 rst
tcp/81 syn-ack
tcp/8080 rst
tcp/8081 rst
tcp/23 rst
udp/53 unreachable
udp/123 taken
udp/323 unreachable
udp/54 unreachable" "IPv6, from a $from: each port as the host has it"
done

if command -v nft >/dev/null; then
	has "$(talk server eth0 4 stranger flush)" "udp/53 taken
flush 1 to 0" "connection tracking forgets when it is told to"
else
	skip "connection tracking forgets when it is told to" "nft is not installed"
fi

on server ip addr add fe80::10/64 dev eth0
on server ip addr del 2001:db8:1::10/64 dev eth0
has "$(talk server eth0 6 neighbour tcp/80)" "tcp/80 syn-ack" \
	"a host with link-local addresses only is spoken to from one"
is "$(talk server eth0 6 stranger)" "no place" "and no stranger can speak to it"

on server sh -c 'echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all'
is "$(talk server eth0 4 stranger)" "stubs 14
echo silent
icmp seen" "a setting that ignores echo: the request got through and is not answered"

# An answer that has no way back.
on server ip route del default
has "$(talk server eth0 4 stranger tcp/22)" "tcp/22 silent" \
	"without a default route nobody answers a stranger"
has "$(talk server eth0 4 neighbour tcp/22)" "tcp/22 syn-ack" "but the neighbours still"

if [ -c /dev/net/tun ]; then
	host_add vpn
	on vpn ip tuntap add tun0 mode tun
	on vpn ip link set tun0 up
	on vpn ip addr add 10.8.0.2/24 dev tun0
	on vpn ip addr add 2001:db8:8::2/64 dev tun0
	on vpn ip route add default dev tun0
	listen vpn tcp4/0.0.0.0/22 udp6/::/53
	has "$(talk vpn tun0 4 stranger tcp/22 tcp/23)" "echo answered
icmp seen
tcp/22 syn-ack
tcp/23 rst" "bare IP: the twin's TUN device answers"
	has "$(talk vpn tun0 6 neighbour udp/53 udp/54)" "echo answered
icmp seen
udp/53 taken
udp/54 unreachable" "and speaks IPv6"
else
	skip "bare IP: the twin's TUN device answers" "/dev/net/tun is not there"
fi

host_add many
link many eth0 net m0
on many ip addr add 192.0.2.20/24 dev eth0
on many ip route add default via 192.0.2.1
listen many udp4/0.0.0.0/10001-12500 tcp6/::/10001-12500
# shellcheck disable=SC2016
is "$(on many sh -c 'ulimit -S -n 256; exec "$0" "$@"' "$TALK" eth0 4 stranger udp/12500 tcp/12500 udp/12501 tcp/12501)" \
	"stubs 5000
echo answered
icmp seen
udp/12500 taken
tcp/12500 syn-ack
udp/12501 unreachable
tcp/12501 rst" "5,000 stubs, for a process that may open 256 files"
finish
