#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Probes that die on the way, as packets and through sockets: who answers, and which probe it was.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs nft setpriv python3
P=${HELPERS:?}/hop_packets
[ -x "$P" ] || skip_all "$P is not built"

routed_world
on b sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
# Which source ports r sees.
on r nft -f - <<'X'
table inet seen {
	set over_udp { type inet_service; flags dynamic; size 1000; }
	set over_tcp { type inet_service; flags dynamic; size 1000; }
	chain pre {
		type filter hook prerouting priority 0
		udp dport 33434 add @over_udp { udp sport }
		tcp dport 443 add @over_tcp { tcp sport }
	}
}
X
on a sh -c 'echo "0 65535" >/proc/sys/net/ipv4/ping_group_range'
cp "$P" "$TMP/p" && chmod 755 "$TMP" "$TMP/p"
root() {
	on a timeout 60 "$P" "$@" 2>"$TMP/err"
}
user() {
	on a setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all timeout 60 "$TMP/p" "$@" 2>"$TMP/err"
}
# seen PROTO: how many source ports r has seen since the last time.
seen() {
	on r nft -j list set inet seen "over_$1" | python3 -c '
import json, sys
print(sum(len(o["set"].get("elem", [])) for o in json.load(sys.stdin)["nftables"] if "set" in o))'
	on r nft flush set inet seen "over_$1"
}
b4=10.0.2.2
b6=fd02::2
r4=10.0.1.1
r6=fd01::1

for who in root user; do
	is "$($who auto 1 300 echo,$b4,0,1,0 echo,$b4,0,2,0 echo,$b6,0,1,0 echo,$b6,0,2,0)" \
		"echo,$b4,0,1,0 error 11/0 from $r4 flow 0 ttl 64
echo,$b4,0,2,0 answer from $b4 flow 0 ttl 63
echo,$b6,0,1,0 error 3/0 from $r6 flow 0 ttl 64
echo,$b6,0,2,0 answer from $b6 flow 0 ttl 63
sent 4 forged 0" "$who: echo, hop by hop"
	is "$($who auto 3 300 udp,$b4,33434,1,2 udp,$b4,33434,2,2 udp,$b6,33434,1,2 udp,$b6,33434,2,2)" \
		"udp,$b4,33434,1,2 error 11/0 from $r4 flow 2 ttl 64
udp,$b4,33434,2,2 error 3/3 from $b4 flow 2 ttl 63
udp,$b6,33434,1,2 error 3/0 from $r6 flow 2 ttl 64
udp,$b6,33434,2,2 error 1/4 from $b6 flow 2 ttl 63
sent 4 forged 0" "$who: UDP, hop by hop"
	got=$($who auto 2 500 tcp,$b4,443,1,1 tcp,$b4,443,2,1 tcp,$b6,443,1,1 tcp,$b6,443,2,1)
	# The kernel does not tell the TTL of what answers a connect().
	is "$(printf '%s\n' "$got" | sed 's/\(rst.*\) ttl.*/\1/')" \
		"tcp,$b4,443,1,1 error 11/0 from $r4 flow 1 ttl 64
tcp,$b4,443,2,1 rst from $b4 flow 1
tcp,$b6,443,1,1 error 3/0 from $r6 flow 1 ttl 64
tcp,$b6,443,2,1 rst from $b6 flow 1
sent 4 forged 0" "$who: TCP, hop by hop"
	seen udp >/dev/null
	seen tcp >/dev/null
	$who auto 2 100 udp,$b4,33434,1,0 udp,$b4,33434,2,0 udp,$b4,33434,3,0 tcp,$b4,443,1,0 \
		tcp,$b4,443,2,0 >/dev/null
	is "$(seen udp)" 1 "$who: one flow has one source port"
	[ $who = user ] || is "$(seen tcp)" 1 "$who: with TCP as well"
	$who auto 2 100 udp,$b4,33434,1,0 udp,$b4,33434,2,1 >/dev/null
	is "$(seen udp)" 2 "$who: two have two"
done

is "$(root auto 64 300 udp,$b4,33434,1,0 udp,$b4,33434,1,63 udp,$b4,33434,1,5 udp,$b4,33435,1,5 \
	echo,$b4,0,1,63)" \
	"udp,$b4,33434,1,0 error 11/0 from $r4 flow 0 ttl 64
udp,$b4,33434,1,63 error 11/0 from $r4 flow 63 ttl 64
udp,$b4,33434,1,5 error 11/0 from $r4 flow 5 ttl 64
udp,$b4,33435,1,5 error 11/0 from $r4 flow 5 ttl 64
echo,$b4,0,1,63 error 11/0 from $r4 flow 63 ttl 64
sent 5 forged 0" "flows and ports are told apart"

