#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde trace beside traceroute: by echo, UDP and TCP, over IPv4 and IPv6, with rights and without, the
# same hops; and what the facts tell of them.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq traceroute setpriv nft python3 mount

chain_world 6
# Who may send no packets of his own may ping.
on h0 sysctl -qw net.ipv4.ping_group_range="0 2147483647"
mkfifo "$TMP/hold"
exec 9<>"$TMP/hold"
ip netns exec h6 python3 "$ROOT/test/net/audit_listen.py" tcp/80 <"$TMP/hold" >"$TMP/served" &
within 5 grep -q ready "$TMP/served" || exit 99

# judged WHO TARGET BY ARG…: the hops of both, who ended it, the exit status, what all hops are.
judged() {
	_who=$1 _target=$2 _by=$3
	shift 3
	_sentence="$_who: trace $* $_target"
	"$_who" h0 "$@" "$_target"
	is "$?" 0 "$_sentence"
	is "$(trace_hops)" "$(peer_hops h0 "$@" "$_target")" "$_sentence: traceroute's hops"
	is "$(told hop '.verdict' | tr ' ' '\n' | sort -u)" ok "$_sentence: all answer"
	is "$(told trace '"\(.state) \(.hops) \(.by)"' | tr '[:upper:]' '[:lower:]')" "reached 6 $_by" \
		"$_sentence: its end"
	[ ! -s "$TMP/err" ] || printf '# %s\n' "$(cat "$TMP/err")"
}
for who in traced traced_user; do
	for to in 10.200.1.1 10.6.0.2; do
		judged $who $to echo-reply -I
		judged $who $to syn-ack -T -p 80
		judged $who $to rst -T -p 81
	done
	judged $who 10.6.0.2 "3/3 port unreachable" -U -p 33434
	judged $who fd06::2 echo-reply -I
	judged $who fd06::2 rst -T -p 81
	judged $who fd06::2 "1/4 port unreachable" -U -p 33434
done

# What a hop's fact holds.
traced h0 -I -q 5 10.6.0.2
is "$(told hop 'select(.ttl == 3) | "\(.target) \(.addr) \(.sent) \(.received) \(.duplicates) \(.loss_pct) \(.icmp_type) \(.code) \(.reply)"')" \
	"10.6.0.2 10.3.0.2 5 5 0 0 11 0 time-exceeded" "a hop's counts and what it said"
is "$(told hop 'select(.ttl == 6) | "\(.reply) \(.icmp_type) \(.code)"')" "echo-reply 0 0" "and the target's"
ok "round-trip times are in order, and the answer's TTL is of the way back" jq -se 'map(select(.type == "hop")) |
	length == 6 and all(.[]; .rtt_us.min > 0 and .rtt_us.min <= .rtt_us.p50 and .rtt_us.p50 <= .rtt_us.p95 and
		.rtt_us.p95 <= .rtt_us.max and .jitter_us >= 0) and all(.[]; .reply_ttl == 65 - .ttl)' "$TMP/trace"
is "$(told path '"\(.branch) \(.branches) \(.reached) \([.hops[].addr] | join(" "))"')" \
	"1 1 true $(hops4 6 | tr '\n' ' ' | sed 's/ $//')" "the way as one branch"
traced h0 -6 -U fd06::2
is "$(told hop 'select(.ttl > 4) | "\(.icmp_type)/\(.code)"')" "3/0 1/4" "ICMPv6's own numbers"

# Some hop limits only, and who is not reached.
traced h0 -f 3 -m 4 10.6.0.2
is "$? $(trace_hops)" "1 10.3.0.2 10.4.0.2" "-f and -m; the target was not reached"
on h6 nft 'add table t; add chain t in { type filter hook input priority 0; }; add rule t in ip daddr 10.200.9.9 drop'
timed traced h0 -m 12 10.200.9.9
is "$? $(told trace '"\(.state) \(.hops)"')" "1 silent 5" "a target that says nothing: exit 1, the last who answered"
is "$(told hop 'select(.ttl <= 6) | .addr // "*"')" "$(hops4 5 | tr '\n' ' ')*" "what is behind is silent"
is "$(told hop 'select(.ttl == 6) | "\(.verdict) \(.received) \(.reply)"')" "silent 0 null" "and told so"
ok "silent hops cost one time-out in all" under 8000
traced h0 127.0.0.1
is "$? $(trace_hops)" "0 127.0.0.1" "to itself it is one hop"

# Names, by the resolver: one that has some, and a server that never answers.
printf '10.2.0.2 two.test\n10.6.0.2 end.test\nfd03::2 three.test\n127.0.0.1 localhost\n' >"$TMP/hosts"
echo "nameserver 10.1.0.2" >"$TMP/resolv"
on h1 nft 'add table t; add chain t in { type filter hook input priority 0; }; add rule t in udp dport 53 drop'
mount --bind "$TMP/hosts" /etc/hosts
mount --bind "$TMP/resolv" "$(readlink -f /etc/resolv.conf)" || echo "# no resolv.conf to cover"
timed on h0 "$SONDE" trace --json end.test >"$TMP/trace"
is "$(told hop '.name // "-"')" "- two.test - - - end.test" "names of hops"
ok "a name server that is silent does not hold it up long" under 12000
is "$(told trace '"\(.target) \(.addr)"')" "end.test 10.6.0.2" "the target by its name"
on h0 "$SONDE" trace -6 --json fd06::2 >"$TMP/trace"
is "$(told hop 'select(.name) | "\(.ttl) \(.name)"')" "3 three.test" "and over IPv6"
out=$(on h0 "$SONDE" trace -n 10.6.0.2)
for k in 1 2 3 4 5 6; do
	has "$out" "10.$k.0.2" "the page for a person shows hop $k"
done
has "$(on h0 "$SONDE" trace 10.6.0.2)" "two.test" "and names"
# With neither a way of his own packets nor echoes allowed: UDP goes on.
on h0 sysctl -qw net.ipv4.ping_group_range="1 0"
traced_user h0 -U 10.6.0.2
is "$? $(trace_hops)" "0 $(hops4 6 | tr '\n' ' ' | sed 's/ $//')" "UDP needs no permission"
traced_user h0 -I 10.6.0.2
nok "where echoes are not permitted it does not say so as a result" test "$?" -lt 2
ok "but what is missing" grep -q . "$TMP/err"
finish
