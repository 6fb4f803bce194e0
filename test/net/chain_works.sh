#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The worlds that tests of paths stand in, seen by others' tools: traceroute, tracepath, mtr and bare
# sockets find in them what chain.sh says is there.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs traceroute tracepath mtr nft ping python3

# seen ARG…: the addresses of a trace from h0, one line.
seen() {
	on h0 traceroute -n -q 1 "$@" | awk 'NR > 1 { printf "%s%s", s, $2 ($4 ~ /!/ ? $4 : $5); s = " " }'
}
line() {
	tr '\n' ' ' | sed 's/ $//'
}

chain_world 6 2 4
chain_delay 5
is "$(seen -I 10.200.0.1)" "$(hops4 5 | line) 10.200.0.1" "a chain, by echoes"
is "$(seen -U fd06::2)" "$(hops6 6 | line)" "and over IPv6, by UDP"
is "$(seen -T -p 9 10.6.0.2)" "$(hops4 6 | line)" "and by TCP"
ok "two links of 5 ms each way are 20 ms" sh -c '
	ip netns exec h0 ping -n -c 5 -i 0.05 10.6.0.2 | grep "min/avg" | cut -d= -f2 |
	awk -F/ "{ exit !(\$1 >= 20 && \$1 < 30) }"'
chain_silent 3
is "$(seen -w 0.3 10.200.0.1 | cut -d' ' -f2-4)" "10.2.0.2 * 10.4.0.2" "a silent hop"
is "$(seen -w 0.3 fdc8::1 | cut -d' ' -f2-4)" "fd02::2 * fd04::2" "and over IPv6"
chain_spoken 3
chain_limit 3
chain_limit_kernel 4
# By another address than the traces before: the kernel's limit is of the one who asks.
on h0 ip addr add 10.1.0.77/24 dev out
on h1 ip neigh replace 10.1.0.77 lladdr 02:00:00:00:01:01 dev in
on h0 mtr -n -a 10.1.0.77 -r -c 12 -i 0.1 10.6.0.2 >"$TMP/mtr"
is "$(awk '$2 ~ /^10.2/ { print $3 }' "$TMP/mtr")" "0.0%" "who limits not answers all"
ok "a strict limit leaves one or two of twelve" \
	awk '$2 ~ /^10.3/ { seen = 1; exit !($3 + 0 > 75 && $3 < 95) } END { exit !seen }' "$TMP/mtr"
ok "the kernel's leaves six or seven" \
	awk '$2 ~ /^10.4/ { seen = 1; exit !($3 + 0 > 35 && $3 < 55) } END { exit !seen }' "$TMP/mtr"
relay_end
is "$?" 0 "the relay ends well"
chain_relay --pair 2 --loss-there 100
on h0 mtr -n -r -c 1 -G 0.3 10.6.0.2 >"$TMP/mtr"
ok "a lost link is lost from there on" sh -c "grep -q 10.2.0.2 $TMP/mtr && ! grep -q 10.4 $TMP/mtr"
relay_end
chain_delay 0
chain_spoken 3
on h4 sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0

chain_loop 3
is "$(seen -m 6 10.99.0.1)" "10.1.0.2 10.2.0.2 10.3.0.2 10.2.0.2 10.3.0.2 10.2.0.2" "a loop"
is "$(seen -m 5 fd99::1)" "fd01::2 fd02::2 fd03::2 fd03::1 fd03::2" "a loop over IPv6"
chain_refuse 2 prohibit
is "$(seen 10.98.0.1) $(seen fd98::1)" "10.1.0.2 10.2.0.2!X fd01::2 fd02::2!X" "a route that prohibits"
chain_refuse 3 unreachable
on h2 ip route del 10.98.0.0/16
on h2 ip route del fd98::/64
is "$(seen 10.98.0.1) $(seen fd98::1)" "10.1.0.2 10.2.0.2 10.3.0.2!H fd01::2 fd02::2 fd03::2!N" \
	"a route to nowhere"
chain_refuse 1 reject
is "$(seen 10.98.0.1) $(seen fd98::1)" "10.1.0.2 10.1.0.2!X fd01::2 fd01::2!X" "a firewall that says so"

