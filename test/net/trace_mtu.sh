#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde trace --mtu: an MTU step that is announced, one that is not (a black hole, which it names),
# several in a row; beside tracepath, and ping with packets of that size.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq nft tracepath ping setpriv

chain_world 6
on h0 sysctl -qw net.ipv4.ping_group_range="0 2147483647"
# Every measurement has a target of its own: kernels remember what they learnt of one.
n=0
fresh() {
	n=$((n + 1))
	to4=10.200.0.$n
	to6=fdc8::$n
	ip -n h6 addr add "$to6/128" dev lo nodad
}
mtu() {
	told path_mtu '"\(.mtu) \(.exact) \(.black_hole) \(.set_ttl) \(.set_by) \(.said) \(.lied)"'
}
hole() {
	told path_mtu '"\(.mtu) \(.black_hole) \(.last_ttl) \(.last_passed) \(.next_ttl) \(.next)"'
}
# passes FAMILY MTU TO: packets of that size do, one octet more do not.
passes() {
	_head=28
	[ "$1" = 4 ] || _head=48
	on h0 ping -n -c 1 -W 1 -M "do" -s "$(($2 - _head))" "$3" >"$TMP/ping" 2>&1 &&
		! on h0 ping -n -c 1 -W 0.5 -M "do" -s "$(($2 - _head + 1))" "$3" >"$TMP/ping" 2>&1
}

for who in traced traced_user; do
	for method in -I -U; do
		fresh
		$who h0 $method -w 500ms --mtu "$to4"
		is "$? $(told path_mtu '"\(.mtu) \(.black_hole)"') $(told trace .mtu)" "0 1500 false 1500" \
			"$who $method: no step"
	done
done

mtu_step 4 1400
mtu_step 3 1300
fresh
ok "ping says what IPv4 passes" passes 4 1300 "$to4"
fresh
has "$(on h0 tracepath -n "$to4")" "pmtu 1300" "tracepath says so"
fresh
has "$(on h0 tracepath -n "$to6")" "pmtu 1300" "and over IPv6"
for who in traced traced_user; do
	for method in -I -U; do
		fresh
		$who h0 $method -w 500ms --mtu "$to4"
		is "$? $(mtu)" "0 1300 true false 2 10.2.0.2 1300 false" "$who $method: an announced step, and who set it"
		$who h0 $method -w 500ms --mtu "$to6"
		is "$? $(mtu)" "0 1300 true false 2 fd02::2 1300 false" "$who $method: over IPv6"
	done
done
fresh
traced h0 -T -p 9 -w 500ms --mtu "$to4"
is "$? $(told path_mtu '"\(.mtu) \(.set_by)"')" "0 1300 10.2.0.2" "TCP too"
is "$(trace_hops)" "$(hops4 5 | tr '\n' ' ')$to4" "the hops are told as ever"

# A smaller one behind a larger: both announce, the last word counts.
mtu_step 4 1300
mtu_step 3 1500
mtu_step 2 1400
fresh
traced h0 -w 500ms --mtu "$to4"
is "$(mtu)" "1300 true false 3 10.3.0.2 1300 false" "of two steps the smaller"
mtu_step 2 1500
mtu_step 4 1500

# Nobody says so.
mtu_step 4 1320 silent
fresh
ok "ping sees the black hole" passes 4 1320 "$to4"
for who in traced traced_user; do
	fresh
	$who h0 -I -w 500ms --mtu "$to4"
	is "$? $(hole)" "0 1320 true 3 10.3.0.2 4 10.4.0.2" "$who: a black hole has a name"
	$who h0 -U -w 500ms --mtu "$to4"
	is "$? $(hole)" "0 1320 true 3 10.3.0.2 4 10.4.0.2" "$who: by UDP"
	$who h0 -I -w 500ms --mtu "$to6"
	is "$? $(hole)" "0 1320 true 3 fd03::2 4 fd04::2" "$who: over IPv6"
done
fresh
on h0 "$SONDE" trace -n -w 500ms --mtu "$to4" >"$TMP/page"
has "$(cat "$TMP/page")" "10.3.0.2" "the page for a person shows who passed them last"
ok "and calls it a black hole" grep -qi "black hole" "$TMP/page"
ok "with its size" grep -q 1320 "$TMP/page"
timed traced h0 -I --mtu "$to4"
ok "in less than twenty seconds" under 20000
chain_spoken 3

# The hole is at the last link; at the first.
mtu_step 4 1500
mtu_step 6 1300 silent
fresh
traced h0 -I -w 500ms --mtu "$to4"
is "$(told path_mtu '"\(.mtu) \(.black_hole) \(.last_passed)"')" "1300 true 10.5.0.2" "a black hole before the target"
chain_spoken 5
mtu_step 6 1500
mtu_step 2 1300 silent
fresh
traced h0 -I -w 500ms --mtu "$to4"
is "$(told path_mtu '"\(.mtu) \(.black_hole) \(.last_passed)"')" "1300 true 10.1.0.2" "one behind the first router"
# Firewalls that drop all ICMP make the commonest kind: large packets vanish, and hops are silent too.
chain_silent 3 4 5
fresh
traced h0 -I -w 500ms --mtu "$to4"
is "$(told path_mtu '"\(.mtu) \(.black_hole) \(.last_passed)"')" "1300 true 10.1.0.2" "with silent hops behind it"
finish
