#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde trace where the way is broken: a loop, routes to nowhere, firewalls that say so and that do not, no
# route at all, a link that goes down half way; and where it is only strange: answers that return another
# way, IPv6 answers with extension headers.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq nft traceroute setpriv

line() {
	tr '\n' ' ' | sed 's/ $//'
}
end_of() {
	told trace '"\(.state) \(.from)"'
}

chain_world 6 4
chain_delay 0
on h0 sysctl -qw net.ipv4.ping_group_range="0 2147483647"
chain_loop 3
for who in traced traced_user; do
	timed $who h0 -I -m 12 10.99.0.1
	is "$?" 1 "$who: a loop is not an arrival"
	is "$(trace_hops)" "$(peer_hops h0 -I -m 12 10.99.0.1)" "$who: traceroute's hops"
	is "$(told trace .loop_ttl)" 2 "$who: where the circle begins"
	has "$(told trace .meaning)" loop "$who: in words"
	$who h0 -U -m 9 fd99::1
	is "$? $(trace_hops)" "1 $(peer_hops h0 -U -m 9 fd99::1)" "$who: over IPv6"
	has "$(told trace .meaning)" loop "$who: called a loop too"
done
has "$(on h0 "$SONDE" trace -n -m 12 10.99.0.1)" loop "the page for a person says it"

# refused WHAT K TYPE/CODE LAST TYPE/CODE6 LAST6: 10.98.0.1 and fd98::1 end at hK, which the limit LAST reaches.
refused() {
	for who in traced traced_user; do
		# IPv4 routes that refuse have a limit of their own, one a second, which no sysctl here moves.
		sleep 1.2
		$who h0 -U 10.98.0.1
		is "$? $(told trace '"\(.state) \(.from) \(.hops)"')" "1 unreachable $(hop4 "$2") $4" "$who: $1"
		is "$(told hop "select(.ttl == $4) | \"\\(.addr) \\(.icmp_type)/\\(.code)\"")" "$(hop4 "$2") $3" \
			"$who: $1, in ICMP's words"
		$who h0 -U fd98::1
		is "$? $(told trace '"\(.state) \(.from) \(.hops)"')" "1 unreachable $(hop6 "$2") $6" "$who: $1, IPv6"
		is "$(told hop "select(.ttl == $6) | \"\\(.addr) \\(.icmp_type)/\\(.code)\"")" "$(hop6 "$2") $5" \
			"$who: $1, in ICMPv6's"
	done
}
unroute() {
	ip -n "$1" route del 10.98.0.0/16
	ip -n "$1" route del fd98::/64
}
chain_refuse 3 prohibit
refused "a route that prohibits" 3 3/13 3 1/1 3
has "$(told trace .by)" "prohibited" "with the name of it"
unroute h3
chain_refuse 3 unreachable
refused "a route to nowhere" 3 3/1 3 1/0 3
unroute h3
chain_refuse 3 reject
# The firewall stands behind the router's own count of hops: h3 is hop 3, and refuses as hop 4.
refused "a firewall that says so" 3 3/13 4 1/1 4
timed traced h0 10.98.0.1
has "$(on h0 "$SONDE" trace -n 10.98.0.1)" "rohibited" "the page for a person says what 3/13 means"
chain_spoken 3
chain_refuse 2 blackhole
traced h0 -m 8 -w 500ms 10.98.0.1
is "$? $(told trace '"\(.state) \(.hops)"')" "1 silent 1" "a route that swallows: the last who answered"
is "$(told hop '"\(.ttl)\(.verdict)"' | tr ' ' '\n' | grep -c silent)" "$(told hop '.ttl' | wc -w | awk '{ print $1 - 1 }')" \
	"and silence behind it"
unroute h2

# Where nothing can be sent.
ip -n h0 route add unreachable 10.97.0.0/16
ip -n h0 route add prohibit 10.96.0.0/16
for to in 10.97.0.1 10.96.0.1; do
	traced h0 $to
	is "$(told trace .state)" unsent "$to: no way out, nothing was sent"
	ok "and why" test -n "$(told trace '.error // empty')"
