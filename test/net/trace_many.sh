#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde trace -iL: a thousand targets behind ten hops, every path complete, at a bounded rate, in memory
# that does not grow with their number; names that do not resolve and targets that are silent among them.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq nft setpriv

chain_world 10 1
on h0 sysctl -qw net.ipv4.ping_group_range="0 2147483647"
chain_delay 0
for i in $(seq 0 999); do
	echo "10.200.$((i / 250)).$((i % 250 + 1))"
done >"$TMP/list"
# wrong N: targets of $TMP/trace whose hops are not the nine routers and themselves.
wrong() {
	jq -rs --arg n "$1" '(map(select(.type == "hop")) | group_by(.target) |
		map(select(map(.addr) != ([range(1; 10) | "10.\(.).0.2"] + [.[0].target]))) |
		.[] | "\(.[0].target): \(map(.addr // "*") | join(" "))"),
		(map(select(.type == "trace" and .state == "reached")) | length | tostring) as $r |
		if $r == $n then empty else "\($r) of \($n) reached" end' "$TMP/trace" | head -5
}
timed traced h0 -q 1 -iL "$TMP/list"
is "$?" 0 "a thousand targets: all are reached"
is "$(wrong 1000)" "" "every path is complete"
is "$(told trace .target | tr ' ' '\n' | sort -u | wc -l)" 1000 "each is told"
# 10 hops and perhaps a look beyond; -m 30 for each would be 30,000.
sent=$(jq -s 'map(select(.type == "trace").sent) | add' "$TMP/trace")
echo "# $sent probes in $(took_ms) ms"
ok "with not many more probes than there are hops" test "$sent" -le 20000
relay_end
lost=$(awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^(overflow|missed|refused|long)=[^0]/) print $i }' "$TMP/counts")
is "$lost" "" "the relay lost nothing"
asked=$(sed -n 's/^there .* ip=\([0-9]*\) .*/\1/p' "$TMP/counts")
# The hosts have a few words of their own (IPv6 group reports).
ok "what it says it sent is what left ($asked)" test "$asked" -ge "$sent" -a "$asked" -le $((sent + 100))
ok "the rate was bounded: 10,000 a second" over $((sent / 10 - 200))

chain_delay 0
timed traced h0 -q 1 -U --rate 2k -iL "$TMP/list"
is "$? $(wrong 1000)" "0 " "by UDP, at 2,000 a second"
sent=$(jq -s 'map(select(.type == "trace").sent) | add' "$TMP/trace")
ok "that rate holds ($sent in $(took_ms) ms)" over $((sent / 2 - 500))
head -100 "$TMP/list" >"$TMP/some"
traced_user h0 -q 1 -iL "$TMP/some"
is "$? $(wrong 100)" "0 " "a hundred without rights"

# Not all answer.
on h10 nft 'table t {
	chain in {
		type filter hook input priority 0
		ip daddr 10.200.0.0/28 drop
	}
}'
(head -200 "$TMP/list"; echo no.such.name.invalid) >"$TMP/some"
timed traced h0 -q 1 -m 15 -iL "$TMP/some"
is "$?" 1 "exit 1 when one is not reached"
is "$(told trace .state | tr ' ' '\n' | sort | uniq -c | awk '{ print $2, $1 }' | tr '\n' ' ')" "reached 185 silent 15 unsent 1 " \
	"fifteen silent ones among two hundred, and a name that nobody knows"
is "$(told hop 'select(.target == "10.200.0.3" and .ttl <= 10) | .addr // "*"')" "$(for k in 1 2 3 4 5 6 7 8 9; do hop4 $k; done | tr '\n' ' ')*" \
	"whose paths are told as far as they go"
has "$(cat "$TMP/err" "$TMP/trace")" "no.such.name.invalid" "a name that does not resolve is told"
ok "silent ones cost one time-out, not one each" under 15000
relay_end

# Memory: a thousand more may cost a few kilobytes each. A build with sanitizers has another memory.
if grep -q __asan_init "$SONDE"; then
	skip "memory" "a build with sanitizers"
else
	chain_delay 20
	peak() {
		# Not `on`: a function in the background is a shell of its own.
		ip netns exec h0 "$SONDE" trace -n --json -q 1 -iL "$1" >/dev/null 2>&1 &
		_pid=$!
		most=0
		while [ -e "/proc/$_pid/status" ]; do
			_now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) .*/\1/p' "/proc/$_pid/status" 2>/dev/null)
			[ "${_now:-0}" -le "$most" ] || most=$_now
			sleep 0.02
		done
		wait "$_pid"
	}
	head -1 "$TMP/list" >"$TMP/one"
	peak "$TMP/one"
	one=$most
	on h10 nft flush ruleset
	peak "$TMP/list"
	echo "# $one kB for one target, $most kB for a thousand"
	ok "it was seen at all" test "$one" -gt 2000
	ok "a few kilobytes each" test $((most - one)) -lt 16000
	relay_end
fi
finish
