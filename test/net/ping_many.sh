#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Many targets, other queries, users without privileges, bad input, interruption.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq setpriv

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth0
on a ip addr add fd00::1/64 dev eth0
on b ip addr add fd00::2/64 dev eth0
on b ip route add local 198.51.100.0/24 dev lo
on a ip route add 198.51.100.0/24 via 192.0.2.2
cp "$SONDE" "$TMP/sonde"
chmod 755 "$TMP" "$TMP/sonde"
user() {
	on a setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" "$@"
}
p() {
	on a "$SONDE" ping "$@"
}
j() {
	on a "$SONDE" --json ping "$@"
}

# Many at once.
out=$(j 198.51.100.0/24)
is "$?" 0 "256 addresses answer: the status is 0"
is "$(printf '%s\n' "$out" | jq -s '[.[] | select(.type == "ping_target") |
	select(.sent == 1 and .received == 1)] | length')" 256 "each was asked once and answered once"
is "$(printf '%s\n' "$out" | jq -r 'select(.type == "reply") | .from' | sort -u | wc -l)" 256 \
	"each by itself"
has "$(p 198.51.100.0/24)" "256 of 256 targets answered" "people read how many"
is "$(j -c 3 -i 0.05 198.51.100.0/28 fd00::2 | jq -s '[.[] | select(.type == "reply")] | length')" 51 \
	"both families, several times each"

# One of them is silent.
on b nft 'add table ip t; add chain ip t in { type filter hook input priority 0; ip daddr 198.51.100.7 drop; }'
out=$(j -W 0.5 198.51.100.0/28)
is "$?" 1 "one is silent: the status is 1"
is "$(printf '%s\n' "$out" | jq -r 'select(.type == "ping_target" and .received == 0) | .addr')" \
	198.51.100.7 "and that one is told"

# Named twice, not to be resolved.
out=$(p -c 1 192.0.2.2 192.0.2.2 192.0.2.2/32 2>&1)
has "$out" "2 addresses are named twice: asked once" "what is named twice is asked once"
out=$(p -c 1 nosuchname.invalid 192.0.2.2 2>&1)
is "$?" 1 "a name that cannot be resolved: the status is 1"
has "$out" "'nosuchname.invalid' cannot be resolved" "and which one is told"
has "$out" "64 bytes from 192.0.2.2" "the rest goes on"
is "$(j -c 1 nosuchname.invalid 2>/dev/null | jq -c '[.type, .target, .addr, .status]')" \
	'["ping_target","nosuchname.invalid",null,null]
["summary",null,null,1]' "with nothing left to ask there is a summary still"

# Other queries.
out=$(j -c 1 --query timestamp 192.0.2.2)
is "$(printf '%s\n' "$out" | jq 'select(.type == "reply") | .timestamp |
	(.receive - .originate) < 1000 and .transmit >= .receive and .originate < 86400000')" true \
	"the target's time is ours: it is the same clock"
has "$(p -c 1 --query timestamp 192.0.2.2)" "originate=" "people read it"
nok "Linux tells its mask to nobody" p -c 1 -W 0.3 --query mask 192.0.2.2
nok "nor answers information requests" p -c 1 -W 0.3 --query info 192.0.2.2
if [ -e /proc/sys/net/ipv4/icmp_echo_enable_probe ]; then
	on b sysctl -qw net.ipv4.icmp_echo_enable_probe=1
	# ask TARGET ABOUT: what the answer says of the interface
	ask() {
		j -c 1 -W 1 --query probe --about "$2" "$1" | jq -r 'select(.type == "reply") | .iface'
	}
	index=$(on b cat /sys/class/net/lo/ifindex)
	for to in 192.0.2.2 fd00::2; do
		is "$(ask $to eth0)" "active, IPv4, IPv6" "probe $to: an interface by name"
		is "$(ask $to 192.0.2.2)" "active, IPv4, IPv6" "probe $to: by IPv4 address"
		is "$(ask $to fd00::2)" "active, IPv4, IPv6" "probe $to: by IPv6 address"
		is "$(ask $to "$index")" "active, IPv4, IPv6" "probe $to: by number"
		is "$(ask $to eth7)" "no such interface" "probe $to: one that is not there"
	done
