#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every verdict of an audit names the rule that decided: the host's own handle, as `nft -a list
# ruleset` shows it there, through jumps, other hooks, and in the words of iptables-nft.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
here=$(dirname "$NET_TEST_LIB")
needs nft python3 jq iptables-nft

# new HOST
new() {
	host_add "$1"
	link "$1" eth0 far "f-$1"
	on "$1" ip addr add 192.0.2.10/24 dev eth0
	on "$1" ip addr add 2001:db8:1::10/64 dev eth0
	on "$1" ip route add default via 192.0.2.1
}
audit() {
	rm -f "$TMP/in" "$TMP/ready"
	mkfifo "$TMP/in"
	on "$1" python3 "$here/audit_listen.py" tcp/22 tcp/80 tcp/81 tcp/443 udp/53 udp/54 \
		<"$TMP/in" >"$TMP/ready" 2>&1 &
	exec 9>"$TMP/in"
	within 20 grep -q ready "$TMP/ready" || fail "servers listen" "$(cat "$TMP/ready")"
	on "$1" "$SONDE" --json audit eth0 --fail-on never >"$TMP/json" 2>"$TMP/err"
	is "$? $(cat "$TMP/err")" "0 " "$1: the audit ends well"
	exec 9>&-
	on "$1" nft -a list ruleset >"$TMP/rules"
}
# handle COMMENT: of the host's rule that bears it.
handle() {
	sed -n "s/.*comment \"$1\".* # handle \([0-9]*\)$/\1/p" "$TMP/rules"
}
# says SENTENCE FILTER WANT: state or verdict, table, chain and handle of each fact, all alike.
says() {
	is "$(jq -r "select($2) | \"\(.state // .verdict) \(.rule.table) \(.rule.chain) \(.rule.handle)\"" \
		"$TMP/json" | sort -u)" "$3" "$1"
}
port() {
	echo ".type == \"exposure\" and .proto == \"${1%/*}\" and .port == ${1#*/} and .family == $2"
}
icmp() {
	echo ".type == \"icmp_verdict\" and .family == $1 and .icmp_type == $2 and .code == $3 and .context == \"$4\""
}

host_add far
new byhand
on byhand nft -f - <<'RULES'
table inet early {
	chain raw {
		type filter hook prerouting priority raw; policy accept
		icmp type timestamp-request drop comment "raw"
		udp dport 54 notrack comment "notrack"
	}
}
table netdev wire {
	chain in {
		type filter hook ingress device "eth0" priority 0; policy accept
		tcp dport 81 drop comment "wire"
	}
}
table inet filter {
	chain web {
		tcp dport 80 accept comment "web"
		tcp dport 443 reject with tcp reset comment "reset"
	}
	chain services {
		jump web
		tcp dport 22 goto ssh
	}
	chain ssh {
		meta nfproto ipv6 drop comment "ssh6"
		accept comment "ssh"
	}
	chain input {
		type filter hook input priority filter; policy drop
		ct state established,related accept comment "state"
		ct state invalid drop comment "invalid"
		meta l4proto tcp jump services
		icmp type echo-request accept comment "ping"
		icmpv6 type vmap { echo-request : drop, nd-neighbor-solicit : accept } comment "vmap"
		udp dport 53 reject with icmpx port-unreachable comment "refused"
	}
}
RULES
audit byhand
says "a jump: the rule at its end" "$(port tcp/80 4)" "open filter web $(handle web)"
says "a rejection in a chain that is jumped to" "$(port tcp/443 6)" \
	"rejected filter web $(handle reset)"
says "a goto, IPv4" "$(port tcp/22 4)" "open filter ssh $(handle ssh)"
says "a goto, IPv6" "$(port tcp/22 6)" "filtered filter ssh $(handle ssh6)"
says "a rule of netdev ingress" "$(port tcp/81 4)" "filtered wire in $(handle wire)"
says "a rejection with a message" "$(port udp/53 4)" "rejected filter input $(handle refused)"
says "the policy, behind notrack" "$(port udp/54 4)" "filtered filter input null"
says "a rule of prerouting" "$(icmp 4 13 0 stray)" "dropped early raw $(handle raw)"
says "an echo request" "$(icmp 4 8 0 stray)" "answered filter input $(handle ping)"
says "a verdict map" "$(icmp 6 128 0 stray)" "dropped filter input $(handle vmap)"
says "an error about nothing" "$(icmp 4 3 3 stray)" "dropped filter input $(handle invalid)"
says "an error about a flow" "$(icmp 4 3 3 related)" "passed filter input $(handle state)"
is "$(jq -r 'select(.type == "port_group" and .proto == "tcp" and .family == 4 and .from == "stranger")
	| "\(.ports) \(.state) \(.rule.chain) \(.rule.handle)"' "$TMP/json" | sort)" \
	"$(printf '%s\n' "22 open ssh $(handle ssh)" "80 open web $(handle web)" \
		"81 filtered in $(handle wire)" "443 rejected web $(handle reset)" \
		"1-21,23-79,82-442,444-65535 filtered input null" | sort)" "groups of ports: the same rules"

new tables
on tables sh -c 'iptables-nft -N SVC
	iptables-nft -A SVC -p tcp --dport 22 -m comment --comment ssh -j ACCEPT
	iptables-nft -A INPUT -p icmp -m icmp --icmp-type 8 -m comment --comment ping -j ACCEPT
	iptables-nft -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	iptables-nft -A INPUT -j SVC
	iptables-nft -A INPUT -p tcp -m multiport --dports 80,443 -j REJECT --reject-with tcp-reset
	iptables-nft -P INPUT DROP'
audit tables
is "$(jq -r 'select(.type == "exposure" and .family == 4 and .from == "stranger" and .proto == "tcp")
	| "\(.port) \(.state) \(.rule.backend) \(.rule.chain) \(.rule.position)"' "$TMP/json")" \
	"22 open iptables-nft SVC 1
80 rejected iptables-nft INPUT 4
81 filtered iptables-nft INPUT null
443 rejected iptables-nft INPUT 4" "iptables-nft: chain and number, as iptables -L --line-numbers has them"
says "iptables-nft: and the handle" "$(icmp 4 8 0 stray)" \
	"answered filter INPUT $(on tables nft -a list chain ip filter INPUT 2>/dev/null |
		sed -n '/icmp/s/.* # handle \([0-9]*\)$/\1/p')"
finish
