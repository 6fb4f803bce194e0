#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# watch.sh SONDE CAPTURES: sonde watch over capture files, good and bad: statuses, what is told, what is
# counted. TAP.
set -u
sonde=$1 pcaps=$2
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
n=0 failed=0
export COLUMNS=100 TERM=dumb LC_ALL=C.UTF-8

# is GOT WANT SENTENCE
is() {
	n=$((n + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $n - $3"
	else
		failed=$((failed + 1))
		printf 'not ok %d - %s\n' $n "$3"
		printf '%s\n' "got: $1" "want: $2" | sed 's/^/# /'
	fi
}
# has TEXT PART SENTENCE
has() {
	case $1 in
	*"$2"*) is yes yes "$3" ;;
	*) is "$1" "…$2…" "$3" ;;
	esac
}
# refused STATUS PART ARG…: exits so, with one line that has PART, and prints nothing.
refused() {
	status=$1 part=$2
	shift 2
	"$sonde" watch "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	is "$? $(wc -c <"$tmp/out") $(wc -l <"$tmp/err")" "$status 0 1" "watch $*: status, one line"
	has "$(cat "$tmp/err")" "$part" "watch $*: which says what is wrong"
}
# seen ARG…: frames and ICMP of the sum, and the exit status.
seen() {
	"$sonde" watch --json "$@" >"$tmp/json" 2>"$tmp/err"
	echo "$? $(sed -n 's/.*"type":"watch_sum".*"frames":\([0-9]*\),"icmp":\([0-9]*\),.*/\1 \2/p' "$tmp/json")"
}

mixed=$pcaps/ipfixprobe--mixed.pcap
echo "TAP version 13"

refused 4 "No such file" -r "$tmp/none"
echo junk >"$tmp/junk"
refused 4 "neither pcap nor pcapng" -r "$tmp/junk"
: >"$tmp/empty"
refused 4 "empty" -r "$tmp/empty"
refused 4 "$tmp/junk" -r "$mixed" -r "$tmp/junk"
refused 2 "choose one" -r "$mixed" -i lo
refused 2 "--once" -r "$mixed" --once 1s
refused 2 "syntax error" -r "$mixed" host and
refused 2 "--top" -r "$mixed" --top x
refused 4 "nosuch0" -i nosuch0
mkdir "$tmp/folder"
refused 4 "folder" -r "$tmp/folder"

is "$(seen -r "$mixed")" "0 205 89" "a capture"
is "$(seen -c -r "$mixed")" "0 205 89" "only its counts"
gzip -c "$mixed" >"$tmp/mixed.gz"
is "$(seen -r "$tmp/mixed.gz")" "0 205 89" "the same, compressed"
is "$(seen -r - <"$mixed")" "0 205 89" "by standard input"
# A pipe is what is to be read.
# shellcheck disable=SC2002
is "$(cat "$mixed" | "$sonde" watch --json -r - | grep -c '"type":"watch_sum".*"frames":205')" 1 "by a pipe"
is "$(seen -r "$mixed" -r "$pcaps/ipfixprobe--sip.pcap")" "0 255 94" "two captures"
is "$(sed -n 's/.*"type":"watch_sum".*"files":\([0-9]*\),.*/\1/p' "$tmp/json")" 2 "are two files"

size=$(wc -c <"$mixed")
head -c $((size - 10)) "$mixed" >"$tmp/cut"
is "$(seen -r "$tmp/cut")" "1 204 89" "a capture that is cut: all before that, status 1"
has "$(cat "$tmp/err")" "cut: it ends within a frame" "and where"
is "$(seen -r "$tmp/cut" -r "$pcaps/ipfixprobe--sip.pcap")" "1 254 94" "the other file goes on"
"$sonde" watch -r "$tmp/cut" >"$tmp/out" 2>&1
is "$?" 1 "so it is for people"

is "$(seen -r "$mixed" icmp)" "0 57 57" "a filter"
is "$(seen -r "$mixed" host 8.8.4.4 and icmp)" "0 30 30" "of several words"
is "$(seen -r "$mixed" 'icmp6')" "0 28 28" "libpcap's icmp6 misses MLD behind its header"
is "$(seen -r "$mixed" ip6 and not udp)" "0 32 32" "which ip6 does not"
is "$(seen -r "$pcaps/arkime--icmp-frame-relay.pcap" icmp | cut -d' ' -f1)" 0 "a filter for another link"

"$sonde" watch -r "$mixed" >"$tmp/out"
has "$(cat "$tmp/out")" "10.5.5.1 -> 8.8.4.4 udp/53 (domain): net-unreachable by 10.5.5.26, 11 times" "a failure on the page"
has "$(cat "$tmp/out")" "look at its routes" "with what one would do"
has "$(cat "$tmp/out")" "10.5.5.1 -> 10.5.5.26: 5 requests, 5 replies, loss 0.0 %" "pings"
is "$("$sonde" watch --json -r "$mixed" | sed -n 's/.*"type":"failure".*"dport":53,.*"icmp_type":3,"code":0,.*"offender":"\([0-9.]*\)".*"count":\([0-9]*\),.*/\1 \2/p')" \
	"10.5.5.26 11" "the failure as a fact"
"$sonde" watch --metrics -r "$mixed" >"$tmp/out"
has "$(cat "$tmp/out")" 'sonde_icmp_packets_total{family="4",type="3",code="0",direction="passing",name="net-unreachable"} 17' "metrics"
is "$(grep -c '10\.5\.5\|8\.8\.4' "$tmp/out")" 0 "have no address"

# A pipe that says nothing must not hold it.
mkfifo "$tmp/pipe"
sleep 60 >"$tmp/pipe" &
hold=$!
head -c 2000 "$mixed" >"$tmp/part"
{ cat "$tmp/part"; exec sleep 60; } >"$tmp/pipe" &
feed=$!
"$sonde" watch --json -r "$tmp/pipe" >"$tmp/out" 2>"$tmp/err" &
watch=$!
sleep 1
kill -TERM $watch
wait $watch
is "$? $(tail -n 1 "$tmp/out" | grep -c '"interrupted":true')" "0 1" "a signal ends the wait for a pipe"
is "$(grep -c '"type":"icmp_count"' "$tmp/out" | grep -cv '^0$')" 1 "what had come is told"
kill $hold $feed

echo "1..$n"
[ $failed -eq 0 ]
