#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `sonde audit` on hosts that make it hard: it ends well, says what it could not do, leaves the
# host as it was, and leaves nothing behind, also when it is interrupted or killed half way.
# shellcheck disable=SC2317 # functions are called through ok and within
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
here=$(dirname "$NET_TEST_LIB")
needs nft python3 jq lsns xmllint iptables-nft setpriv

# run HOST OPTION…: an audit with --json; $TMP/json, $TMP/err, $exit.
run() {
	_at=$1
	shift
	on "$_at" "$SONDE" --json audit --fail-on never "$@" >"$TMP/json" 2>"$TMP/err"
	exit=$?
}
# each line an object of the schema, the last one the summary, and it alone
whole() {
	jq -es 'all(.[]; .schema == "sonde/1" and (.type | type) == "string"
			and (.time | test("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{6}Z$")))
		and (map(.type == "summary") | (.[-1] and (.[:-1] | any | not)))' "$TMP/json"
}
# well HOST SENTENCE OPTION…: it ends with 0, without a message, its output whole.
well() {
	_at=$1 _what=$2
	shift 2
	run "$_at" "$@"
	is "$exit $(cat "$TMP/err")" "0 " "$_what"
	ok "$_what: every line is an object, the last the summary" whole
}
# facts FILTER: of the last run, one a line.
facts() {
	jq -r "select($1) | $2" "$TMP/json" | sort -u
}
# state HOST: all of it that an audit could have touched.
state() {
	# shellcheck disable=SC2016 # the inner shell expands it
	on "$1" sh -c 'nft -s list ruleset; ip -d addr; ip route show table all; ip -6 route show table all
		ip neigh | sed "s/ [A-Z]*$//"; ls /proc/sys/net/ipv4/conf
		for f in $(find /proc/sys/net -type f ! -name "*stable_secret" ! -name flush); do
			echo "$f: $(cat $f 2>/dev/null)"
		done' | grep -v -e 'nf_conntrack_count' -e 'valid_lft' -e ' expires [0-9]*sec'
}

host_add far
host_add box
link box eth0 far f0
link box lan0 far f1
on box ip addr add 192.0.2.10/24 dev eth0
on box ip addr add 2001:db8:1::10/64 dev eth0
on box ip addr add 10.1.0.1/24 dev lan0
on box ip route add default via 192.0.2.1
on box nft -f - <<'RULES'
table inet filter {
	set seen { type ipv4_addr; flags dynamic, timeout; timeout 1h; }
	chain input {
		type filter hook input priority filter; policy drop
		ct state established,related accept
		iif lan0 tcp dport 22 accept
		iifname "eth0" tcp dport 80 accept
		tcp dport 8080 add @seen { ip saddr } limit rate 1/minute burst 2 packets accept
		icmp type echo-request limit rate 1/minute burst 1 packets accept
		icmp type timestamp-request quota until 200 bytes accept
		icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert } accept
	}
}
RULES
mkfifo "$TMP/in"
on box python3 "$here/audit_listen.py" tcp/22 tcp/80 tcp/8080 udp/53 <"$TMP/in" >"$TMP/ready" 2>&1 &
exec 9>"$TMP/in"
within 20 grep -q ready "$TMP/ready" || fail "servers listen" "$(cat "$TMP/ready")"

# Two interfaces, rules of each; a host that is not touched.
state box >"$TMP/before"
well box "a host of two interfaces"
state box >"$TMP/after"
is "$(diff "$TMP/before" "$TMP/after")" "" "the host's rules, settings, addresses, routes are as before"
is "$(facts '.type == "exposure" and .proto == "tcp" and .family == 4' \
	'"\(.iface) \(.from) \(.port) \(.state)"')" "eth0 neighbour 22 filtered
eth0 neighbour 80 open
eth0 neighbour 8080 open
eth0 stranger 22 filtered
eth0 stranger 80 open
eth0 stranger 8080 open
lan0 neighbour 22 open
lan0 neighbour 80 filtered
lan0 neighbour 8080 open
lan0 stranger 22 open
lan0 stranger 80 filtered
lan0 stranger 8080 open" "each interface has its own answers; limits decide of fresh packets"
is "$(facts '.type == "icmp_verdict" and .conditional and .iface == "eth0" and .from == "stranger"' \
	'"\(.family) \(.icmp_type) \(.verdict)"')" "4 13 answered
4 8 answered" "what a limit or quota let through is conditional, nothing else"
cp "$TMP/json" "$TMP/two.json"

