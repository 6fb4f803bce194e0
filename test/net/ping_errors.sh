#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ICMP errors in answer to `sonde ping`: who sent them, what they mean, with and without root;
# and errors that somebody made up.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs nft jq setpriv

routed_world
on a sysctl -qw net.ipv4.ping_group_range='65534 65534'

# As an unprivileged user: the program must be where that user may run it.
cp "$SONDE" "$TMP/sonde"
chmod 755 "$TMP" "$TMP/sonde"
# shellcheck disable=SC2317 # called through `told`
user() {
	on a setpriv --reuid 65534 --regid 65534 --clear-groups "$TMP/sonde" "$@"
}
root() {
	on a "$SONDE" "$@"
}

# told WHO WHAT TARGET OFFENDER TYPE CODE
told() {
	_json=$("$1" --json ping -c 1 -W 5 "$3")
	is "$?" 1 "$2, as $1: the status is 1"
	is "$(printf '%s\n' "$_json" | jq -c 'select(.type == "icmp_error") |
		[.target, .from, .seq, .icmp_type, .code]')" "[\"$3\",\"$4\",1,$5,$6]" "$2, as $1: told"
}

ok "the far host answers through the router" root ping -c 1 -W 1 10.0.2.2
ok "and over IPv6" root ping -c 1 -W 1 fd02::2
ok "and a user" user ping -c 1 -W 1 10.0.2.2
for who in root user; do
	told $who "a host that is not there" 10.0.2.77 10.0.1.1 3 1
	told $who "the same over IPv6" fd02::77 fd01::1 1 3
done
has "$(root ping -c 1 10.0.2.77)" \
	"From 10.0.1.1 icmp_seq=1 Destination Host Unreachable (3/1): the last router cannot reach" \
	"people read what it means"

on r nft -f - <<'END'
table inet t {
	chain between {
		type filter hook forward priority 0;
		ip daddr 10.0.2.2 reject with icmp admin-prohibited
		ip6 daddr fd02::2 reject with icmpv6 admin-prohibited
	}
}
END
for who in root user; do
	told $who "a prohibition" 10.0.2.2 10.0.1.1 3 13
	told $who "a prohibition over IPv6" fd02::2 fd01::1 1 1
done
on r nft flush ruleset

for who in root user; do
	is "$($who --json ping -c 1 -t 1 10.0.2.2 | jq -c 'select(.type == "icmp_error") | [.from, .icmp_type, .code]')" \
		'["10.0.1.1",11,0]' "a TTL that runs out, as $who"
	is "$($who --json ping -c 1 -t 1 fd02::2 | jq -c 'select(.type == "icmp_error") | [.from, .icmp_type, .code]')" \
		'["fd01::1",3,0]' "a hop limit that runs out, as $who"
done

# A smaller MTU behind the router: 3/4 and packet too big carry it.
on r ip link set eth1 mtu 1400
on b ip link set eth0 mtu 1400
is "$(root --json ping -c 1 -s 1450 10.0.2.2 | jq -c 'select(.type == "icmp_error") | [.icmp_type, .code, .mtu]')" \
	'[3,4,1400]' "fragmentation needed tells the MTU"
is "$(root --json ping -c 1 -s 1450 fd02::2 | jq -c 'select(.type == "icmp_error") | [.icmp_type, .code, .mtu]')" \
	'[2,0,1400]' "packet too big tells the MTU"

# Somebody on the way answers for a question that he cannot know: nobody believes it.
on a nft -f - <<'END'
table ip m {
	chain in {
		type filter hook prerouting priority -300;
		icmp type echo-reply icmp id set 0x1234
	}
}
END
out=$(root --json ping -c 2 -i 0.05 -W 0.3 10.0.2.2)
is "$(printf '%s\n' "$out" | jq -c 'select(.type == "ping_target") | [.sent, .received, .loss_pct]')" \
	'[2,0,100]' "an answer with another identifier is not ours"
on a nft flush ruleset
on a nft -f - <<'END'
table ip m {
	chain in {
		type filter hook prerouting priority -300;
		icmp type echo-reply icmp sequence set 0x7777
	}
}
END
out=$(root ping -c 2 -i 0.05 -W 0.3 10.0.2.2 2>&1)
has "$out" "2 messages about these questions did not fit them: not believed" \
	"an answer to a question that was never put is not believed, and that is told"
has "$out" "0 received" "nor counted"
on a nft flush ruleset

# What this host itself refuses.
on a nft 'add table ip o; add chain ip o out { type filter hook output priority 0; ip daddr 10.0.2.2 drop; }'
out=$(root ping -c 1 10.0.2.2 2>&1)
is "$?" 1 "a question that may not leave: the status is 1"
has "$out" "10.0.2.2: icmp_seq=1 was not sent: a firewall rule of this host forbids it" "and why is told"
on a ip route del default via 10.0.1.1
has "$(root ping -c 1 203.0.113.1 2>&1)" "was not sent: Network is unreachable" "a missing route is told"
has "$(root ping -c 1 10.0.1.255 2>&1)" "was not sent: that is a broadcast address" "so is a broadcast"
finish
