# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What a person reads of sonde trace: how it ended, many targets, no rights, no resolver, a stop.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs jq python3 setpriv
routed_world
sonde=$(readlink -f "$SONDE")
cp "$sonde" "$TMP/sonde" && chmod 755 "$TMP" "$TMP/sonde"
on b python3 -m http.server 8080 >/dev/null 2>&1 &
server=$!
within 5 on b sh -c 'ss -ltn | grep -q :8080' || exit 99

page() {
	on a "$TMP/sonde" trace -n "$@" 2>"$TMP/err"
}
nobody() {
	on a setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" trace -n "$@" 2>"$TMP/err"
}

has "$(page 10.0.2.2)" "Reached in 2 hops: it answers the echo request. Lost on the whole way: nothing." \
	"echo: what the answer means"
has "$(page -U 10.0.2.2)" "Reached in 2 hops: UDP port 33434 is closed (3/3 Port Unreachable)." "UDP, closed"
has "$(page -U fd02::2)" "Reached in 2 hops: UDP port 33434 is closed (1/4 port unreachable)." "over IPv6"
has "$(page -T -p 81 10.0.2.2)" "Reached in 2 hops: TCP port 81 is closed (reset)." "TCP, closed"
has "$(page -T -p 8080 10.0.2.2)" "Reached in 2 hops: TCP port 8080 is open (SYN-ACK)." "TCP, open"
has "$(page -m 1 10.0.2.2)" "The way is longer than 1 hop:" "a limit that is too small is named"
has "$(page 10.0.2.2)" "times in ms" "the unit of times is told once"

for kind in blackhole prohibit unreachable; do
	on a ip route add $kind 10.0.3.0/24
	case $kind in
	blackhole) why="this host has a blackhole route to it" ;;
	prohibit) why="a route or the firewall of this host prohibits it" ;;
	*) why="a route of this host says that it is unreachable" ;;
	esac
	has "$(page 10.0.3.3 | tr '\n' ' ')" "$why" "a route of kind $kind is called one"
	on a ip route del $kind 10.0.3.0/24
done

text=$(nobody 10.0.2.2)
is $? 0 "without rights a target alone is enough"
has "$text" "UDP port 33434 is closed" "it is asked by UDP then"
has "$(cat "$TMP/err")" "no right to send echo requests here (sudo, CAP_NET_RAW): asking by UDP" "and told so"
nobody -I 10.0.2.2 >/dev/null
is $? 3 "who wants echo is told what that needs"
has "$(cat "$TMP/err")" "CAP_NET_RAW" "by name"

for i in $(seq 9); do on b ip addr add "10.0.2.1$i/24" dev eth0; done
targets=$(seq -f '10.0.2.1%g' 9)
# shellcheck disable=SC2086 # words
text=$(page $targets)
is "$(printf '%s\n' "$text" | grep -c '^10\.0\.2\.1[1-9]  *2  *0%  *[0-9.]*  reached$')" 9 "of nine targets each is a line"
is "$(printf '%s\n' "$text" | head -1)" "TARGET     HOPS    LOSS   RTT ms  END" "under titles"
has "$text" "9 of 9 targets reached" "and a sum"
# shellcheck disable=SC2086
is "$(page -v $targets | grep -c '^trace to ')" 9 "-v: tables all the same"

# Probes under way are neither lost nor answered.
on a timeout -s INT 3 "$TMP/sonde" trace -n --json -i 0.2 --report -c 100 10.0.2.77 >"$TMP/trace" 2>"$TMP/err"
is "$(jq -r 'select(.type == "hop" and .addr != null and .loss_pct == 0) | .received - .sent' "$TMP/trace" | sort -u)" 0 \
	"stopped: no loss and fewer answers than probes do not stand side by side"
is "$(jq -r 'select(.type == "summary") | .interrupted' "$TMP/trace")" true "and it is told that it was stopped"

# A resolver that nobody reaches.
echo "nameserver 192.0.2.53" >"$TMP/resolv.conf"
on r ip route add blackhole 192.0.2.0/24
ms() {
	_from=$(date +%s%N)
	on a unshare -m sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$TMP/resolv.conf" \
		"$TMP/sonde" trace "$@" 10.0.2.2 >"$TMP/page" 2>&1
	echo $((($(date +%s%N) - _from) / 1000000))
}
bare=$(ms -n)
named=$(ms)
has "$(cat "$TMP/page")" "Reached in 2 hops" "without a resolver hops are told"
ok "and soon: $named ms, $bare ms with -n" test $((named - bare)) -lt 700
kill $server
finish
