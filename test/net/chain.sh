# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Words for tests of paths; after lib.sh:
#
#	# shellcheck source=test/net/chain.sh
#	. "${NET_TEST_LIB%/*}/chain.sh"
#	chain_world 5               # h0, the routers h1 to h4, the target h5
#	chain_silent 3
#	on h0 traceroute -n 10.5.0.2
#
# Link K lies between h(K-1), interface out, 10.K.0.1 and fdKK::1 (KK: two digits, hexadecimal), and
# hK, interface in, 10.K.0.2 and fdKK::2. So hop K of a trace from h0 is 10.K.0.2, and the target of
# N hops 10.N.0.2; hop4 and hop6 write that. Behind the target lie 10.200.0.0/16 and fdc8::/64, which
# it answers for. Nobody limits its ICMP errors, and all know each other's link addresses.

hop4() {
	echo "10.$1.0.2"
}
hop6() {
	printf 'fd%02x::2\n' "$1"
}
# hops4 N: the hops of a path, one a line; hops6 N.
hops4() {
	for _k in $(seq "$1"); do hop4 "$_k"; done
}
hops6() {
	for _k in $(seq "$1"); do hop6 "$_k"; done
}

# chain_unlimited HOST: forwards, says all that there is to say.
chain_unlimited() {
	# shellcheck disable=SC2016
	on "$1" sh -c 'cd /proc/sys/net/ipv4 || exit
		echo 1 >ip_forward; echo 0 >icmp_ratelimit; echo 0 >icmp_ratemask
		echo 0 >conf/all/rp_filter; echo 0 >conf/default/rp_filter; echo 0 >conf/all/send_redirects
		echo 0 >conf/default/send_redirects
		for f in icmp_msgs_per_sec icmp_msgs_burst; do [ ! -w $f ] || echo 1000000 >$f; done
		cd ../ipv6 || exit
		echo 1 >conf/all/forwarding; echo 0 >icmp/ratelimit; echo 0 >conf/all/router_solicitations
		for f in conf/*/accept_dad; do echo 0 >$f; done' || exit 99
}

# chain_world N [CUT…]: the chain of N links. The links CUT (numbers, or "all") are not joined: both
# halves end in the host `wire`, as lK (toward h0) and rK, for chain_relay or a program of the test.
chain_world() {
	chain_n=$1
	shift
	chain_cut="$*"
	[ "$chain_cut" != all ] || chain_cut=$(seq -s ' ' "$chain_n")
	for _k in $(seq 0 "$chain_n"); do
		host_add "h$_k"
		chain_unlimited "h$_k"
	done
	if [ -n "$chain_cut" ]; then
		host_add wire
		ip netns exec wire sh -c 'for f in all default; do
			echo 1 >/proc/sys/net/ipv6/conf/$f/disable_ipv6; done'
	fi
	for _k in $(seq "$chain_n"); do
		_m=$(printf '02:00:00:00:%02x' "$_k")
		_out="out address $_m:01 netns h$((_k - 1))"
		_in="in address $_m:02 netns h$_k"
		case " $chain_cut " in
		*" $_k "*)
			echo "link add $_out type veth peer name l$_k netns wire"
			echo "link add $_in type veth peer name r$_k netns wire"
			;;
		*) echo "link add $_out type veth peer name $_in" ;;
		esac
	done | ip -batch - || exit 99
	for _k in $chain_cut; do
		ip -n wire link set "l$_k" up && ip -n wire link set "r$_k" up || exit 99
	done
	for _k in $(seq 0 "$chain_n"); do
		chain_host "$_k" | ip -n "h$_k" -batch - || exit 99
	done
}

# What `ip` is told in hK.
chain_host() {
	if [ "$1" -gt 0 ]; then
		_x=$(printf %02x "$1")
		echo "link set in up"
		echo "addr add 10.$1.0.2/24 dev in"
		echo "addr add fd$_x::2/64 dev in nodad"
		echo "neigh replace 10.$1.0.1 lladdr 02:00:00:00:$_x:01 dev in"
		echo "neigh replace fd$_x::1 lladdr 02:00:00:00:$_x:01 dev in"
		for _i in $(seq $(($1 - 1))); do
			echo "route add 10.$_i.0.0/24 via 10.$1.0.1"
			printf 'route add fd%02x::/64 via fd%s::1\n' "$_i" "$_x"
		done
	fi
	if [ "$1" -lt "$chain_n" ]; then
		_o=$(($1 + 1))
		_x=$(printf %02x $_o)
		echo "link set out up"
		echo "addr add 10.$_o.0.1/24 dev out"
		echo "addr add fd$_x::1/64 dev out nodad"
		echo "neigh replace 10.$_o.0.2 lladdr 02:00:00:00:$_x:02 dev out"
		echo "neigh replace fd$_x::2 lladdr 02:00:00:00:$_x:02 dev out"
		echo "route add default via 10.$_o.0.2"
		echo "route add default via fd$_x::2"
	else
		echo "route add local 10.200.0.0/16 dev lo"
		echo "route add local fdc8::/64 dev lo"
	fi
}

# chain_relay OPTION…: one relay for all links that are cut (its pair 1 is the first of them), as
# process $relay; relay_end ends it. chain_delay MS: each of them takes MS each way.
chain_relay() {
	: >"$TMP/ready"
	_pairs=$(for _k in $chain_cut; do printf 'l%s r%s ' "$_k" "$_k"; done)
	# shellcheck disable=SC2086 # words
	ip netns exec wire "$HELPERS/relay" $_pairs "$@" >"$TMP/ready" 2>"$TMP/counts" &
	# shellcheck disable=SC2034 # lib.sh's
	relay=$!
	within 5 grep -q ready "$TMP/ready" || exit 99
}
chain_delay() {
	chain_relay --delay "$1"
}

# chain_silent K…: these routers send no ICMP errors. chain_spoken K…: they do again.
chain_silent() {
	for _k in "$@"; do
		on "h$_k" nft 'table inet silent {
			chain out {
				type filter hook output priority 0
				icmp type { time-exceeded, destination-unreachable } drop
				icmpv6 type { time-exceeded, destination-unreachable, packet-too-big } drop
			}
		}' || exit 99
	done
}
chain_spoken() {
	for _k in "$@"; do
		on "h$_k" nft flush ruleset || exit 99
	done
}

# chain_limit K…: these routers send one "time exceeded" a second, and no burst, whoever asks.
# chain_limit_kernel K…: what Linux does by itself, one a second and asker, after a burst of six.
chain_limit() {
	for _k in "$@"; do
		on "h$_k" nft 'table inet limited {
			chain out {
				type filter hook output priority 0
				icmp type time-exceeded limit rate over 1/second burst 1 packets drop
				icmpv6 type time-exceeded limit rate over 1/second burst 1 packets drop
			}
		}' || exit 99
	done
}
chain_limit_kernel() {
	for _k in "$@"; do
		on "h$_k" sysctl -qw net.ipv4.icmp_ratelimit=1000 net.ipv4.icmp_ratemask=6168 \
			net.ipv6.icmp.ratelimit=1000 || exit 99
	done
}

# mtu_step K MTU [silent]: link K takes MTU octets at most; silent: its router does not say so.
mtu_step() {
	ip -n "h$(($1 - 1))" link set out mtu "$2" || exit 99
	ip -n "h$1" link set in mtu "$2" || exit 99
	[ "${3:-}" = silent ] || return 0
	on "h$(($1 - 1))" nft 'table inet mute {
		chain out {
			type filter hook output priority 0
			icmp type destination-unreachable icmp code frag-needed drop
			icmpv6 type packet-too-big drop
		}
	}' || exit 99
}

# chain_loop K: what is sent to 10.99.0.0/16 or fd99::/64 goes round between h(K-1) and hK.
chain_loop() {
	ip -n "h$1" route add 10.99.0.0/16 via "10.$1.0.1" || exit 99
	ip -n "h$1" route add fd99::/64 via "$(printf 'fd%02x::1' "$1")" || exit 99
}

# chain_refuse K KIND: hK has for 10.98.0.0/16 and fd98::/64 a route of that kind: unreachable (3/1),
# prohibit (3/13), blackhole; or with "reject" a firewall that answers 3/13 to what goes there.
chain_refuse() {
	if [ "$2" = reject ]; then
		on "h$1" nft 'table inet closed {
			chain out {
				type filter hook forward priority 0
				ip daddr 10.98.0.0/16 reject with icmp admin-prohibited
				ip6 daddr fd98::/64 reject with icmpv6 admin-prohibited
			}
		}' || exit 99
		return
	fi
	ip -n "h$1" route add "$2" 10.98.0.0/16 || exit 99
	ip -n "h$1" route add "$2" fd98::/64 || exit 99
}

# chain_aside K [HOST]: the answers of hK, and of all behind it, return by another way, a router `aside`
# that nobody sends through, and from there to HOST: h1, or h0 itself, where they then arrive on an
# interface of their own. Their addresses are what they were.
chain_aside() {
	_to=${2:-h1}
	_last4=10.252.0.2 _last6=fdfc::2
	host_add aside
	chain_unlimited aside
	link "h$1" aside aside in
	link aside out "$_to" aside
	ip -n "h$1" addr add 10.251.0.1/24 dev aside
	ip -n aside addr add 10.251.0.2/24 dev in
	ip -n aside addr add 10.252.0.1/24 dev out
	ip -n "$_to" addr add $_last4/24 dev aside
	ip -n "$_to" addr add $_last6/64 dev aside nodad
	ip -n "h$1" addr add fdfb::1/64 dev aside nodad
	ip -n aside addr add fdfb::2/64 dev in nodad
	ip -n aside addr add fdfc::1/64 dev out nodad
	ip -n "h$1" route replace 10.1.0.0/24 via 10.251.0.2 src "$(hop4 "$1")" || exit 99
	ip -n aside route add 10.1.0.1/32 via $_last4 || exit 99
	ip -n "h$1" route replace fd01::/64 via fdfb::2 src "$(hop6 "$1")" || exit 99
	ip -n aside route add fd01::1/128 via $_last6 || exit 99
}
# chain_back K: as it was before.
chain_back() {
	ip netns del aside
	ip -n "h$1" route replace 10.1.0.0/24 via "10.$1.0.1" || exit 99
	ip -n "h$1" route replace fd01::/64 via "$(printf 'fd%02x::1' "$1")" || exit 99
}

# chain_nat K: hK hides whoever sends through it behind its own address.
chain_nat() {
	on "h$1" nft 'table inet hide {
		chain post { type nat hook postrouting priority srcnat; oifname "out" masquerade; }
	}' || exit 99
}

# diamond_world full|parallel: source s, the balancer r0, three ranks of three routers, and behind
# them j and the target t:
#
#	s - r0 < a1 a2 a3 > b1 b2 b3 > c1 c2 c3 > j - t
#
# Each of r0 and (full) of a1 to b3 spreads flows by their ports over all three of the next rank, each
# with a seed of its own; parallel: ai sends to bi, and bi to ci. Back all take one way. Rank K has
# the addresses 10.K.0.1 to .3 (fdKK::1 to ::3): r0 is rank 1, a 2, b 3, c 4, j 5, t 6.
diamond_world() {
	diamond_kind=$1
	for _host in s r0 a1 a2 a3 b1 b2 b3 c1 c2 c3 j t lan; do
		host_add "$_host"
		[ "$_host" = lan ] || chain_unlimited "$_host"
	done
	for _k in 1 2 3 4 5 6; do
		echo "link add br$_k type bridge mcast_snooping 0"
		echo "link set br$_k up"
	done | ip -n lan -batch - || exit 99
	diamond_host s 1 9 ''
	diamond_host r0 2 9 1.1
	for _i in 1 2 3; do
		diamond_host "a$_i" 3 "$((10 + _i))" "2.$_i"
		diamond_host "b$_i" 4 "$((10 + _i))" "3.$_i"
		diamond_host "c$_i" 5 "$((10 + _i))" "4.$_i"
	done
	diamond_host j 6 9 5.1
	diamond_host t '' '' 6.1
	for _i in 1 2 3; do
		_next='1 2 3'
		[ "$diamond_kind" = full ] || _next=$_i
		diamond_route "a$_i" 3 "$_next"
		diamond_route "b$_i" 4 "$_next"
		diamond_route "c$_i" 5 1
	done
	diamond_route s 1 1
	diamond_route r0 2 '1 2 3'
	diamond_route j 6 1
	ip -n t route add local 10.200.0.0/16 dev lo || exit 99
}

# diamond_host NAME OUT OWN IN: on the lan OUT with the number OWN, on the lan K as number I where IN is
# K.I. The way back is always the first of the rank before.
diamond_host() {
	if [ -n "$2" ]; then
		diamond_join "$1" out "$2"
		ip -n "$1" addr add "10.$2.0.$3/24" dev out
		ip -n "$1" addr add "fd0$2::$3/64" dev out nodad
	fi
	[ -n "$4" ] || return 0
	_k=${4%.*} _i=${4#*.}
	diamond_join "$1" in "$_k"
	ip -n "$1" addr add "10.$_k.0.$_i/24" dev in
	ip -n "$1" addr add "fd0$_k::$_i/64" dev in nodad
	case $_k in
	1 | 2 | 6) _back=9 ;;
	*) _back=11 ;;
	esac
	[ "$_k" -eq 1 ] || {
		ip -n "$1" route add 10.1.0.0/24 via "10.$_k.0.$_back"
		ip -n "$1" route add fd01::/64 via "fd0$_k::$_back"
	}
	# Policy 3, not 1: for 1 the kernel takes the hash that the sender left in the packet, in every
	# namespace the same.
	# shellcheck disable=SC2016
	on "$1" sh -c 'cd /proc/sys/net || exit
		for f in ipv4 ipv6; do
			echo 3 >$f/fib_multipath_hash_policy; echo 0x37 >$f/fib_multipath_hash_fields
		done
		echo $((0x51ed27 * $1 + $2 * 7919)) >ipv4/fib_multipath_hash_seed' sh "$_k" "$_i" || exit 99
}
diamond_join() {
	ip -n "$1" link add "$2" type veth peer name "$1$2" netns lan || exit 99
	ip -n "$1" link set "$2" up
	ip -n lan link set "$1$2" master "br$3" up || exit 99
}
# diamond_route NAME LAN MEMBERS: its default route over these members of that lan.
diamond_route() {
	_via4='' _via6=''
	for _m in $3; do
		_via4="$_via4 nexthop via 10.$2.0.$_m"
		_via6="$_via6 nexthop via fd0$2::$_m"
	done
	# shellcheck disable=SC2086 # words
	ip -n "$1" route add default $_via4 || exit 99
	# shellcheck disable=SC2086
	ip -n "$1" route add default $_via6 || exit 99
}
# diamond_far: the host q, whose hop 1 is s. scamper explores a balancer node by node only when it is not
# the first hop. IPv4 only.
diamond_far() {
	host_add q
	link q eth0 s near
	ip -n q addr add 10.9.0.2/24 dev eth0
	ip -n s addr add 10.9.0.1/24 dev near
	ip -n q route add default via 10.9.0.1
	ip -n r0 route add 10.9.0.0/24 via 10.1.0.9
	for _host in a1 a2 a3 b1 b2 b3 c1 c2 c3 j t; do
		_back=$(ip -n "$_host" route show 10.1.0.0/24 | sed -n 's/.* via \([0-9.]*\).*/\1/p')
		ip -n "$_host" route add 10.9.0.0/24 via "$_back" || exit 99
	done
}
# diamond_edges [6]: all its edges, "from to", one a line, from the balancer to the target.
diamond_edges() {
	_p=10. _s=.0.
	[ -z "${1:-}" ] || { _p=fd0; _s=::; }
	for _i in 1 2 3; do
		echo "${_p}1${_s}1 ${_p}2$_s$_i"
		echo "${_p}4$_s$_i ${_p}5${_s}1"
		for _j in 1 2 3; do
			[ "$diamond_kind" = full ] || [ $_i = $_j ] || continue
			echo "${_p}2$_s$_i ${_p}3$_s$_j"
			echo "${_p}3$_s$_i ${_p}4$_s$_j"
		done
	done | sort
	echo "${_p}5${_s}1 ${_p}6${_s}1"
}

