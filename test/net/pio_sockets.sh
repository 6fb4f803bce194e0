#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Asking through sockets, as a user without rights: each kind of answer, and many at once.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs python3 nft setpriv prlimit
P=${HELPERS:?}/pio_sockets
[ -x "$P" ] || skip_all "$P is not built"

# a - router - b
host_add a
host_add r
host_add b
link a eth0 r r0
link r r1 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on r ip addr add 192.0.2.254/24 dev r0
on r ip addr add 198.51.100.254/24 dev r1
on b ip addr add 198.51.100.1/24 dev eth0
on a ip addr add fd00:1::1/64 dev eth0
on r ip addr add fd00:1::fe/64 dev r0
on r ip addr add fd00:2::fe/64 dev r1
on b ip addr add fd00:2::1/64 dev eth0
on r sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
on a ip route add 198.51.100.0/24 via 192.0.2.254
on b ip route add default via 198.51.100.254
on a ip route add fd00:2::/64 via fd00:1::fe
on b ip route add default via fd00:2::fe
on b nft -f - <<'X'
table inet f {
	chain input {
		type filter hook input priority 0
		tcp dport 7002 reject with icmpx admin-prohibited
		tcp dport 7003 drop
		udp dport 7002 reject with icmpx admin-prohibited
		udp dport 7003 drop
		tcp dport 7004 reject
		udp dport 7004 reject
	}
}
X
on a nft -f - <<'X'
table inet f {
	chain output {
		type filter hook output priority 0
		udp dport 7009 drop
		icmp type 8 ip daddr 198.51.100.9 drop
	}
}
X
on b sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit; echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
sleep 1000 | on b python3 -c '
import socket, sys, threading
t = socket.create_server(("::", 7000), family=socket.AF_INET6, dualstack_ipv6=True)
u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
u.bind(("::", 7000))
def serve():
	while True:
		d, a = u.recvfrom(2048)
		u.sendto(d + b"!", a)
threading.Thread(target=serve, daemon=True).start()
print("ready", flush=True)
sys.stdin.read()' >"$TMP/listen" &
within 10 grep -q ready "$TMP/listen" || exit 99
on a ping -c 1 -W 2 198.51.100.1 >/dev/null
on a ping -c 1 -W 2 fd00:2::1 >/dev/null
on a sh -c 'echo "0 65535" >/proc/sys/net/ipv4/ping_group_range'
cp "$P" "$TMP/p" && chmod 755 "$TMP" "$TMP/p"
files=1024
user() {
	on a prlimit --nofile=$files:$files setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all timeout 60 "$TMP/p" "$@" 2>"$TMP/err"
}
b4=198.51.100.1
b6=fd00:2::1

