#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# sonde trace --paths in ECMP diamonds, 3 wide and 3 long, whose edges are known; beside scamper's
# tracelb. Without --paths one flow is one path.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
# shellcheck source=test/net/chain.sh
. "${NET_TEST_LIB%/*}/chain.sh"
needs jq scamper setpriv

# The edges, "from to", that the branches of $TMP/trace have; the nodes.
edges() {
	jq -r 'select(.type == "path") | [.hops[].addr // "*"] | [.[:-1], .[1:]] | transpose[] | join(" ")' "$TMP/trace" |
		sort -u
}
nodes() {
	jq -r 'select(.type == "path") | .hops[] | "\(.ttl) \(.addr // "*")"' "$TMP/trace" | sort -u
}
# The nodes that edges on standard input have, with the hop limits of their ranks.
nodes_of() {
	tr ' ' '\n' | sort -u | sed -E 's/^((10\.|fd0)([0-9]).*)$/\3 \1/' | sort -u
}
scamper_nodes() {
	on s timeout 60 scamper -O json -p 1000 -c "tracelb -w 1 $1" -i "$2" |
		jq -r 'select(.type == "tracelb") | .nodes[] | .addr, (.links[]?[]?.addr)' | nodes_of
}
missing() {
	edges | comm -13 - "$TMP/truth" | wc -l
}

for kind in parallel full; do
	[ $kind = parallel ] || for name in s r0 a1 a2 a3 b1 b2 b3 c1 c2 c3 j t lan; do
		ip netns del $name
	done
	diamond_world $kind
	for family in 4 6; do
		to=10.6.0.1
		[ $family = 4 ] || to=fd06::1
		diamond_edges "${family#4}" | sort >"$TMP/truth"
		nodes_of <"$TMP/truth" >"$TMP/nodes"
		wrong=0 lost=0 n=0
		# Each run has a chance of 5 in 100 to miss one branch; of 6 runs to miss three or more, 2 in 1,000.
		for method in -U -T; do
			for _ in 1 2 3; do
				traced s --paths $method $to
				is "$?" 0 "$kind, IPv$family, $method: the target is reached"
				n=$((n + 1))
				[ -z "$(edges | comm -23 - "$TMP/truth")" ] || {
					wrong=$((wrong + 1))
					edges | comm -23 - "$TMP/truth" | sed 's/^/# untrue: /'
				}
				[ "$(nodes)" = "$(cat "$TMP/nodes")" ] || {
					lost=$((lost + 1))
					nodes | comm -13 - "$TMP/nodes" | sed 's/^/# missed: /'
				}
				echo "# $(told trace '"\(.branches) branches, \(.confidence_pct) %, \(.probes) probes"')," \
					"$(missing) edges missed"
			done
		done
		is $wrong 0 "$kind, IPv$family: no edge that there is not, in $n runs"
		ok "$kind, IPv$family: every router, as sure as it says" test $lost -le 2
		is "$(scamper_nodes "-P udp-sport" $to)" "$(nodes)" "$kind, IPv$family: scamper's routers"
	done
	diamond_edges | sort >"$TMP/truth"
	traced s --paths -U --confidence 99 10.6.0.1
	is "$(missing) $(told trace .confidence_pct)" "0 99" "$kind: at 99 % every edge"
	[ $kind = full ] || is "$(told trace .branches)" 3 "three ways, three branches"
	traced_user s --paths -U 10.6.0.1
	is "$?" 0 "$kind: without rights it is reached too"
	is "$(edges | comm -23 - "$TMP/truth")" "" "$kind: without rights no edge that there is not"
	ok "$kind: and nearly all there are" test "$(missing)" -le 1

	# Each branch can be walked again by its flow.
	traced s --paths -U 10.6.0.1
	told path '"\(.flow) \([.hops[].addr] | join(","))\n"' | sed 's/^ //' >"$TMP/branches"
	again=0
	while read -r flow want; do
		[ -n "$flow" ] || continue
		traced s -U --flow "$flow" 10.6.0.1 </dev/null
		[ "$(trace_hops | tr ' ' ,)" = "$want" ] || {
			again=$((again + 1))
			echo "# flow $flow: $want, then $(trace_hops)"
		}
	done <"$TMP/branches"
	is $again 0 "$kind: a branch's flow takes it again"
	# One flow, one path: a classic trace would mix them.
	for method in -U -T -I; do
		traced s $method -q 5 10.6.0.1
		first=$(trace_hops)
		is "$(echo "$first" | wc -w)" 6 "$kind: $method sees one path, one address a hop"
		traced s $method 10.6.0.1
		is "$(trace_hops)" "$first" "$kind: $method sees the same path again"
		path=$(echo "$first" | awk '{ for (i = 1; i < NF; i++) print $i, $(i + 1) }' | sort)
		is "$(echo "$path" | comm -23 - "$TMP/truth")" "" "$kind: $method: its edges are there"
	done
done

# Pictures: text names every router, dot every edge.
on s "$SONDE" trace -n --paths -U --confidence 99 --dot "$TMP/dot" 10.6.0.1 >"$TMP/page"
for r in $(diamond_edges | tr ' ' '\n' | sort -u); do
	grep -q "$r" "$TMP/page" || fail "the page shows $r" "$(cat "$TMP/page")"
done
ok "dot is a graph" grep -q '^digraph' "$TMP/dot"
is "$(grep -c -- '->' "$TMP/dot")" "$(($(diamond_edges | wc -l) + 1))" "with every edge, and the one from here"
finish
