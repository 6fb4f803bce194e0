#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Loss or rate limit? Routers that limit their ICMP while nothing is lost are never told to lose packets;
# packets that a relay takes away on one link are told to be lost there. mtr's figures stand beside.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq nft mtr setpriv

# Each measurement comes from an address of its own: the kernel's limiter remembers who asked.
last=9
asker() {
	last=$((last + 1))
	on h0 ip addr add "10.1.0.$last/24" dev out
	on h1 ip neigh replace "10.1.0.$last" lladdr 02:00:00:00:01:01 dev in
	from=10.1.0.$last
}
verdicts() {
	told hop '.verdict'
}
# shown: what was told of each hop, for whoever reads the log.
shown() {
	jq -r 'select(.type == "hop") | "# \(.ttl) \(.addr) \(.received)/\(.sent) \(.verdict): \(.evidence)"' "$TMP/trace"
}

chain_world 8 all
chain_delay 1
chain_limit 3
chain_limit_kernel 5
for method in -I -U -T; do
	asker
	traced h0 $method --report -c 60 -i 50ms -s "$from" 10.8.0.2
	is "$? $(verdicts)" "0 ok ok limits ok limits ok ok ok" "$method: two limit, nobody loses"
	shown
	is "$(told trace .loss_pct)" 0 "$method: and nothing is lost on the way"
	# A second packet for each hop limit is less than the limiters' six.
	traced h0 $method -s "$from" 10.8.0.2
	hasnt "$(verdicts)" loses "$method: nor in three rounds"
done
traced h0 -I --report -c 60 -i 50ms fd08::2
is "$? $(verdicts)" "0 ok ok limits ok limits ok ok ok" "over IPv6 the same"
shown
asker
on h0 sysctl -qw net.ipv4.ping_group_range="0 2147483647"
traced_user h0 -U --report -c 60 -i 50ms -s "$from" 10.8.0.2
is "$? $(verdicts)" "0 ok ok limits ok limits ok ok ok" "and without rights"
shown
asker
on h0 mtr -n -r -c 60 -i 0.05 -a "$from" 10.8.0.2 >"$TMP/mtr"
sed 's/^/# mtr: /' "$TMP/mtr"
ok "mtr calls that a loss of more than half (or these limits would prove nothing)" \
	awk '$2 == "10.3.0.2" || $2 == "10.5.0.2" { n += $3 + 0 > 50 } END { exit n != 2 }' "$TMP/mtr"

# All routers limit, the target answers; then the target limits its errors as well.
chain_limit 1 2 4 6 7
asker
traced h0 -I --report -c 60 -i 50ms -s "$from" 10.8.0.2
is "$(verdicts)" "limits limits limits limits limits limits limits ok" "all routers limit"
shown
chain_limit_kernel 8
for method in -U -I; do
	asker
	traced h0 $method --report -c 60 -i 50ms -s "$from" 10.8.0.2
	hasnt "$(verdicts)" loses "$method: the target too"
	shown
done
chain_spoken 1 2 3 4 6 7
on h5 sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
on h8 sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
chain_silent 2
traced h0 -I --report -c 20 -i 50ms 10.8.0.2
is "$(verdicts)" "ok silent ok ok ok ok ok ok" "who never answers is silent"
chain_spoken 2
relay_end

# Real loss: of probes, then of answers, on link 5.
for way in there back; do
	chain_relay --delay 1 --pair 5 --loss-$way 20 --seed 3
	traced h0 -I --report -c 200 -i 20ms 10.8.0.2
	is "$(verdicts)" "ok ok ok ok loses ok ok ok" "a fifth lost on link 5, $way"
	shown
	relay_end
	# "there" only the target's own probes count, as "back" what it answered; chance is the relay's.
	ok "and the sum tells about how much ($way)" jq -se '.[] | select(.type == "trace") |
		.loss_pct > 10 and .loss_pct < 30' "$TMP/trace"
done
chain_relay --delay 1 --pair 5 --loss-there 20 --seed 5
on h0 mtr -n -r -c 200 -i 0.02 10.8.0.2 | sed 's/^/# mtr: /'
traced h0 -I --report -c 200 -i 20ms fd08::2
is "$(verdicts)" "ok ok ok ok loses ok ok ok" "over IPv6"
chain_limit 3 7
traced h0 -I --report -c 200 -i 20ms 10.8.0.2
is "$(verdicts)" "ok ok limits ok loses ok limits ok" "loss and limits on one path are told apart"
shown
relay_end
chain_spoken 3 7
chain_relay --delay 1 --pair 8 --loss-there 20 --seed 8
traced h0 -I --report -c 200 -i 20ms 10.8.0.2
is "$(verdicts)" "ok ok ok ok ok ok ok loses" "loss on the last link"
shown
relay_end
chain_relay --delay 1 --pair 4 --loss-there 100
traced h0 -I -m 10 10.8.0.2
is "$? $(told hop 'select(.ttl <= 5) | .verdict')" "1 ok ok ok silent silent" "a link that takes all"
relay_end
finish
