#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bench/prober.sh [--sonde PROGRAM] [--runs N] [--no-sonde] [ROW…]: sweeps and scans, by Sonde and by
# fping, nmap, masscan, zmap and scamper, in turn, each at its own fastest settings that still give
# the right answer; what each found is compared with the truth in every run. Prints Markdown.
# Without ROW every row is run, which takes an hour: those of UDP ports wait for the limiters of
# real kernels. `bench/prober.sh help` lists the rows.
# All of it happens in network namespaces without a way out. Installs the peers when they are absent.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=script/packages
. "$here/../script/packages"

[ "$(id -u)" -eq 0 ] || { echo "bench/prober.sh: needs root to make network namespaces" >&2; exit 77; }
need gcc libc6-dev clang libbpf-dev libxdp-dev python3 iproute2 nftables util-linux \
	fping masscan zmap scamper nmap >&2 || exit 77

tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
cc="${CC:-cc} -O2 -std=gnu17 -D_GNU_SOURCE"
$cc -o "$tmp/relay" "$here/../test/net/relay.c" &&
	$cc -o "$tmp/responder" "$here/responder.c" -lbpf &&
	$cc -o "$tmp/blast" "$here/blast.c" -lxdp -lbpf &&
	clang -O2 -g -target bpf "-I/usr/include/$(gcc -print-multiarch)" -c "$here/responder.bpf.c" \
		-o "$tmp/responder.bpf.o" || exit 1

# A mount namespace for the names of namespaces and for outputs, which stay in memory.
unshare --net --mount --pid --fork --kill-child --mount-proc sh -c '
	mkdir -p /run/netns && mount -t tmpfs sonde-bench /run/netns &&
	mkdir "$0/mem" && mount -t tmpfs sonde-bench "$0/mem" &&
	exec python3 "$@"' "$tmp" "$here/prober_time.py" "$tmp" "$here/.." "$@"
