#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Ten million forged answers while ports are scanned, by somebody who has not seen the questions: none
# opens a port, closes one or hides one.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq nft

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth0
on a ip route add 10.1.0.0/22 via 192.0.2.2
on b ip route add local 10.1.0.0/22 dev lo
# The upper half is silent.
on b nft 'add table t; add chain t in { type filter hook input priority 0; };
	add rule t in ip daddr 10.1.2.0/23 drop'
mac=$(on a cat /sys/class/net/eth0/address)

# states STATE PROTO ADDRESS: the ports that are said to be so.
# Services that speak no language, and one that speaks only what is not asked: whatever comes in is
# sent back.
cat >"$TMP/echo.py" <<'END'
import select, socket, sys
PKTINFO = 8
socks = []
for port in map(int, sys.argv[1:]):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, PKTINFO, 1)
    s.bind(("", port))
    socks.append(s)
while True:
    for s in select.select(socks, [], [])[0]:
        data, control, _, peer = s.recvmsg(2048, 256)
        s.sendmsg([data or b"?"], [c for c in control if c[1] == PKTINFO], 0, peer)
END
states() {
	jq -r "select(.type == \"port\" and .state == \"$1\" and .proto == \"$2\" and
		(.addr | startswith(\"$3\"))) | \"\(.addr) \(.port) \(.reason.kind)\"" "$TMP/out"
}
# They are open, and soon.
ip netns exec b python3 "$TMP/echo.py" 53 5000 9999 &
echo=$!
until [ "$(on b ss -Hlun | wc -l)" -ge 3 ]; do sleep 0.05; done
on a ping -c 1 -W 1 10.1.0.5 >/dev/null # so that the link address of the gateway is known
start=$(date +%s%N)
on a timeout 30 "$SONDE" scan --json -n -Pn -sU -p 53,5000,9999 10.1.0.5 >"$TMP/out"
took=$((($(date +%s%N) - start) / 1000000))
is "$(states open udp 10)" "10.1.0.5 53 udp
10.1.0.5 5000 udp
10.1.0.5 9999 udp" "services that speak no language of theirs are open"
is "$(jq -r 'select(.type == "port") | .confidence' "$TMP/out" | sort -u)" certain "surely"
ok "and soon: $took ms" test "$took" -lt 2000
start=$(date +%s%N)
on a timeout 30 "$SONDE" scan --json -n -Pn -sU -p 9999 --source-port 4000 10.1.0.5 >"$TMP/out"
took=$((($(date +%s%N) - start) / 1000000))
is "$(states open udp 10)" "10.1.0.5 9999 udp" "from one port of our own as well"
ok "and soon: $took ms" test "$took" -lt 2000
on a timeout 30 "$SONDE" scan --json -n -Pn -sU -p 5000,9999 --backend sockets 10.1.0.5 >"$TMP/out"
is "$(states open udp 10 | wc -l)" 2 "and through sockets"
on a timeout 30 "$SONDE" sweep --json --with udp:9999 10.1.0.0/24 >"$TMP/out"
is "$(jq 'select(.type == "host" and .state == "up") | 1' "$TMP/out" | wc -l)" 256 \
	"a sweep finds all of them"
kill $echo
wait $echo 2>/dev/null
# forge COUNT: so many, in the background as $liar.
forge() {
	ip netns exec b "$HELPERS/forge" eth0 "$mac" 192.0.2.1 10.1.0.0 1024 "$1" >"$TMP/liar" &
	liar=$!
}
# Of a flood none is lost without being counted: what a full ring cannot take are drops.
on a timeout 60 "$HELPERS/pio_packet" packet eth0 "$mac" count 3000 'src net 10.1.0.0/22' \
	>"$TMP/heard" 2>"$TMP/err" &
heard=$!
within 5 grep -q ready "$TMP/err" || fail "the listener listens"
forge 1000000
wait $liar
wait $heard
is "$(awk '{ n += $2 } END { printf "%d", n }' "$TMP/heard")" 1000000 \
	"each of a million is counted, as heard or as lost ($(tr '\n' ' ' <"$TMP/heard"))"

forge 10000000
round=0
counted=0
while [ $round -lt 3 ] || kill -0 $liar 2>/dev/null; do
	round=$((round + 1))
	on a timeout 30 "$SONDE" scan --json -n -Pn -sS -sU -p T:22,80,443,U:53,123 --deadline 8s \
		10.1.0.0/29 10.1.2.0/29 >"$TMP/out" 2>"$TMP/err"
	nok "$round: no hang" test $? -ge 124
	is "$(states open tcp 10)$(states open udp 10)" "" "$round: no forged answer opens a port"
	is "$(states closed tcp 10.1.0 | wc -l)" 24 "$round: none hides a closed one"
	is "$(states closed tcp 10.1.2)$(states closed udp 10.1.2)" "" \
		"$round: none closes one of a silent host"
	forged=$(jq 'select(.type == "summary") | .survey.forged' "$TMP/out")
	counted=$((counted + forged))
	[ $round -lt 40 ] || break
done
wait $liar
is "$(cat "$TMP/liar")" "forged 10000000" "ten million have left"
ok "$counted that came for probes of ours are counted, in $round scans" test "$counted" -gt 0
finish
