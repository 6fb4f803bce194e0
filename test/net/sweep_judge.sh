#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `sonde sweep` beside fping and nmap -sn: the same hosts are up, on link and behind a router, over
# both families; and what those do not tell: who forbids, who says unreachable.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs fping nmap jq nft

host_add a
host_add b
host_add c
link a eth0 b eth0
link b eth1 c eth0
# Documentation addresses are skipped in ranges, so these are not.
on a ip addr add 172.16.0.1/24 dev eth0
on b ip addr add 172.16.0.2/24 dev eth0
on a ip addr add fd00::1/120 dev eth0 nodad
on b ip addr add fd00::2/120 dev eth0 nodad
for n in 5 9 77 200; do
	on b ip addr add 172.16.0.$n/24 dev eth0
done
for n in 5 9 77 d8; do
	on b ip addr add fd00::$n/120 dev eth0 nodad
done

# 10.0.0.0/24 is c's, behind the router b; some of it is silent, some forbidden, some not there. All
# is said to every question: who is limited is another test's business.
for h in b c; do
	on $h sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 \
		net.ipv4.icmp_msgs_burst=10000 net.ipv4.ip_forward=1
done
on b ip addr add 172.16.1.1/24 dev eth1
on c ip addr add 172.16.1.2/24 dev eth0
on c ip route add default via 172.16.1.1
on b ip route add 10.0.0.0/24 via 172.16.1.2
on c ip route add local 10.0.0.0/24 dev lo
on b nft -f - <<'RULES'
table ip t {
	chain through {
		type filter hook forward priority 0
		ip daddr 10.0.0.80-10.0.0.87 reject with icmp admin-prohibited
		ip daddr 10.0.0.88-10.0.0.95 reject with icmp host-unreachable
		ip daddr 10.0.0.96-10.0.0.103 drop
	}
}
RULES
on c nft -f - <<'RULES'
table ip t {
	chain in {
		type filter hook input priority 0
		ip daddr 10.0.0.32-10.0.0.47 drop
		ip daddr 10.0.0.64-10.0.0.71 reject with icmp host-prohibited
		ip daddr 10.0.0.112-10.0.0.119 icmp type echo-request drop
	}
}
RULES
on a ip route add 10.0.0.0/24 via 172.16.0.2

# up TARGET OPTION…: what sonde finds there, sorted.
up() {
	on a "$SONDE" sweep --json "$@" 2>"$TMP/err" | jq -r 'select(.type == "host" and .state == "up") |
		.addr' | sort -V
}
nmap_up() {
	on a nmap -n -sn -T5 --host-timeout 20 -oG - "$@" | awk '/Status: Up/ { print $2 }' | sort -V
}

want=$(on a fping -a -q -r 1 -i 1 -t 200 -g 10.0.0.0 10.0.0.255 | sort -V)
is "$(printf '%s\n' "$want" | wc -l)" 200 "fping finds those that answer"
is "$(nmap_up -PE 10.0.0.0/24)" "$want" "nmap the same"
# For those two a refusal by the host itself is no sign of life; it is one.
own=$(for i in 64 65 66 67 68 69 70 71; do echo 10.0.0.$i; done)
all=$(printf '%s\n%s\n' "$want" "$own" | sort -V)
is "$(up --with echo 10.0.0.0/24)" "$all" "and sonde, with those that refuse by themselves"
is "$(up --with echo --rate max 10.0.0.0/24)" "$all" "also as fast as it goes"
is "$(up --with echo --rate 2000 10.0.0.0/24)" "$all" "and at a rate that is given"
is "$(up --with echo --backend ip 10.0.0.0/24)" "$all" "and through raw sockets"

# More than they tell.
out=$(on a "$SONDE" sweep --json --with echo 10.0.0.0/24)
is "$(printf '%s\n' "$out" | jq -r 'select(.type == "host" and .state == "prohibited") | .addr' |
	sort -V | tr '\n' ' ')" \
	"$(for i in 80 81 82 83 84 85 86 87; do printf "10.0.0.$i "; done)" \
	"who is behind a firewall that says so"
is "$(printf '%s\n' "$out" | jq -r 'select(.type == "host" and .state == "unreachable") | .addr' |
	sort -V | tr '\n' ' ')" \
	"$(for i in 88 89 90 91 92 93 94 95; do printf "10.0.0.$i "; done)" "who is behind a router that has no way"
is "$(printf '%s\n' "$out" | jq -c 'select(.addr == "10.0.0.80") |
	[.state, .by[0].from, .by[0].icmp_type, .by[0].code]')" '["prohibited","172.16.0.2",3,13]' \
	"and whose word it is"
is "$(printf '%s\n' "$out" | jq -c 'select(.addr == "10.0.0.7") |
	[.state, .by[0].probe, .by[0].from, .by[0].icmp_type, .by[0].code, .by[0].ttl,
	(.by[0].rtt_us > 0 and .by[0].rtt_us < 1e6)]')" '["up","echo","10.0.0.7",0,0,63,true]' \
	"an answer with every field"

# Who does not answer echo may answer TCP.
is "$(up --with tcp:80 10.0.0.112/29)" "$(nmap_up -PS80 10.0.0.112/29)" "TCP SYN like nmap's -PS"
is "$(up --with tcp-ack:80 10.0.0.112/29)" "$(nmap_up -PA80 10.0.0.112/29)" "TCP ACK like nmap's -PA"
is "$(up --with udp:40125 10.0.0.112/29)" "$(nmap_up -PU40125 10.0.0.112/29)" "UDP like nmap's -PU"
is "$(up --with timestamp 10.0.0.0/29)" "$(nmap_up -PP 10.0.0.0/29)" "timestamps like nmap's -PP"
is "$(up 10.0.0.0/24)" "$(printf '%s\n%s\n' "$(nmap_up 10.0.0.0/24)" "$own" | sort -V)" \
	"and with nothing said, as nmap finds them"

# On link.
want=$(nmap_up -PR 172.16.0.0/24)
is "$want" "172.16.0.1
172.16.0.2
172.16.0.5
172.16.0.9
172.16.0.77
172.16.0.200" "nmap finds by ARP"
is "$(up 172.16.0.0/24)" "$want" "sonde the same"
is "$(on a "$SONDE" sweep --json 172.16.0.5 | jq -r 'select(.type == "host") | .mac')" \
	"$(on b cat /sys/class/net/eth0/address)" "with link addresses"
want=$(nmap_up -6 fd00::/120)
has "$want" "fd00::77" "nmap finds by neighbour discovery"
is "$(up fd00::/120)" "$want" "sonde the same"
is "$(up --with echo fd00::/120)" "$want" "and by echo over IPv6"

# How targets are named.
printf '10.0.0.1 10.0.0.2\n# no\n10.0.0.5-7\n' >"$TMP/list"
is "$(up --with echo -iL "$TMP/list" | tr '\n' ' ')" \
	"10.0.0.1 10.0.0.2 10.0.0.5 10.0.0.6 10.0.0.7 " "from a file"
is "$(printf '10.0.0.3\n' | up --with echo - | tr '\n' ' ')" "10.0.0.3 " "from standard input"
is "$(up --with echo 10.0.0.0/29 --exclude 10.0.0.2-10.0.0.6 | tr '\n' ' ')" \
	"10.0.0.0 10.0.0.1 10.0.0.7 " "but for those to leave out"
is "$(for i in 1 2 3; do up --with echo --seed 5 --shard $i/3 10.0.0.0/27; done | sort -V)" \
	"$(up --with echo 10.0.0.0/27)" "three parts are the whole"
finish
