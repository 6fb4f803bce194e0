#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# detect.sh SONDE CAPTURES: sonde detect over capture files, good and bad: statuses by --fail-on, what is told and
# what is not. TAP.
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
	"$sonde" detect "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	is "$? $(wc -c <"$tmp/out") $(wc -l <"$tmp/err")" "$status 0 1" "detect $*: status, one line"
	has "$(cat "$tmp/err")" "$part" "detect $*: which says what is wrong"
}
# status ARG…: the exit status.
status() {
	"$sonde" detect --seed 1 "$@" >"$tmp/out" 2>"$tmp/err"
	echo $?
}

sweep=$pcaps/Pcaphunt--hs-icmpScan.pcap     # comes to medium
worse=$pcaps/Pcaphunt--hs-icmpScan.pcapng   # with refusals: comes to high
small=$pcaps/StratosphereLinuxIPS--test12-icmp-portscan.pcap # low
benign=$pcaps/suricata-verify--icmpv4-ping.pcap
echo "TAP version 13"

refused 2 "-r FILE is missing"
refused 2 "-r FILE is missing" icmp
refused 4 "No such file" -r "$tmp/none"
echo junk >"$tmp/junk"
refused 4 "neither pcap nor pcapng" -r "$tmp/junk"
refused 4 "$tmp/junk" -r "$benign" -r "$tmp/junk"
refused 2 "--monitored: '10.0.0.0/33'" -r "$benign" --monitored 10.0.0.0/33
refused 2 "--dark: 'lan'" -r "$benign" --dark 10.0.0.0/8,lan
refused 2 "--ignore: ''" -r "$benign" --ignore ""
refused 2 "--router: '10.0.0.0/8'" -r "$benign" --router 10.0.0.0/8
refused 2 "--memory: '25MB'" -r "$benign" --memory 25MB
refused 2 "--memory" -r "$benign" --memory 4M --monitored 10.0.0.0/8
refused 2 "NAME=VALUE" -r "$benign" --set run
refused 2 "did you mean run_dark?" -r "$benign" --set run_drak=9
refused 2 "from 4 to 1000" -r "$benign" --set run=0
refused 2 "--fail-on: 'severe'" -r "$benign" --fail-on severe
refused 2 "syntax error" -r "$benign" host and
refused 2 "--seed" -r "$benign" --seed x

is "$(status -r "$benign" --fail-on low)" 0 "nothing found: status 0"
has "$(cat "$tmp/out")" "Nothing to alert of" "which is told"
is "$(status -r "$small")" 0 "a low alert does not fail"
is "$(status -r "$small" --fail-on low)" 1 "where it is not asked to"
is "$(status -r "$sweep")" 1 "a medium one does"
is "$(status -r "$sweep" --fail-on high)" 0 "unless only high ones are to"
is "$(status -r "$worse" --fail-on high)" 1 "as this is"
is "$(status -r "$worse" --fail-on never)" 0 "or nothing is"
is "$(status -r "$worse" --fail-on never --json)" 0 "in JSON too"
is "$(status -r "$worse" --eve)" 1 "and in EVE"

size=$(wc -c <"$benign")
head -c $((size - 10)) "$benign" >"$tmp/cut"
is "$(status -r "$tmp/cut" --fail-on never)" 1 "a capture that is cut: status 1"
has "$(cat "$tmp/err")" "cut: it ends within a frame" "and where"
has "$(cat "$tmp/out")" "149 frames" "all before that was read"
is "$(status -r "$tmp/cut" -r "$sweep" --json)" 1 "the other file goes on"
is "$(grep -c '"kind":"sweep.sequential".*"state":"new"' "$tmp/out")" 1 "and its sweep is found"

is "$(status -r - <"$sweep")" 1 "by standard input"
gzip -c "$sweep" >"$tmp/sweep.gz"
is "$(status -r "$tmp/sweep.gz")" 1 "compressed"
is "$(status -r "$sweep" net 10.0.0.0/30)" 0 "a filter leaves no sweep"
is "$(status -r "$sweep" --ignore 10.0.0.128)" 0 "a source that is ignored"
has "$(cat "$tmp/out")" "that --ignore hides" "which is told"
is "$(status -r "$sweep" --set run=1000 --set run_dark=1000 --set ascents=31 --set fanout=5000 --set distinct_failing=5000)" \
	0 "thresholds out of reach"
is "$(status -r "$small" --dark 192.168.1.0/24)" 1 "unused addresses make it worse"
has "$(cat "$tmp/out")" "(dark_hits 3)" "which is a reason"

"$sonde" detect --seed 1 --json -a -r "$worse" >"$tmp/a" 2>&1
"$sonde" detect --seed 1 --json -a -r "$worse" >"$tmp/b" 2>&1
times='s/"time":"[^"]*"//; s/"elapsed_us":[0-9.]*//'
is "$(sed "$times" "$tmp/a" | cksum)" "$(sed "$times" "$tmp/b" | cksum)" "--seed gives the same each time"
is "$(sed -n 's/.*"type":"detect_sum".*"frames":\([0-9]*\),.*"high":\([0-9]*\),.*"contacts":\([0-9]*\),.*/\1 \2 \3/p' "$tmp/a")" \
	"769 1 256" "sums"
"$sonde" detect --seed 1 --eve -r "$worse" >"$tmp/eve"
is "$(grep -cv '^{"timestamp":"2022-06-13T16:11:3[0-9.]*+0000","pcap_cnt":[0-9]*,"event_type":"alert","src_ip":"10.0.0.[0-9]*","dest_ip":"10.0.0.[0-9]*","proto":"ICMP","icmp_type":[38],"icmp_code":[01],"alert":{"action":"allowed","gid":1,"signature_id":19000[0-9]*,"rev":1,"signature":"SONDE .*","category":".*","severity":[123],"metadata":{"tag":\[".*"\]}}}$' "$tmp/eve")" \
	0 "EVE has nothing but its lines"

echo "1..$n"
[ $failed -eq 0 ]
