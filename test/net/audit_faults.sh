#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A host with a planted fault: the audit finds that fault, with its severity and family, and
# nothing else. The sane host that each begins as is base() below; nothing is found there.
# shellcheck disable=SC2317 # the words of a fault are called through "$@"
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
here=$(dirname "$NET_TEST_LIB")
needs nft python3 jq
[ -d /proc/sys/net/ipv6 ] || skip_all "the kernel has no IPv6"

# The sane host's rules, each after a word that names it: errors and answers of its own flows
# pass, pings pass up to a limit, neighbours find it, and ssh is for its own networks.
base() {
	cat <<'RULES'
lo: iif lo accept
limit4: icmp type echo-request limit rate over 50/second burst 100 packets drop
limit6: icmpv6 type echo-request limit rate over 50/second burst 100 packets drop
state: ct state established,related accept
invalid: ct state invalid drop
ping4: icmp type echo-request accept
ping6: icmpv6 type echo-request accept
nd: icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
ra: icmpv6 type nd-router-advert accept
mld: icmpv6 type mld-listener-query accept
ssh4: ip saddr 192.0.2.0/24 tcp dport 22 accept
ssh6: ip6 saddr 2001:db8:1::/64 tcp dport 22 accept
RULES
}

# The words that plant a fault. put WHERE RULE: in front of the rule WHERE; "end": last.
put() {
	if [ "$1" = end ]; then
		echo "new: $2" >>"$TMP/rules"
	else
		awk -v at="$1:" -v new="new: $2" '$1 == at { print new } { print }' "$TMP/rules" \
			>"$TMP/rules.new" && mv "$TMP/rules.new" "$TMP/rules"
	fi
}
# cut NAME…: without these rules.
cut_rules() {
	for _name; do
		sed -i "/^$_name:/d" "$TMP/rules"
	done
}
# set_to VALUE SETTING…, below /proc/sys/net.
set_to() {
	_value=$1
	shift
	for _s; do
		on "$host" sh -c "echo $_value >/proc/sys/net/$_s"
	done
}
serve() {
	listen="$listen $*"
}
options() {
	opts="$opts $*"
}
# Strangers exist for a host that has a way out; without one an audit takes half the time.
way_out() {
	ip -n "$host" route add default via 192.0.2.1
	ip -n "$host" route add default via 2001:db8:1::1
}
other_iface() {
	link "$host" eth9 far "g$number"
	ip -n "$host" addr add 198.51.100.1/24 dev eth9
}
no_rules() {
	: >"$TMP/rules"
}

sane_settings() {
	set_to 0 ipv4/conf/all/accept_redirects ipv4/conf/eth0/accept_redirects \
		ipv6/conf/all/accept_redirects ipv6/conf/eth0/accept_redirects \
		ipv4/conf/all/send_redirects ipv4/conf/eth0/send_redirects
	set_to 1 ipv6/icmp/echo_ignore_multicast
}

new_host() {
	host=h$((number = number + 1))
	host_add "$host"
	link "$host" eth0 far "f$number"
	ip -n "$host" addr add 192.0.2.10/24 dev eth0
	ip -n "$host" addr add 2001:db8:1::10/64 dev eth0
	sane_settings
	base >"$TMP/rules"
	listen=tcp/22 opts=
}

load_rules() {
	[ -s "$TMP/rules" ] || return 0
	{
		echo 'table inet filter { chain input { type filter hook input priority filter; policy drop;'
		sed 's/^[a-z0-9]*: //' "$TMP/rules"
		echo '}'
		echo '}'
	} >"$TMP/rules.nft"
	on "$host" nft -f "$TMP/rules.nft" || fail "$1: the rules load" "$(cat "$TMP/rules.nft")"
}

# found: "id severity family" of each finding, family 0 where it is of both or none.
found() {
	jq -r 'select(.type == "finding") | "\(.id) \(.severity) \(.family)"' "$TMP/json" | sort -u
}

# Runs what was planted; `expected` holds the lines that must be found.
audit() {
	load_rules "$1"
	rm -f "$TMP/in" "$TMP/ready"
	mkfifo "$TMP/in"
	# shellcheck disable=SC2086 # a list
	on "$host" python3 "$here/audit_listen.py" $listen <"$TMP/in" >"$TMP/ready" 2>&1 &
	exec 9>"$TMP/in"
	within 20 grep -q ready "$TMP/ready" || fail "$1: servers listen" "$(cat "$TMP/ready")"
	[ -z "${late:-}" ] || "$late"
	# shellcheck disable=SC2086 # a list
	on "$host" "$SONDE" --json audit eth0 --fail-on never $opts >"$TMP/json" 2>"$TMP/err"
	_exit=$?
	exec 9>&-
	if [ $_exit -ne 0 ]; then
		fail "$1" "exit $_exit: $(cat "$TMP/err")"
	elif [ "$(found)" = "$expected" ]; then
		pass "$1"
	else
		is "$(found)" "$expected" "$1"
		jq -r 'select(.type == "finding") | "# \(.id): \(.subject): \(.evidence)"' "$TMP/json" |
			cut -c1-600
	fi
	ip netns del "$host"
}