is "$(user 1500 tcp,$b4,7000 tcp,$b4,7001 tcp,$b4,7002 tcp,$b4,7003 tcp,$b4,7004)" "tcp,$b4,7000 open from $b4
tcp,$b4,7001 refused from $b4
tcp,$b4,7002 error 3/13 from $b4 ttl 63
tcp,$b4,7003 silent
tcp,$b4,7004 error 3/3 from $b4 ttl 63" "TCP: open, reset, prohibited, silent, and a REJECT told from a reset"
is "$(user 1500 tcp,$b6,7000 tcp,$b6,7001 tcp,$b6,7002 tcp,$b6,7003 tcp,$b6,7004)" "tcp,$b6,7000 open from $b6
tcp,$b6,7001 refused from $b6
tcp,$b6,7002 error 1/1 from $b6 ttl 63
tcp,$b6,7003 silent
tcp,$b6,7004 error 1/4 from $b6 ttl 63" "TCP over IPv6"
is "$(user 500 udp,$b4,7000 udp,$b4,7001 udp,$b4,7002 udp,$b4,7003)" "udp,$b4,7000 data 9 from $b4 ttl 63
udp,$b4,7001 error 3/3 from $b4 ttl 63
udp,$b4,7002 error 3/13 from $b4 ttl 63
udp,$b4,7003 silent" "UDP: an answer, closed, prohibited, silent"
is "$(user 500 udp,$b6,7000 udp,$b6,7001 udp,$b6,7002 udp,$b6,7003)" "udp,$b6,7000 data 9 from $b6 ttl 63
udp,$b6,7001 error 1/4 from $b6 ttl 63
udp,$b6,7002 error 1/1 from $b6 ttl 63
udp,$b6,7003 silent" "UDP over IPv6"
is "$(user 500 echo,$b4 echo,$b6)" "echo,$b4 data 16 from $b4 ttl 63
echo,$b6 data 16 from $b6 ttl 63" "echo by ping sockets"
is "$(user 500 echo,$b4,0,1 udp,$b4,7000,1 tcp,$b4,7000,1 udp,$b6,7000,1)" "echo,$b4,0,1 error 11/0 from 192.0.2.254 ttl 64
udp,$b4,7000,1 error 11/0 from 192.0.2.254 ttl 64
tcp,$b4,7000,1 error 11/0 from 192.0.2.254 ttl 64
udp,$b6,7000,1 error 3/0 from fd00:1::fe ttl 64" "hops are as asked for, and the router is named"
is "$(user 6000 tcp,198.51.100.77,7000 udp,198.51.100.78,7000)" "tcp,198.51.100.77,7000 error 3/1 from 192.0.2.254 ttl 64
udp,198.51.100.78,7000 error 3/1 from 192.0.2.254 ttl 64" "a host that is not there: its router says so"
is "$(user 500 tcp,203.0.113.1,7000 udp,$b4,7000,0,203.0.113.2 udp,$b4,7009 echo,198.51.100.9)" \
	"tcp,203.0.113.1,7000 not asked ENETUNREACH
udp,$b4,7000,0,203.0.113.2 not asked EADDRNOTAVAIL
udp,$b4,7009 not asked EACCES
echo,198.51.100.9 not asked EACCES" "no route, not our address, our own firewall: said when asking"
is "$(user 500 udp,$b4,7000,0,192.0.2.1 tcp,$b4,7000,0,192.0.2.1)" \
	"udp,$b4,7000,0,192.0.2.1 data 9 from $b4 ttl 63
tcp,$b4,7000,0,192.0.2.1 open from $b4" "from a given source"
is "$(user 500 tcp,127.0.0.1,1 udp,127.0.0.1,1 echo,127.0.0.1 tcp,::1,1)" "tcp,127.0.0.1,1 refused from 127.0.0.1
udp,127.0.0.1,1 error 3/3 from 127.0.0.1 ttl 64
echo,127.0.0.1 data 16 from 127.0.0.1 ttl 64
tcp,::1,1 refused from ::1" "loopback, where answers are there at once"
on a sh -c 'echo "50000 50000" >/proc/sys/net/ipv4/ip_local_port_range'
is "$(user 500 tcp,127.0.0.1,50000)" "tcp,127.0.0.1,50000 refused from 127.0.0.1" \
	"a connection to itself is no open port"
on a sh -c 'echo "20000 60999" >/proc/sys/net/ipv4/ip_local_port_range'
on a sh -c 'echo "1 0" >/proc/sys/net/ipv4/ping_group_range'
is "$(user 500 echo,$b4 udp,$b4,7000)" "echo,$b4 not asked EPERM
udp,$b4,7000 data 9 from $b4 ttl 63" "ping sockets forbidden: only they are"

is "$(user 300 10 30 $b4 7003)" "most 10 silent 30 other 0" "a bound on sockets holds, and asking goes on behind it"
files=12000
is "$(user 3000 10000 10000 $b4 7003)" "most 10000 silent 10000 other 0" "10,000 wait at once"
ok "and are cheap: $(cat "$TMP/err") of processor time" \
	sh -c "[ \$(cut -d' ' -f1 '$TMP/err') -lt 2500 ]"
files=100
is "$(user 300 0 100 $b4 7003)" "most 36 silent 100 other 0" "descriptors bound it"
files=30
has "$(user 300 0 100 $b4 7003)" "too few (ulimit -n)" "too few descriptors are refused"
finish
