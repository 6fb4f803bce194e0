#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The way to a target, as flow/route.h tells it and as `ip route get` does: on link, by gateways,
# VRFs and rules, refused, local, without link addresses; changes; neighbours; own addresses.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq setpriv

host_add a
host_add b
link a eth0 b eth0
link a eth1 b eth1
on a ip addr add 10.0.0.1/24 dev eth0
on a ip addr add 10.0.0.65/24 dev eth0
on a ip addr add 10.1.0.1/24 dev eth1
on a ip addr add fd00::1/64 dev eth0
on a ip addr add 2002:a00:1::1/64 dev eth0
on a ip addr add fd01::1/64 dev eth1
on b ip addr add 10.0.0.2/24 dev eth0
on b ip addr add fd00::2/64 dev eth0
on a ip route add default via 10.0.0.2
on a ip route add default via fd00::2
on a ip link set eth1 mtu 1400
on b ip addr add 10.1.0.2/24 dev eth1

find() {
	on a "$HELPERS/routes" find "$@"
}
# The first words only: kind, interface, source, gateway.
short() {
	on a "$HELPERS/routes" "$@" | cut -d ' ' -f 1-4
}
eth0_mac=$(on a cat /sys/class/net/eth0/address)
b_mac=$(on b cat /sys/class/net/eth0/address)

is "$(find 10.0.0.7)" "on-link eth0 10.0.0.1 - 1500 up ether 10.0.0.2 10.0.0.64" "on link, up to the next own address"
is "$(find 10.0.0.66)" "on-link eth0 10.0.0.1 - 1500 up ether 10.0.0.66 10.0.0.254" "on link, up to the broadcast address"
is "$(find 8.8.8.8)" "gateway eth0 10.0.0.1 10.0.0.2 1500 up ether 0.0.0.0 9.255.255.255" "by the default route"
is "$(find 10.1.0.9)" "on-link eth1 10.1.0.1 - 1400 up ether 10.1.0.2 10.1.0.254" "the link's MTU"
is "$(short find 10.0.0.1)" "local lo 10.0.0.1 -" "an own address"
is "$(short find 127.0.0.77)" "local lo 127.0.0.1 -" "loopback"
is "$(short find 10.0.0.255)" "on-link eth0 10.0.0.1 -" "a subnet's broadcast address is on link"
is "$(short find fd00::7)" "on-link eth0 fd00::1 -" "IPv6 on link"
is "$(short find 2600::1)" "gateway eth0 2002:a00:1::1 fd00::2" "IPv6 by the default route"
is "$(short find fc00::77)" "gateway eth0 fd00::1 fd00::2" "a unique local target of the same route: another source"
is "$(short find ::1)" "local lo ::1 -" "IPv6 loopback"
ll=$(on a ip -j -6 addr show dev eth1 scope link | jq -r 'first(.. | .local? // empty)')
is "$(short find fe80::77%eth1)" "on-link eth1 $ll -" "a link-local target on its link"
is "$(short find "$ll%eth1")" "local lo $ll -" "an own link-local address"
is "$(short find ff02::1%eth0 | cut -d ' ' -f 1,2)" "on-link eth0" "a group on its link"

# What the kernel's own tool says of many addresses: interface, gateway, source.
same() {
	_bad=
	for _a in "$@"; do
		_want=$(on a ip -j route get "$_a" 2>/dev/null |
			jq -r '.[0] | [.dev // "-", .prefsrc // "-", .gateway // .via.host // "-"] | join(" ")')
		_got=$(find "$_a")
		case $_got in
		none*) _got= ;;
		*) _got=$(echo "$_got" | cut -d ' ' -f 2-4) ;;
		esac
		[ "$_got" = "$_want" ] || _bad="$_bad
$_a: we say '$_got', ip says '$_want'"
	done
	is "$_bad" "" "as ip route get: $*"
}

dummy=
if on a ip link add dum0 type dummy 2>/dev/null; then
	dummy=10.2.0.9
	on a ip addr add 10.2.0.1/24 dev dum0
	on a ip link set dum0 up
	is "$(short find $dummy)" "bare dum0 10.2.0.1 -" "a dummy wants none"
else
	skip "a dummy wants no link addresses" "this kernel has none"
fi
on a ip tuntap add tun0 mode tun
on a ip addr add 10.3.0.1 peer 10.3.0.2 dev tun0
on a ip link set tun0 up
ipip=
if on a ip link add ipip0 type ipip local 10.0.0.1 remote 10.0.0.2 2>/dev/null; then
	ipip=10.4.0.2
	on a ip addr add 10.4.0.1/24 dev ipip0
	on a ip link set ipip0 up
	is "$(short find $ipip)" "bare ipip0 10.4.0.1 -" "a tunnel has no link addresses"
