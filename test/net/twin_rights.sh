#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a twin needs: capabilities, and those of a user namespace are enough for it.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs setpriv
BUILD=${HELPERS:?}/twin_build
[ -x "$BUILD" ] || skip_all "$BUILD is not built"

# Where nobody can read it.
chmod 755 "$TMP"
cp "$BUILD" "$TMP/twin_build"
host_add net
host_add server
link server eth0 net s0
on server ip addr add 192.0.2.10/24 dev eth0
nobody() {
	on server setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$@"
}

has "$(nobody "$TMP/twin_build")" "needs CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_NET_RAW" \
	"without the capabilities it says which are missing"
nok "and fails" nobody "$TMP/twin_build"
is "$(on server setpriv --bounding-set -net_admin --inh-caps=-net_admin "$TMP/twin_build")" \
	"not ok build: building the twin: making the twin's interfaces needs CAP_NET_ADMIN: run it as root" \
	"with one of them missing it names that one"

if nobody unshare --user --map-root-user --net true 2>/dev/null; then
	# shellcheck disable=SC2016
	out=$(nobody unshare --user --map-root-user --net sh -c '
		ip link set lo up
		ip link add eth0 type veth peer name eth1
		ip link set eth0 up
		ip link set eth1 up
		ip addr add 192.0.2.1/24 dev eth0
		ip route add default via 192.0.2.2
		"$0"' "$TMP/twin_build" 2>&1)
	is "$(echo "$out" | grep -c '^ok')" 7 "in a user namespace a twin is complete"
	hasnt "$out" "not ok" "and equal"
	is "$(echo "$out" | grep '^gap')" "" "without gaps"
else
	skip "in a user namespace a twin is complete" "user namespaces are not permitted here"
fi
finish