# As text and as a page; the page is read by another program.
for columns in 60 200; do
	on box env COLUMNS=$columns "$SONDE" audit lan0 -4 --fail-on never --no-proof >"$TMP/text" 2>&1
	is $? 0 "as text, $columns columns"
	is "$(grep -c '[[:cntrl:]]' "$TMP/text")" 0 "without control characters where nobody looks"
done
on box "$SONDE" audit lan0 -4 --html "$TMP/page.html" >"$TMP/text" 2>&1
ok "a page whose elements all end" xmllint --html --noout --nowarning "$TMP/page.html"
is "$(grep -c -E '(src|href)="?https?:|@import|<script' "$TMP/page.html")" 0 "that asks for nothing else"
has "$(cat "$TMP/text")" "lan0" "the text speaks of the interface"
run box no-such-interface
is "$exit $(grep -c no-such-interface "$TMP/err")" "2 1" "an interface that is none is named"

# Interrupted and killed, half way.
namespaces() {
	lsns -n -t net -o NS | sort
}
# The shell has its background jobs ignore SIGINT; $pid is the program itself.
start() {
	_after=$1
	shift
	: >"$TMP/json"
	ip netns exec box env --default-signal=INT "$SONDE" --json audit "$@" >"$TMP/json" 2>"$TMP/err" &
	pid=$!
	sleep "$_after"
}
left_files() {
	find "$TMP" /run /dev/shm -maxdepth 1
	find /tmp -maxdepth 1 -name '*sonde*'
}
gone() {
	! kill -0 "$pid" 2>/dev/null
}
spaces=$(namespaces)
on box nft -s list ruleset >"$TMP/rules"
files=$(left_files)
for after in 0.05 0.3 0.8; do
	start $after
	kill -INT "$pid"
	ok "SIGINT after $after s: it ends within 3 s" within 3 gone
	wait "$pid"
	is "$?" 4 "SIGINT after $after s: with 4"
	ok "SIGINT after $after s: what it wrote is whole" whole
	is "$(facts '.type == "summary"' .interrupted)" true "SIGINT after $after s: the summary says so"
done
echo "an old page" >"$TMP/page.html"
start 0.3 --html "$TMP/page.html"
kill -INT "$pid"
wait "$pid"
is "$(cat "$TMP/page.html")" "an old page" "half an audit does not take the place of an old page"
for after in 0.02 0.2 0.7; do
	start $after
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	# The canary of twin_ends.sh shows that the kernel frees the copy; here the rest is looked at.
	ok "SIGKILL after $after s: a second later no process is left" within 1 gone
	is "$(namespaces)" "$spaces" "SIGKILL after $after s: no namespace"
	is "$(on box ip -o link | wc -l) $(ip -o link | wc -l)" "3 1" "SIGKILL after $after s: no interface"
	is "$(left_files)" "$files" "SIGKILL after $after s: no file"
	is "$(on box nft -s list ruleset)" "$(cat "$TMP/rules")" \
		"SIGKILL after $after s: the host's rules stand"
done

# Without the right to do it.
chmod 711 "$TMP"
cp "$SONDE" "$TMP/sonde" && chmod 755 "$TMP/sonde" || exit 99
on box setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" --json audit \
	>"$TMP/json" 2>"$TMP/err"
is $? 3 "nobody: not permitted"
ok "nobody: what can be told is told, whole" whole
has "$(cat "$TMP/err")" "CAP_" "nobody: the message names what is missing"
has "$(cat "$TMP/err")" "sudo" "nobody: and the command that helps"
is "$(facts '.type == "iface"' .name)" "eth0
lan0
lo" "nobody: the interfaces are shown"
ok "nobody: a finding says that nothing is proved" test -n "$(facts '.id == "twin-incomplete"' .id)"
exec 9>&-

# In a container: root of a namespace of users, who is nobody outside.
cat >"$TMP/container.sh" <<'INSIDE'
ip link set lo up
ip link add eth0 type veth peer name far
ip addr add 192.0.2.10/24 dev eth0
ip link set eth0 up; ip link set far up
nft 'table inet f { chain i { type filter hook input priority 0; policy drop; ct state established,related accept; icmp type echo-request accept; }; }'
exec "$1" --json audit eth0 -4 --fail-on never
INSIDE
chmod 644 "$TMP/container.sh"
if setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urnm true 2>/dev/null; then
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urnm sh "$TMP/container.sh" \
		"$TMP/sonde" >"$TMP/json" 2>"$TMP/err"
	is "$? $(cat "$TMP/err")" "0 " "in a container: it ends well"
	ok "in a container: its output is whole" whole
	is "$(facts '.type == "icmp_verdict" and .icmp_type == 8 and .code == 0' \
		'"\(.from) \(.verdict) \(.rule.text)"')" \
		"neighbour answered icmp type echo-request accept" "in a container: it is proved"