# traced HOST ARG…: `sonde trace` there: facts in $TMP/trace, words in $TMP/err, its exit status.
# traced_user: the same by somebody who may send no packets of his own.
traced() {
	_h=$1
	shift
	on "$_h" "$SONDE" trace -n --json "$@" >"$TMP/trace" 2>"$TMP/err"
}
traced_user() {
	_h=$1
	shift
	[ -e "$TMP/sonde" ] || {
		cp "$SONDE" "$TMP/sonde"
		chmod 755 "$TMP" "$TMP/sonde"
	}
	on "$_h" setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" trace -n --json "$@" \
		>"$TMP/trace" 2>"$TMP/err"
}
# told TYPE FILTER: of the facts of that type, in one line.
told() {
	jq -r "select(.type == \"$1\") | $2" "$TMP/trace" | tr '\n' ' ' | sed 's/ $//'
}
# The addresses of its hops in order; of traceroute's with these arguments in host HOST, told the same.
trace_hops() {
	told hop '.addr // "*"'
}
peer_hops() {
	_h=$1
	shift
	on "$_h" traceroute -n -q 1 -w 1 "$@" | awk 'NR > 1 { printf "%s%s", s, $2; s = " " }'
}
# timed COMMAND…: its exit status. under MS, over MS: it took less, more. took_ms: how long.
timed() {
	_start=$(date +%s%N)
	"$@"
	_status=$?
	took=$((($(date +%s%N) - _start) / 1000000))
	return $_status
}
under() {
	echo "took $took ms"
	[ "$took" -lt "$1" ]
}
over() {
	echo "took $took ms"
	[ "$took" -gt "$1" ]
}
took_ms() {
	echo "$took"
}
