#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `sonde audit` says of a host, from inside it, beside what nmap and ping see of the same
# host from outside: from a neighbour's address, and from a stranger's behind a router. The same
# state for every port, an answer where one was foretold, under each of the sample rulesets.
# shellcheck disable=SC2317 # functions are called through each_view and yes_no
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
here=$(dirname "$NET_TEST_LIB")
needs nmap ping nft iptables-nft-restore ip6tables-nft-restore python3
rulesets=$here/rulesets

LISTEN="tcp/22 tcp/80@0.0.0.0 tcp/443@:: tcp/5432@127.0.0.1 tcp/8080@192.0.2.10
	tcp/8081@2001:db8:1::10 udp/7 udp/53 udp/68@0.0.0.0 udp/123@0.0.0.0 udp/137 udp/546@::
	udp/5353 udp/8125@127.0.0.1"
# Listeners and what the rulesets name, each with its neighbours, and some that nobody names.
PORTS="T:1,21-23,53,79-81,113,139,442-445,546,1900,5432,8079-8082,40000,65535"
PORTS="$PORTS,U:1,6-8,22,52-54,67-69,80,123,136-139,443,545-547,1900,5353,8125,40000,65535"

# make HOST: the host, a router beside it that is its neighbour too, a stranger behind that.
# Neighbours are permanent: what broken discovery does to a host is another test's matter.
make() {
	for _h in "$1" "$1-router" "$1-stranger"; do
		host_add "$_h"
	done
	link "$1" lan0 "$1-router" r0
	link "$1-stranger" s0 "$1-router" r1
	on "$1" ip addr add 192.0.2.10/24 dev lan0
	on "$1" ip addr add 2001:db8:1::10/64 dev lan0
	on "$1" ip route add default via 192.0.2.1
	on "$1" ip route add default via 2001:db8:1::1
	on "$1-router" ip addr add 192.0.2.1/24 dev r0
	on "$1-router" ip addr add 2001:db8:1::1/64 dev r0
	on "$1-router" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
		echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	mkfifo "$TMP/$1.in"
	# shellcheck disable=SC2086 # a list
	on "$1" python3 "$here/audit_listen.py" $LISTEN <"$TMP/$1.in" >"$TMP/$1.ready" 2>&1 &
	exec 9>"$TMP/$1.in"
	within 20 grep -q ready "$TMP/$1.ready" || fail "the servers listen" "$(cat "$TMP/$1.ready")"
}

# settle HOST: gives router and stranger the very addresses that the audit looked from.
settle() {
	_near4=$(judge source "$TMP/$1.json" neighbour 4)
	_near6=$(judge source "$TMP/$1.json" neighbour 6)
	_far4=$(judge source "$TMP/$1.json" stranger 4)
	_far6=$(judge source "$TMP/$1.json" stranger 6)
	on "$1-router" ip addr add "$_near4/24" dev r0
	on "$1-router" ip addr add "$_near6/64" dev r0
	on "$1-router" ip addr add "${_far4%.*}.1/24" dev r1
	on "$1-router" ip addr add "${_far6%::*}::1/64" dev r1
	on "$1-stranger" ip addr add "$_far4/24" dev s0
	on "$1-stranger" ip addr add "$_far6/64" dev s0
	on "$1-stranger" ip route add default via "${_far4%.*}.1"
	on "$1-stranger" ip route add default via "${_far6%::*}::1"
	_mac=$(on "$1-router" ip -o link show r0 | sed 's/.*ether \([^ ]*\).*/\1/')
	for _a in 192.0.2.1 2001:db8:1::1 "$_near4" "$_near6"; do
		on "$1" ip neigh replace "$_a" lladdr "$_mac" dev lan0 nud permanent
	done
	_mac=$(on "$1" ip -o link show lan0 | sed 's/.*ether \([^ ]*\).*/\1/')
	for _a in 192.0.2.10 2001:db8:1::10; do
		on "$1-router" ip neigh replace "$_a" lladdr "$_mac" dev r0 nud permanent
	done
	# nmap asks more in a second than the kernel says by itself; Sonde's copy has no limiter.
	on "$1" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
		echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
		echo 1000000 >/proc/sys/net/ipv4/icmp_msgs_per_sec
		echo 1000000 >/proc/sys/net/ipv4/icmp_msgs_burst'
}

judge() {
	python3 "$here/audit_judge.py" "$@"
}