else
	skip "in a container" "users may not make namespaces here"
fi

# Hosts with little.
host_add lonely
well lonely "only loopback"
is "$(facts '.type == "exposure" or .type == "icmp_verdict"' .type)" "" "only loopback: nothing is probed"
host_add bare
ip -n bare link set lo down
well bare "no interface is up"
host_add silent
link silent eth0 far f2
on silent sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
well silent "an interface without an address"
host_add four
on four sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
link four eth0 far f3
on four ip addr add 192.0.2.40/24 dev eth0
well four "no IPv6"
is "$(facts '.type == "icmp_verdict"' .family)" 4 "no IPv6: IPv4 alone is proved"

# Links of other kinds.
if [ -c /dev/net/tun ]; then
	host_add vpn
	on vpn ip tuntap add tun0 mode tun
	on vpn ip addr add 10.8.0.2/24 dev tun0
	on vpn nft 'table inet f { chain i { type filter hook input priority 0; policy drop; iifname "tun0" icmp type echo-request accept; }; }'
	on vpn python3 -c '
import fcntl, struct, time
f = open("/dev/net/tun", "r+b", buffering=0)
fcntl.ioctl(f, 0x400454ca, struct.pack("16sH22x", b"tun0", 0x1001))
time.sleep(60)' &
	tun=$!
	on vpn ip link set tun0 up
	within 5 sh -c 'ip -n vpn -o link show tun0 | grep -q LOWER_UP'
	well vpn "a TUN interface" -4
	is "$(facts '.type == "icmp_verdict" and .icmp_type == 8 and .code == 0' \
		'"\(.iface) \(.from) \(.verdict)"')" "tun0 neighbour answered" \
		"a TUN interface: it is probed like any other"
	kill $tun
else
	skip "a TUN interface" "/dev/net/tun is not there"
fi
host_add bridged
if on bridged ip link add br0 type bridge 2>/dev/null; then
	link bridged eth0 far f4
	on bridged ip link set eth0 master br0
	on bridged ip link set br0 up
	on bridged ip addr add 192.0.2.50/24 dev br0
	within 5 sh -c 'ip -n bridged -o link show br0 | grep -q LOWER_UP'
	well bridged "a bridge" -4
	is "$(facts '.type == "icmp_verdict"' .iface)" br0 "a bridge: it is probed, not its member"
else
	skip "a bridge" "the kernel has no bridges"
fi

# A table that neither program can copy: iptables-nft-save leaves nft's sets out of rules, nft
# cannot write iptables' own matches. The rest is audited, and the gap is told.
host_add odd
link odd eth0 far f5
on odd ip addr add 192.0.2.60/24 dev eth0
on odd iptables-nft -A INPUT -p icmp -m u32 --u32 '0x0=0x0' -j DROP
on odd nft add set ip filter few '{ type inet_service; flags timeout; }'
on odd nft add rule ip filter INPUT tcp dport @few counter drop 2>/dev/null
well odd "rules that no program can copy" -4
is "$(facts '.id == "twin-incomplete" and .subject == "rule"' .severity)" medium \
	"rules that no program can copy: that is found"
has "$(facts '.type == "gap"' .why)" "tcp dport @few" \
	"rules that no program can copy: the rule is named"
ok "rules that no program can copy: the rest is audited" \
	test -n "$(facts '.type == "icmp_verdict" and .icmp_type == 8' .verdict)"

# Many.
host_add many
link many eth0 far f6
on many ip addr add 192.0.2.70/24 dev eth0
rm -f "$TMP/ready"
mkfifo "$TMP/many"
# shellcheck disable=SC2046 # a list
on many python3 "$here/audit_listen.py" $(seq -f tcp/%g 10001 12500) $(seq -f udp/%g 10001 12500) \
	<"$TMP/many" >"$TMP/ready" 2>&1 &
exec 9>"$TMP/many"
within 30 grep -q ready "$TMP/ready" || fail "5,000 servers listen" "$(cat "$TMP/ready")"
well many "5,000 sockets" -4
is "$(jq -r 'select(.type == "exposure") | .state' "$TMP/json" | sort | uniq -c | tr -s ' ')" \
	" 5000 open" "5,000 sockets: each is open, seen from one place"
exec 9>&-
finish
