#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What might fool sonde trace: limiters that throw dice, a target that limits its errors, connections that
# are half open, answers after the timeout, a route that goes away, a flood of forged answers, targets that
# are no host. Nothing of it is loss.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq nft python3

verdicts() {
	told hop '.verdict'
}
shown() {
	jq -r 'select(.type == "hop") | "# \(.ttl) \(.addr) \(.received)/\(.sent) \(.verdict): \(.evidence)"' "$TMP/trace"
}
# dice PCT K…: these routers leave so many of their "time exceeded" out, by chance.
dice() {
	_pct=$1
	shift
	for _k in "$@"; do
		on "h$_k" nft "table inet dice {
			chain out {
				type filter hook output priority 0
				icmp type time-exceeded numgen random mod 100 < $_pct drop
				icmpv6 type time-exceeded numgen random mod 100 < $_pct drop
			}
		}" || exit 99
	done
}

chain_world 7 7
chain_relay --delay 5
mkfifo "$TMP/hold"
exec 9<>"$TMP/hold"
ip netns exec h7 python3 "$ROOT/test/net/audit_listen.py" tcp/80 <"$TMP/hold" >"$TMP/served" &
within 5 grep -q ready "$TMP/served" || exit 99

# The hops behind do not show it, and the end limits: that packets are lost cannot be told from that.
dice 50 1 2 3 4 5 6
chain_limit_kernel 7
for to in 10.7.0.2 fd07::2; do
	for how in "-c 20 -i 20ms" "-c 100 -i 10ms" "-c 10 -i 300ms"; do
		# shellcheck disable=SC2086 # words
		traced h0 -U --report $how $to
		hasnt "$(verdicts)" loses "six routers throw dice, $to limits its errors: $how"
		case $(told trace .loss_pct) in
		null | 0) pass "$how $to: nor is a loss of the path told" ;;
		*) fail "$how $to: nor is a loss of the path told" "$(shown)" ;;
		esac
	done
	traced h0 -I --report -c 60 -i 20ms $to
	is "$(verdicts) $(told trace .loss_pct)" "limits limits limits limits limits limits ok 0" \
		"$to: echoes show that they limit"
done
chain_spoken 1 2 3 4 5 6
on h7 sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0

# Each SYN is of the same connection; the way takes as long as half a round.
for how in "-c 60 -i 5ms" "-c 20 -i 30ms"; do
	# shellcheck disable=SC2086 # words
	traced h0 -T --report $how 10.7.0.2
	hasnt "$(verdicts)" loses "an open port: $how"
done
traced h0 -T --report -c 60 -i 5ms 10.7.0.2
has "$(told hop 'select(.ttl == 7) | .evidence')" "half open" "and why answers are missing"
relay_end

# Answers that come after the timeout, the last of them after the last probe's.
chain_relay --delay 300
for who in traced traced_user; do
	on h0 sysctl -qw net.ipv4.ping_group_range="0 2147483647"
	$who h0 -I --report -c 10 -i 100ms -w 300ms 10.7.0.2
	is "$? $(told hop 'select(.ttl == 7) | "\(.received) \(.late) \(.verdict)"') $(told trace .loss_pct)" "0 10 10 ok 0" \
		"$who: what comes late is not lost"
done
relay_end

# Loss is told all the same where the end proves it.
chain_relay --delay 1 --loss-there 20 --seed 4
for how in -I "-T -p 79"; do
	# shellcheck disable=SC2086 # words
	traced h0 $how --report -c 100 -i 10ms 10.7.0.2
	is "$(verdicts)" "ok ok ok ok ok ok loses" "$how: a fifth lost on the last link"
done
relay_end
chain_relay --delay 0

# The route goes away half way.
(
	sleep 1
	ip -n h0 route del default
) &
away=$!
traced h0 -I --report -c 20 -i 100ms 10.7.0.2
wait "$away"
ip -n h0 route add default via 10.1.0.2
hasnt "$(verdicts)" loses "no route half way: nobody's loss"
has "$(told trace .meaning)" "could not be sent" "but it is told"

