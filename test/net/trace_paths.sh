#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde trace --paths in ECMP diamonds, 3 wide and 3 long, whose edges are known; beside scamper's
# tracelb. Without --paths one flow is one path.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq scamper setpriv

# The edges, "from to", that the branches of $TMP/trace have, without those to the target $to; the nodes.
edges() {
	jq -r --arg to "$to" 'select(.type == "path") | [.hops[].addr // "*"] | [.[:-1], .[1:]] | transpose[] |
		select(.[1] != $to) | join(" ")' "$TMP/trace" | sort -u
}
nodes() {
	jq -r --arg to "$to" 'select(.type == "path") | .hops[] | select(.addr != $to) | "\(.ttl) \(.addr // "*")"' \
		"$TMP/trace" | sort -u
}
# The nodes of edges on standard input, with the hop limits of their ranks.
nodes_of() {
	tr ' ' '\n' | grep -v "^$to\$" | sed -E 's/^((10\.|fd0)([0-9]).*)$/\3 \1/' | sort -u
}
scamper_nodes() {
	on s timeout 60 scamper -O json -p 1000 -c "tracelb -P udp-sport -w 1" -i "$to" |
		jq -r 'select(.type == "tracelb") | .nodes[] | .addr, (.links[]?[]?.addr)' | nodes_of
}
untrue() {
	edges | comm -23 - "$TMP/truth"
}
missed() {
	edges | comm -13 - "$TMP/truth" | wc -l
}
# An address of the target's that nobody has traced to: other flows, other branches.
fresh() {
	n=$((n + 1))
	to=10.6.0.$n
	[ "$1" = 4 ] || to=fd06::$n
	ip -n t addr add "$to/$([ "$1" = 4 ] && echo 24 || echo 64)" dev in
}
truth() {
	diamond_edges "${1#4}" | grep -v ' \(10.6.0.1\|fd06::1\)$' | sort >"$TMP/truth"
	nodes_of <"$TMP/truth" >"$TMP/nodes"
}

n=20
for kind in parallel full; do
	[ $kind = parallel ] || for name in s r0 a1 a2 a3 b1 b2 b3 c1 c2 c3 j t lan; do
		ip netns del $name
	done
	diamond_world $kind
	for family in 4 6; do
		fresh $family
		truth $family
		wrong=0 short=0 runs=0
		# Each run may miss a router with 5 in 100; that three of six do has a chance of 1 in 500.
		for method in -U -T; do
			for _ in 1 2 3; do
				fresh $family
				traced s --paths $method $to
				is "$?" 0 "$kind, IPv$family, $method: the target is reached"
				runs=$((runs + 1))
				untrue | grep . && wrong=$((wrong + 1))
				[ "$(nodes)" = "$(cat "$TMP/nodes")" ] || {
					short=$((short + 1))
					nodes | comm -13 - "$TMP/nodes" | sed 's/^/# missed: /'
				}
				echo "# $(told trace '"\(.branches) branches, \(.confidence_pct) %, \(.probes) probes"')," \
					"$(missed) edges missed"
			done
		done
		is $wrong 0 "$kind, IPv$family: no edge that there is not, in $runs runs"
		ok "$kind, IPv$family: every router, as sure as it says" test $short -le 2
		fresh $family
		traced s --paths -U --confidence 99 $to
		is "$(untrue)" "" "$kind, IPv$family: at 99 % no edge that there is not either"
		is "$(nodes)" "$(cat "$TMP/nodes")" "$kind, IPv$family: and every router"
		is "$(missed)" 0 "$kind, IPv$family: and every edge"
		is "$(told trace '"\(.branches) \(.confidence_pct >= 99)"')" "$(told path .branch | wc -w) true" \
			"$kind, IPv$family: as many branches as it says, as sure as was asked"
		is "$(scamper_nodes | comm -23 - "$TMP/nodes")" "" "$kind, IPv$family: scamper knows no router besides"
	done
	[ $kind = full ] || is "$(told trace .branches)" 3 "three ways, three branches"

	fresh 4
	truth 4
	traced_user s --paths -U $to
	is "$?" 0 "$kind: without rights it is reached too"
	is "$(untrue)" "" "$kind: without rights no edge that there is not"
	ok "$kind: and nearly all routers" test "$(nodes | comm -13 - "$TMP/nodes" | wc -l)" -le 1

	# Each branch can be walked again by its flow.
	traced s --paths -U $to
	jq -r 'select(.type == "path") | "\(.flow) \([.hops[].addr] | join(" "))"' "$TMP/trace" | head -9 >"$TMP/branches"
	again=0
	while read -r flow want; do
		traced s -U --flow "$flow" $to </dev/null
		[ "$(trace_hops)" = "$want" ] || {
			again=$((again + 1))
			echo "# flow $flow: $want, then $(trace_hops)"
		}
	done <"$TMP/branches"
	ok "$kind: there are branches" test -s "$TMP/branches"
	is $again 0 "$kind: a branch's flow takes it again"
	# One flow, one path: a classic trace would mix them.
	for method in -U -T -I; do
		traced s $method -q 5 $to
		first=$(trace_hops)
		is "$(echo "$first" | wc -w)" 6 "$kind: $method sees one path, one address a hop"
		traced s $method $to
		is "$(trace_hops)" "$first" "$kind: $method sees the same path again"
		is "$(edges | comm -23 - "$TMP/truth")" "" "$kind: $method: its edges are there"
	done
done

# Pictures: the page names every router, dot has every edge.
fresh 4
truth 4
on s "$SONDE" trace -n --paths -U --confidence 99 --dot "$TMP/dot" $to >"$TMP/page"
absent=
for r in $(cut -d' ' -f2 "$TMP/nodes"); do
	grep -q "$r" "$TMP/page" || absent="$absent $r"
done
is "$absent" "" "the page shows every router"
hasnt "$(cat "$TMP/page")" 9223372036854775808 "and no number that is none"
ok "dot is a graph" grep -Eq '^(strict )?digraph' "$TMP/dot"
ok "with every edge" test "$(grep -c -- '->' "$TMP/dot")" -ge "$(($(wc -l <"$TMP/truth") + 1))"
finish