else
	skip "probe" "the kernel does not answer extended echo requests"
fi

# Without privileges.
on a sysctl -qw net.ipv4.ping_group_range='1 0'
out=$(user ping -c 1 192.0.2.2 2>&1)
is "$?" 3 "a user that the kernel lets not ping: the status is 3"
is "$out" "sonde ping: this needs CAP_NET_RAW: run with sudo, or 'sudo setcap cap_net_raw+ep $TMP/sonde', or let your group: 'sudo sysctl net.ipv4.ping_group_range=\"65534 65534\"'" \
	"and what would help is told"
is "$(user --json ping -c 1 192.0.2.2 2>/dev/null | jq -c '[.type, .status]')" '["summary",3]' \
	"in JSON too"
on a sysctl -qw net.ipv4.ping_group_range='65534 65534'
for to in 127.0.0.1 192.0.2.2 ::1 fd00::2; do
	ok "a user whom it lets pings $to" user ping -c 2 -i 0.01 -W 1 "$to"
done
is "$(user --json ping 198.51.100.16/28 | jq -s '[.[] | select(.type == "reply")] | length')" 16 \
	"a user pings many"
out=$(user ping -c 1 --query timestamp 192.0.2.2 2>&1)
is "$?" 3 "a user asks the time: the status is 3"
hasnt "$out" "ping_group_range" "what would not help is not told"
out=$(user ping -c 1 -i 1ms 192.0.2.2 2>&1)
is "$?" 3 "a user hurries: the status is 3"
has "$out" "ask for -i 2ms" "and what is allowed is told"

# Bad input: one line, nothing sent. The counter of packets that left says so.
left() {
	on a cat /sys/class/net/eth0/statistics/tx_packets
}
before=$(left)
# bad PART ARG…: PART stands in the one line
bad() {
	_part=$1
	shift
	_out=$(p "$@" 2>&1)
	is "$?" 2 "'$*' is refused"
	has "$_out" "$_part" "and why is told"
	is "$(printf '%s\n' "$_out" | wc -l)" 1 "in one line"
}
bad "four numbers from 0 to 255" 192.0.2.2 192.0.2.256
bad "no prefix" 192.0.2.0/33
bad "65536" 10.0.0.0/8
bad "65536" 2001:db8::/64
bad "say which" fe80::1
bad "no interface 'nosuch'" fe80::1%nosuch
bad "which -6 asks for" -6 192.0.2.2
bad "IPv6 target, but -I is an IPv4 address" -I 192.0.2.1 192.0.2.2 fd00::2
bad "no interface 'nosuch'" -I nosuch 192.0.2.2
bad "no query 'mask'" --query mask 192.0.2.2 fd00::2
bad "--about NAME, NUMBER or ADDRESS" --query probe 192.0.2.2
bad "--about is for --query probe" --about eth0 192.0.2.2
bad "at most 65507" -s 65508 192.0.2.2
bad "one by one" 224.0.0.0/30
bad "not the address of a host" 255.255.255.255
bad "count" -c 0 192.0.2.2
bad "ttl" -t 256 192.0.2.2
bad "TARGET" -c 1
is "$(left)" "$before" "nothing was sent"

# The end that the user chooses.
start=$(date +%s%N)
p -w 0.3 -i 0.05 192.0.2.2 >/dev/null
took=$((($(date +%s%N) - start) / 1000000))
ok "-w ends it ($took ms)" test $took -ge 300 -a $took -lt 1500
for signal in INT TERM; do
	# A shell starts what runs behind it with SIGINT ignored; env puts that right.
	ip netns exec a env --default-signal=INT "$SONDE" --json ping -i 0.05 192.0.2.2 >"$TMP/out" 2>&1 &
	pid=$!
	within 5 sh -c "[ \$(grep -c '\"reply\"' '$TMP/out') -ge 3 ]"
	kill -$signal $pid
	wait $pid
	is "$?" 0 "SIG$signal ends it: what was answered counts"
	ok "SIG$signal: every line is JSON" jq -e . "$TMP/out"
	is "$(tail -n 2 "$TMP/out" | jq -c '[.type, .interrupted]' | tr '\n' ' ')" \
		'["ping_target",null] ["summary",true] ' "SIG$signal: the sums and the summary stand"
done
finish
