#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts as people run them: what the audit says, beside what a host next to it sees, and whether
# the command that a finding suggests mends it.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
here=$(dirname "$NET_TEST_LIB")
needs nft iptables-nft-restore iptables-legacy-restore python3 jq
opts=

# new_host: $host, with eth0 and the neighbour "far" at the other end.
new_host() {
	host=h$((number = number + 1))
	host_add "$host"
	link "$host" eth0 far "f$number"
	ip -n "$host" addr add 192.0.2.10/24 dev eth0
	ip -n far addr add 192.0.2.1/24 dev "f$number"
	ip -n "$host" route add default via 192.0.2.1
}

# serve HOST WORD…: there, until the test ends.
serve() {
	_at=$1
	shift
	mkfifo "$TMP/$_at.in"
	on "$_at" python3 "$here/audit_listen.py" "$@" <"$TMP/$_at.in" >"$TMP/$_at.ready" 2>&1 &
	sleep 200 >"$TMP/$_at.in" 2>&1 &
	sleepers="$sleepers $!"
	within 20 grep -q ready "$TMP/$_at.ready" || fail "servers listen" "$(cat "$TMP/$_at.ready")"
}

audit() {
	# shellcheck disable=SC2086 # a list
	on "$host" "$SONDE" --json audit --fail-on never $opts >"$TMP/json" 2>"$TMP/err" ||
		fail "the audit ends well" "$(cat "$TMP/err")"
	is "$(jq -rs "$whole" "$TMP/json")" "" "$1: each port of a view is in one group"
}
# What is wrong with the groups: as many ports as there are.
whole='[.[] | select(.type == "port_group")]
	| group_by([.proto, .family, .iface, .from])[]
	| select((map(.count) | add) != 65535) | "\(.[0].iface) \(.[0].proto)"'

# exposure PORT IFACE FROM: its state, and the chain of the rule.
exposure() {
	jq -r "select(.type == \"exposure\" and .port == $1 and .iface == \"$2\" and
		.from == \"$3\" and .family == 4) | \"\(.state) \(.rule.chain)\"" "$TMP/json"
}

# finding ID [MEMBER]: of each finding with that name.
finding() {
	jq -r "select(.type == \"finding\" and .id == \"$1\") | .${2:-subject}" "$TMP/json"
}

connects() {
	on far timeout 2 python3 -c 'import socket, sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)' "$@"
}

number=0 sleepers=
trap 'kill $sleepers; rm -rf "$TMP"' EXIT
host_add far

# Docker's rules: a published port goes through the forward chain, not through input.
new_host
ip -n "$host" link add docker0 type bridge
ip -n "$host" addr add 172.17.0.1/16 dev docker0
ip -n "$host" link set docker0 up
host_add box
link "$host" veth1 box eth0
ip -n "$host" link set veth1 master docker0
ip -n box addr add 172.17.0.2/16 dev eth0
ip -n box route add default via 172.17.0.1
on "$host" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
serve box tcp/80
serve "$host" tcp/8080@0.0.0.0
on "$host" iptables-nft-restore <<'RULES'
*nat
:PREROUTING ACCEPT
:OUTPUT ACCEPT
:POSTROUTING ACCEPT
:DOCKER -
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 172.17.0.2:81
COMMIT
*filter
:INPUT DROP
:FORWARD DROP
:DOCKER -
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
COMMIT
RULES
opts=-4
audit docker
ok "docker: a neighbour reaches the published port" connects 192.0.2.10 8080
is "$(exposure 8080 eth0 stranger)" "forwarded DOCKER" "docker: so the audit says that it is handed on"
is "$(exposure 8081 eth0 stranger)" "" "docker: one that the forward chain drops is not"
is "$(exposure 8080 docker0 stranger)" "" "docker: there are no strangers behind a bridge"
is "$(finding service-blocked)" "" "docker: the input chain's policy does not block it"
is "$(finding service-unrestricted)" "tcp/8080 (python3)" "docker: strangers reach it"
_fix=$(finding service-unrestricted fix)
ok "docker: the suggested command runs" on "$host" sh -c "${_fix%%#*}"
audit "docker, mended"
is "$(finding service-unrestricted)" "" "docker: and mends it"
ok "docker: neighbours still reach it" connects 192.0.2.10 8080

# Two interfaces, one way out, a strict rp_filter; a link of two addresses.
new_host
link "$host" eth1 far "g$number"
ip -n "$host" addr add 198.51.100.5/31 dev eth1
ip -n far addr add 198.51.100.4/31 dev "g$number"
on "$host" sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter'
serve "$host" tcp/80@198.51.100.5
on "$host" nft -f - <<'RULES'
table inet filter {
	chain pre {
		type filter hook prerouting priority raw; policy accept;
		iifname "eth1" counter
	}
	chain input {
		type filter hook input priority 0; policy drop;
		ct state established,related accept
		iifname "eth1" tcp dport 80 accept
	}
}
RULES
opts="eth1 -4"
audit rp_filter
ok "/31: the other end reaches the service" connects 198.51.100.5 80
is "$(exposure 80 eth1 neighbour)" "open input" "/31: so the audit says"
is "$(exposure 80 eth1 stranger)" "filtered null" "rp_filter: no rule is blamed for what routing takes"
is "$(finding service-blocked)" "" "rp_filter: the service is not blocked"

# Rules of iptables-legacy are not traced: an answer like the kernel's is a rule's all the same.
new_host
serve "$host" tcp/22@0.0.0.0 udp/123@0.0.0.0
on "$host" iptables-legacy-restore <<'RULES'
*filter
:INPUT ACCEPT
:FORWARD ACCEPT
:OUTPUT ACCEPT
-A INPUT -p udp --dport 123 -j REJECT
-A INPUT -p tcp --dport 22 ! -s 192.0.2.0/24 -j REJECT --reject-with tcp-reset
COMMIT
RULES
opts=-4
audit legacy
is "$(exposure 123 eth0 neighbour)" "rejected null" "legacy: a listening port is rejected, not closed"
is "$(exposure 22 eth0 stranger)" "rejected null" "legacy: so it is by a reset"
is "$(exposure 22 eth0 neighbour)" "open null" "legacy: and open to whom the rule lets in"
finish
