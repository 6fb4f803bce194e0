#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Who may send no packets of his own scans through sockets, and learns the same.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq nft python3 setpriv

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth0
on b ip route add local 10.0.0.0/28 dev lo
on a ip route add 10.0.0.0/28 via 192.0.2.2
on b sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 \
	net.ipv4.icmp_msgs_burst=10000
mkfifo "$TMP/hold"
exec 9<>"$TMP/hold"
ip netns exec b python3 "$ROOT/test/net/audit_listen.py" tcp/22 tcp/80 udp/53 udp/7 <"$TMP/hold" \
	>"$TMP/served" &
within 5 grep -q ready "$TMP/served" || exit 99
on b nft 'add table t; add chain t in { type filter hook input priority 0; };
	add rule t in ip daddr 10.0.0.9 drop; add rule t in tcp dport 25 drop;
	add rule t in tcp dport 26 reject with icmp admin-prohibited;
	add rule t in udp dport 100 reject with icmp admin-prohibited'
cp "$SONDE" "$TMP/sonde"
chmod 755 "$TMP" "$TMP/sonde"
user() {
	on a setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" "$@" 2>"$TMP/err"
}
root() {
	on a "$SONDE" "$@" 2>"$TMP/err"
}
ports() {
	jq -r 'select(.type == "port") | "\(.addr) \(.proto)/\(.port) \(.state)"' | sort -V
}
up() {
	jq -r 'select(.type == "host" and .state == "up") | .addr' | sort -V
}

want=$(root scan -n -Pn --json -p 20-30,80 10.0.0.1 | ports)
is "$(printf '%s\n' "$want" | awk '{ print $3 }' | sort | uniq -c | awk '{ print $1, $2 }' |
	tr '\n' ' ')" "8 closed 2 filtered 2 open " "what root learns of TCP"
is "$(user scan -n -Pn --json -p 20-30,80 10.0.0.1 | ports)" "$want" "a user the same"
want=$(root scan -n -Pn --json -sU -p U:7,53,100-110 192.0.2.2 | ports)
is "$(printf '%s\n' "$want" | awk '{ print $3 }' | sort | uniq -c | awk '{ print $1, $2 }' |
	tr '\n' ' ')" "10 closed 1 filtered 1 open 1 open|filtered " "what root learns of UDP"
is "$(user scan -n -Pn --json -sU -p U:7,53,100-110 192.0.2.2 | ports)" "$want" "a user the same"

want=$(root sweep --json --with echo 10.0.0.0/28 | up)
is "$(printf '%s\n' "$want" | wc -l)" 15 "what root finds"
on a sysctl -qw net.ipv4.ping_group_range='65534 65534'
is "$(user sweep --json --with echo 10.0.0.0/28 | up)" "$want" "a user the same, where he may ping"
is "$(user sweep --json 10.0.0.0/28 | up)" "$want" "and with nothing said"
on a sysctl -qw net.ipv4.ping_group_range='1 0'
is "$(user sweep --json --with tcp:80 10.0.0.0/28 | up)" "$want" "where he may not, by TCP"
user sweep --json --with echo 10.0.0.0/28 >"$TMP/out"
is "$?" 3 "and by echo not at all: that is not permitted"
has "$(cat "$TMP/err")" "net.ipv4.ping_group_range" "and what would permit it is told"
has "$(cat "$TMP/out")" '"status":3' "to programs as well"

# What is left of the usual questions decides.
user sweep -n 10.0.0.1 192.0.2.2 >"$TMP/out"
is "$?" 0 "without echo the usual questions do"
is "$(grep -c ' up ' "$TMP/out")" 2 "and find who is there"
has "$(cat "$TMP/err")" "ping_group_range" "and that echo is left out is told"
user sweep -n 10.0.0.9 >"$TMP/out"
is "$?" 1 "nobody there is a result too"
user scan -n -Pn -p 22 10.0.0.1 >"$TMP/out"
hasnt "$(cat "$TMP/err")" "echo" "of no use where nobody is looked for"
user scan -n -sS -p 22 10.0.0.1 >"$TMP/out"
is "$?" 3 "-sS is not permitted"
has "$(cat "$TMP/err")" "setcap cap_net_raw" "and what would permit it is told"

# What this host itself does not let out.
on a ip route add prohibit 10.3.0.0/24
root sweep -n 10.2.0.1 10.3.0.1 >"$TMP/out"
is "$?" 1 "addresses that no route leads to are no failure"
is "$(sed 's/  */ /g; 3,$d' "$TMP/out")" "10.2.0.1 unreachable: this host has no route to it
10.3.0.1 unreachable: a route or the firewall of this host prohibits it" "and it is said why"
root sweep -n --with arp 10.0.0.1 192.0.2.2 >"$TMP/out"
has "$(cat "$TMP/err")" "on a network of this host" "whom ARP cannot ask is told"
has "$(cat "$TMP/out")" "1 address is not known" "and counted"

# How long it takes is told before: not what limits would cost that are not waited for.
root scan -n --impatient -Pn -sU -F 192.0.2.2 >"$TMP/out"
hasnt "$(cat "$TMP/err")" "takes about" "--impatient waits for no limits, and says so"
root scan -n -Pn -p 1-1000 --rate 100 --deadline 100ms 10.0.0.9 >"$TMP/out"
has "$(cat "$TMP/err")" "takes about 10 s" "a slow rate is told"

# Connections are for ports alone: who may send packets finds hosts by packets.
root scan --json -n -sT -p 22,23 10.0.0.1 192.0.2.2 >"$TMP/out"
is "$?" 0 "-sT by root"
is "$(jq -r 'select(.type == "host" and .addr == "192.0.2.2") | .mac' "$TMP/out")" \
	"$(ip -n b -json link show eth0 | jq -r '.[0].address')" "tells link addresses"
is "$(jq -r 'select(.type == "host" and .addr == "192.0.2.2") | .by[].probe' "$TMP/out")" \
	"arp" "which ARP told"
is "$(jq -r 'select(.type == "port") | "\(.state) \(.reason.kind)"' "$TMP/out" | sort -u)" \
	"closed refused
open connected" "and the ports by connections"
is "$(jq -r 'select(.type == "summary") | .survey.backend' "$TMP/out")" packet "packets by packets"
is "$(root scan --json -n -sT -p 22 --with echo 10.0.0.1 | jq -r '.by[0].probe? // empty')" echo \
	"and far hosts are asked by echo, which sockets may not"
on a ip addr add 192.0.2.7/24 dev eth0
on b nft add rule t in ip saddr 192.0.2.7 tcp dport 22 drop
root scan --json -n -sT -p 22 -S 192.0.2.7 192.0.2.2 >"$TMP/out"
is "$(jq -r 'select(.type == "port") | .state' "$TMP/out")" filtered "-S is for connections too"
finish
