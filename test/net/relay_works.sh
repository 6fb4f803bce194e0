#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The relay that other tests and the benchmarks take for a bad line, measured by ping: what it is
# told to do it does, and what it says it did is what ping saw.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs ping nmap python3

relayed_world

# over SENTENCE: the end of a relay, checked.
over() {
	relay_end
	is "$?" 0 "$1: the relay ends well"
}
# count WHAT: there and back together.
count() {
	tr ' ' '\n' <"$TMP/counts" | awk -F= -v what="$1" '$1 == what { n += $2 } END { print n + 0 }'
}
# told WHAT: there, of which there is one.
told() {
	sed -n "s/^there .*$1=\([0-9]*\).*/\1/p" "$TMP/counts"
}
# How long a busy machine delays is nobody's to say: no bound from above is set to what ping saw.
# The relay knows how long frames were to wait, and that not all of them left late.
punctual() {
	ok "$1: and it is punctual" between 0 "$(told late_least)" 1000000
}
# between LOW VALUE HIGH
# shellcheck disable=SC2317 # called through `ok`
between() {
	awk -v l="$1" -v v="$2" -v h="$3" 'BEGIN { exit !(v >= l && v <= h) }'
}
# rtt N: the least (1), mean (2), greatest (3) and the deviation (4) in ms of the last ping.
rtt() {
	sed -n 's|.*min/avg/max/mdev = \([0-9./]*\) .*|\1|p' "$TMP/ping" | cut -d/ -f"$1"
}
received() {
	sed -n 's/.* \([0-9]*\) received.*/\1/p' "$TMP/ping"
}
pings() {
	on a ping -n -q "$@" 192.0.2.2 >"$TMP/ping"
}

relay
pings -c 200 -i 0.002
is "$(received)" 200 "nothing is lost when nothing is to be"
over "no harm"
is "$(told wait_least) $(told wait_most)" "0 0" "and nothing waits"
punctual "no harm"
is "$(count ip) $(count lost) $(count dup)" "400 0 0" "it counts what passed"
is "$(count overflow) $(count missed) $(count refused) $(count long)" "0 0 0 0" "and nothing failed"

relay --delay 10
pings -c 200 -i 0.002
ok "10 ms each way are 20 at the least" between 20 "$(rtt 1)" 1000000
over "delay"
is "$(told wait_least) $(told wait_most)" "10000000 10000000" "every frame is to wait as long"
punctual "delay"
is "$(received)" 200 "a delay loses nothing"

relay --delay 10 --jitter 5
pings -c 500 -i 0.002
over "jitter"
# 500 frames spread evenly over 10 ms: the outermost are within a tenth of the ends, surely.
ok "jitter spreads to both sides" between 5000000 "$(told wait_least)" 5500000
ok "far" between 14500000 "$(told wait_most)" 15000000
ok "about the delay" between 9500000 "$(told wait_mean)" 10500000
ok "no answer comes sooner than that" between 10 "$(rtt 1)" 1000000
ok "and some come as late" between 26 "$(rtt 3)" 1000000
punctual "jitter"

relay --loss 10 --seed 7
pings -c 1000 -i 0.002 -W 1
# 19 % of the round trips; four standard deviations of 1,000 are 5 %.
ok "10 % each way are 19 % of the round trips" between 140 $((1000 - $(received))) 240
over "loss"
is "$(count ip_lost)" $((1000 - $(received))) "and every ping without answer is one that it took"

relay --loss-there 100
pings -c 3 -i 0.01 -W 0.1
is "$(received)" 0 "all can be lost one way"
over "loss one way"

relay --dup 20
pings -c 500 -i 0.002
ok "duplicates arrive" grep -Eq '\+[0-9]+ duplicates' "$TMP/ping"
over "duplicates"
ok "a fifth of them each way" between 150 "$(count dup)" 300

relay --delay 5 --reorder 25
pings -c 400 -i 0.002
over "reordering"
is "$(told wait_least) $(told wait_most)" "0 5000000" "what overtakes does not wait"
ok "a quarter of them each way" between 140 "$(count reordered)" 260

relay --delay 200 --queue 20
pings -c 200 -i 0.002 -W 1
over "a short queue"
ok "what finds no room is lost" between 1 "$(count overflow)" 199
is "$(count overflow)" $((200 - $(received))) "and told"

# Checksums that a kernel leaves to the card are there behind a line.
mkfifo "$TMP/hold"
on b python3 "$ROOT/test/net/audit_listen.py" tcp/80 >"$TMP/served" <"$TMP/hold" &
exec 9>"$TMP/hold"
relay --delay 1
within 5 grep -q ready "$TMP/served"
has "$(on a nmap -n -Pn -sT -p 80,81 --reason 192.0.2.2)" "80/tcp open   http      syn-ack" \
	"TCP connects through it"
over "TCP"

# Three lines in a row are one relay; loss can be of one of them alone.
link r one r two
link r three r four
# lines OPTION…
lines() {
	: >"$TMP/ready"
	ip netns exec r "$HELPERS/relay" left one two three four right "$@" >"$TMP/ready" \
		2>"$TMP/counts" &
	relay=$!
	within 5 grep -q ready "$TMP/ready" || exit 99
}
lines --delay 5
pings -c 3 -i 0.01 -W 1
pings -c 50 -i 0.01
ok "three lines of 5 ms each way are 30 ms at the least" between 30 "$(rtt 1)" 34
over "three lines"
is "$(received)" 50 "nothing is lost on them"
ok "each counts its own" grep -q '^back.3 .* ip=53 ' "$TMP/counts"
lines --pair 2 --loss-back 100
pings -c 5 -i 0.01 -W 0.2
over "the middle one"
is "$(received) $(sed -n 's/^back.2 .* ip_lost=\([0-9]*\) .*/\1/p' "$TMP/counts") $(count ip_lost)" "0 5 5" \
	"what the middle one loses the others do not"
nok "an odd number of interfaces is refused" on r "$HELPERS/relay" left right left1
nok "and a pair that there is not" on r "$HELPERS/relay" left right --pair 2

relay --time 0.2
wait $relay
is "$?" 0 "it ends by itself"
nok "an unknown option is refused" on r "$HELPERS/relay" left right --lose 1
nok "and a value out of range" on r "$HELPERS/relay" left right --loss 101
nok "and an interface that is not there" on r "$HELPERS/relay" left nosuch
finish
