#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `sonde scan` beside nmap, on hosts whose ports are open, closed, dropped and rejected in every way:
# the same states, in files that ndiff compares.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs nmap ndiff jq nft python3 setpriv

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth0
on a ip addr add fd00::1/64 dev eth0 nodad
on b ip addr add fd00::2/64 dev eth0 nodad
on b ip route add local 10.0.0.0/28 dev lo
on a ip route add 10.0.0.0/28 via 192.0.2.2
# No limits: those are another test's business.
on b sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 \
	net.ipv4.icmp_msgs_burst=10000 net.ipv6.icmp.ratelimit=0
mkfifo "$TMP/hold"
ip netns exec b python3 "$ROOT/test/net/audit_listen.py" tcp/22 tcp/25 tcp/80 tcp/443 udp/53 udp/69 \
	udp/161 <"$TMP/hold" >"$TMP/served" &
exec 9>"$TMP/hold"
within 5 grep -q ready "$TMP/served" || exit 99
on b nft -f - <<'RULES'
table inet t {
	chain in {
		type filter hook input priority 0
		tcp dport { 25, 110-112 } drop
		tcp dport 120 reject with tcp reset
		tcp dport 121 reject with icmpx port-unreachable
		tcp dport 122 reject with icmpx admin-prohibited
		tcp dport 123 reject with icmpx host-unreachable
		ip protocol tcp tcp dport 124 reject with icmp host-prohibited
		udp dport { 69, 110-112 } drop
		udp dport 121 reject with icmpx port-unreachable
		udp dport 122 reject with icmpx admin-prohibited
		udp dport 123 reject with icmpx host-unreachable
	}
}
RULES

# theirs OPTION…, ours OPTION…: the states, sorted; the file stays in $TMP.
theirs() {
	on a nmap -n -Pn -T4 -oX "$TMP/nmap.xml" "$@" >/dev/null
	"$ROOT/test/net/scan_judge.py" states "$TMP/nmap.xml"
}
ours() {
	on a "$SONDE" scan -n -Pn --json "$@" >"$TMP/sonde.json" 2>"$TMP/err"
	"$ROOT/test/net/scan_judge.py" states "$TMP/sonde.json"
}

want=$(theirs -sS -p 20-26,80,110-125,443 192.0.2.2)
is "$(printf '%s\n' "$want" | awk '{ print $3 }' | sort | uniq -c | awk '{ print $1 $2 }' |
	tr '\n' ' ')" "14closed 8filtered 3open " "nmap sees every state of TCP"
is "$(ours -sS -p 20-26,80,110-125,443 192.0.2.2)" "$want" "sonde the same"
is "$(ours -p 20-26,80,110-125,443 192.0.2.2)" "$want" "TCP is what it scans when nothing is said"
is "$(ours -sT -p 20-26,80,110-125,443 192.0.2.2)" "$want" "and the same by connecting"
is "$(jq -c 'select(.type == "port" and .port == 80) | [.state, .service, .reason.kind, .confidence]' \
	"$TMP/sonde.json")" '["open","http","connected","certain"]' "with the reason"
want=$(theirs -sA -p 80,110-125 192.0.2.2)
is "$(ours -sA -p 80,110-125 192.0.2.2)" "$want" "ACK like nmap's -sA"

want=$(theirs -sU -p 53,68-70,110-112,120-124,161,200-210 192.0.2.2)
is "$(printf '%s\n' "$want" | awk '{ print $3 }' | sort | uniq -c | awk '{ print $1 $2 }' |
	tr '\n' ' ')" "16closed 2filtered 6open|filtered " "nmap sees every state of UDP"
is "$(ours -sU -p 53,68-70,110-112,120-124,161,200-210 192.0.2.2)" "$want" "sonde the same"
is "$(jq -c 'select(.type == "port" and .port == 122) | [.state, .reason.kind, .reason.icmp_type,
	.reason.code, .reason.from]' "$TMP/sonde.json")" '["filtered","icmp",3,13,"192.0.2.2"]' \
	"with who says so"
is "$(jq -c 'select(.type == "port" and .port == 200) | [.state, .reason.kind, .reason.icmp_type,
	.reason.code, .confidence]' "$TMP/sonde.json")" '["closed","icmp",3,3,"certain"]' "and how"

# Both at once, of many.
spec=T:22-26,80,110-112,121,U:53,69,121,122,200
want=$(theirs -sS -sU -p $spec 10.0.0.0/28)
is "$(ours -sS -sU -p $spec 10.0.0.0/28)" "$want" "16 hosts, both protocols"
is "$(ours -sS -sU -p $spec --rate max 10.0.0.0/28)" "$want" "as fast as it goes"
is "$(ours -sS -p 1-1000 192.0.2.2)" "$(theirs -sS -p 1-1000 192.0.2.2)" "a thousand ports"

# IPv6.
is "$(ours -6 -sS -p 22-26,80,110-125 fd00::2)" "$(theirs -6 -sS -p 22-26,80,110-125 fd00::2)" \
	"TCP over IPv6"
is "$(ours -6 -sU -p 53,69,110,121-123,200 fd00::2)" \
	"$(theirs -6 -sU -p 53,69,110,121-123,200 fd00::2)" "UDP over IPv6"

# Files.
theirs -sS -sU -p $spec 192.0.2.2 >/dev/null
on a "$SONDE" scan -n -Pn -sS -sU -p $spec -oX "$TMP/sonde.xml" 192.0.2.2 >/dev/null 2>&1
is "$("$ROOT/test/net/scan_judge.py" states "$TMP/sonde.xml")" \
	"$("$ROOT/test/net/scan_judge.py" states "$TMP/nmap.xml")" "-oX says the same as nmap's"
# Names of services are from two lists, and no part of what was found.
sed -i 's|<service [^>]*/>||g; s|<service [^>]*>[^<]*</service>||g' "$TMP/nmap.xml" "$TMP/sonde.xml"
out=$(ndiff "$TMP/nmap.xml" "$TMP/sonde.xml" 2>&1)
is "$?" 0 "and ndiff reads it and finds no difference"
[ -z "$(printf '%s\n' "$out" | grep -v '^[-+]Nmap\|^$')" ] || printf '%s\n' "$out" | sed 's/^/# /'
on a "$SONDE" scan -n -Pn -sS -p 22,23 -oG "$TMP/g" -oN "$TMP/n" 192.0.2.2 >/dev/null 2>&1
has "$(cat "$TMP/g")" "Host: 192.0.2.2 ()	Ports: 22/open/tcp//ssh///" "-oG as nmap's"
ok "-oN as nmap's" grep -Eq '^22/tcp +open +ssh' "$TMP/n"
has "$(on a "$SONDE" scan -n -Pn -p 22,23 --open 192.0.2.2)" "22/tcp" "--open shows what is open"
hasnt "$(on a "$SONDE" scan -n -Pn -p 22,23 --open 192.0.2.2)" "23/tcp" "and nothing else"
finish
