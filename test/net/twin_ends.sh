#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A twin ends with the process that holds it, however that ends, and leaves nothing.
# shellcheck disable=SC2317 # functions are called through ok and within
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
BUILD=${HELPERS:?}/twin_build
[ -x "$BUILD" ] || skip_all "$BUILD is not built"

host_add net
host_add server
link server eth0 net s0
on server ip addr add 192.0.2.10/24 dev eth0
on server ip route add default via 192.0.2.1

namespaces() {
	# Those that processes or names hold; the twin's are held by descriptors alone.
	lsns -t net -n -o NS 2>/dev/null | sort
}
seen() {
	on server sh -c 'ip -o link | cut -d: -f2; ip addr | grep inet; ls /proc/sys/net/ipv4/conf'
	ip -n net -o link | cut -d: -f2
	find /run/netns -type f
}

# hold: a twin of `server` in the background; $twin is its process.
hold() {
	: >"$TMP/out"
	ip netns exec server "$BUILD" hold >"$TMP/out" 2>&1 &
	twin=$!
	within 20 grep -q '^held' "$TMP/out"
}

# The descriptors of namespaces that the process has open.
held_by() {
	find "/proc/$1/fd" -lname 'net:*' 2>/dev/null | sort
}

# A canary: a cable from each namespace of the twin to the net. It is gone when its other end's
# namespace is; nothing else could tell, for these namespaces stand in no list.
canaries() {
	ip -n net -o link show type veth | grep -c canary
}
add_canaries() {
	_n=0
	for _fd in $(held_by "$twin"); do
		_n=$((_n + 1))
		nsenter --net="$_fd" ip link add canary type veth peer name "canary$_n" netns net || return 1
	done
}
no_canary() {
	[ "$(canaries)" = 0 ]
}

before=$(seen)
spaces=$(namespaces)
for signal in TERM HUP KILL; do
	ok "$signal: the twin is built" hold
	is "$(held_by "$twin" | wc -l)" 2 "$signal: it is two namespaces without a name"
	is "$(seen)" "$before" "$signal: while it stands, the host and its neighbour are as before"
	ok "$signal: a cable is laid into both" add_canaries
	is "$(canaries)" 2 "$signal: whose ends are to be seen"
	kill -s $signal "$twin"
	wait "$twin" 2>/dev/null
	ok "$signal: a second after the end, the kernel has freed both" within 1 no_canary
	nok "$signal: no process is left" kill -s 0 "$twin"
	is "$(seen)" "$before" "$signal: the host and its neighbour are as before"
	is "$(namespaces)" "$spaces" "$signal: no process is left in a namespace of the twin"
done
finish