else
	skip "a tunnel has no link addresses" "this kernel has no ipip"
fi
is "$(find 10.3.0.2 | cut -d ' ' -f 1-3,6,7)" "bare tun0 10.3.0.1 down plain" "a tun nobody has opened has no carrier"
on a ip route add 10.5.0.0/24 via inet6 fd00::2 dev eth0
is "$(short find 10.5.0.9)" "gateway eth0 10.0.0.1 fd00::2" "a gateway of the other family"
on a ip route add unreachable 10.6.0.0/24
on a ip route add blackhole 10.6.1.0/24
on a ip route add prohibit 10.6.2.0/24
on a ip route add unreachable fd06::/64
on a ip route add blackhole fd06:1::/64
on a ip route add prohibit fd06:2::/64
is "$(find 10.6.0.9 10.6.1.9 10.6.2.9)" "none EHOSTUNREACH
none EINVAL
none EACCES" "routes that refuse"
is "$(find fd06::9 fd06:1::9 fd06:2::9)" "none EHOSTUNREACH
none EINVAL
none EACCES" "and over IPv6"
on a ip route add 10.7.0.0/24 nexthop via 10.0.0.2 nexthop via 10.1.0.2
has "$(short find 10.7.0.9)" "gateway eth" "several next hops: one of them"
on a ip route add 10.8.0.0/24 via 10.0.0.2 src 10.0.0.65 mtu 1280
is "$(find 10.8.0.3 | cut -d ' ' -f 1-5)" "gateway eth0 10.0.0.65 10.0.0.2 1280" "a route with a source and an MTU"
# shellcheck disable=SC2086 # lists that may be empty
same 10.0.0.7 10.0.0.66 10.1.0.9 8.8.8.8 $dummy 10.3.0.2 $ipip 10.5.0.9 10.6.0.9 10.8.0.3 \
	127.0.0.9 10.0.0.65 203.0.113.1 fd00::7 fd01::9 2600::1 fc00::77 fd06::9 ::1 2002::9

# Policy routing.
on a ip rule add to 10.9.1.0/24 table 99
on a ip rule add from 10.1.0.1 table 100
on a ip -6 rule add from fd01::1 table 100
on a ip route add default via 10.1.0.2 table 99
on a ip route add default via 10.1.0.2 table 100
on a ip -6 route add default via fe80::1 dev eth1 table 100
is "$(find 10.9.1.3)" "gateway eth1 10.1.0.1 10.1.0.2 1400 up ether 10.9.1.0 10.9.1.255" "a rule by destination has its own piece"
is "$(find 10.9.2.3 | cut -d ' ' -f 1-4)" "gateway eth0 10.0.0.1 10.0.0.2" "and beside it"
is "$(short -s 10.1.0.1 find 8.8.8.8)" "gateway eth1 10.1.0.1 10.1.0.2" "a rule by source"
is "$(short -s fd01::1 find 2600::1)" "gateway eth1 fd01::1 fe80::1" "and over IPv6"
is "$(short -s 10.1.0.1 find 2600::1)" "none EADDRNOTAVAIL" "a source of the other family"
is "$(short -s 10.0.0.65 find 8.8.8.8)" "gateway eth0 10.0.0.65 10.0.0.2" "another own source"
has "$(on a "$HELPERS/routes" -s 10.0.0.99 find 8.8.8.8)" "ip address add 10.0.0.99/24 dev eth0" "a source that is not ours is refused"
has "$(on a "$HELPERS/routes" -i eth9 find 8.8.8.8)" "no interface 'eth9'" "so is an interface that is not there"
is "$(short -i eth1 find 10.1.0.9)" "on-link eth1 10.1.0.1 -" "by one interface"
is "$(short -i eth1 find 2600::1)" "none ENETUNREACH" "which has no way there"
same 10.9.1.3 10.9.2.3

# A VRF.
if on a ip link add red type vrf table 500 2>/dev/null; then
	link a eth2 b eth2
	on a ip link set red up
	on a ip link set eth2 master red
	on a ip addr add 10.0.0.1/24 dev eth2
	on a ip addr add fd00::1/64 dev eth2
	on a ip route add 8.8.0.0/16 via 10.0.0.3 table 500
	is "$(short -i red find 10.0.0.9)" "on-link eth2 10.0.0.1 -" "the same network within a VRF"
	is "$(short -i red find 8.8.8.8)" "gateway eth2 10.0.0.1 10.0.0.3" "its gateway"
	is "$(short -i eth2 find 8.8.8.8)" "gateway eth2 10.0.0.1 10.0.0.3" "asked for by its member"
	is "$(short -i red find fd00::9)" "on-link eth2 fd00::1 -" "IPv6 within it"
	is "$(short find 8.8.8.8)" "gateway eth0 10.0.0.1 10.0.0.2" "and without it"
	on a ip link del red
	on a ip link del eth2