# The kernel's answers of IPv6 are cut to its least MTU; TCP's reset answers the octets as well.
is "$(root auto 1 300 echo,127.0.0.1,0,1,0 echo,127.0.0.1,0,1,0,40000 udp,::1,33434,1,0,30000 \
	echo,::1,0,1,0,65000)" \
	"echo,127.0.0.1,0,1,0 answer from 127.0.0.1 flow 0 ttl 64
echo,127.0.0.1,0,1,0,40000 answer from 127.0.0.1 flow 0 ttl 64
udp,::1,33434,1,0,30000 error 1/4 from ::1 flow 0 ttl 64
echo,::1,0,1,0,65000 answer from ::1 flow 0 ttl 64
sent 4 forged 0" "loopback, with packets as large as it takes"

# An MTU step behind r.
on r ip link set eth1 mtu 1400
on b ip link set eth0 mtu 1400
for who in root user; do
	is "$($who auto 1 300 echo,$b4,0,5,0,1500 echo,$b4,0,5,0,1400 udp,$b4,33434,5,0,1401 \
		udp,$b6,33434,5,0,1500 echo,$b6,0,5,0,1401 echo,$b6,0,5,0,1400 echo,$b4,0,5,0,1501 \
		udp,$b6,33434,5,0,1501)" \
		"echo,$b4,0,5,0,1500 error 3/4 from $r4 flow 0 ttl 64 mtu 1400
echo,$b4,0,5,0,1400 answer from $b4 flow 0 ttl 63
udp,$b4,33434,5,0,1401 error 3/4 from $r4 flow 0 ttl 64 mtu 1400
udp,$b6,33434,5,0,1500 error 2/0 from $r6 flow 0 ttl 64 mtu 1400
echo,$b6,0,5,0,1401 error 2/0 from $r6 flow 0 ttl 64 mtu 1400
echo,$b6,0,5,0,1400 answer from $b6 flow 0 ttl 63
echo,$b4,0,5,0,1501 not sent EMSGSIZE
udp,$b6,33434,5,0,1501 not sent EMSGSIZE
sent 6 forged 0" "$who: too large for a link on the way, and for the first"
	is "$($who auto 1 300 echo,$b4,0,5,0,1500,fragment)" \
		"echo,$b4,0,5,0,1500,fragment answer from $b4 flow 0 ttl 63
sent 1 forged 0" "$who: what may be cut on the way gets there"
done

# Extensions, and a quote that was translated, which the kernel matches to no socket.
on r nft 'add table inet quiet; add chain inet quiet pass { type filter hook forward priority 0; };
	add rule inet quiet pass udp dport 33440 drop'
for how in "" nat; do
	: >"$TMP/ready"
	# Not `on`: a function in the background is a shell of its own, and $! that shell.
	ip netns exec r python3 "$ROOT/test/net/hop_labels.py" eth0 $how >"$TMP/ready" &
	labels=$!
	within 5 grep -q ready "$TMP/ready" || exit 99
	[ "$how" ] && what=" translated" || what=
	for who in root user; do
		[ "$who$how" != usernat ] || continue
		is "$($who auto 1 500 udp,$b4,33440,9,0 udp,$b6,33440,9,0)" \
			"udp,$b4,33440,9,0 error 11/0 from $r4 flow 0 ttl 64 label 24001$what
udp,$b6,33440,9,0 error 3/0 from $r6 flow 0 ttl 64 label 24001$what
sent 2 forged 0" "$who: extensions${what:+, and a quote that was$what}"
	done
	kill $labels
	wait $labels 2>/dev/null
done

# Who has not seen the probes invents what may answer them.
forge=$(on a cat /sys/class/net/eth0/address)
root auto 512 2000 udp,$b4,33434,1,7 tcp,$b4,443,1,300 echo,$b4,0,1,0 >"$TMP/forged" &
run=$!
sleep 0.3
on r "$HELPERS/forge" eth0 "$forge" 10.0.1.2 10.0.2.2 1 30000 >/dev/null
wait $run
is "$(grep -v '^sent\|^unasked: kind 1' "$TMP/forged")" \
	"udp,$b4,33434,1,7 error 11/0 from $r4 flow 7 ttl 64
tcp,$b4,443,1,300 error 11/0 from $r4 flow 300 ttl 64
echo,$b4,0,1,0 error 11/0 from $r4 flow 0 ttl 64" "forged answers change nothing"
ok "and those that want to be ours are counted" \
	awk '/^sent/ { n = $4 } END { exit !(n >= 20 && n < 3000) }' "$TMP/forged"

finish