# fault "ID SEVERITY FAMILY[, …]" WHAT WORD ARGUMENT… [-- WORD ARGUMENT…]…
fault() {
	expected=$(echo "$1" | tr ',' '\n' | sed 's/^ *//; /^$/d' | sort -u) what=$2
	shift 2
	case "${ONLY:-$what}" in
	"$what") ;;
	*) return ;;
	esac
	new_host
	_line=
	while [ $# -gt 0 ]; do
		_line=$1
		shift
		while [ $# -gt 0 ] && [ "$1" != -- ]; do
			_line="$_line '$1'"
			shift
		done
		eval "$_line"
		[ $# -eq 0 ] || shift
	done
	audit "$what"
}

number=0
host_add far
fault "" "the sane host: nothing" way_out
fault "" "the sane host, explained: nothing" options --explain -4

fault "pmtud-broken high 4" "fragmentation-needed is dropped" options -4 -- \
	put state "icmp type destination-unreachable icmp code frag-needed drop"
fault "pmtud-broken high 6" "packet-too-big is dropped" options -6 -- \
	put state "icmpv6 type packet-too-big drop"
fault "nd-broken high 6" "neighbour discovery is not let in" options -6 -- cut_rules nd
fault "nd-broken medium 6" "router advertisements are not let in" options -6 -- \
	set_to 1 ipv6/conf/eth0/accept_ra -- cut_rules ra
fault "" "nor need they be where nobody heeds them" options -6 -- \
	set_to 0 ipv6/conf/eth0/accept_ra -- cut_rules ra
fault "mld-blocked low 6" "listener queries are not let in" options -6 -- cut_rules mld
fault "errors-blocked medium 4" "time-exceeded is dropped" options -4 -- \
	put state "icmp type { time-exceeded, parameter-problem } drop"
fault "errors-blocked medium 6" "time-exceeded of IPv6 is dropped" options -6 -- \
	put state "icmpv6 type { time-exceeded, parameter-problem } drop"
# Where all is blocked, so are these.
fault "icmp-blocked-entirely high 4, pmtud-broken high 4" "all ICMP is dropped" options -4 -- \
	cut_rules limit4 ping4 -- put state "meta l4proto icmp drop"
fault "icmp-blocked-entirely high 6, pmtud-broken high 6, nd-broken high 6" \
	"all ICMPv6 is dropped" options -6 -- cut_rules limit6 ping6 nd ra mld -- \
	put state "meta l4proto ipv6-icmp drop"

fault "redirects-accepted medium 4" "IPv4 redirects: the interface alone says yes" options -4 -- \
	set_to 1 ipv4/conf/eth0/accept_redirects
fault "redirects-accepted medium 4" "IPv4 redirects: 'all' alone says yes" options -4 -- \
	set_to 1 ipv4/conf/all/accept_redirects
fault "" "IPv4 redirects: of a router 'all' and interface must say yes" options -4 -- \
	set_to 1 ipv4/ip_forward -- sane_settings -- set_to 1 ipv4/conf/all/accept_redirects
fault "" "IPv4 redirects: a rule in front of 'related accept' keeps them out" options -4 -- \
	set_to 1 ipv4/conf/all/accept_redirects -- put state "icmp type redirect drop"
fault "redirects-accepted medium 6" "IPv6 redirects: the interface says yes" options -6 -- \
	set_to 1 ipv6/conf/eth0/accept_redirects
fault "" "IPv6 redirects: 'all' has no say" options -6 -- \
	set_to 1 ipv6/conf/all/accept_redirects -- set_to 0 ipv6/conf/eth0/accept_redirects
fault "" "redirects of another family or interface than was asked for" options -4 -- \
	other_iface -- set_to 1 ipv6/conf/eth0/accept_redirects
fault "redirects-sent low 4" "a router sends redirects" options -4 -- \
	set_to 1 ipv4/ip_forward -- sane_settings -- set_to 1 ipv4/conf/eth0/send_redirects
fault "" "a host that does not forward sends none" options -4 -- \
	set_to 1 ipv4/conf/eth0/send_redirects ipv4/conf/all/send_redirects

fault "broadcast-echo-answered medium 4" "pings to everybody are answered" options -4 -- \
	set_to 0 ipv4/icmp_echo_ignore_broadcasts
fault "broadcast-echo-answered info 6" "pings to ff02::1 are answered: a note" \
	options -6 --explain -- set_to 0 ipv6/icmp/echo_ignore_multicast
fault "timestamp-answered low 4" "timestamp requests are let in" options -4 -- \
	put end "icmp type timestamp-request accept"
[ -n "${ONLY:-}" ] || skip "mask-answered: mask requests are answered" \
	"no Linux answers them, and a program that would is not part of the copy"
fault "echo-unlimited info 0" "pings are not limited" cut_rules limit4 limit6
fault "limit-without-effect medium 4" "a limit behind 'established accept'" options -4 -- \
	cut_rules limit4 ping4 -- \
	put end "icmp type echo-request limit rate 5/second burst 10 packets accept"
fault "limit-without-effect medium 6" "a limit behind 'established accept', IPv6" options -6 -- \
	cut_rules limit6 ping6 -- \
	put end "icmpv6 type echo-request limit rate 5/second burst 10 packets accept"
fault "limit-without-effect medium 4" "a limit whose both branches accept" options -4 -- \
	cut_rules limit4 -- \
	put state "icmp type echo-request limit rate 5/second burst 10 packets accept" -- \
	cut_rules ping4 -- put state "icmp type echo-request accept"

fault "dead-rule low 0" "a port is dropped, then let in" options -4 -- \
	put end "tcp dport 25 drop" -- put end "tcp dport 25 accept"
fault "dead-rule low 0" "types that are always invalid, behind 'invalid drop'" options -6 -- \
	put end "icmpv6 type { 141, 142, 144, 145, 146, 147, 148, 149, 153 } accept"
fault "" "rules that share some ports: none is dead" options -4 -- \
	put end "ip saddr 192.0.2.0/24 tcp dport 25 accept" -- \
	put end "ip saddr 192.0.2.0/24 tcp dport { 25, 2525 } accept" -- \
	put end "ip saddr 192.0.2.0/24 tcp dport 2500-2600 drop"
fault "" "rules for one sender, interface or time: none is dead" options -4 -- \
	put end "iifname eth7 tcp dport 25 accept" -- \
	put end "ip saddr 198.51.100.0/24 tcp dport 25 accept" -- \
	put end "ip saddr 198.51.100.77 tcp dport 26 accept"

fault "firewall-vs-sysctl info 4" "PROBE is switched on, and dropped as invalid" options -4 -- \
	set_to 1 ipv4/icmp_echo_enable_probe
fault "filter-revealed info 4" "some ports are rejected, some silent" options -4 -- \
	put end "tcp dport 113 reject with icmpx admin-prohibited"
fault "filter-revealed info 6" "some IPv6 ports are rejected, some silent" options -6 -- \
	put end "tcp dport 113 reject with icmpx admin-prohibited"
fault "" "all ports rejected: nothing to tell apart" options -4 -- \
	put end "reject with icmpx admin-prohibited"
fault "reject-as-port-unreachable info 0" \
	"UDP is rejected as if nobody listened" put end "meta l4proto udp reject"

fault "service-unrestricted low 0" "a service for everybody" way_out -- serve tcp/80 -- \
	put end "tcp dport 80 accept"
fault "service-unrestricted medium 0" "a database for everybody" way_out -- serve tcp/3306 -- \
	put end "tcp dport 3306 accept"
fault "service-unrestricted medium 4" "an amplifier for everybody, over IPv4" way_out -- \
	options -4 -- serve udp/11211@0.0.0.0 -- put end "udp dport 11211 accept"
fault "" "a service for everybody that listens on loopback" way_out -- options -4 -- \
	serve tcp/3306@127.0.0.1 -- put end "ip saddr 192.0.2.0/24 tcp dport 3306 accept"
fault "service-blocked low 0" "a service that no rule lets in" way_out -- options -4 -- serve tcp/8080
fault "service-blocked low 0" "a UDP service that no rule lets in" options -4 -- serve udp/5060
fault "family-asymmetry medium 6, service-unrestricted low 4" "open over IPv4 only" way_out -- \
	serve tcp/80 -- put end "meta nfproto ipv4 tcp dport 80 accept"
fault "family-asymmetry medium 4, service-unrestricted low 6" "open over IPv6 only" way_out -- \
	serve udp/443 -- put end "meta nfproto ipv6 udp dport 443 accept"
fault "" "a service of IPv4 alone is no asymmetry" way_out -- serve tcp/80@0.0.0.0 -- \
	put end "ip saddr 192.0.2.0/24 tcp dport 80 accept"

# Without rules timestamps are answered too: no setting turns that off.
fault "no-firewall low 0, timestamp-answered low 4" "no firewall, and nothing to protect" way_out -- \
	options -4 -- no_rules -- cut_rules -- set_to 1 ipv4/icmp_echo_ignore_all -- \
	listen=tcp/22@127.0.0.1
fault "no-firewall medium 0, service-unrestricted low 4, timestamp-answered low 4" \
	"no firewall in front of a service" way_out -- options -4 -- no_rules -- \
	set_to 1 ipv4/icmp_echo_ignore_all

fault "listener-udp-tcp-mismatch info 0" "a name server without TCP, explained" \
	options -4 --explain -- serve udp/53@127.0.0.1
fault "" "a name server without TCP, not asked for" options -4 -- serve udp/53@127.0.0.1
fault "" "a name server with both" options -4 --explain -- serve udp/53@127.0.0.1 tcp/53@127.0.0.1

bridge_table() {
	on "$host" nft 'table bridge b { chain f { type filter hook forward priority 0; policy accept; ether type arp drop; }; }'
}
fault "twin-incomplete low 0" "rules for frames, which the proof does not send" \
	options -4 -- late=bridge_table
late=
finish