else
	skip "VRF" "this kernel has none"
fi

# Few questions, however many addresses.
pieces=$(on a "$HELPERS/routes" walk 0.0.0.0 0x100000000)
ok "all of IPv4 is a handful of pieces ($pieces)" [ "$pieces" -lt 60 ]
speed=$(on a "$HELPERS/routes" speed 10.0.0.0 100000)
echo "# a lookup takes $speed"

# Neighbours.
is "$(on a "$HELPERS/routes" mac eth0 10.0.0.2)" "$b_mac" "a neighbour's link address"
is "$(on a "$HELPERS/routes" mac eth0 fd00::2)" "$b_mac" "over IPv6"
is "$(on a "$HELPERS/routes" mac eth0 10.0.0.99)" EHOSTUNREACH "nobody there"
is "$(on a "$HELPERS/routes" mac eth0 10.0.0.255)" EHOSTUNREACH "a broadcast address is no host"
is "$(on a "$HELPERS/routes" mac eth0 224.0.0.251)" 01:00:5e:00:00:fb "a group's link address"
is "$(on a "$HELPERS/routes" mac eth0 ff02::1:ff00:7)" 33:33:ff:00:00:07 "and over IPv6"
on a ip neigh flush all
cp "$HELPERS/routes" "$TMP/routes"
chmod 755 "$TMP" "$TMP/routes"
is "$(on a setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/routes" mac eth0 10.0.0.2)" "$b_mac" "found without privilege too"
is "$(on a setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/routes" find 8.8.8.8 | cut -d ' ' -f 1-4)" \
	"gateway eth0 10.0.0.1 10.0.0.2" "ways are no secret"

# Own addresses.
own() {
	on a "$HELPERS/routes" own "$@"
}
is "$(own 10.0.0.65 1)" own "one of ours"
is "$(own 127.0.0.0 0x1000000)" own "all of loopback"
has "$(own 10.0.0.64 4)" "10.0.0.64 is no address of this host" "the first that is not ours is named"
has "$(own 10.0.0.65 4)" "ip address add 10.0.0.66/24 dev eth0" "with the command that adds it"
has "$(own fd00::1 100)" "ip -6 route add local fd00::/121 dev lo" "and the one that adds a range"
on a ip -6 route add local fd00:7::/64 dev lo
on a ip route add local 10.77.0.0/26 dev lo
is "$(own fd00:7::10 0x1000000)" own "a local route makes a prefix ours"
is "$(own 10.77.0.0 64)" own "over IPv4 too"
has "$(own 10.77.0.0 65)" "10.77.0.64 is no address" "but no more than that"

# Changes.
mkfifo "$TMP/stop"
on a "$HELPERS/routes" watch 10.50.0.1 <"$TMP/stop" >"$TMP/seen" &
watcher=$!
exec 9>"$TMP/stop"
ways() {
	[ "$(cut -d ' ' -f 1-4 "$TMP/seen" | uniq | tail -n 1)" = "$1" ]
}
ok "the way before" within 5 ways "gateway eth0 10.0.0.1 10.0.0.2"
on a ip route add 10.50.0.0/24 via 10.1.0.2
ok "a route appears" within 5 ways "gateway eth1 10.1.0.1 10.1.0.2"
on a ip route del 10.50.0.0/24
ok "and vanishes" within 5 ways "gateway eth0 10.0.0.1 10.0.0.2"
on a ip rule add to 10.50.0.0/16 prohibit
ok "a rule appears" within 5 ways "none EACCES"
on a ip rule del to 10.50.0.0/16 prohibit
ok "and vanishes" within 5 ways "gateway eth0 10.0.0.1 10.0.0.2"
on a ip link set eth0 mtu 1300
ok "the link changes" within 5 sh -c "tail -n 1 '$TMP/seen' | grep -q ' 1300 up '"
on b ip link set eth0 down
ok "the carrier is gone" within 5 sh -c "tail -n 1 '$TMP/seen' | grep -q ' 1300 down '"
on b ip link set eth0 up
ok "and back" within 5 sh -c "tail -n 1 '$TMP/seen' | grep -q ' 1300 up '"
on a ip link set eth0 down
ok "the link goes down" within 5 ways "none ENETUNREACH"
exec 9>&-
wait $watcher
is "$(on a cat /sys/class/net/eth0/address)" "$eth0_mac" "nothing else changed"
finish
