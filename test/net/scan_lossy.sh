#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Through a bad line (loss, jitter, duplicates, frames that overtake others) a sweep and a scan say
# nothing wrong, and the loss that is told is the loss that was.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq nft python3

relayed_world
on a ip route add 10.0.0.0/20 via 192.0.2.2
# Every other block of 64 addresses is there.
on b nft 'add table t; add chain t in { type filter hook input priority 0; };
	add rule t in ip daddr & 0.0.0.64 == 0.0.0.64 drop'
on b ip route add local 10.0.0.0/20 dev lo
mkfifo "$TMP/hold"
exec 9<>"$TMP/hold"
ip netns exec b python3 "$ROOT/test/net/audit_listen.py" tcp/22 tcp/80 tcp/443 <"$TMP/hold" \
	>"$TMP/served" &
within 5 grep -q ready "$TMP/served" || exit 99

# The share of round trips that the relay took, in thousandths of a per cent.
truth() {
	tr ' ' '\n' <"$TMP/counts" | awk -F= '$1 == "ip" { n[++i] = $2 } $1 == "ip_lost" { l[i] = $2 }
		END { printf "%d", 100000 * (1 - (1 - l[1] / n[1]) * (1 - l[2] / n[2])) }'
}
# shellcheck disable=SC2317 # called through `ok`
near() {
	[ "$2" -ge $(($1 / 2)) ] && [ "$2" -le $(($1 * 2)) ]
}

python3 -c 'for i in range(4096):
	if not i & 64: print(f"10.0.{i >> 8}.{i & 255}")' >"$TMP/there"
for seed in 1 2 3; do
	relay --delay 20 --jitter 20 --loss 5 --dup 1 --reorder 5 --seed $seed
	on a "$SONDE" sweep --json --with echo 10.0.0.0/20 >"$TMP/out" 2>"$TMP/err"
	relay_end
	jq -r 'select(.type == "host" and .state == "up") | .addr' "$TMP/out" | sort -V >"$TMP/up"
	is "$(diff "$TMP/there" "$TMP/up" | head -n 5)" "" "sweep $seed: those that are there, and no others"
	told=$(jq -r 'select(.type == "summary") | .survey.miss_rate' "$TMP/out" |
		awk '{ printf "%d", 100000 * $1 }' | head -n 1)
	ok "sweep $seed: the loss that is told ($told) is within a factor of two of what was ($(truth))" \
		near "$(truth)" "${told:-0}"
done

# The same of ports: 64 hosts, 100 ports each.
relay --delay 10 --jitter 5 --loss 5 --dup 1 --reorder 5 --seed 9
on a "$SONDE" scan -n -Pn --json -p 1-98,443,8080 10.0.0.0/26 >"$TMP/out" 2>"$TMP/err"
relay_end
is "$(jq -r 'select(.type == "port") | .state' "$TMP/out" | sort | uniq -c | awk '{ print $1, $2 }' |
	tr '\n' ' ')" "6208 closed 192 open " "scan: every port has its state"
is "$(jq -r 'select(.type == "port" and .state == "open") | .port' "$TMP/out" | sort -n | uniq -c |
	awk '{ print $1, $2 }' | tr '\n' ' ')" "64 22 64 80 64 443 " "and the open ones are those"
finish
