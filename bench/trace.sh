#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bench/trace.sh [--sonde PROGRAM] [--runs N] [--no-sonde] [ROW…]: paths, by Sonde and by traceroute, mtr
# and scamper, in turn, each at its own fastest settings that still give the right answer; what each found
# is compared with the truth in every run. Prints Markdown. `bench/trace.sh help` lists the rows.
# All of it happens in network namespaces without a way out. Installs the peers when they are absent.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=script/packages
. "$here/../script/packages"

[ "$(id -u)" -eq 0 ] || { echo "bench/trace.sh: needs root to make network namespaces" >&2; exit 77; }
need gcc libc6-dev python3 iproute2 iputils-ping nftables util-linux traceroute mtr-tiny scamper >&2 ||
	exit 77

tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
${CC:-cc} -O2 -std=gnu17 -D_GNU_SOURCE -o "$tmp/relay" "$here/../test/net/relay.c" || exit 1

# A mount namespace for the names of namespaces and for outputs, which stay in memory.
unshare --net --mount --pid --fork --kill-child --mount-proc sh -c '
	mkdir -p /run/netns && mount -t tmpfs sonde-bench /run/netns &&
	mkdir "$0/mem" && mount -t tmpfs sonde-bench "$0/mem" &&
	exec python3 "$@"' "$tmp" "$here/trace_time.py" "$tmp" "$here/.." "$@"