# from PLACE FAMILY: sets $at, the namespace, and $source, $target.
from() {
	case $1 in
	neighbour) at=$host-router ;;
	stranger) at=$host-stranger ;;
	esac
	source=$(judge source "$TMP/$host.json" "$1" "$2")
	target=$(judge host "$TMP/$host.json" "$1" "$2")
}

device() {
	[ "$1" = neighbour ] && echo r0 || echo s0
}

# scan PLACE FAMILY: in the background, its output to $TMP/PLACE-FAMILY.xml
scan() {
	from "$1" "$2"
	on "$at" nmap "-$2" -n -Pn -sS -sU -p "$PORTS" -S "$source" -e "$(device "$1")" \
		-T5 --max-retries 1 --max-rtt-timeout 200ms --min-rate 200 \
		-oX "$TMP/$1-$2.xml" "$target" >"$TMP/nmap.out" 2>&1 &
	scans="$scans $!"
}

agree() {
	ok "$name: nmap as a $1 over IPv$2 sees the same ports" \
		judge ports "$TMP/$host.json" "$TMP/$1-$2.xml" "$1" "$2"
	sed -n 's/^\([0-9]* ports, .*\)/# \1/p' "$TMP/.out"
}

# yes_no COMMAND…: did it succeed?
yes_no() {
	"$@" >"$TMP/yes" 2>&1 && echo yes || echo no
}

replies() {
	on "$at" nmap -4 -n -sn "$1" --disable-arp-ping -S "$source" -e "$(device "$2")" \
		--max-retries 0 --host-timeout 1s --reason "$target" >"$TMP/replies" 2>&1
	grep -q "received $3" "$TMP/replies"
}

# requests PLACE FAMILY
requests() {
	from "$1" "$2"
	_type=8
	[ "$2" = 4 ] || _type=128
	_said=$(yes_no on "$at" ping -n -c 1 -W 1 -I "$source" "$target")
	ok "$name: ping as a $1 over IPv$2 is answered: $_said" \
		judge icmp "$TMP/$host.json" "$1" "$2" "$_type" "$_said"
	[ "$2" = 4 ] || return 0
	_said=$(yes_no replies -PP "$1" timestamp-reply)
	ok "$name: a $1's timestamp request is answered: $_said" \
		judge icmp "$TMP/$host.json" "$1" 4 13 "$_said"
	_said=$(yes_no replies -PM "$1" address-mask-reply)
	ok "$name: a $1's mask request is answered: $_said" \
		judge icmp "$TMP/$host.json" "$1" 4 17 "$_said"
}

# load FILE: into $host, by the program that wrote it.
load() {
	case $1 in
	*.nft) on "$host" nft -f "$1" ;;
	*.iptables-save)
		sed '/^# Generated by ip6tables-save/,$d' "$1" >"$TMP/v4"
		sed -n '/^# Generated by ip6tables-save/,$p' "$1" >"$TMP/v6"
		on "$host" iptables-nft-restore <"$TMP/v4" &&
			{ [ ! -s "$TMP/v6" ] || on "$host" ip6tables-nft-restore <"$TMP/v6"; }
		;;
	esac
}

each_view() {
	for _place in neighbour stranger; do
		for _family in 4 6; do
			"$1" $_place $_family
		done
	done
}

# compare NAME [FILE]
compare() {
	name=$1 host=h$((number = number + 1))
	make "$host"
	[ $# -lt 2 ] || ok "$name: the ruleset loads" load "$2"
	on "$host" "$SONDE" --json audit --fail-on never >"$TMP/$host.json" 2>"$TMP/$host.err"
	is "$? $(cat "$TMP/$host.err")" "0 " "$name: the audit ends well"
	grep '"type":"gap"' "$TMP/$host.json" | sed "s/^/# $name: /"
	settle "$host"
	# ICMP first: a scan uses up what rate limits allow.
	each_view requests
	scans=
	each_view scan
	# shellcheck disable=SC2086 # a list
	wait $scans
	each_view agree
	exec 9>&-
}

number=0
if [ -n "${ONLY:-}" ]; then
	compare "$ONLY" "$rulesets/$ONLY"
	finish
fi
compare "no firewall"
compare "nft by hand" "$rulesets/nft-modern.nft"
compare firewalld "$rulesets/firewalld-default-public.nft"
compare ufw "$rulesets/ufw-default.iptables-save"
compare iptables-nft "$rulesets/iptables-nft-mixed.iptables-save"
finish