mtu_step 3 1300
has "$(on h0 tracepath -n 10.200.0.7)" "pmtu 1300 hops 6" "an MTU step that is announced"
has "$(on h0 tracepath -n fdc8::7)" "pmtu 1300 hops 6" "and over IPv6"
mtu_step 3 1300 silent
nok "one that is not is a black hole" on h0 ping -c 1 -W 0.3 -M "do" -s 1400 10.200.0.8
ok "for large packets" on h0 ping -c 1 -W 1 -M "do" -s 1272 10.200.0.8
nok "over IPv6 too" on h0 ping -c 1 -W 0.3 -M "do" -s 1400 fdc8::8
ok "for large ones only" on h0 ping -c 1 -W 1 -M "do" -s 1252 fdc8::8
chain_spoken 2

chain_aside 5
is "$(seen 10.6.0.2) $(seen fd06::2)" "$(hops4 6 | line) $(hops6 6 | line)" "answers another way, the same hops"
has "$(on h0 ping -c 1 -W 1 10.6.0.2)" "ttl=61" "four hops back where six lead there"
chain_back 5
has "$(on h0 ping -c 1 -W 1 10.6.0.2)" "ttl=59" "and six again"
chain_aside 5 h0
has "$(on h0 ping -c 1 -W 1 10.6.0.2)" "ttl=62" "three, to another interface"
relay_end

cat >"$TMP/flows.py" <<'P'
# flows.py SRC-PORTS DST: the edges that as many UDP flows take.
import socket
import sys
fam = socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
level, recverr, hops = (0, 11, 2) if fam == socket.AF_INET else (41, 25, 16)
edges = set()
for port in range(30000, 30000 + int(sys.argv[1])):
    s = socket.socket(fam, socket.SOCK_DGRAM)
    s.bind(("", port))
    s.setsockopt(level, recverr, 1)
    s.settimeout(2)
    s.connect((sys.argv[2], 33434))
    path = []
    for ttl in range(1, 7):
        s.setsockopt(level, hops, ttl)
        s.send(b"flow")
        try:
            s.recv(1)
        except OSError:
            pass
        c = s.recvmsg(100, 500, socket.MSG_ERRQUEUE)[1][0][2]
        path.append(socket.inet_ntop(fam, c[20:24] if fam == socket.AF_INET else c[24:40]))
    s.close()
    edges |= set(zip(path, path[1:]))
print("\n".join(sorted(" ".join(e) for e in edges)))
P
for kind in full parallel; do
	for name in s r0 a1 a2 a3 b1 b2 b3 c1 c2 c3 j t lan; do
		[ $kind = full ] || ip netns del $name
	done
	diamond_world $kind
	is "$(on s python3 "$TMP/flows.py" 150 10.6.0.1)" "$(diamond_edges | sort)" "a $kind diamond"
	is "$(on s python3 "$TMP/flows.py" 150 fd06::1)" "$(diamond_edges 6 | sort)" "a $kind diamond over IPv6"
done

host_add m0
host_add m
host_add m1
link m0 eth0 m left
link m right m1 eth0
on m sysctl -qw net.ipv6.conf.left.disable_ipv6=1 net.ipv6.conf.right.disable_ipv6=1
on m0 ip addr add 192.0.2.1/24 dev eth0
on m1 ip addr add 192.0.2.2/24 dev eth0
on m0 ip addr add 2001:db8::1/64 dev eth0 nodad
on m1 ip addr add 2001:db8::2/64 dev eth0 nodad
ip netns exec m "$HELPERS/mplshop" left right 10.77.0.1 fd77::1 --mpls 16005:2:1,299776:0:254 \
	--iface ge-0/0/1:17:9000 --hop-by-hop --dst-opts >"$TMP/ready" &
hop=$!
within 5 grep -q ready "$TMP/ready" || exit 99
has "$(on m0 traceroute -n -e -q 1 192.0.2.2)" "10.77.0.1 <MPLS:L=16005,E=2,S=0,T=1/L=299776,E=0,S=1,T=254;2/15:00000011,00010000,0a4d0001," \
	"a label stack and an interface, as traceroute reads them"
has "$(on m0 traceroute -n -e -q 1 2001:db8::2)" "fd77::1 <MPLS:L=16005,E=2,S=0,T=1/" \
	"behind extension headers over IPv6"
kill "$hop"
finish
