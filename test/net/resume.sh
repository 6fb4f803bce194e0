# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# A run that is killed at any point, and goes on from its file, ends with what one that ran
# through ends with.
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
needs python3 timeout

host_add prober
host_add target
link prober eth0 target eth0
on prober ip addr add 10.0.0.1/24 dev eth0
on target ip addr add 10.0.0.2/24 dev eth0
# A /19 of which every fourth address drops everything.
on target ip route add local 10.64.0.0/19 dev lo
on prober ip route add 10.64.0.0/19 via 10.0.0.2
on target nft -f - <<'END'
table ip filter {
	chain input {
		type filter hook input priority 0
		ip daddr & 0.0.0.3 == 3 drop
		tcp dport 1000-1019 drop
		tcp dport 2000-2009 counter reject with tcp reset
	}
}
END
STATE=$TMP/state

# What was found, without what differs from run to run.
found() {
	python3 -c '
import json, sys
for line in sys.stdin:
	r = json.loads(line)
	if r["type"] == "host":
		print("host", r["addr"], r["state"])
	elif r["type"] == "port":
		print("port", r["addr"], r["proto"], r["port"], r["state"], r["reason"]["kind"])
	elif r["type"] == "survey" and r["resume"]:
		print("not finished")' | sort
}

# Sets $delay to 0.05 to 2.04 seconds; $seed makes the run repeatable.
seed=${SEED:-$(date +%s)}
echo "# SEED=$seed"
next_delay() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	_d=$((5 + seed / 65536 % 200))
	delay=$(printf '%d.%02d' $((_d / 100)) $((_d % 100)))
	delays="$delays $delay"
}

through() {
	grep -q '"type":"survey".*"resume":null' "$TMP/out"
}

# on_from ARGUMENTS…: from the file, or from the start when there is none yet.
on_from() {
	if [ -s "$STATE" ]; then
		set -- "$1" --resume "$STATE"
	else
		set -- "$@" --state "$STATE"
	fi
	# shellcheck disable=SC2086
	on prober $limit "$SONDE" "$@" --json >"$TMP/out" 2>"$TMP/err"
}

# killed SIGNAL ARGUMENTS…: the same run, ended by SIGNAL three times, then left alone.
killed() {
	_signal=$1
	shift
	rm -f "$STATE"
	delays=
	: >"$TMP/out"
	for _ in 1 2 3; do
		next_delay
		limit="timeout -s $_signal $delay"
		through || on_from "$@"
	done 2>/dev/null
	limit=
	through || on_from "$@"
}

# compare NAME ARGUMENTS…
compare() {
	_name=$1
	shift
	on prober "$SONDE" "$@" --json >"$TMP/whole" 2>"$TMP/err"
	found <"$TMP/whole" >"$TMP/want"
	ok "$_name finds something" test -s "$TMP/want"
	for _signal in KILL INT KILL TERM; do
		killed "$_signal" "$@"
		found <"$TMP/out" >"$TMP/got"
		if cmp -s "$TMP/want" "$TMP/got"; then
			pass "$_name ended by $_signal after$delays s"
		else
			fail "$_name ended by $_signal after$delays s" "$(cat "$TMP/err")
$(diff "$TMP/want" "$TMP/got" | head -20)"
		fi
	done
}

compare "a sweep" sweep 10.64.0.0/20 --with echo --max-rate 4000
compare "a scan" scan 10.64.0.0/28 -p T:900-1300 --max-rate 4000

# What it goes on from must be a file of this survey.
on prober timeout -s KILL 1.5 "$SONDE" sweep 10.64.0.0/20 --with echo --max-rate 2000 --json \
	--state "$STATE" >/dev/null 2>&1
nok "a file of another sweep is refused" on prober "$SONDE" sweep 10.64.0.0/21 --with echo \
	--resume "$STATE"
printf 'dear diary' >"$TMP/diary"
nok "a file of something else is refused" on prober "$SONDE" sweep --resume "$TMP/diary"
nok "and not written over" on prober "$SONDE" sweep 10.0.0.2 --state "$TMP/diary"
is "$(cat "$TMP/diary")" "dear diary" "it is as it was"
finish
