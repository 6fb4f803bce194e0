#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The test library itself: hosts see each other, and nothing else.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"

host_add a
host_add b
link a eth0 b eth9
on a ip addr add 192.0.2.1/24 dev eth0
on b ip addr add 192.0.2.2/24 dev eth9
on a ip addr add fd00::1/64 dev eth0
on b ip addr add fd00::2/64 dev eth9

ok "hosts on a link reach each other over IPv4" on a ping -c 1 -W 1 192.0.2.2
if [ -d /proc/sys/net/ipv6 ]; then
	ok "hosts on a link reach each other over IPv6" on b ping -c 1 -W 1 fd00::1
else
	skip "hosts on a link reach each other over IPv6" "the kernel has no IPv6"
fi
nok "a host without a route reaches nothing else" on a ping -c 1 -W 1 198.51.100.1
is "$(ip -o route show table main)" "" "the test's own namespace has no route"
is "$(find /run/netns -type f | sort | tr '\n' ' ')" "/run/netns/a /run/netns/b " \
	"only the test's own hosts have names"
finish
