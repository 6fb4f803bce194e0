#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The files that `sonde scan` writes for nmap's readers, beside those of nmap itself about the same
# host: ndiff finds no difference, the XML fits nmap's DTD but for the scanner's name, and nmap's
# lines are the same lines. Also a file that cannot be written, and a run that is stopped.
# shellcheck disable=SC2317 # functions are called through ok
# shellcheck source=test/net/lib.sh
. "$NET_TEST_LIB"
here=$(dirname "$NET_TEST_LIB")
needs nmap ndiff nft xmllint python3 jq
export XDG_STATE_HOME="$TMP/state" # where a run that is stopped leaves its state

host_add a
host_add b
link a eth0 b eth0
on a ip addr add 10.0.1.1/24 dev eth0
on b ip addr add 10.0.1.2/24 dev eth0
on a ip addr add fd01::1/64 dev eth0
on b ip addr add fd01::2/64 dev eth0
on b sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
on b nft -f - <<'END'
table inet t {
	chain input {
		type filter hook input priority 0
		tcp dport 100-129 drop
		tcp dport 150 reject with icmpx admin-prohibited
		udp dport 54 drop
	}
}
END
mkfifo "$TMP/in"
on b python3 "$here/audit_listen.py" tcp/22 tcp/80 udp/53 <"$TMP/in" >"$TMP/ready" 2>&1 &
exec 9>"$TMP/in"
within 20 grep -q ready "$TMP/ready" || fail "the servers listen" "$(cat "$TMP/ready")"

# both NAME TARGET OPTIONS...: by nmap and by sonde, in all formats.
both() {
	_name=$1 _target=$2
	shift 2
	on a nmap -n --max-retries 3 "$@" -oA "$TMP/$_name-nmap" "$_target" >"$TMP/.nmap" 2>&1
	on a "$SONDE" scan -n "$@" -oA "$TMP/$_name-sonde" "$_target" >"$TMP/$_name.text" 2>&1
}

# lines FILE: of nmap's output, what is no time and no name of a program.
lines() {
	grep -v '^#' "$1" | sed -E 's/ \([0-9.]+s latency\)//; s/, received [a-z-]+( ttl [0-9]+)?//; /^MAC Address/d'
}

# bare FILE: its XML without names of services, and without link addresses, which connections
# do not show.
bare() {
	sed -E 's,<service [^>]*/>,,g; /addrtype="mac"/d' "$1"
}

# services FILE: without the names of services, which nmap takes from a list of its own.
services() {
	lines "$1" | sed -E 's,(/(tcp|udp) +[a-z|]+ +)[^ ]+ *,\1,; s, +$,,; s/ +/ /g; s/SERVICE ?//'
}

fits_dtd() {
	sed 's/scanner="sonde"/scanner="nmap"/' "$1" >"$TMP/.xml"
	xmllint --noout --dtdvalid /usr/share/nmap/nmap.dtd "$TMP/.xml"
}

same_by_ndiff() {
	for _f in "$1" "$2"; do
		bare "$_f" >"$_f.bare"
	done
	ndiff "$1.bare" "$2.bare"
}

both four 10.0.1.2 -sS -p 1-200 --reason
both six fd01::2 -6 -sS -p 1-200 --reason
both few 10.0.1.2 -sS -p 22,80,81,100,150 --reason
both two 10.0.1.2 -sS -sU -p T:22,81,U:53,54,55 --reason
both connect 10.0.1.2 -sT -p 1-60
both open 10.0.1.2 -sS -p 1-90 --open
both hosts 10.0.1.2 -sn
has "$(cat "$TMP/four-sonde.xml")" 'addrtype="mac"' "the link address is told"
for n in four six few two connect open hosts; do
	ok "$n: xmllint takes the XML" xmllint --noout "$TMP/$n-sonde.xml"
	if [ -f /usr/share/nmap/nmap.dtd ]; then
		ok "$n: the XML fits nmap's DTD" fits_dtd "$TMP/$n-sonde.xml"
	fi
	ok "$n: ndiff finds no difference to what nmap says" \
		same_by_ndiff "$TMP/$n-nmap.xml" "$TMP/$n-sonde.xml"
	is "$(services "$TMP/$n-sonde.nmap")" "$(services "$TMP/$n-nmap.nmap")" \
		"$n: the normal file has nmap's lines"