done
nok "which is no success" traced h0 10.97.0.1
traced h0 10.97.0.1 10.6.0.2
is "$(told trace '"\(.target) \(.state)"')" "10.97.0.1 unsent 10.6.0.2 reached" "other targets are traced all the same"

# Answers another way: into the path again, then to another interface of this host.
chain_aside 4
for to in 10.6.0.2 fd06::2; do
	traced h0 -I $to
	is "$? $(trace_hops)" "0 $(peer_hops h0 -I $to)" "$to: answers that return another way"
	is "$(told hop 'select(.ttl >= 4) | .reply_ttl')" "62 61 60" "$to: by fewer hops"
	is "$(told hop '.verdict' | tr ' ' '\n' | sort -u)" ok "$to: nothing is amiss"
done
chain_back 4
chain_aside 4 h0
for to in 10.6.0.2 fd06::2; do
	for who in traced traced_user; do
		for method in -I -U -T; do
			$who h0 $method $to
			is "$? $(trace_hops)" "0 $(peer_hops h0 -I $to)" "$who $method $to: answers on another interface"
		done
	done
done
chain_back 4
relay_end

# A router that puts extension headers before its ICMPv6.
shop() {
	: >"$TMP/ready"
	ip netns exec wire "$HELPERS/mplshop" l4 r4 10.77.0.1 fd77::1 "$@" >"$TMP/ready" &
	relay=$!
	within 5 grep -q ready "$TMP/ready" || exit 99
}
for headers in "--hop-by-hop" "--dst-opts" "--hop-by-hop --dst-opts"; do
	# shellcheck disable=SC2086 # words
	shop $headers
	for method in -I -U -T; do
		traced h0 $method fd06::2
		is "$? $(trace_hops)" "0 fd01::2 fd02::2 fd03::2 fd77::1 fd04::2 fd05::2 fd06::2" \
			"$method: an answer with $headers"
	done
	is "$(trace_hops)" "$(peer_hops h0 -T fd06::2)" "traceroute reads it too"
	traced_user h0 -U fd06::2
	is "$? $(trace_hops)" "0 fd01::2 fd02::2 fd03::2 fd77::1 fd04::2 fd05::2 fd06::2" "and one without rights"
	kill "$relay"
	wait "$relay" 2>/dev/null
done
# One that quotes as little as RFC 792 asks for.
shop --quote 8
for method in -I -U -T; do
	traced h0 $method 10.6.0.2
	is "$? $(told hop 'select(.ttl == 4) | .addr')" "0 10.77.0.1" "$method: a quote of 8 octets"
done
kill "$relay"
wait "$relay" 2>/dev/null

# Links that go down half way: theirs, then ours.
chain_delay 0
# down HOST IF: sets that link down one second into a report of 4 s.
down() {
	(
		sleep 1
		ip -n "$1" link set "$2" down
	) &
	_downs=$!
	timed traced h0 -I --report -c 40 -i 100ms -w 1s 10.6.0.2
	_status=$?
	wait "$_downs"
	return $_status
}
down h3 in
status=$?
ok "a link down half way: it ends in its time" under 15000
is "$(told hop 'select(.ttl <= 2) | "\(.verdict)"')" "ok ok" "the hops before are well"
ok "those behind answered some" jq -se 'map(select(.type == "hop" and .ttl == 5)) | .[0] | .received > 0 and .received < .sent' "$TMP/trace"
ok "and the end is told ($status)" test -n "$(told trace .state)"
ip -n h3 link set in up
ip -n h3 -6 addr add fd03::2/64 dev in nodad 2>/dev/null
ip -n h3 neigh replace 10.3.0.1 lladdr 02:00:00:00:03:01 dev in
for _i in 1 2; do
	ip -n h3 route replace "10.$_i.0.0/24" via 10.3.0.1
done
traced h0 -I 10.6.0.2
is "$?" 0 "up again it is reached again"
down h0 out
ok "our own link down: it ends in its time" under 15000
ok "hops answered until then; what could not be sent is not counted as sent" jq -se 'map(select(.type == "hop" and .ttl == 6)) | .[0] |
	.sent < 40 and .received > 0 and .received <= .sent and .received >= .sent - 2' "$TMP/trace"
hasnt "$(told hop .verdict)" loses "and our own link is nobody's loss"
relay_end
finish