# A target that is down: the last router looks for it for three seconds, and then says so.
for to in 10.6.0.77 fd06::77; do
	traced h0 $to
	is "$? $(told trace '"\(.state) \(.hops)"')" "1 unreachable 6" "$to is down, and the router before it says so"
done

# Targets that are no host.
for to in 224.0.0.1 ff0e::1 ::ffff:10.7.0.2 0.0.0.0 255.255.255.255; do
	traced h0 $to
	is "$?" 2 "$to is refused"
	has "$(cat "$TMP/err")" "$to" "by its name"
done

# Errors and echo replies that quote what might be our probes, many thousands a second.
cat >"$TMP/flood.py" <<'P'
import os, random, socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
me, target = socket.inet_aton("10.1.0.1"), socket.inet_aton("10.7.0.2")

def total(b):
    n = sum(struct.unpack(">%dH" % (len(b) // 2), b))
    n = (n >> 16) + (n & 0xFFFF)
    return ~(n + (n >> 16)) & 0xFFFF

def packet(src, dst, proto, body, ttl=60):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), random.randrange(65536), 0, ttl, proto, 0) + src + dst
    return head[:10] + struct.pack(">H", total(head)) + head[12:] + body

until = time.time() + float(sys.argv[1])
while time.time() < until:
    number, word = random.randrange(1, 60), random.randrange(65536)
    tail = bytes(random.choice([0, 32]))
    kind = random.randrange(4)
    src = bytes([10, 66, 6, random.randrange(256)])
    if kind == 0:
        quote = packet(me, target, 1, struct.pack(">BBHHH", 8, 0, word, random.randrange(65536), number) + tail, 1)
    elif kind == 1:
        quote = packet(me, target, 17, struct.pack(">HHHH", word, 33434, 40, random.randrange(65536)) + tail, 1)
    elif kind == 2:
        quote = packet(me, target, 6, struct.pack(">HHI", word, 80, number << 16 | random.randrange(65536)) + tail, 1)
    if kind == 3:
        src, body = target, struct.pack(">BBHHH", 0, 0, 0, word, number) + tail
    else:
        body = struct.pack(">BBHI", random.choice([11, 3]), random.choice([0, 1, 3, 13]), 0, 0) + quote
    body = body[:2] + struct.pack(">H", total(body)) + body[4:]
    s.sendto(packet(src, me, 1, body), ("10.1.0.1", 0))
P
for how in -I -U -T; do
	for who in traced traced_user; do
		ip netns exec h1 python3 "$TMP/flood.py" 1.5 &
		flood=$!
		$who h0 $how --report -c 20 -i 50ms 10.7.0.2
		is "$? $(trace_hops)" "0 $(hops4 7 | tr '\n' ' ' | sed 's/ $//')" "$who $how: forged answers are not believed"
		wait "$flood"
	done
done
relay_end

# Many at once, stopped half way by hand: what is known is told, and that it was stopped.
seq 1 250 | sed 's/.*/10.200.0.&/' >"$TMP/list"
for signal in INT TERM; do
	# A shell lets what it starts in the background ignore SIGINT.
	ip netns exec h0 python3 -c 'import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
p = subprocess.Popen(sys.argv[2:])
time.sleep(2)
p.send_signal(getattr(signal, "SIG" + sys.argv[1]))
sys.exit(p.wait(10))' $signal "$SONDE" trace -n --json -q 1 -m 8 --rate 300 -iL "$TMP/list" >"$TMP/trace" 2>"$TMP/err"
	is "$(told summary .interrupted)" true "SIG$signal ends it, and that is told"
	ok "with what was known of each" jq -se '([.[] | select(.type == "trace")] | length) == 250 and
		([.[] | select(.type == "hop" and .received == 1)] | length) > 250' "$TMP/trace"
	is "$(verdicts | tr ' ' '\n' | grep -cE 'loses|limits')" 0 "and no verdict on what was not waited for"
done
finish