done
fields() {
	lines "$1" | sed -E 's,(/(tcp|udp)//)[^/]*,\1,g'
}
is "$(fields "$TMP/few-sonde.gnmap")" "$(fields "$TMP/few-nmap.gnmap")" \
	"the grepable file has nmap's lines"

ok "a file is of use to ndiff twice" same_by_ndiff "$TMP/four-sonde.xml" "$TMP/four-sonde.xml"
nok "ndiff sees what changed" same_by_ndiff "$TMP/four-sonde.xml" "$TMP/open-sonde.xml"

out=$(on a "$SONDE" scan -p 22 -oX "$TMP/no/such" 10.0.1.2 2>&1)
is "$?" 4 "a file that cannot be opened ends it with 4"
has "$out" "nothing was sent" "and says that nothing was sent"
on a "$SONDE" scan -p 22 -oX /dev/full 10.0.1.2 >"$TMP/full" 2>&1
is "$?" 4 "a file that cannot be written ends it with 4"
has "$(cat "$TMP/full")" "/dev/full is not whole: No space left" "and is named"

# Stopped by a signal: the files are whole XML that says so, and the exit status is 4.
ip netns exec a "$SONDE" scan -Pn -p 1-2000 --rate 100 -oA "$TMP/stop" 10.0.1.2 >"$TMP/stop.text" 2>&1 &
pid=$!
sleep 3
kill -TERM $pid # a shell without a terminal has SIGINT ignored by what it starts behind
wait $pid
is "$?" 4 "a run that was stopped ends with 4"
ok "its XML is whole" xmllint --noout "$TMP/stop.xml"
has "$(cat "$TMP/stop.xml")" 'exit="error" errormsg="interrupted"' "its XML says so"
has "$(cat "$TMP/stop.text")" "--resume" "and how to go on is told"

out=$(on a "$SONDE" --json scan -p 22,150 10.0.1.2)
is "$(echo "$out" | jq -r 'select(.type == "port") | "\(.port) \(.state) \(.reason.kind)"')" \
	"22 open syn-ack
150 filtered icmp" "for programs there are the same verdicts"

# Names of addresses, as this host's resolver has them: here from a file.
printf '127.0.0.1 localhost\n10.0.1.2 web1.example.net\n' >"$TMP/hosts"
mount --bind "$TMP/hosts" /etc/hosts
on a "$SONDE" scan -p 22 -oX "$TMP/names.xml" 10.0.1.2 >"$TMP/names"
has "$(cat "$TMP/names")" "Host web1.example.net (10.0.1.2) is up" "a host that is up is named"
has "$(cat "$TMP/names.xml")" '<hostname name="web1.example.net"' "in files as well"
hasnt "$(on a "$SONDE" scan -n -p 22 10.0.1.2)" "web1" "-n names nobody"
hasnt "$(on a "$SONDE" --json scan -p 22 10.0.1.2)" "web1" "for programs nobody is named"
has "$(on a "$SONDE" sweep 10.0.1.0/30)" "web1.example.net (10.0.1.2)" "a sweep names them too"
hasnt "$(on a "$SONDE" sweep -q 10.0.1.0/30)" "web1" "but not where only addresses are wanted"

# A resolver that never answers costs a second, once.
host_add dns
link a eth1 dns eth0
on a ip addr add 10.255.255.1/24 dev eth1
on dns ip addr add 10.255.255.53/24 dev eth0
on dns nft 'add table t; add chain t in { type filter hook input priority 0; }; add rule t in udp dport 53 drop'
echo 'nameserver 10.255.255.53' >"$TMP/resolv"
mount --bind "$TMP/resolv" /etc/resolv.conf
start=$(date +%s%N)
on a "$SONDE" sweep 10.0.1.1 10.255.255.1 10.255.255.53 >"$TMP/slow" 2>"$TMP/slow.err"
is "$?" 0 "a resolver that never answers does no harm"
ok "and costs about a second" test $((($(date +%s%N) - start) / 1000000)) -lt 2500
is "$(grep -c "looking up names takes too long" "$TMP/slow.err")" 1 "which is told once"
exec 9>&-
finish
