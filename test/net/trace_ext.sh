#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What routers tell besides: MPLS label stacks (RFC 4950), interfaces (RFC 5837); and what the quote of a
# probe tells: NAT on the way, another TOS.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq nft traceroute setpriv

chain_world 5 3
on h0 sysctl -qw net.ipv4.ping_group_range="0 2147483647"
shop() {
	: >"$TMP/ready"
	ip netns exec wire "$HELPERS/mplshop" l3 r3 10.77.0.1 fd77::1 "$@" >"$TMP/ready" &
	shop=$!
	within 5 grep -q ready "$TMP/ready" || exit 99
}
closed() {
	kill "$shop"
	wait "$shop" 2>/dev/null
}
mpls() {
	told hop '. as $h | (.mpls // [])[] | "\($h.ttl):\($h.addr):\(.label)/\(.tc)/\(.bottom)/\(.ttl)"'
}

shop --mpls 16005:2:1,299776:0:254 --iface ge-0/0/1:17:9000
for who in traced traced_user; do
	for method in -I -U; do
		$who h0 $method 10.5.0.2
		is "$? $(mpls)" "0 3:10.77.0.1:16005/2/false/1 3:10.77.0.1:299776/0/true/254" "$who $method: a label stack"
		is "$(told hop '. as $h | (.iface // [])[] | "\($h.ttl) \(.role) \(.ifindex) \(.mtu) \(.addr) \(.name)"')" \
			"3 incoming 17 9000 10.77.0.1 ge-0/0/1" "$who $method: an interface"
		$who h0 $method fd05::2
		is "$? $(mpls)" "0 3:fd77::1:16005/2/false/1 3:fd77::1:299776/0/true/254" "$who $method: over IPv6"
		is "$(told hop '. as $h | (.iface // [])[] | "\($h.ttl) \(.addr) \(.name)"')" "3 fd77::1 ge-0/0/1" \
			"$who $method: its interface"
	done
done
traced h0 -T 10.5.0.2
is "$(mpls)" "3:10.77.0.1:16005/2/false/1 3:10.77.0.1:299776/0/true/254" "with TCP"
has "$(on h0 traceroute -n -e -q 1 -I 10.5.0.2)" "10.77.0.1 <MPLS:L=16005,E=2,S=0,T=1/L=299776,E=0,S=1,T=254;" \
	"traceroute reads the same labels"
is "$(trace_hops)" "$(peer_hops h0 -I 10.5.0.2)" "and the same hops"
on h0 "$SONDE" trace -n 10.5.0.2 >"$TMP/page"
has "$(cat "$TMP/page")" 16005 "the page for a person shows the label"
has "$(cat "$TMP/page")" ge-0/0/1 "and the interface"
closed
shop --mpls 3:7:64
traced h0 10.5.0.2
is "$(mpls)" "3:10.77.0.1:3/7/true/64" "a stack of one"
is "$(told hop 'select(.ttl != 3) | (.mpls // []) | length')" "0 0 0 0 0" "others have none"
closed

# Another TOS in the quote, from the router that marks on.
shop --tos 72
traced h0 -U 10.5.0.2
is "$(told hop 'select(.reply == "time-exceeded") | "\(.ttl):\(.quoted_tos)"')" "1:0 2:0 3:72 4:72 5:72" "a TOS that was changed"
ok "is told as a change where it is one" jq -se 'map(select(.type == "hop")) | all(.[]; (.quoted != null and (.quoted | test("TOS|tos|traffic class"; "i"))) == (.ttl >= 3))' "$TMP/trace"
traced h0 -U fd05::2
is "$(told hop 'select(.reply == "time-exceeded") | "\(.ttl):\(.quoted_tos)"')" "1:0 2:0 3:72 4:72 5:72" "over IPv6"
traced h0 -U --tos 72 10.5.0.2
ok "not where it was so from the beginning" jq -se 'map(select(.type == "hop")) | all(.[]; .quoted == null)' "$TMP/trace"
closed
chain_delay 0

# NAT. Linux' own mends the quotes, so that nothing is to be seen and nothing may go wrong.
on h0 ip addr add 10.1.0.50/24 dev out
on h1 ip neigh replace 10.1.0.50 lladdr 02:00:00:00:01:01 dev in
chain_nat 2
for method in -I -U -T; do
	for who in traced traced_user; do
		$who h0 $method 10.5.0.2
		is "$? $(trace_hops)" "0 $(hops4 5 | tr '\n' ' ' | sed 's/ $//')" "$who $method: through a masquerade"
		is "$(told hop '.verdict' | tr ' ' '\n' | sort -u)" ok "$who $method: nothing is amiss"
	done
done
chain_spoken 2
# One that mends no quotes: the addresses are changed without a memory of it.
on h2 nft 'table ip stateless {
	chain pre {
		type filter hook prerouting priority raw
		ip daddr 10.3.0.1 ip daddr set 10.1.0.50 notrack
	}
	chain post {
		type filter hook postrouting priority raw
		ip saddr 10.1.0.50 ip saddr set 10.3.0.1 notrack
	}
}'
is "$(peer_hops h0 -I -s 10.1.0.50 10.5.0.2 | cut -d' ' -f1-2)" "10.1.0.2 10.2.0.2" "traceroute sees the world of it"
for method in -U -T -I; do
	traced h0 $method -s 10.1.0.50 10.5.0.2
	is "$? $(trace_hops)" "0 $(hops4 5 | tr '\n' ' ' | sed 's/ $//')" "$method: through a NAT that mends no quotes"
	is "$(told hop 'select(.reply == "time-exceeded") | "\(.ttl):\(.nat)"')" "1:false 2:false 3:true 4:true" \
		"$method: it stands between hops 2 and 3"
	has "$(told hop 'select(.ttl == 3) | .quoted')" 10.3.0.1 "$method: with its address"
done
has "$(on h0 "$SONDE" trace -n -U -s 10.1.0.50 10.5.0.2)" "address translation" "the page for a person says it"
relay_end

# A kernel's own MPLS.
if ip netns exec h0 sh -c '[ -d /proc/sys/net/mpls ] || modprobe mpls_router' 2>/dev/null &&
	[ -d /proc/sys/net/mpls ]; then
	for k in 2 3 4; do
		on h$k sysctl -qw net.mpls.platform_labels=100 net.mpls.conf.in.input=1 net.mpls.conf.out.input=1
	done
	on h1 ip route replace 10.200.0.0/16 encap mpls 42 via 10.2.0.2
	ip -n h2 -f mpls route add 42 as 43 via inet 10.3.0.2
	ip -n h3 -f mpls route add 43 as 44 via inet 10.4.0.2
	ip -n h4 -f mpls route add 44 via inet 10.5.0.2
	chain_delay 0
	traced h0 10.200.0.1
	is "$?" 0 "a target behind labels of the kernel's"
	has "$(mpls)" 42/ "and its label"
	relay_end
else
	skip "labels of the kernel's own" "this kernel has no MPLS routing"
fi
finish
