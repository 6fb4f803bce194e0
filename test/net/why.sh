#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde why, from outside and on the host itself: what it says for open, closed, dropped, rejected and
# unreachable ports, whose word that is, who holds the port, and which rule decides for others.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq nft python3 setpriv

routed_world
on b sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0

# TCP 80; UDP 7777 that answers and 7778 that never does; TCP 81 on loopback only.
cat >"$TMP/serve.py" <<'END'
import selectors, socket
sel = selectors.DefaultSelector()
def tcp(addr, port):
    s = socket.create_server((addr, port), family=socket.AF_INET6 if ":" in addr else socket.AF_INET)
    sel.register(s, selectors.EVENT_READ)
def udp(port, answers):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("0.0.0.0", port))
    sel.register(s, selectors.EVENT_READ, answers)
    return s
tcp("0.0.0.0", 80)
tcp("fd02::2", 80)
tcp("127.0.0.1", 81)
udp(7777, True)
udp(7778, False)
print("ready", flush=True)
while True:
    for key, _ in sel.select():
        if key.fileobj.type == socket.SOCK_STREAM:
            key.fileobj.accept()[0].close()
        else:
            data, peer = key.fileobj.recvfrom(2000)
            if key.data:
                key.fileobj.sendto(b"yes " + data, peer)
END
on b python3 "$TMP/serve.py" >"$TMP/ready" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$TMP"' EXIT
within 10 grep -q ready "$TMP/ready" || exit 99

cp "$SONDE" "$TMP/sonde"
chmod 755 "$TMP" "$TMP/sonde"
# shellcheck disable=SC2317 # called by name
root() {
	on a "$SONDE" why --json "$@" | jq -c 'select(.type == "why")'
}
# shellcheck disable=SC2317
user() {
	on a setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" why --json "$@" | jq -c 'select(.type == "why")'
}
# told WHO SENTENCE WANT HOST PORT: states of TCP and UDP
told() {
	_who=$1 _sentence=$2 _want=$3
	shift 3
	_json=$($_who "$@" 2>&1)
	is "$(printf '%s\n' "$_json" | jq -r '[.ports[] | .proto + " " + .state] | join(", ")' 2>&1)" \
		"$_want" "$_sentence ($_who)" || printf '%s\n' "$_json"
}
# says PART SENTENCE: somewhere in the explanation last asked for; answers PART: in its one sentence
says() {
	has "$(printf '%s\n' "$_json" | jq -r '.lines[].text')" "$1" "$2"
}
answers() {
	has "$(printf '%s\n' "$_json" | jq -r .answer)" "$1" "$2"
}

told root "a web server" "tcp open, udp closed" 10.0.2.2 80
answers "TCP port 80 of 10.0.2.2 is open" "the answer begins with what was asked"
answers "UDP port 80 of 10.0.2.2 is closed" "and does not forget the other door"
says "two different doors" "why both are right"
says "destination-unreachable/port-unreachable (3/3)" "which message it was"
is "$(printf '%s\n' "$_json" | jq -r '.local, (.sockets | length), .service')" "false
0
http" "the host is another's"
ok "an open port is status 0" on a "$SONDE" why 10.0.2.2 80
nok "a closed one is not" on a "$SONDE" why 10.0.2.2 80/udp
has "$(on a "$SONDE" why 10.0.2.2 http)" "Meaning   TCP port 80 and UDP port 80 are two different" "text for people"
told root "over IPv6" "tcp open, udp closed" fd02::2 80
says "port-unreachable (1/4)" "in ICMPv6's numbers"
told user "without privilege" "tcp open, udp closed" 10.0.2.2 80
says "(3/3)" "the message is told as well"
told root "nothing there at all" "tcp closed, udp closed" 10.0.2.2 99
says "No firewall is in the way" "a closed port is no filtered one"
told root "a UDP service" "tcp closed, udp open" 10.0.2.2 7777/udp
told root "a UDP service that keeps quiet" "tcp closed, udp open|filtered" 10.0.2.2 7778
says "Silence over UDP has two readings" "and what that may mean"

