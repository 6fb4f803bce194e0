#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `sonde ping` beside ping itself: the same loss, like times, the lines people know.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs ping jq

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth0
on a ip addr add fd00::1/64 dev eth0
on b ip addr add fd00::2/64 dev eth0

# loss TEXT: the per cent in the sums of either program.
loss() {
	printf '%s\n' "$1" | sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p'
}

# like OURS THEIRS: mean times within 2 ms of each other.
# shellcheck disable=SC2317 # called through `ok`
like() {
	awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(a > 0 && b > 0 && d < 2 && d > -2) }'
}

mean() {
	printf '%s\n' "$1" | sed -n 's|.*min/avg/max/mdev = [0-9.]*/\([0-9.]*\)/.*|\1|p'
}

for to in 127.0.0.1 192.0.2.2 ::1 fd00::2; do
	ours=$(on a "$SONDE" ping -c 5 -i 0.05 "$to")
	is "$?" 0 "$to: the status is 0 when all answered"
	theirs=$(on a ping -n -c 5 -i 0.05 "$to")
	is "$(loss "$ours")" "$(loss "$theirs")" "$to: the same loss as ping's"
	ok "$to: a mean time like ping's" like "$(mean "$ours")" "$(mean "$theirs")"
	is "$(printf '%s\n' "$ours" | sed -n '2s/time=.*//p')" \
		"$(printf '%s\n' "$theirs" | sed -n '2s/time=.*//p')" "$to: a line like ping's"
	is "$(printf '%s\n' "$ours" | grep transmitted | sed 's/time.*//')" \
		"$(printf '%s\n' "$theirs" | grep transmitted | sed 's/time.*//')" "$to: sums like ping's"
	has "$ours" "rtt p50/p95/p99 = " "$to: percentiles"
done

# Two of every five packets are taken away, and both see it.
on b nft -f - <<'END'
table inet t {
	chain in {
		type filter hook input priority 0;
		icmp type echo-request numgen inc mod 5 < 2 drop
	}
}
END
is "$(loss "$(on a "$SONDE" ping -c 20 -i 0.01 -W 0.5 192.0.2.2)")" 40 "loss is as great as it is"
is "$(loss "$(on a ping -c 20 -i 0.01 -W 1 192.0.2.2)")" 40 "and ping sees the same"
on b nft flush ruleset

out=$(on a "$SONDE" ping -c 2 -i 0.01 -s 1000 -t 3 -D -n 192.0.2.2)
has "$out" "PING 192.0.2.2 (192.0.2.2) 1000(1028) bytes of data." "-s sets the size"
has "$out" "1008 bytes from 192.0.2.2: icmp_seq=1" "and the answer has it"
ok "-D puts the time in front" sh -c "printf '%s' '$out' | grep -Eq '^\[[0-9]{10}\.[0-9]{6}\] 1008'"
is "$(on a "$SONDE" ping -q -c 2 -i 0.01 192.0.2.2 | grep -c 'icmp_seq')" 0 "-q shows sums only"

# Large bodies travel in fragments; the smallest have no room for a tag.
has "$(on a "$SONDE" ping -c 1 -s 20000 192.0.2.2)" "20008 bytes from 192.0.2.2" "a large body"
has "$(on a "$SONDE" ping -c 1 -s 20000 fd00::2)" "20008 bytes from fd00::2" "a large body over IPv6"
has "$(on a "$SONDE" ping -c 1 -s 0 192.0.2.2)" "8 bytes from 192.0.2.2" "no body at all"
has "$(on a "$SONDE" ping -c 1 -s 3 fd00::2)" "11 bytes from fd00::2" "a body too small for a tag"

is "$(on a "$SONDE" --json ping -c 3 -i 0.01 192.0.2.2 | jq -r .type | tr '\n' ' ')" \
	"reply reply reply ping_target summary " "JSON: a line an answer, one a target, the summary"
is "$(on a "$SONDE" --json ping -c 1 fd00::2 | jq -c 'select(.type == "reply") |
	[.target, .from, .seq, .icmp_type, .code, .ttl, .bytes, (.rtt_us > 0 and .rtt_us < 1e6)]')" \
	'["fd00::2","fd00::2",1,129,0,64,64,true]' "JSON: every field of an answer"

# Where the question comes from, and link-local addresses.
on a ip addr add 192.0.2.9/24 dev eth0
on b nft 'add table ip s; add chain ip s in { type filter hook input priority 0; ip saddr != 192.0.2.9 drop; }'
nok "an address that is not wanted is silent" on a "$SONDE" ping -c 1 -W 0.2 192.0.2.2
ok "-I sends from an address" on a "$SONDE" ping -c 1 -W 1 -I 192.0.2.9 192.0.2.2
on b nft flush ruleset
ok "-I sends from an interface" on a "$SONDE" ping -c 1 -W 1 -I eth0 192.0.2.2
ll=$(on b ip -6 -o addr show dev eth0 scope link | awk '{ sub("/.*", "", $4); print $4 }')
has "$(on a "$SONDE" ping -c 1 -W 1 "$ll%eth0")" "64 bytes from $ll%eth0: icmp_seq=1" \
	"a link-local address with its interface"
ok "or with -I" on a "$SONDE" ping -c 1 -W 1 -I eth0 "$ll"
has "$(on a "$SONDE" ping -c 1 ff02::1%eth0)" "(DUP!)" "everybody on a link answers"
finish
