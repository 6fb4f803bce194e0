# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Words for namespace tests. A test is a script that begins
#
#	# shellcheck source=test/net/lib.sh
#	. "$NET_TEST_LIB"
#	plan 2                          # or call `finish` at the end instead
#	host_add a; host_add b
#	link a eth0 b eth0
#	on a ip addr add 192.0.2.1/24 dev eth0
#	is "$(on a cat /proc/sys/net/ipv4/ip_forward)" 0 "a new host does not forward"
#	ok "a reaches itself" on a ping -c 1 -W 1 192.0.2.1
#
# and one line in test/net/meson.build: its name in `scripts` (without .sh). By hand:
#	sudo SONDE=build/sonde test/net/run test/net/NAME.sh
# Inside, every network namespace is the test's own; nothing needs to be removed.
# $SONDE is the program, $HELPERS the folder of compiled helpers, $ROOT the source tree, $TMP a
# folder of the test's own.
set -u

[ -n "${NET_TEST_INSIDE:-}" ] || {
	echo "start it with test/net/run: it makes the namespaces" >&2
	exit 99
}
ROOT=${ROOT:-$(cd "$(dirname "$NET_TEST_LIB")/../.." && pwd)}
SONDE=${SONDE:-sonde}
TMP=$(mktemp -d) || exit 99
# Runs that are stopped leave there what they would go on with.
export XDG_STATE_HOME="$TMP"
tests=0
failed=0
planned=
trap 'rm -rf "$TMP"' EXIT
trap 'exit 99' INT TERM
echo "TAP version 13"

plan() {
	planned=$1
	echo "1..$1"
}

# skip_all REASON: ends the test here, before anything was checked.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# skip SENTENCE REASON: one check that this machine cannot make.
skip() {
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

pass() {
	tests=$((tests + 1))
	echo "ok $tests - $1"
}

# fail SENTENCE [TEXT]: TEXT, of many lines perhaps, tells what was seen.
fail() {
	tests=$((tests + 1))
	failed=$((failed + 1))
	echo "not ok $tests - $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# ok SENTENCE COMMAND…: the command succeeds.
ok() {
	_sentence=$1
	shift
	if "$@" >"$TMP/.out" 2>&1; then
		pass "$_sentence"
	else
		fail "$_sentence" "exit $?: $*
$(cat "$TMP/.out")"
	fi
}

# nok SENTENCE COMMAND…: the command fails.
nok() {
	_sentence=$1
	shift
	if "$@" >"$TMP/.out" 2>&1; then
		fail "$_sentence" "succeeded: $*
$(cat "$TMP/.out")"
	else
		pass "$_sentence"
	fi
}

# is GOT WANT SENTENCE: two texts are equal.
is() {
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		printf '%s\n' "$2" >"$TMP/.want"
		printf '%s\n' "$1" >"$TMP/.got"
		fail "$3" "$(diff -u --label want --label got "$TMP/.want" "$TMP/.got")"
	fi
}

# has TEXT PART SENTENCE; hasnt: PART, a plain text, stands in TEXT (or does not).
has() {
	case "$1" in
	*"$2"*) pass "$3" ;;
	*) fail "$3" "'$2' does not stand in:
$1" ;;
	esac
}
hasnt() {
	case "$1" in
	*"$2"*) fail "$3" "'$2' stands in:
$1" ;;
	*) pass "$3" ;;
	esac
}

# within SECONDS COMMAND…: tries every 50 ms until the command succeeds; fails when it never does.
within() {
	_tries=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		_tries=$((_tries - 1))
		[ $_tries -gt 0 ] || return 1
		sleep 0.05
	done
}

# The end: the plan when there was none, the exit status.
finish() {
	[ -n "$planned" ] || echo "1..$tests"
	[ "$failed" -eq 0 ] || exit 1
	exit 0
}

# host_add NAME: a host of its own, loopback up, addresses usable at once.
host_add() {
	ip netns add "$1" || exit 99
	ip -n "$1" link set lo up || exit 99
	# shellcheck disable=SC2016
	on "$1" sh -c 'for f in /proc/sys/net/ipv6/conf/all /proc/sys/net/ipv6/conf/default; do
		[ ! -d $f ] || echo 0 >$f/accept_dad; done'
}

# on HOST COMMAND…: there. `on - COMMAND…` is the test's own namespace.
on() {
	_host=$1
	shift
	if [ "$_host" = - ]; then
		"$@"
	else
		ip netns exec "$_host" "$@"
	fi
}

# link HOSTA IFA HOSTB IFB: a cable between two hosts, both ends up.
link() {
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3" || exit 99
	ip -n "$1" link set "$2" up || exit 99
	ip -n "$3" link set "$4" up || exit 99
}

# needs TOOL…: or the whole test is skipped.
needs() {
	for _tool in "$@"; do
		command -v "$_tool" >/dev/null || skip_all "$_tool is not installed"
	done
}

# routed_world: hosts a (10.0.1.2, fd01::2) and b (10.0.2.2, fd02::2) with the router r between them
# (10.0.1.1 and 10.0.2.1, fd01::1 and fd02::1), which limits none of its ICMP errors.
routed_world() {
	host_add a
	host_add r
	host_add b
	link a eth0 r eth0
	link r eth1 b eth0
	on a ip addr add 10.0.1.2/24 dev eth0
	on r ip addr add 10.0.1.1/24 dev eth0
	on r ip addr add 10.0.2.1/24 dev eth1
	on b ip addr add 10.0.2.2/24 dev eth0
	on a ip route add default via 10.0.1.1
	on b ip route add default via 10.0.2.1
	on a ip addr add fd01::2/64 dev eth0
	on r ip addr add fd01::1/64 dev eth0
	on r ip addr add fd02::1/64 dev eth1
	on b ip addr add fd02::2/64 dev eth0
	on a ip route add default via fd01::1
	on b ip route add default via fd02::1
	on r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	on r sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
}

# relayed_world: hosts a (192.0.2.1) and b (192.0.2.2), IPv4 only, on two links that nothing joins
# but the relay in r. They know each other's link address: lost ARP would cost seconds.
relayed_world() {
	host_add a
	host_add r
	host_add b
	link a eth0 r left
	link r right b eth0
	for _host in a r b; do
		# No chatter of IPv6: every frame is the test's.
		ip netns exec "$_host" sh -c '[ ! -d /proc/sys/net/ipv6 ] ||
			echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
	done
	on a ip addr add 192.0.2.1/24 dev eth0
	on b ip addr add 192.0.2.2/24 dev eth0
	on a ip neigh replace 192.0.2.2 lladdr "$(on b cat /sys/class/net/eth0/address)" dev eth0
	on b ip neigh replace 192.0.2.1 lladdr "$(on a cat /sys/class/net/eth0/address)" dev eth0
}

# relay OPTION…: start it in a relayed world, as process $relay; relay_end: end it, with its status. Its counts are in
# $TMP/counts then.
relay() {
	: >"$TMP/ready"
	# Not `on`: a function in the background is a shell of its own, and $! that shell.
	ip netns exec r "$HELPERS/relay" left right "$@" >"$TMP/ready" 2>"$TMP/counts" &
	relay=$!
	within 5 grep -q ready "$TMP/ready" || exit 99
}
relay_end() {
	kill "$relay"
	wait "$relay"
}