on b nft -f - <<'END'
table inet filter {
	chain input {
		type filter hook input priority 0; policy accept;
		tcp dport 85 drop
		udp dport 85 drop
		tcp dport 86 reject
		tcp dport 87 reject with icmpx type admin-prohibited
		udp dport 87 reject with icmpx type admin-prohibited
		tcp dport 88 reject with tcp reset
	}
}
END
told root "dropped" "tcp filtered, udp open|filtered" 10.0.2.2 85
answers "a firewall drops what is sent to it" "silence of a host that is there"
told root "rejected, as iptables and nftables do by default" "tcp filtered, udp closed" 10.0.2.2 86
says "REJECT rules say 3/3" "a firewall's word, not a kernel's"
told root "prohibited" "tcp filtered, udp filtered" 10.0.2.2 87
says "(3/13)" "by its number"
told root "rejected by a reset" "tcp closed, udp closed" 10.0.2.2 88

on r nft -f - <<'END'
table inet between {
	chain forward {
		type filter hook forward priority 0; policy accept;
		ip daddr 10.0.2.2 tcp dport 90 reject with icmp type admin-prohibited
		ip daddr 10.0.2.2 udp dport 90 reject with icmp type admin-prohibited
	}
}
END
told root "a firewall on the way" "tcp filtered, udp filtered" 10.0.2.2 90
says "It is not 10.0.2.2 that says so but 10.0.1.1" "whose word it is"
on r nft flush ruleset
told root "a host that is not there" "tcp unreachable, udp unreachable" 10.0.2.77 80
says "nobody knows where it is" "and what that says"
on a ip route add unreachable 10.0.3.0/24
told root "no way there" "tcp unreachable, udp unreachable" 10.0.3.3 80
told root "nobody with that address on the link" "tcp unreachable, udp unreachable" 10.0.1.99 80

# On the host itself.
here() {
	_json=$(on b "$SONDE" why --json "$@" | jq -c 'select(.type == "why")')
}
here 10.0.2.2 80
says "TCP port 80 is held by python3 (process " "who holds it"
says "No program of this host has bound UDP port 80." "or that nobody does"
says "find TCP port 80 open" "what others find"
is "$(printf '%s\n' "$_json" | jq -r '[.exposures[] | .proto + " " + .from + " " + .state] | sort | join(", ")')" \
	"tcp neighbour open, tcp stranger open, udp neighbour closed, udp stranger closed" "by the copy of the host"
on b nft insert rule inet filter input iifname eth0 tcp dport 80 drop
here 10.0.2.2 80
answers "but others find it silent" "open here and shut for others"
says 'the rule "iifname "eth0" tcp dport 80 drop" decides (nftables, table inet filter, chain input, rule 1)' "which rule"
here localhost 81
says "which only this host itself can reach" "a program bound to loopback"
says "Nobody outside this host can send anything to localhost" "and nobody else comes there"
here 10.0.2.2 7778/udp
says "a program has bound UDP port 7778: it keeps quiet" "who keeps quiet"
on b ip addr add 10.0.9.9/32 dev lo
here 10.0.9.9 80
says "who come in by eth0 find TCP port 80 " "an address of no link is reached by all of them"
here fd02::2 80
says "find TCP port 80 " "IPv6 here too"
_json=$(on b setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" why --json 10.0.2.2 80 | jq -c 'select(.type == "why")')
says "a program that only root may look into" "without privilege there is less to see"
says "was not tested: making a copy of this host needs root" "and why"

# What people read, and what they get wrong.
has "$(on a "$SONDE" why 10.0.2.0/24 80 2>&1)" "not one address" "many addresses are refused"
has "$(on a "$SONDE" why 10.0.2.2 2>&1)" "PORT is missing" "a port is needed"
has "$(on a "$SONDE" why no.such.host.invalid 80 2>&1)" "cannot be resolved" "a name that is none"
has "$(on a "$SONDE" why -S 10.9.9.9 10.0.2.2 80 2>&1)" "is no address of this host" "a source that is not ours"
finish
